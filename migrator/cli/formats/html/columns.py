"""The columns of the page's table: which there are depends on what the report knows.

In: a `Report`. Out: `Column` values in the order in which they stand. `templates/report/script/table.js` fills the cells.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.cli.formats.html.rows import has_usage
from migrator.domain.reports import Report


@dataclass(frozen=True, slots=True)
class Column:
    """One of them.

    Attributes:
        key: what the script knows it by.
        title: at its head.
        hint: what it counts, in a sentence.
        style: class of its cells: `number`, or `text`.
        first: `ascending` or `descending`, as it sorts when it is chosen.
        optional: whether it is left out where there is little room.
    """

    key: str
    title: str
    hint: str
    style: str = "text"
    first: str = "ascending"
    optional: bool = False


_BEGIN = (
    Column("rank", "#", "1 is the one to move first", "number"),
    Column("name", "Candidate", "The function, and what makes it run"),
)
_REPOSITORY = Column("repository", "Repository", "Where it stands")
_JUDGED = (
    Column("verdict", "Verdict", "Whether it may move"),
    Column("confidence", "Confidence", "How far the verdict is proven"),
    Column("effects", "Effects", "What it does outside of its own call; what blocks a move stands first"),
)
_USAGE = (
    Column("calls", "Calls a day", "As production has recorded them", "number", "descending"),
    Column("p95", "p95", "19 of 20 calls take no longer than this", "number", "descending"),
    Column("payload", "Payload", "19 of 20 calls carry no more than this", "number", "descending", optional=True),
    Column("failed", "Failed", "Share of its calls", "number", "descending", optional=True),
)
_END = (
    Column("hazards", "Hazards", "Places that make a move risky", "number", "descending"),
    Column("functions", "Functions", "How many it runs, itself included", "number", "descending", optional=True),
    Column("lines", "Lines", "Of these functions, each line once", "number", "descending"),
)


def columns_of(report: Report) -> tuple[Column, ...]:
    """Those that have something to show."""
    return (
        *_BEGIN,
        *((_REPOSITORY,) if len(report.analyses) > 1 else ()),
        *_JUDGED,
        *(_USAGE if has_usage(report) else ()),
        *_END,
    )
