"""What the sample shop's `expected.json` states, and which of it the analyzer does not yet say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from migrator.resources import sample_root

EXPECTED: dict[str, dict[str, Any]] = json.loads((sample_root() / "expected.json").read_text("utf-8"))["candidates"]
"""`triggers`, `effects` and `verdict` by candidate."""

NOT_FOUND: dict[str, str] = {}
"""Candidates that no plug-in finds yet, with the reason. Empty it when one does: the tests are strict."""


def expected_parameters(names: Iterable[str] = EXPECTED) -> list[Any]:
    """The candidates as test parameters; those not found are expected to fail, and fail the test when they do not."""
    return [
        pytest.param(name, marks=pytest.mark.xfail(reason=NOT_FOUND[name], strict=True)) if name in NOT_FOUND else name
        for name in sorted(names)
    ]
