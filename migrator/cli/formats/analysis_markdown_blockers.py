"""What is in the way, in Markdown: each blocker with its mend and the places that hold up most candidates.

In: candidates in the order of their ranks; a report. Out: sections of a page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from migrator.cli.formats.analysis_markdown_moves import Named
from migrator.domain.effects import Effect, Evidence
from migrator.domain.reports import Report
from migrator.domain.wording import count, listed
from migrator.markdown import cell_code, cell_text, inline_code, inline_text, table
from migrator.verdicts.across import fleet_of
from migrator.verdicts.advice import cares, mend_for
from migrator.verdicts.policy import BLOCKERS

_PLACES: Final = 3  # of one blocker
_CAUSES: Final = 10
_NAMED: Final = 4  # repositories in a cell


def blockers_section(entries: Sequence[Named]) -> str:
    """What stops most candidates first; empty where nothing does."""
    blocked: dict[Effect, list[Named]] = {}
    alone: Counter[Effect] = Counter()
    for entry in entries:
        present = [finding.effect for finding in entry.item.effects if finding.effect in BLOCKERS]
        for effect in present:
            blocked.setdefault(effect, []).append(entry)
            alone[effect] += len(present) == 1
    if not blocked:
        return ""
    ordered = sorted(blocked, key=lambda effect: (-len(blocked[effect]), effect))
    rows = ((effect.value, f"{len(blocked[effect]):,}", f"{alone[effect]:,}") for effect in ordered)
    lines = ["## In the way", "", table(("effect", "candidates", "nothing else in their way"), rows)]
    return "\n".join([*lines, *(line for effect in ordered for line in _details(effect, blocked[effect]))])


def shared_section(report: Report, names: Mapping[str, str]) -> str:
    """What blocks candidates of several repositories; empty where nothing does."""
    causes = fleet_of(report).causes[:_CAUSES]
    if not causes:
        return ""
    rows = (
        (
            cause.effect.value,
            cell_text(cause.reason),
            _some([cell_code(names[root]) for root in cause.repositories]),
            f"{cause.candidates:,}",
            f"{cause.frees:,}",
            cell_text(cause.mend),
        )
        for cause in causes
    )
    head = ("effect", "what", "repositories", "candidates", "could move then", "mend")
    return "\n".join(["## In the way of several repositories", "", table(head, rows)])


def hazards_section(entries: Sequence[Named]) -> str:
    """What makes moves risky, by the number of candidates, with what to do; empty where nothing does."""
    times = Counter(kind for entry in entries for kind in {hazard.kind for hazard in entry.item.hazards})
    if not times:
        return ""
    titles = {care.kind: care.title for care in cares()}
    rows = ((kind.value, f"{number:,}", titles.get(kind, "")) for kind, number in times.most_common())
    return "\n".join(["## Risks of a move", "", table(("hazard", "candidates", "what to do"), rows)])


def _details(effect: Effect, entries: Sequence[Named]) -> Iterator[str]:
    """The mends that fit most of its evidence, then the places."""
    found: dict[tuple[str, str, int], tuple[Named, Evidence, set[int]]] = {}
    fitting: Counter[str] = Counter()
    details: dict[str, str] = {}
    for entry in entries:
        for evidence in (
            each for finding in entry.item.effects if finding.effect is effect for each in finding.evidence
        ):
            key = (entry.analysis.root, evidence.location.path, evidence.location.line)
            found.setdefault(key, (entry, evidence, set()))[2].add(entry.rank)
            mend = mend_for(effect, evidence)
            if mend is not None:
                fitting[mend.title] += 1
                details[mend.title] = mend.detail
    yield f"### {effect.value}"
    yield ""
    for title, _ in fitting.most_common(1):
        yield f"{title}. {details[title]}"
        yield ""
    ordered = sorted(found.items(), key=lambda item: (-len(item[1][2]), item[0]))
    for _, (entry, evidence, ranks) in ordered[:_PLACES]:
        which = f" of {inline_code(entry.repository)}" if entry.repository else ""
        example = f"{'such as ' if len(ranks) > 1 else ''}{inline_code(entry.item.name)}"
        who = f"{count(len(ranks), 'candidate')}{which}, {example}"
        yield f"- {entry.link(evidence.location)} {inline_text(evidence.reason)}: in the way of {who}"
    if len(ordered) > _PLACES:
        yield f"- and {count(len(ordered) - _PLACES, 'more place')}"
    yield ""


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED
    return listed([*names[:_NAMED], *([f"{rest} more"] if rest > 0 else [])])
