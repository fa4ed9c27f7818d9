"""Cases of which the suite tries some, and the thorough run all.

In: cases. Out: parameters for `pytest.mark.parametrize`; those that the suite leaves out carry the mark `thorough`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def one_in(every: int, cases: Iterable[Any]) -> list[Any]:
    """The first of each so many cases are tried by the suite."""
    return [_case(case, in_suite=number % every == 0) for number, case in enumerate(cases)]


def only(in_suite: Collection[Any], cases: Iterable[Any]) -> list[Any]:
    """The named cases are tried by the suite."""
    found = list(cases)
    assert set(in_suite) <= set(found), "a case that there is not would never be tried"
    return [_case(case, in_suite=case in in_suite) for case in found]


def _case(case: Any, *, in_suite: bool) -> Any:
    values = case if isinstance(case, tuple) else (case,)
    return pytest.param(*values, marks=() if in_suite else pytest.mark.thorough)
