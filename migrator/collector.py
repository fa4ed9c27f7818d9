"""Python's garbage collector, off while much is made that stays: syntax, facts, the model, a configuration.

In: nothing. Out: a context. Looking for garbage again and again in a large live graph costs more than it frees. What was let
go of can be given back to the system, before other processes need the room.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def made_to_stay() -> Iterator[None]:
    """As `without_collector`; and what is made inside is never looked through, since it stays until the process ends."""
    with without_collector():
        yield
        gc.freeze()


@contextmanager
def without_collector() -> Iterator[None]:
    """The collector is off inside, and as it was behind."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_back() -> None:
    """Give freed memory back to the system, where the C library is one that keeps it (malloc_trim(3) of glibc).

    Of a million lines it keeps a hundred megabytes of texts that nobody holds any more, below what was made after them.
    """
    import ctypes  # which every command would load otherwise

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
