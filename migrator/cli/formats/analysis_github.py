"""Analyses as GitHub shows them beside the code: who is at fault, what could not be read, and what blocks most moves.

In: an `Analysis`, or a `Report` of several. Out: annotations, the most important first, and the step's summary. Their syntax is
`github_annotations`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from migrator.cli.formats.github_annotations import Annotation, Level
from migrator.domain.assessments import Analysis, Assessment, Verdict
from migrator.domain.effects import Effect, Evidence
from migrator.domain.locations import Location
from migrator.domain.reports import Report
from migrator.domain.wording import count, listed
from migrator.markdown import cell_code, cell_text, inline_code, table
from migrator.verdicts.advice import mend_for
from migrator.verdicts.policy import BLOCKERS

_FIRST_MOVES = 10
_MENDS = 5


def report_annotations(report: Report, at_fault: Sequence[tuple[Analysis, Assessment]]) -> Iterator[Annotation]:
    """Those of all repositories; what is at fault in any of them stands first, then what could not be analyzed."""
    found = [
        list(annotations_of(analysis, [item for of, item in at_fault if of is analysis]))
        for analysis in report.analyses
    ]
    yield from (each for annotations in found for each in annotations if each.level is Level.ERROR)
    for one in report.failed:
        yield Annotation(Level.ERROR, one.reason, "not analyzed")
    yield from (each for annotations in found for each in annotations if each.level is not Level.ERROR)


def report_summary(report: Report) -> str:
    """The summaries of all repositories, one below the other."""
    from migrator.markdown import inline_code, inline_text

    failed = [f"Not analyzed: {inline_code(one.root)}: {inline_text(one.reason)}\n" for one in report.failed]
    return "\n".join([*failed, *(summary_of(analysis) for analysis in report.analyses)])


def annotations_of(analysis: Analysis, at_fault: Sequence[Assessment]) -> Iterator[Annotation]:
    """Candidates that `--fail-on` is about are errors, what is unknown or misstated warnings, blockers notices."""
    for item in at_fault:
        said = f"{item.name} is {item.verdict}, {item.confidence}: {_why(item)}"
        yield _at(analysis, item.location, Level.ERROR, said, "verdict")
    for entry in analysis.skipped:
        at = Location(entry.path, entry.line, column=entry.column)
        yield _at(analysis, at, Level.WARNING, f"{entry.reason}; what stands here is unknown", "not read")
    for finding in analysis.findings:
        yield _at(analysis, finding.location, Level.WARNING, finding.reason, "to mend")
    for effect, evidence, blocked in _blockers(analysis.candidates):
        mend = mend_for(effect, evidence)
        told = [
            f"{evidence.reason}: in the way of {count(len(blocked), 'candidate')}, such as {blocked[0].name}",
            *([mend.title] if mend is not None else []),
        ]
        yield _at(analysis, evidence.location, Level.NOTICE, "\n".join(told), effect.value)


def summary_of(analysis: Analysis) -> str:
    """Counts, verdicts, where to start and what is in the way most often, in Markdown."""
    verdicts = Counter(item.verdict for item in analysis.candidates)
    movable = [item for item in analysis.candidates if item.verdict in (Verdict.READY, Verdict.WITH_NETWORK)]
    head = ", ".join(
        (
            count(analysis.files, "file"),
            count(analysis.lines, "line"),
            count(len(analysis.candidates), "candidate"),
            f"{count(len(analysis.skipped), 'entry', 'entries')} not read",
        )
    )
    lines = [
        f"### migrator analyze {inline_code(analysis.root)}",
        "",
        head,
        "",
        table(("verdict", "candidates"), ((verdict.value, f"{verdicts[verdict]:,}") for verdict in reversed(Verdict))),
    ]
    if movable:
        rows = (
            (
                str(item.rank),
                cell_code(item.name),
                item.verdict.value,
                item.confidence.value,
                cell_code(str(item.location)),
            )
            for item in movable[:_FIRST_MOVES]
        )
        lines += ["Where to start:", "", table(("rank", "candidate", "verdict", "confidence", "place"), rows)]
    blockers = list(_blockers(analysis.candidates))[:_MENDS]
    if blockers:
        places = (
            (cell_code(str(evidence.location)), effect.value, cell_text(evidence.reason), f"{len(blocked):,}")
            for effect, evidence, blocked in blockers
        )
        lines += ["What is in the way most often:", "", table(("place", "effect", "what", "candidates"), places)]
    return "\n".join(lines)


def _why(item: Assessment) -> str:
    blocking = [finding.effect.value for finding in item.effects if finding.effect in BLOCKERS]
    return listed(blocking) if blocking else "no effect is in its way"


def _blockers(candidates: Sequence[Assessment]) -> Iterator[tuple[Effect, Evidence, Sequence[Assessment]]]:
    """Each place that blocks, with the candidates that it blocks; what blocks most of them first."""
    found: dict[tuple[Effect, Location], tuple[Evidence, list[Assessment]]] = {}
    for item in candidates:
        for finding in item.effects:
            if finding.effect not in BLOCKERS:
                continue
            for evidence in finding.evidence:
                found.setdefault((finding.effect, evidence.location), (evidence, []))[1].append(item)
    ordered = sorted(found.items(), key=lambda each: (-len(each[1][1]), each[0][1], each[0][0]))
    return ((effect, evidence, blocked) for (effect, _), (evidence, blocked) in ordered)


def _at(analysis: Analysis, location: Location, level: Level, message: str, title: str) -> Annotation:
    path = PurePath(analysis.root)
    whole = path if path.suffix == ".py" and path.name == location.path else path / location.path
    return Annotation(level, message, title, str(whole), location.line, location.column, location.end_line)
