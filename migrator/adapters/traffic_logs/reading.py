"""Reads recorded traffic: which format each file has, and each call that it tells of, once.

In: names of files. Out: records, handed on one by one, and what reading came to. Damaged lines are counted and never
end the run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Final

from migrator.adapters.traffic_logs import FORMATS
from migrator.adapters.traffic_logs.envelopes import envelope_of
from migrator.adapters.traffic_logs.formats import DamagedLine, LogFormat, Reader
from migrator.adapters.traffic_logs.sources import STDIN, EndsEarly, Source, blocks_of, sources_of
from migrator.domain.progress import Progress, silent
from migrator.domain.recordings import Damage, LogFile
from migrator.domain.records import Record
from migrator.errors import InputError

_LOOKED_AT: Final = 50
"""Lines from which a format is recognized; a log may begin with damage, or with what its program said at the start."""

_LARGEST_DOCUMENT: Final = 64 * 1024 * 1024
"""Characters of a single JSON document that spans lines: it is read as a whole."""


@dataclass(slots=True)
class Readings:
    """What was read.

    Attributes:
        files: in the order in which they were read.
        nameless: runs of which the logs do not say what was run.
    """

    files: list[LogFile] = field(default_factory=list)
    nameless: int = 0


def read_logs(
    names: Sequence[str],
    take: Callable[[LogFormat], Callable[[Record], None]],
    progress: Progress = silent,
    formats: Sequence[LogFormat] = FORMATS,
) -> Readings:
    """Read every log.

    Args:
        names: files, folders, or `-` for standard input, each as `FORMAT:NAME` where the format is named.
        take: gives what takes the records of a format.
        progress: is told of lines.

    Raises:
        InputError: a file is not there, cannot be opened, or is of no format that is known; of a folder, that no file
            of it is of one.
    """
    by_name = {format_.name: format_ for format_ in formats}
    readers: dict[str, Reader] = {}
    takers: dict[str, Callable[[Record], None]] = {}
    result = Readings()
    for source in sources_of(names, tuple(by_name)):
        lines = _Lines(source)
        format_ = by_name[source.format] if source.format else _recognized(lines.begin, formats)
        if format_ is None:
            result.files.append(_unread(lines, formats))
            continue
        if format_.name not in readers:
            readers[format_.name], takers[format_.name] = format_.reader(), take(format_)
        done = sum(file.lines for file in result.files)
        for number in _read(lines, format_.name, readers[format_.name], takers[format_.name], result):
            progress("reading recorded traffic, lines", done + number)
    if result.files and all(file.passed_over for file in result.files):
        raise _of_no_format(Source(names[0]), formats)
    for name, reader in readers.items():
        for record in reader.finish():
            takers[name](record)
        result.nameless += reader.nameless
    return result


def _unread(lines: _Lines, formats: Sequence[LogFormat]) -> LogFile:
    """What is said of a file that nothing can be read of; in a folder it is passed over, and an empty one is no mistake.

    Raises:
        InputError: the user named it.
    """
    source, known = lines.source, not any(line.strip() for line in lines.begin)
    if known and not lines.end:
        return LogFile(source.name)
    if not source.found:
        raise InputError(lines.end, location=source.name) if known else _of_no_format(source, formats)
    return LogFile(source.name, passed_over=lines.end if known else "no log of a known format")


class _Lines:
    """The lines of a source; the first of them can be looked at before."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.end = ""
        """Why reading ended before the file did; known once all lines were taken."""
        self._blocks = self._safely()
        held: list[list[str]] = []
        for block in self._blocks:
            held.append(block)
            if sum(map(len, held)) >= _LOOKED_AT:
                break
        self.begin = [line for line in chain.from_iterable(held) if line][:_LOOKED_AT]
        self._held = held
        self._opened = envelope_of(self.begin)
        if self._opened is not None:
            self.begin = [*map(self._opened, self.begin)]
        if document := self._document():
            self._held, self._blocks = [document], iter(())
            self.begin = document[:_LOOKED_AT]

    def blocks(self) -> Iterable[list[str]]:
        """All of them."""
        blocks = chain(self._held, self._blocks)
        return blocks if self._opened is None else ([*map(self._opened, block)] for block in blocks)

    def _safely(self) -> Iterator[list[str]]:
        try:
            yield from blocks_of(self.source)
        except EndsEarly as error:
            self.end = str(error)

    def _document(self) -> list[str]:
        """The lines that a JSON document over several lines stands for: itself, or each item of a list."""
        begins = "" if self._opened else "".join(self.begin[:1]).strip()
        if not begins.startswith(("{", "[")) or (_is_json(begins) and not begins.startswith("[")):
            return []
        size = 0
        for block in self._blocks:
            self._held.append(block)
            size += sum(map(len, block))
            if size > _LARGEST_DOCUMENT:
                return []
        try:
            document = json.loads("\n".join(chain.from_iterable(self._held)))
        except (ValueError, RecursionError):
            return []
        return [json.dumps(item) for item in (document if isinstance(document, list) else [document])]


def check_logs(names: Sequence[str], formats: Sequence[LogFormat] = FORMATS) -> tuple[Source, ...]:
    """Look at the first lines of the files that are named, before other work begins; pipes are left as they are.

    Returns:
        What will be read.

    Raises:
        InputError: as of `read_logs`.
    """
    sources = sources_of(names, [format_.name for format_ in formats])
    for source in sources:
        if not source.found and not source.format and Path(source.name).is_file():
            lines = _Lines(source)
            if _recognized(lines.begin, formats) is None:
                _unread(lines, formats)
    return sources


def _read(lines: _Lines, name: str, reader: Reader, take: Callable[[Record], None], result: Readings) -> Iterator[int]:
    """Read one file; the number of lines after each block of them."""
    number = records = other = damaged = empty = 0
    first: Damage | None = None
    read = reader.read
    for block in lines.blocks():
        for line in block:
            number += 1
            if not line:
                empty += 1
                continue
            try:
                told = read(line)
            except DamagedLine as error:
                damaged += 1
                first = first or Damage(number, str(error))
                continue
            if told:
                for record in told:
                    records += 1
                    take(record)
            else:
                other += 1
        yield number
    if lines.end:
        damaged += 1
        first = first or Damage(number + 1, lines.end)
    result.files.append(LogFile(lines.source.name, name, number - empty, records, other, damaged, first))


def _recognized(begin: Sequence[str], formats: Sequence[LogFormat]) -> LogFormat | None:
    """The format that recognizes most of the lines."""
    counts = [sum(map(format_.recognizes, begin)) for format_ in formats]
    most = max(counts, default=0)
    return formats[counts.index(most)] if most else None


def _of_no_format(source: Source, formats: Sequence[LogFormat]) -> InputError:
    expected = "; ".join(f"{format_.name}: {format_.title}" for format_ in formats)
    place = "standard input" if source.name == STDIN else f"{source.name}:1"
    return InputError(
        f"the first lines are of no format that is known; expected {expected}",
        hint="name the format where it is one of these: --traffic FORMAT:FILE",
        location=place,
    )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
