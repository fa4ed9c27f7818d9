"""A report as one page of HTML that needs nothing else: no network, no other file, and no script to be read.

In: a `Report`, and the files that it is of. Out: a document. What is on the page is made by the modules of
`migrator.cli.formats.html`, how it looks is in `templates/report/`.
"""

from __future__ import annotations

from migrator.cli.formats.html.sources import NO_SOURCES, Sources
from migrator.domain.reports import Report

_TEMPLATE = "report/page.html.j2"


def html_of(report: Report, sources: Sources = NO_SOURCES) -> str:
    """The whole page, the same for the same report and files.

    Args:
        sources: where excerpts and the sizes of modules come from; without them the page has no excerpts, and modules
            in its drawing are as large as their candidates.
    """
    from markupsafe import Markup

    from migrator.cli.formats.html import history, packages, pages, treemap
    from migrator.cli.formats.html.columns import columns_of
    from migrator.cli.formats.html.details import packed_details
    from migrator.cli.formats.html.overview import BAR, overview_of
    from migrator.cli.formats.html.repositories import repositories_of
    from migrator.cli.formats.html.rows import VERDICTS, rows_of
    from migrator.cli.formats.html.texts import json_in_html
    from migrator.cli.formats.html.without_script import plain_rows

    style, script = pages.style(), pages.script()
    measured = packages.is_measured(report, sources)
    measure = "of code" if measured else "of candidates"
    root = packages.pieces_of(report, sources)
    return pages.render(
        _TEMPLATE,
        {
            "policy": pages.policy(style, script),
            "style": Markup(style),
            "script": Markup(script),
            "overview": overview_of(report),
            "repositories": repositories_of(report),
            "bar": BAR,
            "columns": columns_of(report),
            "several": len(report.analyses) > 1,
            "verdicts": [verdict.value for verdict in VERDICTS],
            "map": {
                "width": treemap.WIDTH,
                "height": treemap.HEIGHT,
                "tiles": treemap.tiles_of(root, measure),
                "rows": treemap.rows_of(root),
                "measured": measured,
            },
            "charts": history.charts_of(report.history),
            "days": history.days_of(report.history),
            "chart": {"width": history.WIDTH, "height": history.HEIGHT},
            "plain_rows": plain_rows(report),
            "rows": Markup(json_in_html(rows_of(report))),
            "details": Markup(packed_details(report, sources)),
        },
    )
