"""The budget that a service begins with: below what Lambda takes, and read by those who hold it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.adapters.checks import budget
from migrator.artifacts import Artifacts
from tests.artifacts.test_hostile_names import yaml_of

KINDS = {"plain": True, "django": True, "queue": False, "call": False, "event": False}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_generous_and_still_within_what_lambda_takes(kind: str, services: Mapping[str, Artifacts]) -> None:
    made = services[kind]
    said = tomllib.loads(made.files["budget.toml"])
    function = yaml_of(made.files["template.yaml"])["Resources"]["Function"]["Properties"]
    # "Lambda quotas": 250 MB unzipped; "execution environment lifecycle": a start is begun again after 10 s.
    assert said["start"]["p95_ms"] == (5000 if KINDS[kind] else 8000), "a caller waits for a start"
    assert said["package"]["unzipped_mb"] == 200
    assert 0.7 * function["MemorySize"] < said["memory"]["peak_mb"] < function["MemorySize"]
    assert ("drained_s" in said["load"]) == (kind == "queue")
    assert ("p95_ratio" in said["load"]) == (kind != "queue")


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_reads_it(kind: str, services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    said = tomllib.loads(services[kind].files["budget.toml"])
    (tmp_path / "budget.toml").write_text(services[kind].files["budget.toml"])
    start, memory, package = budget._read(tmp_path / "budget.toml")
    assert list(start) == [said["start"]["p95_ms"], 20]
    assert (memory, package) == (said["memory"]["peak_mb"], said["package"]["unzipped_mb"])
