"""Quantities as people read them: sizes, times, rates, shares.

In: numbers. Out: a few characters, with two or three digits that count. What a sentence says is left to whoever says it.
"""

from __future__ import annotations

from typing import Final

_SIZES: Final = (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024))
_SECONDS_A_MINUTE: Final = 60
_A_MINUTE_AND_A_HALF: Final = 90
_AN_HOUR_AND_A_HALF: Final = 5_400


def size_text(number: float) -> str:
    """`57 bytes`, `12 kB`, `1.5 MB`; a kB is 1,024 bytes, as in the limits of the cloud."""
    for unit, length in _SIZES:
        if number >= length:
            return f"{_digits(number / length)} {unit}"
    return f"{number:.0f} bytes" if round(number) != 1 else "1 byte"


def time_text(seconds: float) -> str:
    """`8 ms`, `1.2 s`, `15 min`, `2.5 h`."""
    if seconds < 1:
        return f"{_digits(seconds * 1000)} ms"
    if seconds < _A_MINUTE_AND_A_HALF:
        return f"{_digits(seconds)} s"
    minutes = seconds / _SECONDS_A_MINUTE
    return f"{_digits(minutes)} min" if seconds < _AN_HOUR_AND_A_HALF else f"{_digits(minutes / 60)} h"


def rate_text(per_day: float) -> str:
    """`14,200 calls a day`, `1 call a day`, `0.2 calls a day`."""
    number = f"{per_day:,.0f}" if per_day >= 10 else _digits(per_day)
    return f"{number} {'call' if number == '1' else 'calls'} a day"


def share_text(share: float) -> str:
    """`12 %`, `0.3 %`; what is not nothing is never shown as nothing, and what is not all never as all."""
    if 0 < share < 0.001:
        return "less than 0.1 %"
    if 0.999 < share < 1:
        return "more than 99.9 %"
    return f"{_digits(share * 100)} %"


def _digits(number: float) -> str:
    """Whole from 10 on, one digit behind the point below, and two below 1."""
    text = f"{number:,.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
