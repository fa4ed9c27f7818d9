"""The analysis of last time, as it is met at the command line: the same answer, sooner, whatever happens to the folder."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator import __version__
from migrator.adapters.analyses import AnalysisCache
from migrator.adapters.analyses.packing import unpacked
from migrator.cli.app import main
from tests.support.fleet_world import LOOP, PLAIN, SHARED

REAL = 3
KEPT = 12_345
"""Files that a kept analysis is made to say it is of, so that one sees where it is taken."""


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    folder = tmp_path / "monolith"
    folder.mkdir()
    for name, text in {"plain": PLAIN, "loop": LOOP, "shared": SHARED}.items():
        (folder / f"{name}.py").write_text(text)
    return folder


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "xdg_cache_home" / "migrator" / "analyses"


def migrator(
    *arguments: object, environment: Mapping[str, str] | None = None, first: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "migrator", *map(str, arguments), "--json", "--jobs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        preexec_fn=first,
    )


def answer(process: subprocess.Popen[str]) -> tuple[dict[str, Any], list[str]]:
    """The document without what differs from run to run, and the lines that were told."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return {**json.loads(out), "seconds": 0}, err.splitlines()


def analyzed(folder: Path, *options: object, **how: Any) -> tuple[dict[str, Any], list[str]]:
    return answer(migrator("analyze", folder, *options, **how))


def here(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict[str, Any], list[str]]:
    """As `answer`, in this process."""
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments), "--json", "--jobs", "1"])
    out, err = capsys.readouterr()
    assert not ended.value.code, err
    return {**json.loads(out), "seconds": 0}, err.splitlines()


def whole(kept: Path) -> Path:
    """The entry of the one tree."""
    (path,) = kept.glob("*[!s]/*.analysis")
    return path


def mark(kept: Path, root: Path) -> None:
    """Have what is kept say something that no analysis says."""
    path = whole(kept)
    cache = AnalysisCache(kept, __version__, pytest.fail)
    found = cache.load(root, path.stem)
    assert found is not None
    cache.keep(root, path.stem, replace(found, files=KEPT))


def test_the_same_is_said_of_the_same_tree(monolith: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = analyzed(monolith, environment={"PYTHONHASHSEED": "1"})
    again = monolith / ".." / "monolith"
    second = analyzed(again, environment={"PYTHONHASHSEED": "2"})
    assert first[1] == second[1] == []
    assert second[0] == {**first[0], "root": str(again)}
    assert first[0]["files"] == REAL and len(first[0]["candidates"]) == 4
    mark(kept, monolith)
    assert here(capsys, "analyze", monolith)[0] == {**first[0], "files": KEPT}, "it was taken, and not made again"
    assert here(capsys, "analyze", monolith, "--no-cache") == first
    (monolith / "plain.py").write_text(PLAIN + "\n")
    assert here(capsys, "analyze", monolith)[0]["lines"] == first[0]["lines"] + 1


def test_other_commands_take_it_too(
    monolith: Path, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    explain = ("explain", "slow", "--root", monolith)
    first = here(capsys, *explain)
    mark(kept, monolith)
    assert here(capsys, *explain) == ({**first[0], "files": KEPT}, [])
    assert here(capsys, *explain, "--no-cache") == first
    page = tmp_path / "report.json"
    for options, files in (((), KEPT), (("--no-cache",), REAL)):
        with pytest.raises(SystemExit):
            main(["report", str(monolith), "-o", str(page), "--format", "json", *options])
        assert json.loads(page.read_text())["files"] == files


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def test_what_cannot_be_taken_is_told_in_a_line(monolith: Path, kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, _ = here(capsys, "analyze", monolith)
    _cut(whole(kept))
    second, lines = here(capsys, "analyze", monolith)
    assert second == first
    assert [line.partition(" (")[0] for line in lines] == [
        "the kept analysis is damaged and is made anew: its checksum is another one"
    ]
    assert unpacked(whole(kept).read_bytes().split(b"\n", 2)[2]).analysis.files == REAL


def test_a_full_disk_keeps_nobody_from_an_answer(monolith: Path, tmp_path: Path) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))

    found, lines = analyzed(monolith, first=full)
    assert found["files"] == REAL
    assert [line.partition(" (")[0] for line in lines] == [
        "the analysis could not be kept for the next time: File too large"
    ]
    assert [path for path in (tmp_path / "xdg_cache_home").rglob("*") if path.is_file()] == []


def test_a_file_in_place_of_the_folder_is_told(monolith: Path, kept: Path) -> None:
    kept.parent.parent.mkdir()
    kept.parent.write_text("mine")
    found, lines = analyzed(monolith)
    assert found["files"] == REAL
    assert len(lines) == 1 and "could not be kept for the next time" in lines[0]
    assert kept.parent.read_text() == "mine"


def test_without_a_home_folder_nothing_is_kept(monolith: Path) -> None:
    if os.getuid() != 0:
        pytest.skip("only root can be a user without a name")
    # What an analysis loads may lie where only root reads.
    program = (
        "import os, sys, shutil; from pathlib import Path; from migrator.cli.app import main; "
        "from migrator.cli.cache_options import analysis_cache; from migrator.cli.completion import remember_candidates; "
        "from migrator.adapters.analyses import AnalysisCache; analysis_cache(no_cache=False); os.setuid(43_210); "
        "[os.environ.pop(name, None) for name in ('HOME', 'XDG_CACHE_HOME')]; "
        "remember_candidates(Path(), ['a.b']); print(analysis_cache(no_cache=False))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=monolith, check=False)
    assert (done.returncode, done.stdout) == (0, "None\n"), done.stderr
    assert done.stderr == (
        "the analysis is not kept for the next time: there is no home folder, and XDG_CACHE_HOME is not set\n"
    )


def test_two_at_once_say_the_same(monolith: Path, kept: Path) -> None:
    both = [migrator("analyze", monolith) for _ in range(2)]
    first, second = map(answer, both)
    assert first == second and first[1] == []
    assert list(kept.rglob(".*")) == []
    mark(kept, monolith)
    assert analyzed(monolith) == ({**first[0], "files": KEPT}, [])
