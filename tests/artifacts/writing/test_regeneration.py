"""Generating again over hand edits: merged where both sides can be had, stopped where they cannot."""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.artifacts import Artifacts, OnConflict, preview, write
from migrator.artifacts.service import MANIFEST
from migrator.artifacts.writing import ConflictKind, edited_files, load_manifest
from migrator.artifacts.writing.base import BASE, pack, unpack
from migrator.documents.manifest import CODEC
from migrator.domain.plans import Manifest, WrittenFile
from migrator.errors import InputError, Refused

LINES = "".join(f"line{number} = {number}\n" for number in range(9))


def service(**texts: str) -> Artifacts:
    """A service of some files; `app` stands for `src/app.py`."""
    files = {{"app": "src/app.py", "readme": "README.md", "event": "events/one.json"}[key]: texts[key] for key in texts}
    written = tuple(
        WrittenFile(path, hashlib.sha256(text.encode()).hexdigest()) for path, text in sorted(files.items())
    )
    manifest = Manifest("shop.view", "hash", {}, written)
    return Artifacts("service", {**files, MANIFEST: CODEC.dump_text(manifest)}, manifest)


def snapshot(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As it was generated."""
    write(service(app=LINES, readme="read me\n", event="{}\n"), tmp_path / "service")
    return tmp_path / "service"


@pytest.fixture
def app(folder: Path) -> Path:
    return folder / "src" / "app.py"


def test_edits_of_different_lines_are_both_kept(folder: Path, app: Path) -> None:
    app.write_text(LINES.replace("line1 = 1", "line1 = 'mine'"))
    app.chmod(0o755)
    result = write(service(app=LINES.replace("line7 = 7", "line7 = 'new'"), readme="read me\n", event="{}\n"), folder)
    assert (result.merged, result.conflicts) == (("src/app.py",), ())
    assert app.read_text() == LINES.replace("line1 = 1", "line1 = 'mine'").replace("line7 = 7", "line7 = 'new'")
    assert stat.S_IMODE(app.stat().st_mode) == 0o755


def test_a_merge_begins_where_the_last_one_ended(folder: Path, app: Path) -> None:
    """What was generated last is the base, not what was generated first, nor what was merged."""
    app.write_text(LINES.replace("line1 = 1", "line1 = 'mine'"))
    for value in ("a", "b", "c"):
        result = write(service(app=LINES.replace("line7 = 7", f"line7 = '{value}'")), folder)
        assert result.merged == ("src/app.py",)
        assert f"line7 = '{value}'" in app.read_text() and "line1 = 'mine'" in app.read_text()
    manifest = load_manifest(folder)
    assert manifest is not None and edited_files(folder, manifest) == {"src/app.py": "edited"}


def test_the_same_edit_on_both_sides_is_one(folder: Path, app: Path) -> None:
    both = LINES.replace("line3 = 3", "line3 = 'same'")
    app.write_text(both.replace("line8 = 8", "line8 = 'mine'"))
    write(service(app=both), folder)
    assert app.read_text() == both.replace("line8 = 8", "line8 = 'mine'")


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_and_a_missing_last_one_survive(tmp_path: Path, end: str) -> None:
    text = LINES.replace("\n", end).removesuffix(end)
    write(service(app=text), tmp_path)
    path = tmp_path / "src" / "app.py"
    path.write_bytes(text.replace("line1 = 1", "line1 = 'mine'").encode())
    write(service(app=text.replace("line8 = 8", "line8 = 'new'")), tmp_path)
    wanted = text.replace("line1 = 1", "line1 = 'mine'").replace("line8 = 8", "line8 = 'new'")
    assert path.read_bytes() == wanted.encode()


def test_a_conflict_is_shown_with_its_lines_and_writes_nothing(folder: Path, app: Path) -> None:
    app.write_text("# added\n" + LINES.replace("line4 = 4", "line4 = 'mine'"))
    before = snapshot(folder)
    new = service(app=LINES.replace("line4 = 4", "line4 = 'new'"), readme="new\n", event="{}\n")
    (conflict,) = preview(new, folder).conflicts
    assert (conflict.path, conflict.kind) == ("src/app.py", ConflictKind.LINES)
    (hunk,) = conflict.hunks
    assert (hunk.line, hunk.ours, hunk.base, hunk.theirs) == (
        6,
        ("line4 = 'mine'",),
        ("line4 = 4",),
        ("line4 = 'new'",),
    )
    with pytest.raises(Refused) as refused:
        write(new, folder)
    assert "src/app.py:6" in refused.value.message
    assert "yours     | line4 = 'mine'" in refused.value.message
    assert "generated | line4 = 'new'" in refused.value.message
    assert snapshot(folder) == before


def test_lines_that_look_like_markers_are_text(folder: Path, app: Path) -> None:
    text = '"""\n<<<<<<< old\nTitle\n=======\n||||||| x\n>>>>>>> end\n"""\n'
    app.write_text(text + LINES.replace("line4 = 4", "line4 = 'mine'"))
    (conflict,) = preview(service(app=LINES.replace("line4 = 4", "line4 = 'new'")), folder).conflicts
    assert [hunk.line for hunk in conflict.hunks] == [12]


def test_conflicts_are_marked_on_demand(folder: Path, app: Path) -> None:
    app.write_text(LINES.replace("line4 = 4", "line4 = 'mine'"))
    new = service(app=LINES.replace("line4 = 4", "line4 = 'new'"), readme="new\n")
    result = write(new, folder, on_conflict=OnConflict.MARK)
    assert [conflict.path for conflict in result.conflicts] == ["src/app.py"]
    assert (
        "<<<<<<< edited by hand\nline4 = 'mine'\n||||||| generated before\nline4 = 4\n=======\n"
        "line4 = 'new'\n>>>>>>> generated now\n"
    ) in app.read_text()
    assert (folder / "README.md").read_text() == "new\n"


def test_force_gives_up_every_edit(folder: Path, app: Path) -> None:
    app.write_text("mine\n")
    (folder / "README.md").write_text("mine too\n")
    (folder / "events" / "one.json").write_text("[]\n")
    new = service(app=LINES, readme="new\n")
    result = write(new, folder, force=True)
    assert {path: data for path, data in snapshot(folder).items() if not path.startswith(".migrator")} == {
        path: text.encode() for path, text in new.files.items()
    }
    assert set(result.edited) == {"src/app.py", "README.md", "events/one.json"}


def test_a_file_deleted_by_hand_stays_away_until_it_is_generated_otherwise(folder: Path) -> None:
    (folder / "README.md").unlink()
    assert write(service(app=LINES, readme="read me\n"), folder).deleted == ("README.md",)
    assert not (folder / "README.md").exists()
    with pytest.raises(Refused, match=r"README\.md: deleted by hand, and generated otherwise now"):
        write(service(app=LINES, readme="new\n"), folder)
    write(service(app=LINES, readme="new\n"), folder, on_conflict=OnConflict.MARK)
    assert (folder / "README.md").read_text() == "new\n"


def test_a_deleted_file_comes_back_by_force(folder: Path) -> None:
    (folder / "README.md").unlink()
    assert write(service(app=LINES, readme="read me\n"), folder, force=True).created == ("README.md",)
    assert (folder / "README.md").read_text() == "read me\n"


def test_an_edited_file_that_is_no_longer_generated_is_kept_when_told_to_go_on(folder: Path) -> None:
    (folder / "events" / "one.json").write_text('{"mine": 1}\n')
    new = service(app=LINES, readme="read me\n")
    with pytest.raises(Refused, match=r"events/one\.json: edited since .* no longer part of the service"):
        write(new, folder)
    write(new, folder, on_conflict=OnConflict.MARK)
    assert (folder / "events" / "one.json").read_text() == '{"mine": 1}\n'
    assert preview(new, folder).conflicts == (), "it is somebody else's file from now on"


def test_the_last_file_of_a_folder_takes_the_folder_along(folder: Path) -> None:
    write(service(app=LINES, readme="read me\n"), folder)
    assert not (folder / "events").exists()


def test_a_foreign_file_can_be_marked_too(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("theirs\n")
    write(service(readme="ours\n"), tmp_path, on_conflict=OnConflict.MARK)
    assert "<<<<<<< edited by hand\ntheirs\n" in (tmp_path / "README.md").read_text()


def test_a_merge_that_can_no_longer_be_parsed_is_a_conflict(tmp_path: Path) -> None:
    """Each side is right by itself, and no line is changed by both."""
    code = ["x = (", "1,", "2,", "3,", "4,", ")", ""]
    event = ["[", "[", "1,", "2,", "3,", "4", "]", "]", ""]
    write(service(app="\n".join(code), event="\n".join(event)), tmp_path)
    (tmp_path / "src" / "app.py").write_text("\n".join(["x = [", *code[1:5], "]", ""]))
    (tmp_path / "events" / "one.json").write_text("\n".join(["[", '{"a": [', *event[2:6], "]}", "]", ""]))
    code[3:3] = [")", "y = ("]
    event[3:4] = ["2", "],", "["]
    new = service(app="\n".join(code), event="\n".join(event))
    found = preview(new, tmp_path).conflicts
    assert [(conflict.path, conflict.kind) for conflict in found] == [
        ("events/one.json", ConflictKind.BROKEN),
        ("src/app.py", ConflictKind.BROKEN),
    ]


@pytest.mark.parametrize("damage", [None, b"no archive", "another"])
def test_without_the_base_an_edit_is_a_conflict_only_where_something_changed(
    folder: Path, app: Path, damage: bytes | str | None
) -> None:
    app.write_text(LINES.replace("line1 = 1", "line1 = 'mine'"))
    if damage is None:
        (folder / BASE).unlink()
    else:
        other = damage if isinstance(damage, bytes) else pack({"src/app.py": b"another text\n"})
        (folder / BASE).write_bytes(other)
    same = service(app=LINES, readme="read me\n", event="{}\n")
    assert preview(same, folder).kept == ("src/app.py",)
    changed = service(app=LINES.replace("line7 = 7", "line7 = 'new'"), readme="read me\n", event="{}\n")
    (conflict,) = preview(changed, folder).conflicts
    assert conflict.kind is ConflictKind.NO_BASE
    write(same, folder)
    assert preview(changed, folder).merged == ("src/app.py",), "the base has been kept again"


def test_without_git_nothing_is_written(folder: Path, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app.write_text(LINES.replace("line1 = 1", "line1 = 'mine'"))
    new = service(app=LINES.replace("line7 = 7", "line7 = 'new'"))
    before = snapshot(folder)
    monkeypatch.setenv("PATH", str(folder))
    for on_conflict in (OnConflict.STOP, OnConflict.MARK):
        with pytest.raises(Refused, match="git, which merges, is not installed"):
            write(new, folder, on_conflict=on_conflict)
    assert snapshot(folder) == before


def test_the_configuration_of_git_has_no_say(folder: Path, app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also not when a hook calls us, which has the repository in its environment."""
    repository = folder.parent / "repository"
    subprocess.run(["git", "init", "--quiet", str(repository)], check=True)
    with (repository / ".git" / "config").open("a") as file:
        file.write("[merge]\n\tconflictStyle = nonsense\n")
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(repository / ".git" / "config"))
    app.write_text(LINES.replace("line1 = 1", "line1 = 'mine'"))
    assert preview(service(app=LINES.replace("line7 = 7", "line7 = 'new'")), folder).merged == ("src/app.py",)


