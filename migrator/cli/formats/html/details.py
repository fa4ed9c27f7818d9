"""What the page shows of a candidate once somebody opens it: evidence with its way and its lines, hazards, advice.

In: a `Report` and `Sources`. Out: one text, packed (zlib, base64), which the browser unpacks by itself
(Compression Streams: `deflate`). The same places, ways and sentences come back in hundreds of candidates, so each stands
once, in a table, and is named by its number. `templates/report/script/details_data.js` reads what is written here.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from migrator.cli.formats.html.excerpts import Excerpts
from migrator.cli.formats.html.numbering import Numbers
from migrator.cli.formats.html.rows import EFFECTS, KINDS
from migrator.cli.formats.html.sources import Sources
from migrator.cli.formats.html.texts import compact_json, shown
from migrator.domain.assessments import Advice, Assessment, HazardKind, Unresolved
from migrator.domain.effects import EffectFinding
from migrator.domain.locations import Location
from migrator.domain.overrides import OverrideKind
from migrator.domain.reports import Report
from migrator.domain.trigger_text import trigger_text
from migrator.verdicts.reasons import reason_of

HAZARDS: Final = tuple(HazardKind)
NOWHERE: Final = -1
_LEVEL: Final = 9


def packed_details(report: Report, sources: Sources) -> str:
    """The details of every candidate, in the order of `Report.ranked`."""
    written = compact_json(_Writer(sources).written(report))
    return b64encode(zlib.compress(written.encode("utf-8"), _LEVEL)).decode("ascii")


class _Writer:
    """The tables that grow while candidates are written."""

    def __init__(self, sources: Sources) -> None:
        self._excerpts = Excerpts(sources)
        self._texts: Numbers[str] = Numbers()
        self._files: Numbers[tuple[str, str]] = Numbers()
        self._spots: Numbers[tuple[int, int, int, int, int]] = Numbers()
        self._ways: Numbers[tuple[int, int]] = Numbers()
        self._calls: Numbers[tuple[str, Unresolved]] = Numbers()

    def written(self, report: Report) -> Mapping[str, object]:
        """The document. Tables are flat: a row of `spots` is five numbers, one of `ways` two, one of `calls` six."""
        candidates = [self._candidate(analysis.root, item) for analysis, item in report.ranked]
        calls = [self._call(root, call) for root, call in self._calls.values]
        files = self._files.values
        roots = list(dict.fromkeys(analysis.root for analysis in report.analyses))
        runs = [self._excerpts.runs(root, path) for root, path in files]
        return {
            "hazards": [kind.value for kind in HAZARDS],
            "candidates": candidates,
            "spots": _flat(self._spots.values),
            "ways": _flat(self._ways.values),
            "calls": _flat(calls),
            "files": [[roots.index(root), self._text(path)] for root, path in files],
            "runs": runs,
            "texts": list(self._texts.values),
        }

    def _candidate(self, root: str, item: Assessment) -> list[object]:
        """Why early, place, triggers, effects, hazards, unresolved calls, advice, what is stated, and libraries."""
        return [
            self._text(reason_of(item)),
            self._place(root, item.location),
            [
                [
                    KINDS.index(trigger.kind),
                    self._text(trigger.framework),
                    self._text(trigger_text(trigger)),
                    *self._place(root, trigger.location),
                ]
                for trigger in item.triggers
            ],
            [self._effect(root, item.name, finding) for finding in item.effects],
            [
                [HAZARDS.index(hazard.kind), self._spot(root, hazard.location, hazard.reason, changes=False)]
                for hazard in item.hazards
            ],
            _steps(sorted({self._calls.of((root, call)) for call in item.unresolved})),
            [self._advice(root, advice) for advice in item.advice],
            [
                [
                    int(override.kind is OverrideKind.ALLOW),
                    EFFECTS.index(override.effect),
                    self._text(override.function),
                    self._text(override.reason),
                    *self._place(root, override.location),
                ]
                for override in item.overrides
            ],
            [[self._text(name), distance] for name, distance in item.reach.libraries.items()],
        ]

    def _effect(self, root: str, name: str, finding: EffectFinding) -> list[object]:
        pairs = (
            (
                self._spot(root, evidence.location, evidence.reason, changes=evidence.changes),
                self._way(name, evidence.chain),
            )
            for evidence in finding.evidence
        )
        return [EFFECTS.index(finding.effect), _flat(pairs)]

    def _way(self, name: str, names: Sequence[str]) -> int:
        """A list from its end, so that candidates share the ends of their ways; the candidate itself is left out."""
        rest = NOWHERE
        for step in reversed(names[1:] if names[:1] == (name,) else names):
            rest = self._ways.of((self._text(step), rest))
        return rest

    def _spot(self, root: str, location: Location, reason: str, *, changes: bool) -> int:
        return self._spots.of((*self._place(root, location), self._text(reason), int(changes)))

    def _call(self, root: str, call: Unresolved) -> tuple[int, ...]:
        said = self._text(call.call), self._text(call.reason), self._text(call.harmless_because)
        return (*self._place(root, call.location), *said)

    def _advice(self, root: str, advice: Advice) -> list[int]:
        place = self._place(root, advice.location) if advice.location is not None else ()
        return [self._text(advice.title), self._text(advice.detail), *place]

    def _place(self, root: str, location: Location) -> tuple[int, int, int]:
        """File, line and column; its lines are shown."""
        self._excerpts.show(root, location.path, location.line)
        return self._files.of((root, location.path)), location.line, location.column

    def _text(self, text: str) -> int:
        return self._texts.of(shown(text))


def _flat(rows: Iterable[Iterable[int]]) -> list[int]:
    return list(chain.from_iterable(rows))


def _steps(numbers: Sequence[int]) -> list[int]:
    """Each number as its distance to the one before: neighbors are frequent, and small numbers pack well."""
    return [number - before for before, number in zip((0, *numbers), numbers, strict=False)]
