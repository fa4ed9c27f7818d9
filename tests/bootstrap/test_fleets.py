"""Many repositories in one run: each by itself, whatever the others are, and the same by any number of processes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.bootstrap import analyze
from migrator.bootstrap.fleets import REPOSITORIES, analyze_fleet, largest_first
from migrator.domain.assessments import Analysis
from migrator.errors import InputError, UsageError
from tests.support.fleet_world import PLAIN, SHARED, repositories


@pytest.fixture
def roots(tmp_path: Path) -> list[Path]:
    return repositories(tmp_path, {"orders": SHARED, "plain": PLAIN, "other/plain": PLAIN + "\n# other\n"})


def timeless(analyses: tuple[Analysis, ...]) -> list[Analysis]:
    return [replace(analysis, seconds=0.0) for analysis in analyses]


def test_each_repository_is_analyzed_as_it_is_alone_by_any_number_of_processes(roots: list[Path]) -> None:
    alone = timeless(tuple(analyze(root, jobs=1) for root in roots[:2]))
    for jobs in (1, 2):
        report = analyze_fleet(roots[:2], jobs=jobs)
        assert timeless(report.analyses) == alone
        assert report.failed == ()


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_cannot_be_analyzed_is_named_and_the_others_are_analyzed(roots: list[Path], jobs: int) -> None:
    (roots[1] / "migrator.toml").write_text("[source]\nroots = 3\n")
    gone = roots[0].parent / "gone"
    report = analyze_fleet([gone, *roots], jobs=jobs)
    assert [analysis.root for analysis in report.analyses] == [str(roots[0]), str(roots[2])]
    assert [one.root for one in report.failed] == [str(gone), str(roots[1])]
    assert report.failed[0].reason == f"{gone}: there is no such file or folder" and report.failed[0].hint
    assert "migrator.toml:2" in report.failed[1].reason


def test_each_has_its_own_configuration(roots: list[Path]) -> None:
    (roots[0] / "migrator.toml").write_text('[source]\nexclude = ["web.py"]\n')
    first, second = analyze_fleet(roots[:2], jobs=1).analyses
    assert (first.files, second.files) == (0, 1)


def test_one_configuration_for_several_is_a_wrong_call(
    roots: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "migrator.toml"
    config.write_text('[source]\nexclude = ["web.py"]\n')
    with pytest.raises(UsageError, match="--config"):
        analyze_fleet(roots, jobs=1, config=config)
    assert analyze_fleet(roots[:1], jobs=1, config=config).analyses[0].files == 0
    monkeypatch.setenv("MIGRATOR_CONFIG", str(config))
    with pytest.raises(UsageError, match="MIGRATOR_CONFIG"):
        analyze_fleet(roots, jobs=1)


def test_a_folder_that_is_named_twice_is_analyzed_once(roots: list[Path]) -> None:
    again = Path(os.path.relpath(roots[0]))
    report = analyze_fleet([roots[0], roots[1], again, roots[0] / "."], jobs=1)
    assert [analysis.root for analysis in report.analyses] == [str(roots[0]), str(roots[1])]


def test_nothing_to_report_on(roots: list[Path], tmp_path: Path) -> None:
    gone = [tmp_path / "gone", tmp_path / "lost"]
    with pytest.raises(InputError, match=r"(?s)none of the 2 .*gone.*lost") as caught:
        analyze_fleet(gone, jobs=1)
    assert caught.value.hint
    with pytest.raises(InputError, match=r"^\S*gone: there is no such file"):
        analyze_fleet(gone[:1], jobs=1)
    knowledge = tmp_path / "own.toml"
    knowledge.write_text("modules = 3\n")
    with pytest.raises(InputError, match=r"^\S*own\.toml"):  # and not once for each repository
        analyze_fleet(roots, jobs=1, knowledge=[knowledge])


def test_the_largest_repository_is_not_the_last_to_begin(tmp_path: Path) -> None:
    few, none, many = repositories(tmp_path, {"few": PLAIN, "none": "", "many": PLAIN})
    (none / "web.py").unlink()
    (many / "more.py").touch()
    gone, file = tmp_path / "gone" / "too" / "gone", few / "web.py"
    assert largest_first([none, few, gone, many, file]) == [many, few, none, gone, file]


class Cursed(type(Path())):  # type: ignore[misc]
    """A folder at which the program has a bug."""

    def is_dir(self) -> bool:
        raise ZeroDivisionError


def test_a_bug_ends_the_run_and_says_where(roots: list[Path]) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        analyze_fleet([roots[0], Cursed(roots[1])], jobs=1)
    assert caught.value.__notes__ == [f"while {roots[1]} was analyzed"]


def test_progress_names_the_repository_and_counts_whole_ones_where_each_has_its_process(roots: list[Path]) -> None:
    told: list[tuple[str, int, int | None]] = []

    def progress(stage: str, done: int, total: int | None = None, /) -> None:
        told.append((stage, done, total))

    analyze_fleet(roots[:2], jobs=1, progress=progress)
    stages = list(dict.fromkeys(stage for stage, _, _ in told))
    assert stages[0] == "1 of 2, orders: looking for files"
    assert "2 of 2, plain: judging" in stages
    told.clear()
    analyze_fleet(roots[:2], jobs=2, progress=progress)
    assert told == [(REPOSITORIES, done, 2) for done in range(3)]
