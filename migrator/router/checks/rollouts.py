"""The rules of a rollout's plan: steps, template, silence, windows, freezes, gates.

In: a draft and the tree it came from. Out: mistakes with places. What one route waits for another with is `order`'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.router.dates import clock_text, seconds_of
from migrator.router.mistakes import Mistake
from migrator.router.models import gate_name
from migrator.router.models.rollouts import Rollout
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft
from migrator.router.templates import TEMPLATES

_OF_THE_ROLLOUT = "requests"
_ASKED = frozenset({"parity", "cost", "dead_letters", "metric", "webhook"})
"""Kinds of gates that count no requests."""


def _plans(draft: Draft) -> Iterator[tuple[tuple[str | int, ...], Rollout]]:
    for index, route in draft.every.items():
        if route.rollout is not None:
            yield ("routes", index, "rollout"), route.rollout


def _steps_or_a_template(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        if rollout.steps is None and rollout.template is None:
            yield tree.mistake(path, f"name the steps, or a template: {', '.join(TEMPLATES)}")
        elif rollout.steps is not None and rollout.template is not None:
            yield tree.mistake(
                (*path, "steps"),
                f"the template {rollout.template} brings its own steps; take one of both away",
                of_key=True,
            )


def _steps_rise(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        steps = rollout.steps or []
        before = 0.0
        for position, step in enumerate(steps):
            if step.weight <= before:
                yield tree.mistake(
                    (*path, "steps", position, "weight"), f"steps rise: {step.weight:g} is not above {before:g}"
                )
            before = max(before, step.weight)
        if steps and steps[-1].weight != 100:
            yield tree.mistake(
                (*path, "steps", len(steps) - 1, "weight"), f"the last step has weight 100, found {steps[-1].weight:g}"
            )


def _something_is_compared(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        weights = [step.weight for step in rollout.steps or []]
        kinds = {next(iter(type(gate).model_fields)) for gate in rollout.named_gates}
        if weights == [100] and kinds - _ASKED:
            yield tree.mistake(
                (*path, "steps", 0, "weight"),
                "without a call left for legacy nothing can be compared; begin below 100, such as at 50",
            )


def _the_end_is_decided(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        steps = rollout.steps or []
        for position in range(max(len(steps) - 2, 0), len(steps)):
            if steps[position].undecided == "go-on":
                yield tree.mistake(
                    (*path, "steps", position, "undecided"),
                    "nothing but evidence leads to 100 % and to promotion; go-on is for the steps before the last two",
                )


def _silence_leads_to_a_step(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        if rollout.silence is None:
            continue
        steps = TEMPLATES[rollout.template].steps if rollout.template else rollout.steps or ()
        weights = [0.0, *(step.weight for step in steps)]
        if rollout.silence.weight not in weights:
            yield tree.mistake(
                (*path, "silence", "weight"),
                f"{rollout.silence.weight:g} is the weight of no step; "
                f"it is one of {', '.join(f'{weight:g}' for weight in weights)}",
            )


def _windows_are_open(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        for position, window in enumerate(rollout.windows):
            here = (*path, "windows", position)
            if window.begins == window.ends:
                yield tree.mistake(
                    (*here, "to"),
                    f"a window from {clock_text(window.begins)} to {clock_text(window.ends)} has no length; "
                    'a whole day is from: "00:00", to: "24:00"',
                )
            elif window.begins == 24 * 60:
                yield tree.mistake((*here, "from"), 'a window does not begin at 24:00; write "00:00" of the next day')
            for place, day in enumerate(window.days):
                if day in window.days[:place]:
                    yield tree.mistake((*here, "days", place), "the day stands twice")


def _freezes_end(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        for position, freeze in enumerate(rollout.freezes):
            begins, ends = seconds_of(freeze.begins, freeze.zone), seconds_of(freeze.ends, freeze.zone, end=True)
            if ends <= begins:
                yield tree.mistake(
                    (*path, "freezes", position, "to"),
                    f"the freeze ends before it begins: {freeze.ends} is not after {freeze.begins}",
                )


def _gates_once(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for path, rollout in _plans(draft):
        seen: dict[str, int] = {}
        for position, gate in enumerate(rollout.named_gates):
            name = gate_name(gate)
            if name == _OF_THE_ROLLOUT:
                yield tree.mistake(
                    (*path, "gates", position),
                    f"{name} is what a step's own count of requests is called; name it otherwise",
                )
            if name in seen:
                line = tree.line((*path, "gates", seen[name]), seen_from=int(path[1]))
                kind = next(iter(type(gate).model_fields))
                named = "name" in type(getattr(gate, kind)).model_fields
                mend = "give one of both another name" if named else "take one of both away"
                yield tree.mistake((*path, "gates", position), f"the gate {name} is there already, on {line}; {mend}")
            seen.setdefault(name, position)


RULES = (
    _steps_or_a_template,
    _steps_rise,
    _something_is_compared,
    _the_end_is_decided,
    _silence_leads_to_a_step,
    _windows_are_open,
    _freezes_end,
    _gates_once,
)
