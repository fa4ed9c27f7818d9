"""Reports of folders and of kept documents together: every repository once, by a name of its own."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from migrator.bootstrap import analyze
from migrator.bootstrap.reports import STDIN, report_of
from migrator.documents.analysis import CODEC
from migrator.documents.fleet import CODEC as FLEET
from migrator.domain.assessments import Analysis
from migrator.domain.reports import Report, Unanalyzed
from migrator.errors import InputError
from migrator.verdicts.across import fleet_of
from tests.support.fleet_world import PLAIN, SHARED, repositories


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return repositories(tmp_path_factory.mktemp("roots"), {"orders": SHARED, "plain": PLAIN})


def kept(path: Path, root: Path, called: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CODEC.dump_text(replace(analyzed(root), root=called)), encoding="utf-8")
    return path


@cache
def analyzed(root: Path) -> Analysis:
    return analyze(root, jobs=1)


def names(report: Report) -> list[str]:
    return [analysis.root for analysis in report.analyses]


def test_documents_and_folders_stand_in_the_order_in_which_they_are_named(roots: list[Path], tmp_path: Path) -> None:
    first = kept(tmp_path / "a.json", roots[0], "services/orders")
    report = report_of([first, roots[1], roots[0]], jobs=1)
    assert names(report) == ["services/orders", str(roots[1]), str(roots[0])]
    assert report.analyses[0].candidates == report.analyses[2].candidates


def test_documents_that_were_all_made_in_the_current_folder_are_told_apart_by_their_names(
    roots: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in ("ci/orders.json", "ci/users/analysis.json", "ci/orders"):
        kept(Path(path), roots[0], ".")
    report = report_of([Path("ci/orders.json"), Path("ci/users/analysis.json"), Path("ci/orders")], jobs=1)
    assert names(report) == ["ci/orders", "ci/users", "ci/orders (2)"]
    assert names(report_of([Path("ci/orders.json")], jobs=1)) == ["."]


def test_what_is_named_twice_stands_once(roots: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = kept(tmp_path / "a.json", roots[0], "orders")
    monkeypatch.chdir(tmp_path)
    assert names(report_of([document, Path("a.json"), Path("./a.json")])) == ["orders"]


def test_a_document_never_takes_the_place_of_a_folder(roots: list[Path], tmp_path: Path) -> None:
    document = kept(tmp_path / "old.json", roots[1], str(roots[0]))
    report = report_of([document, roots[0]], jobs=1)
    assert names(report) == [str(tmp_path / "old"), str(roots[0])]
    assert [len(analysis.candidates) for analysis in report.analyses] == [1, 2]


def test_a_fleet_brings_its_repositories_and_what_failed(roots: list[Path], tmp_path: Path) -> None:
    gone = Unanalyzed("gone", "gone: there is no such file or folder", "name it")
    before = Report((analyzed(roots[0]), analyzed(roots[1])), failed=(gone,))
    path = tmp_path / "fleet.json"
    path.write_text(FLEET.dump_text(fleet_of(before)), encoding="utf-8")
    assert report_of([path], jobs=1) == before


def test_standard_input(roots: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(CODEC.dump_text(analyzed(roots[0]))))
    assert names(report_of([STDIN])) == [str(roots[0])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", r"doc\.json:1:1: not JSON"),
        (b"{\n  'a': 1}", r"doc\.json:2:3: not JSON"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b"[]", "expected a migrator.analysis/1 document, found 'list'"),
        (b'{"schema": "migrator.plan/1"}', "found 'migrator.plan/1'"),
        (b'{"schema": "migrator.analysis/1"}', "root: Field required"),
        (b'{"schema": "migrator.fleet/1"}', "repositories: Field required"),
        (
            FLEET.dump_text(fleet_of(Report(()))).encode(),
            "there is no repository in it",
        ),
    ],
)
def test_what_is_no_document_is_said_before_anything_is_analyzed(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "doc.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        report_of([path])
    assert str(path) in caught.value.location


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        report_of([tmp_path / "gone.json"])
