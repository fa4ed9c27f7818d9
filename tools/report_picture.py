"""Takes a picture of the report of the sample shop, as a browser shows it, and keeps it as `docs/images/report-page.png`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from migrator import bootstrap
from migrator.bootstrap.sources import CodeOf
from migrator.cli.formats.analysis_html import html_of
from migrator.domain.reports import Report
from migrator.resources import sample_root
from tests.support.browsers import browser

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "report-page.png"
WIDTH, HEIGHT = 1180, 1720


def main() -> int:
    """Analyze the sample, and write the picture."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.stderr.write("there is no Chromium; the picture stays as it was\n")
        return 1
    analysis = bootstrap.analyze(sample_root(), jobs=1)
    with tempfile.TemporaryDirectory() as folder, browser(program) as started:
        file = Path(folder) / "report.html"
        file.write_text(html_of(Report((analysis,)), CodeOf({analysis.root: sample_root()})), encoding="utf-8")
        page = started.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.goto(file.as_uri())
        page.wait_for_selector("#table a.open")
        page.screenshot(path=PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
