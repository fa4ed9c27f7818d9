"""What the page says of many repositories: what each holds, what stands in the way of several, what nobody has described.

In: a `Report` of several repositories. Out: values for the template, with every text ready. What is shared says
`migrator.verdicts.across`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from migrator.cli.formats.html.rows import VERDICTS
from migrator.cli.formats.html.texts import shown
from migrator.domain.assessments import Analysis
from migrator.domain.reports import Report
from migrator.domain.repositories import names_of
from migrator.domain.wording import count, listed
from migrator.verdicts.across import fleet_of

_SHOWN: Final = 8  # causes, and libraries; the document has them all
_NAMED: Final = 5  # repositories named where something is shared


@dataclass(frozen=True, slots=True)
class Row:
    """One repository.

    Attributes:
        link: fragment that shows its candidates alone.
        cells: files, lines, candidates, candidates by verdict, and what was not read.
    """

    name: str
    link: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """What several repositories have in common.

    Attributes:
        head: an effect, or the name of a library.
        said: how many candidates of which repositories.
    """

    head: str
    reason: str
    said: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Repositories:
    """All of it.

    Attributes:
        heads: of the columns of figures.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    causes: tuple[Shared, ...]
    libraries: tuple[Shared, ...]


def repositories_of(report: Report) -> Repositories | None:
    """The section, or None for one repository."""
    if len(report.analyses) == 1:
        return None
    fleet = fleet_of(report)
    names = names_of(analysis.root for analysis in report.analyses)
    causes = tuple(
        Shared(
            cause.effect.value,
            cause.reason,
            f"{count(cause.candidates, 'candidate')} of {_named(cause.repositories, names)}"
            + (f", the only cause at {cause.frees:,}" if cause.frees else ""),
            cause.mend,
        )
        for cause in fleet.causes[:_SHOWN]
    )
    libraries = tuple(
        Shared(one.name, "", f"called by {count(one.unknown, 'candidate')} of {_named(one.repositories, names)}")
        for one in fleet.libraries
        if one.unknown
    )
    heads = ("Files", "Lines", "Candidates", *(verdict.value for verdict in VERDICTS), "Not read")
    return Repositories(heads, tuple(_row(each, names) for each in report.analyses), causes, libraries[:_SHOWN])


def _row(analysis: Analysis, names: Mapping[str, str]) -> Row:
    verdicts = Counter(item.verdict for item in analysis.candidates)
    figures = (
        analysis.files,
        analysis.lines,
        len(analysis.candidates),
        *(verdicts[verdict] for verdict in VERDICTS),
        len(analysis.skipped),
    )
    name = names[analysis.root]
    link = f"#in={quote(shown(name), safe='/')}/"  # not those of another one that begins with its name
    return Row(name, link, tuple(f"{figure:,}" for figure in figures))


def _named(roots: Sequence[str], names: Mapping[str, str]) -> str:
    rest = len(roots) - _NAMED
    return listed([*(names[root] for root in roots[:_NAMED]), *([f"{rest} more"] if rest > 0 else [])])
