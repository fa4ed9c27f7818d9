"""Files of recorded traffic as lines: plain or compressed, from a folder or from standard input.

In: names as a user gives them. Out: `Source`s, and the lines of each in blocks, so that memory does not grow with a file.
What the lines say is left to the formats.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from migrator.errors import InputError

STDIN: Final = "-"
BLOCK: Final = 1024 * 1024
LONGEST_LINE: Final = 64 * 1024 * 1024
"""Bytes. A line of an access log has some hundred, an export of traces some millions; what is longer is no log."""

_COMPRESSED: Final[tuple[tuple[bytes, Any], ...]] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)
"""By the first bytes: rotated logs have all sorts of names."""
_UNPACKING: Final = (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)


class EndsEarly(Exception):
    """A file cannot be read on; what came before is whole. Its text says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file.

    Attributes:
        name: as the user gave it, or a file below a folder that the user gave.
        found: whether it was found in a folder, where other files may lie as well.
        format: as the user named it, or an empty string.
    """

    name: str
    found: bool = False
    format: str = ""


def sources_of(names: Sequence[str], formats: Sequence[str]) -> tuple[Source, ...]:
    """The files that are meant, each once; those of a folder in the order of their names.

    Args:
        names: files, folders, or `-`; `FORMAT:` may stand before each.
        formats: that may be named.

    Raises:
        InputError: there is no such file, or nothing in a folder.
    """
    sources: list[Source] = []
    for given in names:
        name, format_ = _named(given, formats)
        if name == STDIN:
            sources.append(Source(name, format=format_))
            continue
        path = Path(name)
        if path.is_dir():
            below = [Source(str(file), True, format_) for file in _files(path)]
            if not below:
                raise InputError(
                    "there is no file in this folder", hint="name a log, or a folder of logs", location=name
                )
            sources += below
        elif path.exists():
            sources.append(Source(name, format=format_))
        else:
            raise InputError(
                "there is no such file", hint="--traffic takes a log, a folder of logs, or -", location=name
            )
    once: dict[object, Source] = {}
    for source in sources:
        once.setdefault(_identity(source.name), source)
    return tuple(once.values())


def blocks_of(source: Source) -> Iterator[list[str]]:
    """The lines of a file, some thousand at a time, without their ends; bytes that are no UTF-8 as lone surrogates.

    A line longer than `LONGEST_LINE` is cut there; the rest of it is a line of its own.

    Raises:
        InputError: the file cannot be opened.
        EndsEarly: it cannot be read to its end.
    """
    try:
        file = sys.stdin.buffer if source.name == STDIN else Path(source.name).open("rb")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror or error}", location=source.name) from error
    try:
        yield from _blocks(_unpacked(file))
    except _UNPACKING as error:
        raise EndsEarly("the compressed data ends early or is damaged") from error
    except OSError as error:
        raise EndsEarly(f"cannot be read on: {error.strerror or error}") from error
    finally:
        if source.name != STDIN:
            file.close()


def _blocks(file: io.BufferedReader) -> Iterator[list[str]]:
    rest: list[bytes] = []
    length, first = 0, True
    # What could be unpacked before an error is lost to `read`, which waits for a whole block.
    while block := file.read1(BLOCK):
        if first:
            block, first = block.removeprefix(codecs.BOM_UTF8), False
        whole, end, last = block.rpartition(b"\n")
        if end:
            yield _lines(b"".join((*rest, whole)))
            rest, length = [], 0
        if last:
            rest.append(last)
            length += len(last)
        if length > LONGEST_LINE:
            yield _lines(b"".join(rest))
            rest, length = [], 0
    if rest:
        yield _lines(b"".join(rest))


def _lines(data: bytes) -> list[str]:
    # Only line feeds end a line: `splitlines` would end one at each control character in a user agent.
    text = data.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").removesuffix("\r").split("\n")


def _unpacked(file: BinaryIO) -> io.BufferedReader:
    buffered = file if isinstance(file, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", file))
    begins = buffered.peek(8)
    for magic, opened in _COMPRESSED:
        if begins.startswith(magic):
            return cast("io.BufferedReader", opened(buffered, "rb"))
    return buffered


def _named(given: str, formats: Sequence[str]) -> tuple[str, str]:
    format_, colon, name = given.partition(":")
    # A file that is there by its whole name is that file, whatever it is called.
    if not colon or format_ not in formats or (given != STDIN and Path(given).exists()):
        return given, ""
    return name, format_


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(parent) / name for name in sorted(names) if not name.startswith("."))


def _identity(name: str) -> object:
    try:
        status = Path(name).stat()
    except OSError:
        return name
    return status.st_dev, status.st_ino