def test_a_folder_in_the_place_of_a_file_stops_even_force(folder: Path, app: Path) -> None:
    app.unlink()
    app.mkdir()
    before = snapshot(folder)
    for on_conflict, error in ((OnConflict.MARK, Refused), (OnConflict.OVERWRITE, InputError)):
        with pytest.raises(error):
            write(service(app="new\n"), folder, on_conflict=on_conflict)
    assert snapshot(folder) == before


def test_two_runs_at_once_do_not_mix(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    try:
        with pytest.raises(InputError, match="another run is writing"):
            write(service(app="new\n"), folder)
    finally:
        os.close(descriptor)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(["README.md", "src/app.py", "a/ü.txt"]), st.text()))
def test_what_is_packed_is_unpacked(texts: dict[str, str]) -> None:
    data = {path: text.encode("utf-8", "surrogatepass") for path, text in texts.items()}
    files = tuple(WrittenFile(path, hashlib.sha256(text).hexdigest()) for path, text in sorted(data.items()))
    packed = pack(data)
    assert unpack(packed, Manifest("shop.view", "", {}, files)) == data
    assert packed == pack(dict(reversed(data.items())))
    # Cut off or damaged, it gives fewer texts, and never another one.
    for cut in (0, len(packed) // 2, len(packed) - 1):
        assert unpack(packed[:cut], Manifest("shop.view", "", {}, files)).items() <= data.items()


def test_a_damaged_archive_gives_no_wrong_text() -> None:
    text = LINES.encode()
    packed = bytearray(pack({"a": text}))
    manifest = Manifest("shop.view", "", {}, (WrittenFile("a", hashlib.sha256(text).hexdigest()),))
    for at in range(len(packed)):
        packed[at] ^= 0xFF
        assert unpack(bytes(packed), manifest) in ({}, {"a": text})
        packed[at] ^= 0xFF
