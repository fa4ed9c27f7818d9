"""The small programs, analyzed, planned and given their statements for real."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.accuracy.permissions.cases import Case, cases, permissions_for, read_case
from tests.accuracy.permissions.grammar import Allowed, shown_statements

_LEAST_CASES = 60


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_role_allows_what_the_program_needs_and_nothing_else(case: Case, tmp_path: Path) -> None:
    made = permissions_for(case, tmp_path)
    assert shown_statements(made) == case.allowed
    assert len(made.unallowed) == len(case.unallowed)
    assert all(said in each.call for said, each in zip(case.unallowed, made.unallowed, strict=True))


def test_a_third_of_the_programs_build_the_client_in_another_module() -> None:
    found = cases()
    assert len(found) >= _LEAST_CASES
    several = [case for case in found if sum(bool(text) for text in case.files.values()) > 1]
    assert len(several) * 3 >= len(found)


def test_truth_never_allows_a_pattern_of_actions_or_everything_beside_a_name() -> None:
    for statement in (statement for case in cases() for statement in case.allowed):
        assert not any("*" in action for action in statement.actions), statement
        assert "*" not in statement.resources or len(statement.resources) == 1, statement


def test_a_line_that_is_none_of_the_grammar_is_refused() -> None:
    with pytest.raises(ValueError, match="not a line of a statement"):
        read_case("x", "entry: a.b\n=== allowed\ns3:GetObject\n  at arn:aws:s3:::x\n")


def test_pseudo_parameters_are_written_short() -> None:
    case = read_case("x", "entry: a.b\n=== allowed\ns3:GetObject\n  on arn:{p}:s3:::${ASetting}/{r}\n")
    arn = "arn:${AWS::Partition}:s3:::${ASetting}/${AWS::Region}"
    assert case.allowed == (Allowed(("s3:GetObject",), (arn,)),)
