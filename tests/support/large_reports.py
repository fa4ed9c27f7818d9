"""A report of many candidates, as dense as those of real monoliths, without a monolith.

In: how many. Out: a `Report` and its files. Per candidate it has as many pieces of evidence, hazards and calls that could
not be followed as the analysis of a web application of 200,000 lines has (51, 28 and 231; counted in November 2026), most of
them shared with other candidates.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

from migrator.domain.assessments import (
    Advice,
    Analysis,
    Assessment,
    Confidence,
    Hazard,
    HazardKind,
    Reach,
    Unresolved,
    Verdict,
)
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.reports import Report
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.domain.usage import Usage

_EFFECTS: Final = 7  # of one candidate
_EVIDENCE: Final = 7  # of one effect
_HAZARDS: Final = 28
_UNRESOLVED: Final = 231
_PER_MODULE: Final = 4
_LINES: Final = 240  # of one module
_WORDS: Final = [
    "account",
    "invoice",
    "order",
    "ticket",
    "project",
    "member",
    "export",
    "import",
    "sync",
    "notify",
    "render",
    "archive",
    "cleanup",
    "billing",
    "webhook",
    "search",
    "report",
    "translate",
    "upload",
    "merge",
    "refresh",
    "schedule",
    "audit",
    "payment",
    "refund",
    "session",
]


class Made:
    """The report, and the files that it is of."""

    def __init__(self, candidates: int, *, usage: bool = True, seed: int = 1) -> None:
        self._random = random.Random(seed)
        modules = max(1, candidates // _PER_MODULE)
        self._paths = [f"app/{_WORDS[n % 26]}/{_WORDS[n // 26 % 26]}_{n}.py" for n in range(modules)]
        self._spots = [self._evidence() for _ in range(modules * 8)]
        self._calls = [self._call(n) for n in range(modules * 12)]
        found = tuple(self._assessment(rank, candidates, usage) for rank in range(1, candidates + 1))
        lines = modules * 3 * _LINES
        self.report = Report((Analysis("app", modules * 3, lines, 1.0, (), found),))

    def lines(self, root: str, path: str) -> Sequence[str]:
        """As files have them; the same for the same file."""
        drawn = random.Random(path)
        return [
            f"{'    ' * drawn.randrange(1, 4)}{drawn.choice(_WORDS)}_{drawn.choice(_WORDS)} = {drawn.choice(_WORDS)}.{drawn.choice(_WORDS)}({drawn.choice(_WORDS)}_id, {drawn.randrange(99)})"
            for _ in range(_LINES)
        ]

    def sizes(self, root: str) -> Mapping[str, int]:
        """The modules with candidates, and twice as many without."""
        more = [path.replace(".py", f"_{part}.py") for path in self._paths for part in ("models", "texts")]
        return {path: 40 + number * 7919 % 900 for number, path in enumerate([*self._paths, *more])}

    def _location(self) -> Location:
        line = self._random.randrange(3, _LINES - 3)
        return Location(self._random.choice(self._paths), line, column=self._random.randrange(1, 40))

    def _name(self, path: str) -> str:
        return (
            f"{path.removesuffix('.py').replace('/', '.')}.{self._random.choice(_WORDS)}_{self._random.choice(_WORDS)}"
        )

    def _evidence(self) -> Evidence:
        at = self._location()
        names = [self._name(self._random.choice(self._paths)) for _ in range(self._random.randrange(1, 6))]
        return Evidence(at, f"{self._random.choice(_WORDS)}.Client.{self._random.choice(_WORDS)} does it", tuple(names))

    def _call(self, number: int) -> Unresolved:
        harmless = "no function of that name does more" if number % 3 else ""
        return Unresolved(
            self._location(),
            f"{self._random.choice(_WORDS)}.{self._random.choice(_WORDS)}",
            "its type is not known",
            harmless,
        )

    def _assessment(self, rank: int, of: int, usage: bool) -> Assessment:
        path = self._paths[rank % len(self._paths)]
        name = f"{self._name(path)}_{rank}"
        line = self._random.randrange(3, _LINES - 30)
        effects = self._random.sample(list(Effect), _EFFECTS)
        first = self._random.randrange(len(self._calls))
        at = Location(path, line, line + 20)
        return Assessment(
            name=name,
            location=at,
            triggers=(Trigger(TriggerKind.HTTP, "flask", at, {"methods": ["GET"], "path": f"/{path[:-3]}/{rank}"}),),
            effects=tuple(
                EffectFinding(
                    effect,
                    tuple(
                        Evidence(spot.location, spot.reason, (name, *spot.chain))
                        for spot in self._random.sample(self._spots, _EVIDENCE)
                    ),
                )
                for effect in sorted(effects, key=list(Effect).index)
            ),
            hazards=tuple(
                Hazard(self._random.choice(list(HazardKind)), spot.location, spot.reason)
                for spot in self._random.sample(self._spots, min(_HAZARDS, len(self._spots)))
            ),
            unresolved=tuple(self._calls[(first + n) % len(self._calls)] for n in range(_UNRESOLVED)),
            verdict=self._random.choice(list(Verdict)),
            confidence=self._random.choice(list(Confidence)),
            rank=rank,
            score=round(1 - rank / (of + 1), 6),
            advice=(Advice("Give it a way to the database", f"Look at {path}:{line}.", at),),
            reach=Reach(self._random.randrange(1, 300), self._random.randrange(5, 4000), {"django": 1, "requests": 2}),
            usage=Usage(rank * 10, self._random.random() * 10_000, 12.5, 80.0, 2_000, 0.01, ("combined",))
            if usage
            else None,
        )
