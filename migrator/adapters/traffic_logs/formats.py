"""What a format of traffic logs has to bring: how it is recognized, how its lines are read, and examples of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from migrator.domain.records import Record


class DamagedLine(ValueError):
    """A line that is not whole; its text says what is wrong, in a few words and without what the line says."""


@dataclass(frozen=True, slots=True)
class Example:
    """Lines of a log, and the records that they make in the end; the tests of the format, and its documentation.

    Attributes:
        title: which program writes such lines, and how it is told to.
    """

    title: str
    lines: tuple[str, ...]
    records: tuple[Record, ...]


class Reader(Protocol):
    """Takes the lines of all files of one format, one after the other."""

    @property
    def nameless(self) -> int:
        """Runs so far of which no line says what was run."""
        ...

    def read(self, line: str) -> Sequence[Record]:
        """The calls that the log tells of up to this line and not before.

        Raises:
            DamagedLine: the line is not whole.
        """
        ...

    def finish(self) -> Iterable[Record]:
        """What is told of when no more lines come."""
        ...


class LogFormat(Protocol):
    """One format."""

    @property
    def name(self) -> str:
        """By which a user names it."""
        ...

    @property
    def title(self) -> str:
        """What it is, in an error message."""
        ...

    @property
    def whole_of(self) -> str:
        """Of which calls a log of this format has each one, so that a function without a record did not run: `http`,
        the name of a task queue, or nothing, as for traces, which are sampled.
        """
        ...

    @property
    def examples(self) -> tuple[Example, ...]:
        """Each kind of line that is understood."""
        ...

    def recognizes(self, line: str) -> bool:
        """Whether a line is of this format."""
        ...

    def reader(self) -> Reader:
        """One for all files of a run."""
        ...
