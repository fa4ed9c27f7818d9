"""What Python's collector and the C library are told: off inside, as before behind, and freed memory given back."""

from __future__ import annotations

import ctypes
import gc
import resource
from pathlib import Path

import pytest

from migrator.collector import give_back, without_collector

_TEXTS = 40_000
_LONG = 2_000
"""Bytes of a text that the C library makes room for, rather than Python's own allocator."""


@pytest.mark.parametrize("on", [True, False])
def test_behind_it_the_collector_is_as_it_was(*, on: bool) -> None:
    was_on = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        with pytest.raises(ValueError, match="x"), without_collector():
            assert not gc.isenabled()
            raise ValueError("x")
        assert gc.isenabled() is on
    finally:
        (gc.enable if was_on else gc.disable)()


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library gives back by itself")
def test_texts_that_nobody_holds_are_given_back_below_those_that_are_held() -> None:
    texts = [bytes([number % 256]) * _LONG for number in range(_TEXTS)]
    held = texts[::100]  # scattered, the last among them
    held.append(bytes(_LONG))
    texts.clear()
    before = _resident()
    give_back()
    assert before - _resident() > _TEXTS * _LONG / 2
    assert len(held) == _TEXTS // 100 + 1


def _resident() -> int:
    """Bytes of this process in memory (proc(5): the second number counts pages)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
