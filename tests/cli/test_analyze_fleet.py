"""analyze over many repositories, as programs and people call it."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from migrator.documents.fleet import CODEC
from tests.cli.test_analyze import run
from tests.support.analyzing import analyzing, assert_group_ends, children, large_repository
from tests.support.fleet_world import PLAIN, SHARED, repositories
from tests.support.golden import assert_golden


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    repositories(tmp_path, {"orders": SHARED, "old/orders": SHARED, "plain": PLAIN})
    return ["orders", "old/orders", "plain"]


def test_the_text(capsys: pytest.CaptureFixture[str], roots: list[str]) -> None:
    code, out, err = run(capsys, "analyze", *roots, "--jobs", 1)
    assert (code, err) == (0, "")
    assert_golden("analyze/fleet.txt", out)


def test_the_whole_table(capsys: pytest.CaptureFixture[str], roots: list[str]) -> None:
    _, out, _ = run(capsys, "analyze", *roots, "--all", "--jobs", 1)
    assert_golden("analyze/fleet_all.txt", out)


def test_one_that_fails_is_named_with_its_error_and_the_exit_code_says_so(
    capsys: pytest.CaptureFixture[str], roots: list[str]
) -> None:
    Path("plain/migrator.toml").write_text("[source\n", encoding="utf-8")
    code, out, err = run(capsys, "analyze", *roots, "gone", "--jobs", 1)
    assert code == 3
    assert "Not analyzed  2 repositories" in out
    assert "orders: web.pay" in out
    for text in (out, err):
        assert "plain/migrator.toml:1:" in text and "gone: there is no such file or folder" in text
    assert err.startswith("error: 2 repositories could not be analyzed:") and "hint:" in err
    code, out, _ = run(capsys, "analyze", "orders", "gone", "--json", "--jobs", 1)
    fleet = CODEC.load_text(out)
    assert code == 3
    assert ([one.root for one in fleet.repositories], [one.root for one in fleet.failed]) == (["orders"], ["gone"])
    code, out, _ = run(capsys, "analyze", "plain", "orders", "--format", "github", "--jobs", 1)
    assert code == 3
    assert out.startswith("::error title=not analyzed::plain/migrator.toml:1:")


def test_none_can_be_analyzed(capsys: pytest.CaptureFixture[str], roots: list[str]) -> None:
    code, out, err = run(capsys, "analyze", "gone", "lost", "--json", "--jobs", 1)
    assert (code, out) == (3, "")
    assert "gone" in err and "lost" in err


def test_json_is_a_fleet_and_that_of_one_is_as_it_was(capsys: pytest.CaptureFixture[str], roots: list[str]) -> None:
    _, out, _ = run(capsys, "analyze", *roots[1:], "--json", "--jobs", 1)
    found = json.loads(out)
    assert found["schema"] == "migrator.fleet/1"
    assert [one["root"] for one in found["repositories"]] == roots[1:]
    _, out, _ = run(capsys, "analyze", roots[0], "--json", "--jobs", 1)
    assert json.loads(out)["schema"] == "migrator.analysis/1"


def test_fail_on_looks_at_all_of_them(capsys: pytest.CaptureFixture[str], roots: list[str]) -> None:
    assert run(capsys, "analyze", "plain", "orders", "--fail-on", "refactor", "--jobs", 1)[0] == 1
    assert run(capsys, "analyze", "plain", "orders", "gone", "--fail-on", "refactor", "--jobs", 1)[0] == 3


def test_one_configuration_for_all_is_a_wrong_call(capsys: pytest.CaptureFixture[str], roots: list[str]) -> None:
    code, out, err = run(capsys, "analyze", *roots, "--config", "migrator.toml")
    assert (code, out) == (2, "")
    assert "--config" in err


def test_names_of_repositories_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    hostile = "a\x1b[31m\u202eb\nc"
    first, second = repositories(tmp_path, {hostile: SHARED, f"{hostile}/x": SHARED})
    for arguments in ((), ("--format", "github")):
        code, out, err = run(capsys, "analyze", first, second, f"{hostile}-gone", *arguments, "--jobs", 1)
        assert code == 3
        assert not set("\x1b\u202e") & {*out, *err}
        assert "\nc" not in out + err


@pytest.mark.parametrize("whole_group", [True, False])
def test_interrupted_no_process_of_a_repository_stays(tmp_path: Path, whole_group: bool) -> None:
    """A terminal signals the whole group; `kill -INT` the one process."""
    with analyzing(*(large_repository(tmp_path / name) for name in ("one", "two"))) as process:
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (130, "", "interrupted\n")
        assert_group_ends(process.pid)


def test_a_repository_whose_process_is_killed_is_analyzed_all_the_same(tmp_path: Path) -> None:
    roots = repositories(tmp_path, {"orders": SHARED, "plain": PLAIN})
    with analyzing(*roots, arguments=("--json",)) as process:
        os.kill(children(process.pid)[0], signal.SIGKILL)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        fleet = CODEC.load_text(out)
        assert [(one.root, len(one.candidates)) for one in fleet.repositories] == [
            (str(roots[0]), 2),
            (str(roots[1]), 1),
        ]
        assert fleet.failed == ()
        assert_group_ends(process.pid)
