"""Room for deep nesting, and an upper bound of how deep a text is nested.

In: work to be done, or a text. Out: what the work returns, or whether a parser may follow the text. The limits here
make the answer the same wherever it is asked for: in a worker, in the first process, below a test.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

T = TypeVar("T")

FRAMES = 1_000
"""Frames of Python below the caller, as a fresh interpreter allows them."""

_BRACKETS = 200
"""Nested brackets: what CPython's own tokenizer allows (`MAXLEVEL`), so that nothing valid is refused."""

_LINKS = 2_000
"""Operators in a row, each of which may nest one level: libcst takes quadratic time over them."""

_STACK = 256 * 1024 * 1024
"""Bytes of address space for a stack; only what is used is backed by memory."""

_TOKEN = re.compile(
    r"""(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>[\n,;])|[-+*/%@&|^~<>=.]+|\b(?:not|lambda|await|if|elif|else|and|or|in|is)\b"""
)


@contextmanager
def frames_below(count: int = FRAMES) -> Iterator[None]:
    """The recursion limit counted from here rather than from the bottom of the stack."""
    depth = 0
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        depth += 1
        frame = frame.f_back
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + count)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def is_shallow(text: str) -> bool:
    """Whether brackets and operators are certain to nest no deeper than a native parser can follow.

    Strings and comments are not told apart: what they hold only adds to the count.
    """
    links = [0]
    ladder = 0
    for found in _TOKEN.finditer(text):
        match found.lastgroup:
            case "open":
                links.append(0)
                if len(links) > _BRACKETS:
                    return False
            case "close":
                if len(links) > 1:
                    links.pop()
            case "end":
                links[-1] = 0
            case _:
                links[-1] += 1 if found.group().isalpha() else len(found.group())
                ladder = ladder + 1 if found.group() == "elif" else ladder
        if links[-1] > _LINKS or ladder > _LINKS:
            return False
    return True


def with_room(work: Callable[[], T]) -> T:
    """What the work returns, done on a stack that is large enough for native recursion.

    Raises:
        BaseException: whatever the work raises.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:  # handed to the caller
            errors.append(error)

    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=run, name="deep parser")
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
