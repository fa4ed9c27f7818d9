"""Logs of SARIF, looked at as those who take them do.

In: a log. Out: its runs; a log that the standard's schema refuses, or that GitHub does, fails the test.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema


def valid(log: Any) -> Any:
    """The first run of a log that keeps the schema of SARIF 2.1.0."""
    return valid_runs(log)[0]


def valid_runs(log: Any) -> list[Any]:
    """The runs of a log that keeps the schema, and what the schema does not say."""
    _validator().validate(log)
    runs: list[Any] = log["runs"]
    for run in runs:
        rules = [rule["id"] for rule in run["tool"]["driver"].get("rules", [])]
        assert len(set(rules)) == len(rules)
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        # SARIF 2.1.0, 3.27.23 and 3.27.24: of all results or of none.
        for name in ("baselineState", "suppressions"):
            assert len({name in result for result in run["results"]}) < 2, name
    return runs


@cache
def _validator() -> Any:
    schema = Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json"
    return jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8")))
