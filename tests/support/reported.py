"""Assessments and analyses made by hand or drawn, for what is reported and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from migrator.domain.assessments import Analysis, Assessment, Confidence, Hazard, Reach
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.verdicts.policy import verdict_of


def assessment(
    name: str,
    *effects: Effect,
    confidence: Confidence = Confidence.PROVEN,
    kind: TriggerKind = TriggerKind.HTTP,
    event: str = "",
    path: str = "",
    line: int = 10,
    hazards: Sequence[Hazard] = (),
) -> Assessment:
    """One whose verdict follows from its effects; by default it stands in the file of its module.

    Args:
        name: `module.function`.
        event: what it answers to; its own name if left out.
    """
    module, _, _ = name.rpartition(".")
    path = path or f"{module.replace('.', '/')}.py"
    answers = event or f"/{name}"
    details: Mapping[TriggerKind, Mapping[str, JsonValue]] = {
        TriggerKind.HTTP: {"methods": ["GET"], "path": answers},
        TriggerKind.QUEUE: {"task": answers},
        TriggerKind.COMMAND: {"command": answers},
    }
    return Assessment(
        name=name,
        location=Location(path, line, line + 5),
        triggers=(Trigger(kind, "flask", Location(path, line - 1), details.get(kind, {"name": answers})),),
        effects=tuple(found(effect, path, line, name) for effect in Effect if effect in effects),
        hazards=tuple(hazards),
        unresolved=(),
        verdict=verdict_of(effects),
        confidence=confidence,
        rank=1,
        score=0.5,
        reach=Reach(3, 40),
    )


def found(effect: Effect, path: str, line: int, name: str) -> EffectFinding:
    """An effect with one place: in a function that the candidate calls."""
    deep = f"{name.rpartition('.')[0]}.deep"
    evidence = Evidence(Location(path, line + 30, column=5), f"it does {effect.value}", (name, deep))
    return EffectFinding(effect, (evidence,))


def analysis(*candidates: Assessment, root: str = "shop") -> Analysis:
    """An analysis with these candidates, ranked as they are given."""
    ranked = tuple(replace(item, rank=rank) for rank, item in enumerate(candidates, 1))
    return Analysis(root=root, files=3, lines=1200, seconds=0.1, skipped=(), candidates=ranked)


_PARTS = st.sampled_from(["shop", "web", "jobs", "mail", "cart"])
NAMES = st.tuples(_PARTS, _PARTS, st.sampled_from(["index", "send", "add", "View.get"])).map(".".join)
EFFECTS = st.frozensets(st.sampled_from(list(Effect)), max_size=4)


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """Any candidate of a small monolith."""
    return assessment(
        draw(NAMES),
        *draw(EFFECTS),
        confidence=draw(st.sampled_from(Confidence)),
        kind=draw(st.sampled_from(TriggerKind)),
        event=draw(st.sampled_from(["", "/orders", "nightly"])),
        line=draw(st.integers(2, 400)),
    )


def analyses() -> st.SearchStrategy[Analysis]:
    """Any small analysis, also with two candidates of one name."""
    return st.lists(assessments(), max_size=8).map(lambda items: analysis(*items))


UNHURRIED = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
"""For what is given analyses: a busy machine takes long to draw them."""
