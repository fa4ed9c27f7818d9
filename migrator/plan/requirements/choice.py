"""Which of the places that speak of a distribution decides its version.

In: the pins of one distribution. Out: a `Chosen` with the place and the places that say otherwise. A reference to
a repository or a path stands as it is; an exact version beats a range and a lock every other file; what only
developers install has a say only where nobody else names a version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.specifiers import SpecifierSet

from migrator.plan.requirements.pins import Group, Kind, Pin

_MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is asked of a distribution, and why.

    Attributes:
        name: the distribution as the monolith writes it.
        version: a bare version for an exact one, a range, `@ ADDRESS` for a reference, or an empty string.
        extras: what the monolith asks for, sorted.
        reason: the deciding place and what others say instead, such as
            `3.1.3 by uv.lock:12:1, against >=4 of setup.cfg:9:1`.
        reference: the pin where the distribution comes from elsewhere than an index.
    """

    name: str
    version: str
    extras: tuple[str, ...]
    reason: str
    reference: Pin | None = None


def choose(pins: Sequence[Pin]) -> Chosen:
    """Weigh all pins of one distribution; there is at least one."""
    group = group_of(pins)
    asking = [pin for pin in pins if pin.kind is not Kind.LOCK and pin.group == group] or list(pins)
    extras = tuple(sorted({extra for pin in asking for extra in pin.extras}))
    name = asking[0].name
    referring = [pin for pin in pins if pin.reference and pin.group == group]
    if referring:
        # What was asked for is more readable, but only the lock knows the revision.
        pin = min(referring, key=lambda each: each.kind)
        return Chosen(name, f"@ {pin.reference}", extras, f"from {pin.reference} by {pin.place}", pin)
    exact = _exact(pins, group)
    if exact is not None:
        version = exact.exact if "===" not in str(exact.specifier) else str(exact.specifier)
        others = [pin for pin in pins if not pin.allows(exact.exact)]
        return Chosen(name, version, extras, f"{exact.exact} by {exact.place}{_against(others)}")
    ranges = [pin for pin in asking if pin.specifier]
    if not ranges:
        return Chosen(name, "", extras, f"no version by {asking[0].place}")
    specifier, agreeing = _common(ranges)
    places = " and ".join(dict.fromkeys(str(pin.place) for pin in agreeing[:2]))
    others = [pin for pin in ranges if pin not in agreeing]
    return Chosen(name, str(specifier), extras, f"{specifier} by {places}{_against(others)}")


def group_of(pins: Sequence[Pin]) -> Group:
    """Who needs a distribution: what the project's own files say, and what its lock says where they do not name it."""
    return min(pin.group for pin in [pin for pin in pins if pin.kind is not Kind.LOCK] or pins)


def _exact(pins: Sequence[Pin], group: Group) -> Pin | None:
    """The most binding exact version; one of the developers must be allowed by what the running system asks."""
    asked = [pin for pin in pins if pin.group == group and pin.kind is not Kind.LOCK]
    candidates = [
        pin
        for pin in pins
        if pin.exact
        and (pin.kind is Kind.LOCK or pin.group <= group or all(other.allows(pin.exact) for other in asked))
    ]
    return min(candidates, key=lambda pin: pin.kind, default=None)


def _common(ranges: Sequence[Pin]) -> tuple[SpecifierSet, list[Pin]]:
    """All ranges at once, as pip would take them; a range that leaves nothing of those before it is left out."""
    specifier = SpecifierSet()
    agreeing: list[Pin] = []
    for pin in sorted(ranges, key=lambda each: each.kind):
        narrower = specifier & pin.specifier
        if agreeing and narrower.is_unsatisfiable():
            continue
        specifier, agreeing = narrower, [*agreeing, pin]
    return specifier, agreeing


def _against(others: Sequence[Pin]) -> str:
    told = list(dict.fromkeys(f"{pin.exact or pin.specifier} of {pin.place}" for pin in others if pin.specifier))
    if not told:
        return ""
    more = f" and {len(told) - _MOST_TOLD} more" if len(told) > _MOST_TOLD else ""
    return f", against {', '.join(told[:_MOST_TOLD])}{more}"
