"""Whole runbooks, as a person has read and accepted them."""

from __future__ import annotations

import pytest

from migrator.artifacts.runbook import runbook_markdown
from tests.artifacts.runbook.cases import CASES, Case
from tests.support.golden import assert_golden


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_runbook_reads_as_accepted(case: Case) -> None:
    assert_golden(f"runbooks/{case.name}.md", runbook_markdown(case.context))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_runbook_is_the_same_each_time(case: Case) -> None:
    assert runbook_markdown(case.context) == runbook_markdown(case.context)
