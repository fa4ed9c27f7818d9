"""The flags of baselines, and on what a run fails.

In: what was typed. Out: `Limits`, and who is beyond them. What a change is says `migrator.verdicts.changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from migrator.cli.terminal import note
from migrator.domain.assessments import Analysis, Assessment, Verdict
from migrator.domain.locations import Location
from migrator.domain.reports import Baselines, Change, ChangeKind, Report
from migrator.domain.wording import count, on_one_line

_NAMED = 10  # of what failed, on stderr; the report has them all


def fail_on_names(incomplete: str) -> list[str]:
    """What `--fail-on` takes, for completion; behind a comma the next one."""
    from migrator.verdicts.changes import LOSSES

    before, comma, typed = incomplete.rpartition(",")
    names = [*(kind.value for kind in LOSSES), *(verdict.value for verdict in Verdict)]
    return [f"{before}{comma}{name}" for name in names if name.startswith(typed)]


BaselineFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Report only what has changed since this file was written (--write-baseline, or a kept --json).",
        show_default=False,
    ),
]
WriteBaseline: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--write-baseline",
        help="Then write the file of --baseline anew, unless --fail-on was reached; to be committed.",
    ),
]
FailOn: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--fail-on",
        metavar="WHAT",
        autocompletion=fail_on_names,
        help="Exit 1 when a candidate has this verdict or a worse one: keep, refactor, with-network, ready; with "
        "--baseline also for new-blocker, worse-verdict, less-confident, new-effect, new-candidate. May be repeated, or "
        "several with commas.",
    ),
]


@dataclass(frozen=True, slots=True)
class Limits:
    """On what a run fails.

    Attributes:
        verdicts: that no candidate may have.
        kinds: of changes that there may not be.
    """

    verdicts: frozenset[Verdict] = frozenset()
    kinds: frozenset[ChangeKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Failed:
    """What is beyond the limits.

    Attributes:
        candidates: with the analysis that each is of.
    """

    candidates: tuple[tuple[Analysis, Assessment], ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.candidates or self.changes)


def limits_of(values: Sequence[str] | None, *, baseline: Path | None, write: bool = False) -> Limits:
    """The limits that were typed.

    Args:
        values: of `--fail-on`, each one name or several with commas.
        baseline: of `--baseline`.
        write: whether it is to be written.

    Raises:
        UsageError: no such name, or one that needs a baseline without one.
    """
    from migrator.errors import UsageError
    from migrator.verdicts.changes import LOSSES

    verdicts, losses = [verdict.value for verdict in Verdict], [kind.value for kind in LOSSES]
    names = [name.strip() for value in values or () for name in value.split(",")]
    for name in names:
        if name not in verdicts and name not in losses:
            raise UsageError(
                f"--fail-on {name!r} is neither a verdict nor a change for the worse",
                hint=f"one of {', '.join(verdicts)}; with --baseline also {', '.join(losses)}",
            )
        if name in losses and baseline is None:
            raise UsageError(
                f"--fail-on {name} needs something to compare with", hint="give --baseline FILE, as a committed one"
            )
    if write and baseline is None:
        raise UsageError("--write-baseline does not know where", hint="give --baseline FILE, and commit it")
    worst = max((verdicts.index(name) for name in names if name in verdicts), default=-1)
    return Limits(frozenset(list(Verdict)[: worst + 1]), frozenset(kind for kind in ChangeKind if kind.value in names))


def failed(report: Report, limits: Limits) -> Failed:
    """Who has a verdict that is not allowed, and which changes are not."""
    from migrator.verdicts.changes import failing

    return Failed(
        tuple((analysis, item) for analysis, item in report.ranked if item.verdict in limits.verdicts),
        failing(report.changes or (), limits.kinds),
    )


def tell_failed(found: Failed) -> None:
    """What is beyond the limits, on stderr, a line each: the first ones, and how many more there are."""
    from migrator.verdicts.change_text import change_text, place_of

    lines = [
        f"{on_one_line(change.candidate)} {on_one_line(change_text(change))}{_at(change.root, place_of(change))}"
        for change in found.changes
    ]
    lines += [
        f"{on_one_line(item.name)} is {item.verdict}{_at(analysis.root, item.location)}"
        for analysis, item in found.candidates
    ]
    _tell("--fail-on was reached", lines)


def kept(file: Path | None, roots: Sequence[Path], *, write: bool = False) -> Baselines | None:
    """What the baseline says, if one was named; read before anything is analyzed, which takes longer.

    Args:
        write: whether the file will be written: then it need not be there yet.

    Raises:
        InputError: the file is not there, or is no baseline.
    """
    if file is None or (write and not file.exists()):
        return None
    from migrator import __version__
    from migrator.bootstrap.baselines import read_baselines

    before = read_baselines(file, [str(root) for root in roots])
    if before.version and before.version != __version__:
        note(
            f"{file} was written by migrator {on_one_line(before.version)}, this is {__version__}: it may find more or "
            "less in the same code (--write-baseline takes that in)"
        )
    return before


def compared(report: Report, before: Baselines | None, file: Path | None) -> Report:
    """The report with its changes since the baseline, if there is one; what is not in it is said on stderr."""
    if before is None:
        return report
    from migrator.bootstrap import baselines

    for root in baselines.unknown(report, before):
        note(f"{file} does not know {on_one_line(root)}: everything in it is new (--write-baseline takes it in)")
    return baselines.compared(report, before)


def renew(report: Report, before: Baselines | None, file: Path) -> None:
    """Write the baseline and say so on stderr.

    Raises:
        InputError: it cannot be written, or what is there is no baseline.
    """
    from migrator.bootstrap.baselines import write_baselines

    changed = write_baselines(file, report, before)
    note(f"{file} {'written; commit it' if changed else 'is as it was'}")


def _at(root: str, place: Location | None) -> str:
    """As it is reached from the current folder, since a log is read there."""
    if place is None:
        return ""
    from migrator.cli.formats.places import file_of

    return f"  {on_one_line(str(replace(place, path=str(file_of(root, place.path)))))}"


def _tell(head: str, lines: Iterable[str]) -> None:
    told = list(lines)
    note(f"{head}: {count(len(told), 'time')}")
    for line in told[:_NAMED]:
        note(f"  {line}")
    if len(told) > _NAMED:
        note(f"  and {len(told) - _NAMED:,} more")
