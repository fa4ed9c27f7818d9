"""What is wrong with a `router.yaml`: every mistake with its place, as one error.

In: mistakes found by any stage of the reading. Out: `RouterError`, whose text is one line per mistake in the
form `FILE:LINE:COLUMN: key.path: message`. Finding mistakes is left to the stages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from migrator.domain.wording import on_one_line
from migrator.errors import InputError

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake.

    Attributes:
        line: counted from 1.
        column: counted from 1.
        key: the way to the value, such as `routes[0].weight`; empty for the file as a whole.
        message: what is wrong and, where it can be said, the mend.
        source: the file, where that is an included one; empty for the main file.
    """

    line: int
    column: int
    key: str
    message: str
    source: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sorts the main file's first, then by file and place."""
        return (self.source, self.line, self.column, self.key, self.message)


class RouterError(InputError):
    """A router configuration that cannot be used.

    Args:
        source: the main file as the user named it.
        mistakes: at least one.
    """

    def __init__(self, source: str, mistakes: Iterable[Mistake]) -> None:
        self.source = source
        self.mistakes = tuple(sorted(set(mistakes), key=lambda mistake: mistake.order))
        lines = self.lines
        message = lines[0] if len(lines) == 1 else "\n".join((f"{source}: {len(lines)} mistakes", *lines))
        super().__init__(message, hint="nothing was changed; mend the file and run: migrator router validate")

    @property
    def lines(self) -> tuple[str, ...]:
        """Each mistake as `FILE:LINE:COLUMN: key.path: message`, in the order of the files."""
        return tuple(
            on_one_line(
                f"{mistake.source or self.source}:{mistake.line}:{mistake.column}: "
                + (f"{mistake.key}: {mistake.message}" if mistake.key else mistake.message)
            )
            for mistake in self.mistakes
        )

    def __reduce__(self) -> tuple[object, ...]:
        return (RouterError, (self.source, self.mistakes))


def key_text(path: KeyPath) -> str:
    """A way through the document as people write it: `routes[0].rollout.steps[1].weight`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text
