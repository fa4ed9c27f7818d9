"""Two answers to one request -> every way in which they differ. Pure.

JSON is compared as data: the order of keys says nothing, the order of a list does. Numbers are compared exactly,
as they were written; an integer and a fraction of equal value differ in type, since a client may read them into
different types. What is no JSON on both sides is compared byte by byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias

from migrator.compare.rules import MASK, Rules, is_secret
from migrator.domain.http import Answer
from migrator.domain.json import JsonValue

Parsed: TypeAlias = "str | int | Decimal | bool | Sequence[Parsed] | Mapping[str, Parsed] | None"

_LONGEST_EXAMPLE = 200


class Absent:
    """The type of ABSENT."""


ABSENT: Final = Absent()
"""Stands for what one side does not have; JSON's null is something it has."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference between two answers.

    Attributes:
        path: `status`, `header:NAME`, a JSON path with `[*]` for every index, or `body` for what is no JSON.
        kind: `value`, `type`, `missing`, `extra` or `length`.
        legacy: what legacy said, shortened and with secrets masked; ABSENT where it has nothing there.
        canary: what the canary said.
    """

    path: str
    kind: str
    legacy: JsonValue | Absent
    canary: JsonValue | Absent


def differences(legacy: Answer, canary: Answer, rules: Rules) -> tuple[Found, ...]:
    """Every difference that counts, each path and kind once, in the order status, headers, body."""
    found: dict[tuple[str, str], Found] = {}
    for difference in _all(legacy, canary, rules):
        if not rules.ignores(difference.path):
            found.setdefault((difference.path, difference.kind), difference)
    return tuple(found.values())


def _all(legacy: Answer, canary: Answer, rules: Rules) -> Iterator[Found]:
    if legacy.status != canary.status:
        yield Found("status", "value", legacy.status, canary.status)
    yield from _headers(legacy.headers, canary.headers, rules)
    yield from _bodies(legacy, canary)


def _headers(legacy: Mapping[str, str], canary: Mapping[str, str], rules: Rules) -> Iterator[Found]:
    for name, form in sorted(rules.forms.items()):
        ours = form(legacy[name]) if name in legacy else ABSENT
        theirs = form(canary[name]) if name in canary else ABSENT
        if ours != theirs:
            path = f"header:{name}"
            # Of cookies only the names are left here.
            hidden = is_secret(name) and name != "set-cookie"
            yield Found(path, _kind(ours, theirs), _shown(ours, hidden=hidden), _shown(theirs, hidden=hidden))


def _kind(legacy: object, canary: object) -> str:
    return "extra" if legacy is ABSENT else "missing" if canary is ABSENT else "value"


def _bodies(legacy: Answer, canary: Answer) -> Iterator[Found]:
    if legacy.body == canary.body:
        return
    ours, theirs = _parse(legacy), _parse(canary)
    if not isinstance(ours, Absent) and not isinstance(theirs, Absent):
        yield from _values("$", ours, theirs)
    elif isinstance(ours, Absent) and isinstance(theirs, Absent):
        yield Found("body", "value", *_excerpts(legacy.body, canary.body))
    else:
        yield Found("body", "type", *_excerpts(legacy.body, canary.body))


def _parse(answer: Answer) -> Parsed | Absent:
    """The body as JSON values; ABSENT for what is none."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        return ABSENT
    try:
        parsed: Parsed = json.loads(answer.body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return ABSENT
    return parsed


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _values(path: str, legacy: Parsed, canary: Parsed, *, hidden: bool = False) -> Iterator[Found]:
    if _type(legacy) != _type(canary):
        yield Found(path, "type", _shown(legacy, hidden=hidden), _shown(canary, hidden=hidden))
    elif isinstance(legacy, Mapping) and isinstance(canary, Mapping):
        for key in dict.fromkeys([*legacy, *canary]):
            below = f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key, ensure_ascii=False)}]"
            secret = hidden or is_secret(key)
            if key in legacy and key in canary:
                yield from _values(below, legacy[key], canary[key], hidden=secret)
            elif key in legacy:
                yield Found(below, "missing", _shown(legacy[key], hidden=secret), ABSENT)
            else:
                yield Found(below, "extra", ABSENT, _shown(canary[key], hidden=secret))
    elif isinstance(legacy, list) and isinstance(canary, list):
        if len(legacy) != len(canary):
            yield Found(path, "length", len(legacy), len(canary))
        for ours, theirs in zip(legacy, canary, strict=False):
            yield from _values(f"{path}[*]", ours, theirs, hidden=hidden)
    elif legacy != canary:
        yield Found(path, "value", _shown(legacy, hidden=hidden), _shown(canary, hidden=hidden))


def _type(value: Parsed) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case Decimal():
            return "fraction"
        case str():
            return "string"
        case None:
            return "null"
        case Mapping():
            return "object"
        case _:
            return "list"


def _shown(value: Parsed | Absent, *, hidden: bool) -> JsonValue | Absent:
    """A value for an example: no secret, not too long, and plain JSON."""
    if isinstance(value, Absent):
        return value
    if hidden:
        return MASK
    match value:
        case bool() | int() | None:
            return value
        case Decimal():
            nearest = float(value)
            # As text where a float would round away the very difference.
            return nearest if Decimal(repr(nearest)) == value else str(value)
        case str():
            return value if len(value) <= _LONGEST_EXAMPLE else f"{value[:_LONGEST_EXAMPLE]}…"
        case _:
            text = json.dumps(_masked(value), ensure_ascii=False, default=str)
            return text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]}…"


def _masked(value: Parsed) -> object:
    """A copy in which the fields that look secret are masked."""
    if isinstance(value, Mapping):
        return {key: MASK if is_secret(key) else _masked(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_masked(below) for below in value]
    return value


def _excerpts(legacy: bytes, canary: bytes) -> tuple[str, str]:
    """Both bodies from a little before the first byte that differs."""
    pairs = zip(legacy, canary, strict=False)
    first = next((at for at, (ours, theirs) in enumerate(pairs) if ours != theirs), min(len(legacy), len(canary)))
    return _excerpt(legacy, first), _excerpt(canary, first)


def _excerpt(body: bytes, first: int) -> str:
    start = max(0, first - 40)
    part = body[start : start + 120]
    text = part.decode("utf-8", errors="backslashreplace")
    before, after = ("…" if start else ""), ("…" if start + 120 < len(body) else "")
    return f"{before}{text}{after} ({len(body)} bytes, from byte {first})"
