"""Baselines on the disk: written once and small, read from anywhere, and never in place of something else."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from migrator.bootstrap.baselines import compared, read_baselines, unknown, write_baselines
from migrator.documents.analysis import CODEC as ANALYSIS
from migrator.documents.baseline import CODEC
from migrator.documents.changes import CODEC as CHANGES
from migrator.domain.assessments import Analysis
from migrator.domain.effects import Effect
from migrator.domain.reports import Baselines, ChangeKind, Report, ReportedChanges
from migrator.errors import InputError
from migrator.verdicts.baselines import baseline_of
from tests.support.reported import UNHURRIED, analyses, analysis, assessment

STATE = Effect.PROCESS_STATE_WRITE
ENVIRONMENT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PATH": os.environ["PATH"]}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def shop(*names: str, root: str = "shop") -> Analysis:
    return analysis(*(assessment(name, STATE) for name in names), root=root)


def written(*found: Analysis, path: str = "base.json", before: Baselines | None = None) -> Baselines:
    write_baselines(Path(path), Report(found), before)
    return read_baselines(Path(path))


def commit(folder: Path) -> str:
    def git(*words: str) -> str:
        settings = ("-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false")
        call = ["git", *settings, "-C", str(folder), *words]
        return subprocess.run(call, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "x")
    return git("rev-parse", "HEAD")


@UNHURRIED
@given(analyses())
def test_what_is_written_is_read(found: Analysis) -> None:
    kept = Baselines((baseline_of(found, "2026-01-01T00:00:00Z", "c"),), "1.0")
    text = CODEC.dump_text(kept)
    assert CODEC.load_text(text) == kept
    files = len(kept.repositories[0].files)
    assert len(text.splitlines()) == 14 + len(found.candidates) + bool(found.candidates) + files + bool(files)
    assert text == CODEC.dump_text(CODEC.load_text(text))


def test_a_change_of_one_candidate_is_one_line() -> None:
    before = written(shop("a.b.one", "a.b.two", "a.c.three"))
    old = Path("base.json").read_text().splitlines()
    now = analysis(assessment("a.b.one", STATE), assessment("a.b.two", STATE, Effect.CACHE), assessment("a.c.three"))
    written(now, before=before)
    new = Path("base.json").read_text().splitlines()
    lines = [line for line in new if line not in old and '"name"' in line]
    assert [json.loads(line.strip().rstrip(","))["name"] for line in lines] == ["a.b.two", "a.c.three"]


def test_the_commit_is_kept_and_the_same_again_is_no_new_file(here: Path) -> None:
    found = commit(here / "shop")
    before = written(shop("a.b.one"))
    assert [totals.commit for totals in before.repositories[0].history] == [found]
    stamp = Path("base.json").stat()
    assert not write_baselines(Path("base.json"), Report((shop("a.b.one"),)), before)
    assert Path("base.json").stat().st_mtime_ns == stamp.st_mtime_ns
    assert write_baselines(Path("base.json"), Report((shop("a.b.one", "a.b.two"),)), before)
    assert len(read_baselines(Path("base.json")).repositories[0].history) == 2


def test_a_repository_is_the_same_from_anywhere(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = written(shop("a.b.one"))
    assert before.repositories[0].root == "shop"
    assert compared(Report((shop("a.b.one", root=str(here / "shop")),)), before).changes == ()
    monkeypatch.chdir(here / "shop")
    assert compared(Report((shop("a.b.one", root="."),)), before).changes == ()


def test_of_several_repositories_each_has_its_own(here: Path) -> None:
    for name in ("one/app", "two/app", "mail"):
        (here / name).mkdir(parents=True)
    one, two, mail = shop("a.b.one", root="one/app"), shop("a.b.one", "a.b.two", root="two/app"), shop(root="mail")
    before = written(one, two, mail)
    assert [each.root for each in before.repositories] == ["mail", "one/app", "two/app"]
    report = compared(Report((two, one)), before)
    assert report.changes == ()
    assert [totals.candidates for totals in report.history][-1] == 3
    changed = compared(Report((one, replace(two, candidates=one.candidates))), before)
    assert [(change.kind, change.root) for change in changed.changes or ()] == [(ChangeKind.GONE, "two/app")]
    # Only one of them is looked at, and the others stay.
    after = written(shop("a.b.two", root="two/app"), before=before)
    assert [(each.root, len(each.candidates)) for each in after.repositories] == [
        ("mail", 0),
        ("one/app", 1),
        ("two/app", 1),
    ]
    stranger = Report((shop("a.b.c", root="elsewhere"), one))
    assert unknown(stranger, before) == ("elsewhere",)
    assert {change.root for change in compared(stranger, before).changes or ()} == {"elsewhere"}


def test_the_history_ends_with_now() -> None:
    before = written(shop("a.b.one"))
    report = compared(Report((shop("a.b.one", "a.b.two"),)), before)
    assert [totals.candidates for totals in report.history] == [1, 2]
    assert [totals.candidates for totals in compared(Report((shop("a.b.one"),)), before).history] == [1]


def test_a_kept_analysis_is_a_baseline_too_and_is_not_written_over(here: Path) -> None:
    kept = here / "kept.json"
    kept.write_text(ANALYSIS.dump_text(shop("a.b.one")))
    before = read_baselines(kept)
    assert compared(Report((shop("a.b.one"),)), before).changes == ()
    with pytest.raises(InputError, match="not written over"):
        write_baselines(kept, Report((shop("a.b.one"),)), before)
    assert ANALYSIS.load_text(kept.read_text()).root == "shop"


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        (None, "there is no baseline here", "--write-baseline"),
        ("{", "is not JSON", ""),
        ("[" * 100_000, "is not JSON", ""),
        ("<<<<<<< ours\n{}\n=======\n>>>>>>> theirs\n", "merge conflict", "--write-baseline"),
        ("[]", "no document of this program", "--write-baseline"),
        ('{"schema": "migrator.plan/1"}', "migrator.plan/1", "--write-baseline"),
        ('{"schema": "migrator.baseline/1", "repositories": 3}', "repositories", ""),
        ("\udcff", "cannot be read", ""),
    ],
)
def test_what_is_no_baseline_is_named(text: str | None, said: str, hint: str) -> None:
    path = Path("base.json")
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError) as caught:
        read_baselines(path, ["my shop"])
    assert said in str(caught.value) and "base.json" in str(caught.value)
    assert hint in caught.value.hint
    assert not hint or "'my shop'" in caught.value.hint


@pytest.mark.parametrize("spoil", [lambda path: path.mkdir(), lambda path: path.parent.rmdir()])
def test_where_it_cannot_be_written_it_says_so(here: Path, spoil: Callable[[Path], None]) -> None:
    path = here / "deep" / "base.json"
    path.parent.mkdir()
    spoil(path)
    with pytest.raises(InputError):
        write_baselines(path, Report((shop(),)), None)
    assert not path.is_file()


def test_changes_are_a_document() -> None:
    report = compared(Report((shop("a.b.one"),)), Baselines(()))
    said = ReportedChanges(("shop",), report.changes or (), (), report.history)
    assert CHANGES.load_text(CHANGES.dump_text(said)) == said


def test_what_is_known_from_a_document_alone_has_no_commit(here: Path) -> None:
    commit(here)
    kept = written(shop("a.b.one", root="elsewhere"))
    assert [totals.commit for totals in kept.repositories[0].history] == [""]
