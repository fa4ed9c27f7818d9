"""The text of analyze and explain on a small monolith, as accepted: on a pipe, and at 80 and 120 columns."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from migrator import bootstrap
from migrator.cli.app import main
from migrator.cli.formats.analysis_text import write_analysis, write_table
from migrator.cli.formats.explanation_text import write_explanation
from migrator.cli.formats.page import Page
from migrator.domain.assessments import Analysis
from migrator.source.excerpts import Excerpts
from migrator.verdicts import find
from tests.support.golden import GOLDEN, assert_golden

FOLDER = GOLDEN / "analyze"
_SECONDS = re.compile(r"\d+\.\d s\b")


@pytest.fixture(autouse=True)
def beside_the_monolith(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    return replace(bootstrap.analyze(FOLDER / "monolith", jobs=1), root="monolith")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert ended.value.code == 0
    return _SECONDS.sub("0.0 s", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("golden", "arguments"),
    [
        ("analyze.txt", ("analyze", "monolith")),
        ("analyze_all.txt", ("analyze", "monolith", "--all")),
        ("explain_ready.txt", ("explain", "priority", "--root", "monolith")),
        ("explain_with_network.txt", ("explain", "recall", "--root", "monolith")),
        ("explain_refactor.txt", ("explain", "desk.web.open_ticket", "--root", "monolith")),
        ("explain_keep.txt", ("explain", "desk.jobs.watch", "--root", "monolith")),
        ("explain_unproven.txt", ("explain", "plugin", "--root", "monolith")),
    ],
)
def test_on_a_pipe(capsys: pytest.CaptureFixture[str], golden: str, arguments: tuple[str, ...]) -> None:
    text = printed(capsys, *arguments)
    assert "\x1b" not in text
    assert_golden(f"analyze/{golden}", text)


@pytest.mark.parametrize("width", [80, 120])
def test_on_a_terminal(analysis: Analysis, width: int) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, highlight=False, emoji=False, markup=False)
    page = Page(console, wraps=True)
    source = Excerpts(Path("monolith")).line
    write_analysis(page, analysis, looked_for=("flask",))
    write_table(page, analysis)
    for item in analysis.candidates:
        write_explanation(page, find(analysis.candidates, item.name), root="monolith", source=source)
    text = re.sub(r"\x1b\[[\d;]*m", "", stream.getvalue())
    assert max(len(line) for line in text.splitlines()) <= width
    assert_golden(f"analyze/terminal_{width}.txt", _SECONDS.sub("0.0 s", text))
