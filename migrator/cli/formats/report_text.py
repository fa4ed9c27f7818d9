"""A report as text: of one repository, or of several.

In: a `Report`. Out: lines on a page, which `analysis_text`, `fleet_text` and, where it was compared with a baseline,
`changes_text` write.
"""

from __future__ import annotations

from collections.abc import Sequence

from migrator.cli.formats.page import Page
from migrator.domain.reports import Report


def write_report(page: Page, report: Report, *, show_all: bool = False, quiet: bool = False) -> None:
    """The text.

    Args:
        show_all: the whole table instead of the overview.
        quiet: leave out the advice on what to type next.
    """
    from migrator.cli.formats.analysis_text import write_analysis, write_table
    from migrator.cli.formats.changes_text import write_changes
    from migrator.cli.formats.fleet_text import write_fleet, write_fleet_table

    if report.changes is not None:
        write_changes(page, report, show_all=show_all)
        return
    alone = report.analyses[0] if len(report.analyses) == 1 and not report.failed else None
    if alone is not None and show_all:
        write_table(page, alone)
    elif alone is not None:
        write_analysis(page, alone, looked_for=_looked_for(report), quiet=quiet)
    elif show_all:
        write_fleet_table(page, report)
    else:
        write_fleet(page, report, looked_for=_looked_for(report), quiet=quiet)


def _looked_for(report: Report) -> Sequence[str]:
    """The frameworks whose registrations are known; only where nothing was found, for they bring the whole model in."""
    if any(analysis.candidates for analysis in report.analyses):
        return ()
    from migrator import bootstrap

    return bootstrap.frameworks()
