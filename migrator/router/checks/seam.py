"""The rules of routes of calls that legacy code makes.

In: a draft and the tree it came from. Out: mistakes with places. Rules of every route are `every`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from migrator.router.mistakes import KeyPath, Mistake
from migrator.router.models import ParityGate, SeamRoute
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft


def _matches_name_one_thing(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        named = route.match.named
        if len(named) > 1:
            yield tree.mistake(
                ("routes", index, "match", named[1][0]), f"the route is for a {named[0][0]} already", of_key=True
            )


def _calls_match_once(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    seen: dict[str, int] = {}
    for index, route in draft.seam_routes.items():
        for kind, name in route.match.named[:1]:
            if name in seen:
                line = tree.line(("routes", seen[name], "match"), seen_from=index)
                yield tree.mistake(
                    ("routes", index, "match", kind),
                    f"{name} is also matched by the route on {line}; keep one of them",
                )
            seen.setdefault(name, index)


def _kind(route: SeamRoute) -> str:
    return route.match.named[0][0] if route.match.named else ""


# By what a route is for: keys that make no sense there, and why.
_REFUSED: Mapping[str, tuple[tuple[KeyPath, str], ...]] = {
    "task": (
        (("legacy", "beat"), "a task has no scheduler's name; a schedule is match: {schedule: ...}"),
        (("claim",), "only firings of a schedule are claimed"),
        (("sticky", "attribute"), "a task has arguments; attributes are those of messages: sticky: {argument: ...}"),
        (("sticky", "body"), "a task has arguments; a body is that of a message: sticky: {argument: ...}"),
    ),
    "call": (
        (("canary", "queue"), "a call waits for its answer, and a queue gives none; leave it out"),
        (("legacy",), "a call has no queue; leave it out"),
        (("claim",), "only firings of a schedule are claimed"),
        (("sticky", "attribute"), "a call has arguments; attributes are those of messages: sticky: {argument: ...}"),
        (("sticky", "body"), "a call has arguments; a body is that of a message: sticky: {argument: ...}"),
    ),
    "schedule": (
        (("legacy", "queue"), "a schedule has no queue; its scheduler's name is legacy: {beat: ...}"),
        (("sticky",), "a schedule is fired for nobody in particular; leave it out"),
        (("overrides",), "a schedule is fired for nobody in particular; leave it out"),
    ),
    "queue": (
        (("legacy", "beat"), "a queue has no scheduler's name"),
        (("claim",), "only firings of a schedule are claimed"),
        (("sticky", "argument"), "a message has no arguments; name an attribute, or a way into its body"),
        (("overrides",), "tenants of a queue are not listed by this version; leave it out"),
        (("match", "segment"), "a message has no arguments; leave it out"),
    ),
}


def _keys_fit_the_match(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        here: KeyPath = ("routes", index)
        for path, why in _REFUSED.get(_kind(route), ()):
            if tree.has((*here, *path)):
                yield tree.mistake((*here, *path), why, of_key=path == ("legacy",))
        if route.canary.alias and route.canary.queue:
            yield tree.mistake((*here, "canary", "alias"), "what is sent to a queue goes to the version that reads it")


def _queues_lead_somewhere(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        if _kind(route) != "queue":
            continue
        queue = route.legacy.queue if route.legacy is not None else None
        if queue is None or not queue.startswith(("http://", "https://")):
            yield tree.mistake(
                ("routes", index, "legacy", "queue"), "name the QueueUrl that legacy code sends to, so that it is known"
            )
        if not route.canary.queue:
            yield tree.mistake(("routes", index, "canary", "queue"), "is missing: the QueueUrl of the service's queue")
        elif route.canary.queue == queue:
            yield tree.mistake(("routes", index, "canary", "queue"), "the same queue on both sides")


_INVOKED = {"task": "event", "call": "request", "schedule": "event", "queue": "event"}


def _invoked_as_the_match_says(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        kind = _kind(route)
        if route.canary.invoke not in (None, _INVOKED.get(kind)):
            yield tree.mistake(
                ("routes", index, "canary", "invoke"), f"a {kind} is invoked as {_INVOKED[kind]}; leave it out"
            )


def _keys_say_one_thing(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        if route.sticky is not None and len(route.sticky.sources) != 1:
            yield tree.mistake(("routes", index, "sticky"), "sticky by one of argument, attribute and body")
        segment = route.match.segment
        if segment is None:
            continue
        path: KeyPath = ("routes", index, "match", "segment")
        bounded = segment.at_least is not None or segment.at_most is not None
        if bool(segment.values) == bounded:
            yield tree.mistake(path, "say which values: equals or in, or for numbers at_least and at_most")
        if segment.at_least is not None and segment.at_most is not None and segment.at_least > segment.at_most:
            yield tree.mistake((*path, "at_most"), f"no number is at least {segment.at_least:g} and below that too")


def _seam_times_are_positive(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        if route.timeout <= 0:
            yield tree.mistake(("routes", index, "timeout"), "a time-out is longer than 0")
        if route.circuit_breaker is not None and route.circuit_breaker.open <= 0:
            yield tree.mistake(("routes", index, "circuit_breaker", "open"), "a time is longer than 0")
        if route.claim is not None and route.claim.every < 1:
            yield tree.mistake(("routes", index, "claim", "every"), "a schedule's period is at least 1s")


def _gates_have_figures(draft: Draft, tree: RouterTree) -> Iterator[Mistake]:
    for index, route in draft.seam_routes.items():
        for position, gate in enumerate(route.rollout.named_gates if route.rollout else []):
            if isinstance(gate, ParityGate):
                yield tree.mistake(
                    ("routes", index, "rollout", "gates", position, "parity"),
                    "calls of legacy code are not compared; leave this gate out",
                )


RULES: tuple[Callable[[Draft, RouterTree], Iterator[Mistake]], ...] = (
    _matches_name_one_thing,
    _calls_match_once,
    _keys_fit_the_match,
    _queues_lead_somewhere,
    _invoked_as_the_match_says,
    _keys_say_one_thing,
    _seam_times_are_positive,
    _gates_have_figures,
)
