"""Drawings of a runbook as values: who calls whom, and which phases a rollout goes through.

In: a `RunbookContext`. Out: `Drawing`: boxes on a grid and arrows between them, from which Mermaid and SVG are written alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from migrator.artifacts.runbook.context import RouteRun, RunbookContext
from migrator.artifacts.runbook.words import number
from migrator.domain.routes import AliasRoute, BalancerRoute, Route, SeamRoute


@dataclass(frozen=True, slots=True)
class Box:
    """One box.

    Attributes:
        key: unique in a drawing; letters only.
        label: at most three lines; may hold names from analyzed code.
        column, row: its place on the grid, from 0.
        strong: whether it is what the drawing is about.
    """

    key: str
    label: tuple[str, ...]
    column: int
    row: int
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one box to another one, by key."""

    start: str
    end: str
    label: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing with what it shows, for those who cannot see it."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


_PHASES: Final = (
    Box("pending", ("pending", "0 %"), 0, 0),
    Box("shifting", ("shifting", "a step's weight"), 1, 0, strong=True),
    Box("promoting", ("promoting", "100 %"), 2, 0),
    Box("promoted", ("promoted", "100 %"), 3, 0),
    Box("retired", ("retired", "no way back"), 4, 0),
    Box("holding", ("holding", "awaiting-approval", "paused"), 1, 1),
    Box("rollingback", ("rolling-back",), 2, 2),
    Box("rolledback", ("rolled-back", "0 %"), 1, 2),
)
_MOVES: Final = (
    Arrow("pending", "shifting", "start"),
    Arrow("shifting", "promoting", "last step"),
    Arrow("promoting", "promoted"),
    Arrow("promoted", "retired", "retire"),
    Arrow("shifting", "holding", "waits"),
    Arrow("holding", "shifting"),
    Arrow("holding", "rollingback", "rollback", dashed=True),
    Arrow("promoted", "rollingback", "rollback", dashed=True),
    Arrow("rollingback", "rolledback"),
)


def phases_drawing() -> Drawing:
    """The phases; a rollback leads out of every one before `retired`."""
    return Drawing("The phases of a rollout. A rollback is possible in every phase before retired.", _PHASES, _MOVES)


def path_drawing(context: RunbookContext, run: RouteRun) -> Drawing:
    """The way of a call of one route."""
    function = context.deployed.function or context.name
    canary: tuple[Box, ...]
    inner: tuple[Arrow, ...]
    match run.route:
        case Route(fallback=fallback):
            saved = fallback is not None
            boxes = (Box("caller", ("callers",), 0, 0), Box("plane", ("Envoy",), 1, 0, strong=True))
            canary = (Box("door", ("HTTP path",), 2, 1), Box("function", ("Lambda function", function), 3, 1))
            inner = (Arrow("door", "function"), *([Arrow("door", "legacy", "fallback", dashed=True)] if saved else []))
            first = "door"
        case BalancerRoute():
            boxes = (Box("caller", ("callers",), 0, 0), Box("plane", ("load balancer",), 1, 0, strong=True))
            canary, inner, first = (Box("function", ("Lambda function", function), 2, 1),), (), "function"
        case SeamRoute():
            boxes = (Box("caller", ("legacy code",), 0, 0), Box("plane", ("the seam",), 1, 0, strong=True))
            canary, inner, first = _handed_over(context, run.route, function)
        case AliasRoute(legacy=legacy, canary=new, alias=alias):
            boxes = (Box("caller", ("callers",), 0, 0), Box("plane", ("alias", alias), 1, 0, strong=True))
            return Drawing(
                _title(run),
                (*boxes, Box("legacy", ("old version", legacy), 2, 0), Box("function", ("new version", new), 2, 1)),
                (
                    Arrow("caller", "plane"),
                    Arrow("plane", "legacy", "the rest"),
                    Arrow("plane", "function", _shares(run)),
                ),
            )
    return Drawing(
        _title(run),
        (*boxes, Box("legacy", ("legacy system",), 2, 0), *canary),
        (Arrow("caller", "plane"), Arrow("plane", "legacy", "the rest"), Arrow("plane", first, _shares(run)), *inner),
    )


def _handed_over(
    context: RunbookContext, route: SeamRoute, function: str
) -> tuple[tuple[Box, ...], tuple[Arrow, ...], str]:
    if not (context.deployed.queue or route.canary.queue):
        return (Box("function", ("Lambda function", function), 2, 1),), (), "function"
    boxes = [Box("queue", ("queue",), 2, 1), Box("function", ("Lambda function", function), 3, 1)]
    arrows = [Arrow("queue", "function")]
    if context.deployed.dead_letters:
        boxes.append(Box("dead", ("dead letters",), 3, 2))
        arrows.append(Arrow("queue", "dead", "given up", dashed=True))
    return tuple(boxes), tuple(arrows), "queue"


def _title(run: RouteRun) -> str:
    return f"The way of a call of {run.name}"


def _shares(run: RouteRun) -> str:
    return f"weight, in percent: {', '.join(number(step.weight) for step in run.plan.steps)}"
