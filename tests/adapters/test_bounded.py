"""An answer is waited for so long, and a question that is still out is not asked again."""

from __future__ import annotations

import threading
import time

import pytest

from migrator.adapters.bounded import Bounded, TooSlow


def test_an_answer_and_an_error_are_handed_on() -> None:
    bounded = Bounded(5)
    assert bounded.ask("a", lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        bounded.ask("a", lambda: 1 // 0)
    assert bounded.ask("a", lambda: 8) == 8


def test_what_hangs_is_left_alone_and_hinders_no_other_question() -> None:
    bounded, released, asked = Bounded(0.1), threading.Event(), []

    def hang() -> int:
        asked.append(1)
        released.wait(30)
        return 1

    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(TooSlow):
            bounded.ask("a", hang)
    assert time.monotonic() - began < 1
    assert len(asked) == 1
    assert bounded.ask("b", lambda: 2) == 2
    released.set()
    # The thread that was left alone has to end first.
    for thread in threading.enumerate():
        if thread.name == "asking a":
            thread.join(5)
    assert bounded.ask("a", lambda: 3) == 1, "the answer that came late is the first one's"
    assert bounded.ask("a", lambda: 3) == 3


def test_an_answer_that_came_late_is_too_old_at_some_time() -> None:
    bounded, released = Bounded(0.05, kept_s=0.0), threading.Event()

    def hang() -> int:
        released.wait(30)
        return 1

    with pytest.raises(TooSlow):
        bounded.ask("a", hang)
    released.set()
    for thread in threading.enumerate():
        if thread.name == "asking a":
            thread.join(5)
    assert bounded.ask("a", lambda: 3) == 3
