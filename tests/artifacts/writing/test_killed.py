"""A run that is killed at any of its file operations leaves the old folder or the new one, and no hand edits."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.artifacts import load_manifest, preview, write
from migrator.artifacts.writing import edited_files, unfinished
from migrator.errors import Refused
from tests.support.killed_writer import NEW, OLD


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """The folders, by the operation that their run was killed at; the last one was not."""
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_writer", str(folder)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return tuple(folder / str(number) for number in range(int(done.stdout)))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_is_killed_before_during_and_after_the_change(killed: tuple[Path, ...]) -> None:
    manifests = [load_manifest(folder) for folder in killed]
    assert OLD.manifest in manifests and NEW.manifest in manifests
    pending = [unfinished(folder) for folder in killed]
    assert not pending[0] and not pending[-1]
    assert sum(pending) >= len(NEW.files), "at each file that is moved"


def test_the_folder_is_never_called_hand_edited_because_of_it(killed: tuple[Path, ...]) -> None:
    for folder in killed:
        manifest = load_manifest(folder)
        assert manifest in (OLD.manifest, NEW.manifest), folder
        assert manifest is not None
        assert edited_files(folder, manifest) == {"README.md": "edited"}, folder
        result = preview(NEW, folder)
        assert not result.conflicts, folder
        assert result.edited == ("README.md",), folder


def test_the_next_run_ends_it_as_if_nothing_had_happened(killed: tuple[Path, ...], tmp_path: Path) -> None:
    whole = files(killed[-1])
    assert b"mine" in whole["README.md"] and b"new" in whole["README.md"]
    assert "src/old.py" not in whole
    for left in killed:
        folder = shutil.copytree(left, tmp_path / left.name)
        write(NEW, folder)
        assert files(folder) == whole, folder
        assert not (folder / ".migrator" / "next").exists(), folder


def test_an_edit_between_the_kill_and_the_next_run_is_not_lost(killed: tuple[Path, ...], tmp_path: Path) -> None:
    folder = shutil.copytree(next(folder for folder in killed if unfinished(folder)), tmp_path / "copy")
    (folder / "src" / "app.py").write_text("edited in between\n")
    before = files(folder)
    with pytest.raises(Refused, match=r"src/app\.py: its new text is \.migrator/next/"):
        write(NEW, folder)
    assert files(folder) == before
    write(NEW, folder, force=True)
    assert (folder / "src" / "app.py").read_text() == "new\n"
