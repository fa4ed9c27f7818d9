"""The page in a real browser, where there is one: it needs no wider screen than a phone's, and prints."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from migrator.artifacts.runbook import runbook_html
from tests.artifacts.runbook.cases import CASES, Case

pytestmark = pytest.mark.thorough

_ASKS = """<script>document.title = [document.documentElement.scrollWidth, innerWidth,
document.querySelectorAll(".commands").length, document.querySelectorAll(".commands button").length].join(" ")</script>"""


def browser() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no Chromium")
    return found


def run(folder: Path, page: Path, *flags: str) -> str:
    done = subprocess.run(
        [
            browser(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder / 'profile'}",
            *flags,
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("width", [500, 1280])
def test_nothing_is_wider_than_the_screen_and_each_block_can_be_copied(case: Case, width: int, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(runbook_html(case.context).replace("</body>", f"{_ASKS}</body>"))
    dumped = run(tmp_path, page, f"--window-size={width},900", "--dump-dom")
    found = re.search(r"<title>(\d+) (\d+) (\d+) (\d+)</title>", dumped)
    assert found is not None
    wide, screen, blocks, buttons = map(int, found.groups())
    assert wide <= screen
    assert blocks == buttons > 20


def test_it_prints(tmp_path: Path) -> None:
    page, paper = tmp_path / "page.html", tmp_path / "page.pdf"
    page.write_text(runbook_html(CASES[0].context))
    run(tmp_path, page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    assert paper.read_bytes().startswith(b"%PDF")
