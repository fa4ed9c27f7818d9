"""The rules of routes of tasks and calls.

In: a draft and the tree it came from. Out: mistakes with places. Rules of every route are `checks`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from migrator.router.mistakes import Mistake
from migrator.router.models import CallMatch, ParityGate, SeamRoute, TaskMatch
from migrator.router.shape import Draft
from migrator.router.yaml_tree import YamlTree


def _calls_match_once(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, route in draft.seam_routes.items():
        kind, name = _called(route)
        if name in seen:
            line = tree.place(("routes", seen[name], "match")).line
            yield tree.mistake(
                ("routes", index, "match", kind),
                f"{name} is also matched by the route on line {line}; keep one of them",
            )
        seen.setdefault(name, index)


def _called(route: SeamRoute) -> tuple[str, str]:
    match = route.match
    return ("task", match.task) if isinstance(match, TaskMatch) else ("call", match.call)


def _queues_lead_to_tasks(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        if route.canary.queue and isinstance(route.match, CallMatch):
            yield tree.mistake(
                ("routes", index, "canary", "queue"),
                "a call waits for its answer, and a queue gives none; leave it out",
            )
        if route.canary.alias and route.canary.queue:
            yield tree.mistake(
                ("routes", index, "canary", "alias"), "what is sent to a queue goes to the version that reads it"
            )


_INVOKED = {"task": "event", "call": "request"}


def _invoked_as_the_match_says(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        kind, _ = _called(route)
        if route.canary.invoke not in (None, _INVOKED[kind]):
            yield tree.mistake(
                ("routes", index, "canary", "invoke"), f"a {kind} is invoked as {_INVOKED[kind]}; leave it out"
            )
        if kind == "call" and route.legacy is not None:
            yield tree.mistake(("routes", index, "legacy"), "a call has no queue; leave it out", of_key=True)


def _overrides_can_be_told_apart(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        given = route.overrides
        if given is None:
            continue
        if not given.argument and route.sticky is None:
            yield tree.mistake(
                ("routes", index, "overrides"), "whose value is looked at? name the argument, or make the route sticky"
            )
        for position, value in enumerate(given.canary):
            if value in given.legacy:
                yield tree.mistake(
                    ("routes", index, "overrides", "canary", position), f"{value} stands under legacy too"
                )


def _seam_times_are_positive(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        if route.timeout <= 0:
            yield tree.mistake(("routes", index, "timeout"), "a time-out is longer than 0")


def _gates_have_figures(draft: Draft, tree: YamlTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        for position, gate in enumerate(route.rollout.gates if route.rollout else []):
            if isinstance(gate, ParityGate):
                yield tree.mistake(
                    ("routes", index, "rollout", "gates", position, "parity"),
                    "tasks and calls are not compared; leave this gate out",
                )


RULES: tuple[Callable[[Draft, YamlTree], Iterator[Mistake]], ...] = (
    _calls_match_once,
    _queues_lead_to_tasks,
    _invoked_as_the_match_says,
    _overrides_can_be_told_apart,
    _seam_times_are_positive,
    _gates_have_figures,
)
