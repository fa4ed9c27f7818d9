"""Each format of a report that can stand in a file, by its name.

In: a `Report`, and the files that it is of. Out: text. Each format is a module of its own, loaded when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from migrator.cli.report_files import Kind
from migrator.domain.reports import Report

if TYPE_CHECKING:
    from migrator.cli.formats.html.sources import Sources


def text_of(kind: Kind, report: Report, sources: Sources) -> str:
    """The report in that format, with a final newline."""
    return _FORMATS[kind](report, sources)


def _html(report: Report, sources: Sources) -> str:
    from migrator.cli.formats.analysis_html import html_of

    return html_of(report, sources)


def _markdown(report: Report, _: Sources) -> str:
    from migrator.cli.formats.analysis_markdown import markdown_of

    return markdown_of(report)


def _sarif(report: Report, _: Sources) -> str:
    from migrator import __version__
    from migrator.cli.formats.analysis_sarif import sarif_of
    from migrator.domain.json import json_text

    return json_text(sarif_of(report, __version__), indent=2) + "\n"


def _json(report: Report, _: Sources) -> str:
    from migrator.cli.formats.analysis_json import json_of

    return json_of(report)


def _text(report: Report, _: Sources) -> str:
    import io

    from rich.console import Console

    from migrator.cli.formats.page import Page
    from migrator.cli.formats.report_text import write_report

    written = io.StringIO()
    console = Console(file=written, no_color=True, highlight=False, soft_wrap=True, emoji=False, markup=False)
    write_report(Page(console, wraps=False), report, quiet=True)
    return written.getvalue()


_FORMATS: Mapping[Kind, Callable[[Report, Sources], str]] = {
    Kind.HTML: _html,
    Kind.MARKDOWN: _markdown,
    Kind.SARIF: _sarif,
    Kind.JSON: _json,
    Kind.TEXT: _text,
}
