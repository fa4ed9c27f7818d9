"""Which candidates are refused, and what the message says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from migrator.domain.assessments import Confidence, Unresolved, Verdict
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import make_plan
from tests.support.slices import assessed, monolith

SOURCE = {"shop.py": "def view():\n    return 1\n"}


def effect(name: Effect) -> EffectFinding:
    return EffectFinding(name, (Evidence(Location("shop.py", 2, column=5), f"does {name.value}", ("shop.view",)),))


@pytest.mark.parametrize(
    ("effects", "verdict", "kind", "says"),
    [
        ([Effect.UNBOUNDED], Verdict.KEEP, TriggerKind.HTTP, ["is keep", "shop.py:2:5: unbounded: does unbounded"]),
        (
            [Effect.PROCESS_STATE_WRITE, Effect.DATABASE],
            Verdict.REFACTOR,
            TriggerKind.HTTP,
            ["is refactor", "shop.py:2:5: process-state-write"],
        ),
        ([Effect.SUBPROCESS], Verdict.READY, TriggerKind.HTTP, ["container image", "shop.py:2:5: subprocess"]),
        ([], Verdict.READY, TriggerKind.QUEUE, ["no handler for flask (queue)"]),
    ],
)
def test_it_is_refused_with_the_lines(
    effects: Sequence[Effect], verdict: Verdict, kind: TriggerKind, says: Sequence[str], tmp_path: Path
) -> None:
    tree = monolith(tmp_path, SOURCE)
    assessment = assessed(tree, "shop.view", kind=kind, effects=[effect(each) for each in effects], verdict=verdict)
    with pytest.raises(Refused) as caught:
        make_plan(tree, assessment)
    assert caught.value.exit_code == 1
    assert caught.value.hint
    for text in says:
        assert text in str(caught.value)


@pytest.mark.parametrize(
    ("accepted", "goes"),
    [
        ({}, False),
        ({Effect.REQUEST_CONTEXT: "they are set"}, False),
        ({Effect.REQUEST_CONTEXT: "they are set", Effect.LOCAL_DISK_READ: "it is there"}, True),
    ],
)
def test_every_effect_in_the_way_needs_its_reason(accepted: Mapping[Effect, str], goes: bool, tmp_path: Path) -> None:
    tree = monolith(tmp_path, SOURCE)
    effects = [effect(Effect.REQUEST_CONTEXT), effect(Effect.LOCAL_DISK_READ)]
    assessment = assessed(tree, "shop.view", effects=effects, verdict=Verdict.REFACTOR)
    if goes:
        assert make_plan(tree, assessment, accepted=accepted).accepted == accepted
        return
    with pytest.raises(Refused, match="--accept local-disk-read=REASON" if accepted else "must not move"):
        try:
            make_plan(tree, assessment, accepted=accepted)
        except Refused as error:
            raise Refused(f"{error} {error.hint}") from error


def test_unproven_needs_a_word(tmp_path: Path) -> None:
    tree = monolith(tmp_path, SOURCE)
    unresolved = [Unresolved(Location("shop.py", 2), "mystery()", "the receiver is unknown")]
    assessment = assessed(tree, "shop.view", unresolved=unresolved, confidence=Confidence.UNPROVEN)
    with pytest.raises(Refused, match=r"shop.py:2:1: mystery\(\): the receiver is unknown"):
        make_plan(tree, assessment)
    assert make_plan(tree, assessment, accepted_unresolved="read it").plan.candidate == "shop.view"
