"""The flag that brings recorded traffic into an analysis, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from migrator.cli.progress import progress_shown
from migrator.cli.terminal import note

if TYPE_CHECKING:
    from migrator.domain.assessments import Analysis

_STDIN = "-"

TrafficLogs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--traffic",
        metavar="FILE",
        help="Rank by recorded traffic, too: access logs, Celery events or traces; a file, a folder, or - for stdin; "
        "FORMAT:FILE names the format (combined, json, alb, celery, celery-log, otlp, uvicorn). May be repeated.",
    ),
]


def check_logs(files: Sequence[str] | None, *, others: Sequence[Path] = ()) -> None:
    """Look for the logs before an analysis takes its minute.

    Args:
        others: what else the command reads.

    Raises:
        InputError: one is not there.
        UsageError: standard input is to be read twice.
    """
    if not files:
        return
    from migrator.bootstrap.usages import find_logs
    from migrator.errors import UsageError

    if find_logs(files) and any(str(path) == _STDIN for path in others):
        raise UsageError(
            "standard input can be only one of the analysis and the traffic", hint="write one of them to a file"
        )


def with_usages(
    analyses: Sequence[Analysis], files: Sequence[str] | None, *, quiet: bool = False
) -> tuple[Analysis, ...]:
    """The analyses with what the logs say, which is summed up on stderr; as they are where no log is named.

    Args:
        quiet: say only what is wrong.

    Raises:
        InputError: see `migrator.bootstrap.usages.with_traffic_of`.
    """
    if not files:
        return tuple(analyses)
    from migrator.bootstrap.usages import with_traffic_of
    from migrator.cli.formats.traffic_text import traffic_lines

    with progress_shown(files[0], quiet=quiet) as progress:
        ranked, summary = with_traffic_of(analyses, files, progress)
    for line in traffic_lines(summary, quiet=quiet):
        note(line)
    return ranked
