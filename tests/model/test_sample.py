"""The sample monolith: every trigger and effect that its own `expected.json` states, and both ways into the facts."""

from __future__ import annotations

from functools import cache

import pytest

from migrator.facts import extract_facts
from migrator.model import ProgramModel, build_model
from migrator.resources import sample_root
from migrator.source import SourceTree, read_tree
from tests.support.programs import knowledge
from tests.support.sample_expectations import EXPECTED
from tools.cross_check import main, misplaced, unequal_modules


@cache
def sample() -> tuple[SourceTree, ProgramModel]:
    tree = read_tree(sample_root())
    facts, skipped = extract_facts(tree)
    assert not skipped
    return tree, build_model(facts, knowledge())


def test_candidates_are_those_expected() -> None:
    assert [candidate.name for candidate in sample()[1].candidates] == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_triggers_and_effects(name: str) -> None:
    model = sample()[1]
    candidate = next(item for item in model.candidates if item.name == name)
    summary = model.summary(name)
    assert sorted({trigger.kind.value for trigger in candidate.triggers}) == sorted(EXPECTED[name]["triggers"])
    assert sorted(finding.effect.value for finding in summary.effects) == sorted(EXPECTED[name]["effects"])
    assert {finding.effect for finding in summary.effects} == model.effects(name)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_evidence_leads_from_the_candidate_to_a_line_that_is_there(name: str) -> None:
    tree, model = sample()
    for finding in model.summary(name).effects:
        for evidence in finding.evidence:
            assert evidence.chain
            assert evidence.reason
            assert 1 <= evidence.location.line <= tree.by_path[evidence.location.path].lines


def test_cross_check_holds() -> None:
    assert main([str(sample_root())]) == 0


def test_cross_check_notices_a_wrong_place() -> None:
    tree, model = sample()
    candidate = model.candidates[0]
    moved = {candidate.name: type(candidate.location)(candidate.location.path, candidate.location.line + 1, 999)}
    assert misplaced(tree, moved) == [f"{candidate.name} at {moved[candidate.name]}"]
    assert unequal_modules(tree) == []
