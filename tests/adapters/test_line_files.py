"""Lines are read once each, whatever is put aside between two readings, and by whatever process."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.adapters import marks
from migrator.adapters.instants import Instant
from migrator.adapters.line_files import LineFile, Place

WHOLE = 1 << 30


@settings(deadline=None)
@given(st.lists(st.sampled_from(["line", "half", "look", "aside"]), max_size=40), st.integers(5, 60))
def test_each_line_is_read_once(tmp_path_factory: pytest.TempPathFactory, steps: list[str], limit: int) -> None:
    file = LineFile(tmp_path_factory.mktemp("lines") / "figures")
    place, expected, read, asides, half = file.end(), 0, bytearray(), 0, b""

    def look() -> None:
        nonlocal place, asides
        found = file.read(place, limit)
        assert not found.lost
        read.extend(found.data)
        place = found.place
        if file.path.exists() and file.path.stat().st_ino == place.inode:
            asides = 0

    for step in [*steps, "line", *["look"] * 60]:
        if step == "look":
            look()
        elif step == "aside" and not half and asides == 0 and file.path.exists():
            file.path.replace(file.aside)
            asides = 1  # one old generation is kept
        elif step in ("line", "half"):
            text = half or b"%04d\n" % expected
            written, half = (text[:2], text[2:]) if step == "half" and not half else (text, b"")
            expected += not half
            with file.path.open("ab") as writer:
                writer.write(written)
    assert bytes(read).split() == [b"%04d" % number for number in range(expected)]


def test_an_unfinished_line_that_was_put_aside_does_not_swallow_the_next(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "figures")
    file.path.write_bytes(b"one\ntw")
    file.path.replace(file.aside)
    file.path.write_bytes(b"three\n")
    assert file.read(Place(), WHOLE).data.split(b"\n") == [b"one", b"tw", b"three", b""]


def test_a_place_in_a_file_that_is_gone_is_lost(tmp_path: Path) -> None:
    file = LineFile(tmp_path / "figures")
    file.path.write_bytes(b"one\n")
    place = file.end()
    file.path.unlink()
    assert file.read(place, WHOLE).lost
    file.path.write_bytes(b"other\n")
    found = file.read(place, WHOLE)
    assert found.lost and found.data == b"other\n"
    assert file.read(Place(place.inode + 1, 2, 3), WHOLE).lost


STRANGE = (
    *("", "x", "null", "7", "[]", "{}", '{"form":"a/1"}', '{"form":"b/1","at":1}', "[" * 2000),
    *('{"form":"a/1","at":NaN}', '{"form":"a/1","at":1e999}', '{"form":"a/1","at":{}}'),
    '{"form":"a/1","at":1,"more":"' + "x" * 2048 + '"}',
)


@pytest.mark.parametrize("text", STRANGE)
def test_a_text_that_is_no_mark_says_nothing(text: str) -> None:
    assert marks.loaded("a/1", text, lambda values: int(values["at"])) is None


def test_a_mark_says_what_was_put_in_also_to_a_newer_version_that_adds_to_it() -> None:
    assert marks.loaded("a/1", marks.dumped("a/1", {"at": 7, "more": [1]}), lambda values: values["at"]) == 7


def test_time_is_told_by_the_clock_that_nobody_sets() -> None:
    before = Instant(1000.0, 50.0, "boot")
    assert Instant(10.0, 53.0, "boot").since(before) == 3, "the clock on the wall was set back"
    assert Instant(1007.0, 2.0, "another").since(before) == 7, "the machine was started anew"
    assert Instant(10.0, 2.0, "another").since(before) == 0
    now = Instant.now()
    assert Instant.of(now.values()).since(before) == pytest.approx(max(0.0, now.at - before.at), abs=0.01)
