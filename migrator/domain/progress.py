"""How a long piece of work says how far it is, to whoever wants to show it.

In: nothing. Out: `Progress` and `silent`. What is shown, and how often, is left to the command line.
"""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told what is being done, and how much of it is done.

    It is called often and from the middle of the work: it returns at once, keeps nothing that grows, and raises nothing.
    Call it for every file or every hundred functions, not for every node of a syntax tree.
    """

    def __call__(self, stage: str, done: int, total: int | None = None, /) -> None:
        """Take note.

        Args:
            stage: what is being done, in a few words, such as `reading files`; a new one ends the one before.
            done: how many of the stage's pieces are done, from 0.
            total: how many there are; None where nobody knows.
        """


def silent(stage: str, done: int, total: int | None = None, /) -> None:
    """Progress that nobody looks at."""
