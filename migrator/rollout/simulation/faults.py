"""What goes wrong, and when: as it is written, and as the world asks for it.

In: texts such as `canary errors 2% from 10m for 1h`. Out: `Fault`s. What they do is the world's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf

from migrator.errors import UsageError
from migrator.router.quantities import parse_duration, parse_share

_TIMES = re.compile(r"[0-9]+(\.[0-9]+)?x")
_WEIGHT = re.compile(r"[0-9]+(\.[0-9]+)?%")


def _ratio(text: str) -> float:
    if _TIMES.fullmatch(text) is None or float(text[:-1]) <= 0:
        raise ValueError(f"expected a ratio such as 1.5x, found {text!r}")
    return float(text[:-1])


def _share(text: str) -> float:
    return parse_share(text) / 100


KINDS: Mapping[str, Callable[[str], float] | None] = {
    "canary errors": _share,
    "canary down": None,
    "canary slower": _ratio,
    "canary cold": _share,
    "canary throttled": _share,
    "legacy errors": _share,
    "legacy down": None,
    "legacy slower": _ratio,
    "traffic": _ratio,
    "metrics silent": None,
    "plane down": None,
    "controller dead": None,
}
"""How each kind is written, and what its value is; None for one without a value."""

EXAMPLES = ("canary errors 2% from 10m for 1h", "canary slower 1.5x from 25%", "legacy down from 5m for 2m")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        text: as it was written.
        kind: one of `KINDS`.
        value: a share from 0 to 1, or a ratio; 1 for kinds without a value.
        begins_s: seconds from the rollout's beginning.
        ends_s: the same; infinite for good.
        from_weight: it is there only while the canary has so much weight or more, in percent.
    """

    text: str
    kind: str
    value: float
    begins_s: float = 0.0
    ends_s: float = inf
    from_weight: float = 0.0

    def is_on(self, after_s: float, weight: float) -> bool:
        """Whether it is there, so many seconds after the beginning, at so much weight."""
        return self.begins_s <= after_s < self.ends_s and weight >= self.from_weight


def parse_fault(text: str) -> Fault:
    """A fault as it is written.

    Raises:
        UsageError: it cannot be read; the message says what can be.
    """
    try:
        return _parsed(text)
    except ValueError as error:
        raise UsageError(f"--fault {text!r}: {error}", hint=f"such as: {'; '.join(EXAMPLES)}") from error


def _parsed(text: str) -> Fault:
    words = text.split()
    kind = next((" ".join(words[:length]) for length in (2, 1) if " ".join(words[:length]) in KINDS), "")
    if not kind:
        given = " ".join(words[:2])
        near = difflib.get_close_matches(given, KINDS, n=1, cutoff=0.5)
        raise ValueError(
            f"there is no fault {given!r}; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(KINDS)}")
        )
    rest = words[len(kind.split()) :]
    value, reads = 1.0, KINDS[kind]
    if reads is not None:
        if not rest:
            raise ValueError(f"{kind} needs a number")
        value, rest = reads(rest[0]), rest[1:]
    begins, lasts, weight = 0.0, inf, 0.0
    seen: set[str] = set()
    while rest:
        if rest[0] not in ("from", "for") or len(rest) < 2 or rest[0] in seen:
            raise ValueError(f"expected from TIME, from WEIGHT or for TIME once, found {' '.join(rest)!r}")
        seen.add(rest[0])
        if rest[0] == "for":
            lasts = parse_duration(rest[1])
        elif _WEIGHT.fullmatch(rest[1]):
            weight = parse_share(rest[1])
        else:
            begins = parse_duration(rest[1])
        rest = rest[2:]
    if weight and lasts != inf:
        raise ValueError("a fault that depends on the weight is there whenever the weight is; leave `for` out")
    return Fault(text, kind, value, begins, begins + lasts, weight)
