"""Files of recorded traffic: which are read, as what, and what is said of those that are not whole."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.adapters.traffic_logs import FORMATS
from migrator.adapters.traffic_logs.reading import Readings, read_logs
from migrator.adapters.traffic_logs.sources import Source, blocks_of
from migrator.domain.records import Record, Request
from migrator.errors import InputError
from tests.support.traffic import access_line

LINES = [access_line(f"/orders/{number}", minute=number) for number in range(5)]
TEXT = "".join(f"{line}\n" for line in LINES)
OTLP = next(log for log in FORMATS if log.name == "otlp").examples[0].lines[0]


def read(*names: str | Path) -> tuple[list[tuple[str, Record]], Readings]:
    taken: list[tuple[str, Record]] = []
    result = read_logs([str(name) for name in names], lambda log: lambda record: taken.append((log.name, record)))
    return taken, result


@pytest.mark.parametrize("packed", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=lambda made: made.__name__)
def test_a_log_is_unpacked_by_what_it_is_and_not_by_its_name(tmp_path: Path, packed: type[bytes]) -> None:
    path = tmp_path / "access.log.1"
    path.write_bytes(packed(TEXT.encode()))
    taken, result = read(path)
    assert [record.target for _, record in taken if isinstance(record, Request)] == [f"/orders/{n}" for n in range(5)]
    (file,) = result.files
    assert (file.format, file.lines, file.records, file.damaged) == ("combined", 5, 5, 0)


def test_compressed_data_that_ends_early_keeps_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    text = "".join(access_line(f"/{os.urandom(40).hex()}") + "\n" for _ in range(3_000))
    data = gzip.compress(text.encode())
    path.write_bytes(data[: len(data) * 2 // 3])
    taken, result = read(path)
    (file,) = result.files
    assert 0 < len(taken) < 3_000
    assert file.first_damage is not None
    assert (file.damaged, file.first_damage.reason) == (1, "the compressed data ends early or is damaged")
    path.write_bytes(gzip.compress(b"")[:5])
    with pytest.raises(InputError, match="ends early or is damaged"):
        read(path)
    (tmp_path / "access.log").write_text(TEXT)
    passed_over = {file.passed_over for file in read(tmp_path)[1].files}
    assert passed_over == {"", "the compressed data ends early or is damaged"}


def test_damaged_lines_are_counted_with_the_place_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(f"{LINES[0]}\n\n{LINES[1][:40]}\n\x00\xff\xfe\n{LINES[2]}\n".encode("latin-1"))
    taken, result = read(path)
    (file,) = result.files
    assert len(taken) == 2
    assert (file.lines, file.records, file.damaged) == (4, 2, 2)
    assert file.first_damage is not None
    assert file.first_damage.line == 3


def test_marks_of_other_systems_at_begin_and_end_of_lines(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode() + LINES[0].encode())
    taken, _ = read(path)
    assert len(taken) == 6


def test_a_folder_is_read_whole_and_what_is_no_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "access.log.2.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "access.log").write_text(TEXT)
    (tmp_path / "traces.json").write_text(OTLP)
    (tmp_path / "error.log").write_text("something went wrong\n")
    (tmp_path / "empty.log").write_text("")
    (tmp_path / ".hidden").write_text("no")
    taken, result = read(tmp_path)
    said = {Path(file.path).name: (file.format, file.passed_over) for file in result.files}
    assert said == {
        "access.log": ("combined", ""),
        "empty.log": ("", ""),
        "error.log": ("", "no log of a known format"),
        "traces.json": ("otlp", ""),
        "access.log.2.gz": ("combined", ""),
    }
    assert len(taken) == 11


def test_a_file_counts_once_however_often_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(TEXT)
    (tmp_path / "link.log").symlink_to(tmp_path / "access.log")
    taken, _ = read(tmp_path, tmp_path / "access.log", tmp_path / "link.log")
    assert len(taken) == 5


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(gzip.compress(TEXT.encode()))

    monkeypatch.setattr("sys.stdin", Stdin)
    taken, result = read("-")
    assert len(taken) == 5
    assert result.files[0].path == "-"


def test_a_pipe_is_read_as_it_comes(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(TEXT,))
    writer.start()
    try:
        assert len(read(pipe)[0]) == 5
    finally:
        writer.join(10)


@pytest.mark.parametrize(
    "lines", [LINES, [next(log for log in FORMATS if log.name == "json").examples[0].lines[0]] * 5]
)
@pytest.mark.parametrize(
    "wrapped",
    [
        lambda line: f"2025-11-20T10:00:00.123456789Z stdout F {line}",
        lambda line: json.dumps({"log": f"{line}\n", "stream": "stdout", "time": "2025-11-20T10:00:00Z"}),
    ],
    ids=["kubernetes", "docker"],
)
def test_lines_are_taken_out_of_what_containers_put_around_them(
    tmp_path: Path, lines: list[str], wrapped: Callable[[str], str]
) -> None:
    plain, path = tmp_path / "plain.log", tmp_path / "container.log"
    plain.write_text("\n".join(lines))
    path.write_text("\n".join([*map(wrapped, lines), wrapped(lines[0])[:45]]))
    taken, result = read(path)
    assert taken == read(plain)[0]
    assert result.files[0].damaged == 1


def test_a_format_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text("not yet\n" * 60 + TEXT)
    taken, result = read(f"combined:{path}")
    assert len(taken) == 5
    assert result.files[0].damaged == 60
    with pytest.raises(InputError, match="of no format"):
        read(path)


def test_a_file_whose_name_looks_like_a_format_is_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("alb:access.log").write_text(TEXT)
    assert read("alb:access.log")[1].files[0].format == "combined"


def test_a_log_may_begin_with_damage(tmp_path: Path) -> None:
    path = tmp_path / "access.log"
    path.write_text(f"Traceback (most recent call last):\n  File ...\n{TEXT}")
    assert len(read(path)[0]) == 5


@pytest.mark.parametrize(
    "text",
    ['{\n  "resourceSpans": ' + OTLP.split(":", 1)[1], f"[{OTLP},\n{OTLP}]", f"[{OTLP}]", f"\n\n{OTLP}"],
    ids=["over lines", "a list", "a list on a line", "empty lines before"],
)
def test_one_document_over_many_lines(tmp_path: Path, text: str) -> None:
    path = tmp_path / "traces.json"
    path.write_text(text)
    taken, result = read(path)
    assert len(taken) == text.count('"url.path"')
    assert result.files[0].damaged == 0


@pytest.mark.parametrize(
    "content", [b"hello\n", b"\x89PNG\r\n\x1a\n\x00\x00", b"{}\n", b"[1, 2]\n", b"[", b'{"a":\n1}']
)
def test_a_file_of_no_format_is_an_error_with_its_place(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "some.file"
    path.write_bytes(content)
    with pytest.raises(InputError, match="of no format that is known; expected combined: access log") as caught:
        read(path)
    assert caught.value.location == f"{path}:1"
    assert "FORMAT:FILE" in caught.value.hint


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "nowhere.log")
    with pytest.raises(InputError, match="no file in this folder"):
        read(tmp_path)
    (tmp_path / "note.txt").write_text("hello\n")
    with pytest.raises(InputError, match="of no format"):
        read(tmp_path)


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.adapters.traffic_logs.sources.LONGEST_LINE", 1_000)
    monkeypatch.setattr("migrator.adapters.traffic_logs.sources.BLOCK", 100)
    path = tmp_path / "access.log"
    path.write_text(f"{LINES[0]}\n{'x' * 5_000}\n{TEXT}")
    lines = [line for block in blocks_of(Source(str(path))) for line in block]
    assert max(map(len, lines)) < 1_200
    assert lines[0] == LINES[0]
    assert lines[-6:-1] == LINES or lines[-5:] == LINES
