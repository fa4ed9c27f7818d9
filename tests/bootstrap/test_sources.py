"""Lines for a page come from the repositories alone, whatever a document says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from migrator.bootstrap.sources import CodeOf, folders_of
from migrator.domain.assessments import Analysis
from migrator.domain.reports import Report
from tests.support.fleet_world import PLAIN, SHARED, repositories


@pytest.fixture
def roots(tmp_path: Path) -> list[Path]:
    (tmp_path / "secret.py").write_text("KEY = 1\n", encoding="utf-8")
    return repositories(tmp_path, {"orders": SHARED, "plain": PLAIN})


@pytest.fixture
def report(roots: list[Path]) -> Report:
    figures = ((SHARED, roots[0]), (PLAIN, roots[1]))
    return Report(tuple(Analysis(str(root), 1, text.count("\n"), 0.1, (), ()) for text, root in figures))


def test_lines_and_sizes_are_those_of_the_analyzed_files(roots: list[Path], report: Report) -> None:
    (roots[0] / "test_web.py").write_text("x = 1\n", encoding="utf-8")
    code = CodeOf(folders_of(report, roots, None))
    assert list(code.lines(str(roots[0]), "web.py")) == SHARED.split("\n")
    assert code.sizes(str(roots[1])) == {"web.py": PLAIN.count("\n")}
    assert list(code.doubts(report)) == []
    (roots[1] / "web.py").write_text(f"{PLAIN}\n", encoding="utf-8")
    (doubt,) = CodeOf(folders_of(report, roots, None)).doubts(report)
    assert doubt.startswith(f"{roots[1]}: the code is not as it was")


@pytest.mark.parametrize("path", ["../secret.py", "test_web.py", "migrator.toml", "/etc/passwd", "gone.py"])
def test_no_other_file_is_shown(roots: list[Path], report: Report, path: str) -> None:
    (roots[0] / "migrator.toml").write_text("# a = 1\n", encoding="utf-8")
    (roots[0] / "test_web.py").write_text("x = 1\n", encoding="utf-8")
    assert list(CodeOf(folders_of(report, roots, None)).lines(str(roots[0]), path)) == []


def test_a_document_shows_code_only_of_the_folder_that_a_person_names(roots: list[Path], report: Report) -> None:
    document = roots[0].parent / "kept.json"
    assert folders_of(report, [document], None) == {}
    one = Report(report.analyses[:1])
    assert folders_of(one, [document], roots[1]) == {str(roots[0]): roots[1]}
    named = ("orders", "../orders", str(roots[0]))
    many = Report(tuple(replace(report.analyses[0], root=root) for root in named))
    below = roots[0].parent
    assert folders_of(many, [document], below) == {"orders": below / "orders"}


def test_a_folder_that_has_gone_has_no_lines(report: Report, tmp_path: Path) -> None:
    code = CodeOf({"gone": tmp_path / "gone"})
    assert list(code.lines("gone", "web.py")) == []
    assert code.sizes("gone") == {} and code.sizes("unheard of") == {}
    (doubt,) = code.doubts(Report((replace(report.analyses[0], root="gone"), report.analyses[1])))
    assert doubt == f"gone: there is no code in {tmp_path / 'gone'}, so that the page has no excerpts of it"
