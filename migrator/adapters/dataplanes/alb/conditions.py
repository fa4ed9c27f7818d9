"""Which calls a listener rule is for, as an application load balancer says it.

In: an `HttpMatch`. Out: the conditions of a rule, or a `UsageError` that says what such a rule cannot tell apart. A
parameter of a path becomes a regular expression for one segment: the wildcard `*` matches slashes too, and would take
calls that the template does not name. Values of a header become one as well: plain values are compared without case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from migrator.cloud_facts.load_balancers import (
    HEADER_NAME_LENGTH,
    VALUE_LENGTH,
    VALUES_PER_CONDITION,
    VALUES_PER_RULE,
)
from migrator.domain.routes import HttpMatch, Segment
from migrator.errors import UsageError
from migrator.router.paths import parts_of

Json = dict[str, Any]
Normal = frozenset[tuple[str, str, frozenset[str], frozenset[str]]]
"""Conditions without their order: field, name of the header, values, regular expressions."""

_CONFIGS: Final[Mapping[str, str]] = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
}
_SHOWN: Final[Mapping[str, str]] = {
    "path-pattern": "path",
    "host-header": "hosts",
    "http-header": "values of the header",
    "http-request-method": "methods",
}
# What RFC 3986 allows in a part of a path without percent signs.
_PLAIN: Final = "!$&'()*+,;=:@-._~"
# What a path pattern may hold and takes literally.
_LITERAL_PATH: Final = re.compile(r"[A-Za-z0-9_\-.$/~\"'@:+]+")
_HOST: Final = re.compile(r"[A-Za-z0-9_.-]+\.[A-Za-z]+")
_METHOD: Final = re.compile(r"[A-Z_-]{1,40}")
_SPECIAL: Final = re.compile(r"[\\.^$|?*+()\[\]{}]")
# AWS compares a regular expression to "the request URL" and does not say whether a query belongs to it: both will do.
_QUERY: Final = r"(\?.*)?"


def conditions_of(match: HttpMatch) -> tuple[Json, ...]:
    """The conditions of the rule.

    Raises:
        UsageError: a rule cannot say this, or has no room for it.
    """
    found = [_path(match.path, match.segment)]
    if match.methods:
        found.append(_methods(match.methods))
    if match.hosts:
        found.append(_hosts(match.hosts))
    if match.segment is not None and match.segment.kind == "header":
        found.append(_header(match.segment))
    _check_room(found)
    return tuple(found)


def normal(conditions: Iterable[Mapping[str, Any]]) -> Normal:
    """Equal for conditions that mean the same: AWS gives some of them back in two forms at once."""
    found = set()
    for condition in conditions:
        field = str(condition.get("Field", ""))
        config = condition.get(_CONFIGS.get(field, ""), {})
        found.add(
            (
                field,
                str(config.get("HttpHeaderName", "")).lower(),
                frozenset(map(str, [*config.get("Values", ()), *condition.get("Values", ())])),
                frozenset(map(str, [*config.get("RegexValues", ()), *condition.get("RegexValues", ())])),
            )
        )
    return frozenset(found)


def shown(conditions: Iterable[Mapping[str, Any]]) -> HttpMatch:
    """The nearest to what conditions say that this program did not write, for people to compare."""
    found = {field: (name, sorted(values | patterns)) for field, name, values, patterns in normal(conditions)}
    header, values = found.get("http-header", ("", []))
    return HttpMatch(
        methods=tuple(found.get("http-request-method", ("", []))[1]),
        path=" or ".join(found.get("path-pattern", ("", []))[1]),
        segment=Segment("header", header, tuple(values)) if header else None,
        hosts=tuple(found.get("host-header", ("", []))[1]),
    )


def _path(template: str, segment: Segment | None) -> Json:
    """The whole path, exactly; a parameter that the segment narrows has its values there."""
    chosen = _parameter(template, segment)
    if None not in parts_of(template) and _LITERAL_PATH.fullmatch(template):
        return _condition("path-pattern", values=[template])
    words = [
        _word(raw) if part is not None else chosen.get(raw, "[^/?]+")
        for raw, part in zip(template[1:].split("/"), parts_of(template), strict=True)
    ]
    return _condition("path-pattern", patterns=[f"^/{'/'.join(words)}{_QUERY}$"])


def _parameter(template: str, segment: Segment | None) -> Mapping[str, str]:
    """The expression for the parameter that a segment names."""
    match segment:
        case None | Segment(kind="header"):
            return {}
        case Segment(kind="parameter", values=(_, *_), at_least=None, at_most=None) if (
            f"{{{segment.name}}}" in template.split("/")
        ):
            return {f"{{{segment.name}}}": f"({'|'.join(map(_word, segment.values))})"}
        case Segment(kind="parameter"):
            raise UsageError(
                f"a load balancer cannot tell calls apart by the bounds of the path parameter {segment.name}",
                hint="list the values of the parameter, and let the path name it",
            )
        case _:
            raise UsageError(
                f"a load balancer cannot tell calls apart by the {segment.kind} {segment.name}",
                hint="use a header or a path parameter, or Envoy as the plane",
            )


def _word(word: str) -> str:
    """An expression for a part of the path as it goes over the wire: percent-encoded, hex digits in either case."""
    pieces = re.split(r"(%[0-9A-F]{2})", quote(word, safe=_PLAIN))
    return "".join(_either_case(piece) if piece.startswith("%") else _escaped(piece) for piece in pieces)


def _either_case(escape: str) -> str:
    return "".join(f"[{digit}{digit.lower()}]" if digit.isalpha() else digit for digit in escape)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


def _methods(methods: Sequence[str]) -> Json:
    for method in methods:
        if not _METHOD.fullmatch(method):
            raise UsageError(f"a load balancer cannot compare the method {method}", hint="A-Z, - and _ are allowed")
    return _condition("http-request-method", values=list(methods))


def _hosts(hosts: Sequence[str]) -> Json:
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise UsageError(
                f"a load balancer cannot compare the host {host}",
                hint="it takes names with a dot whose last part has letters only, such as shop.example.com",
            )
    return _condition("host-header", values=list(hosts))


def _header(segment: Segment) -> Json:
    if not segment.values or segment.at_least is not None or segment.at_most is not None:
        raise UsageError(
            f"a load balancer cannot compare the header {segment.name} as a number", hint="list the values"
        )
    if segment.name.lower() == "host":
        raise UsageError("the header host is compared as a host", hint="name the hosts in the match")
    if len(segment.name) > HEADER_NAME_LENGTH:
        raise UsageError(
            f"the name of the header {segment.name} has {len(segment.name)} characters; "
            f"a load balancer compares names of up to {HEADER_NAME_LENGTH}"
        )
    values = "|".join(map(_escaped, segment.values))
    return _condition("http-header", patterns=[f"^({values})$"], header=segment.name)


def _condition(field: str, *, values: Sequence[str] = (), patterns: Sequence[str] = (), header: str = "") -> Json:
    name = {"HttpHeaderName": header} if header else {}
    kept = {key: list(each) for key, each in (("Values", values), ("RegexValues", patterns)) if each}
    return {"Field": field, _CONFIGS[field]: {**name, **kept}}


def _check_room(conditions: Sequence[Json]) -> None:
    """That AWS's bounds hold; each value and each expression counts once."""
    counts = {}
    for condition in conditions:
        field = condition["Field"]
        config = condition[_CONFIGS[field]]
        values = [*config.get("Values", ()), *config.get("RegexValues", ())]
        for value in values:
            if len(value) > VALUE_LENGTH:
                raise UsageError(
                    f"the {_SHOWN[field]} {value} has {len(value)} characters for a load balancer, "
                    f"which compares up to {VALUE_LENGTH}",
                    hint="shorten it, or split the route",
                )
        if len(values) > VALUES_PER_CONDITION:
            raise UsageError(
                f"{len(values)} {_SHOWN[field]} are too many for a rule of a load balancer, "
                f"which compares up to {VALUES_PER_CONDITION} of a kind: {', '.join(values)}",
                hint="split the route" + (", or name no method to take all" if "method" in field else ""),
            )
        counts[_SHOWN[field]] = len(values)
    if sum(counts.values()) > VALUES_PER_RULE:
        listed = ", ".join(f"{count} {what}" for what, count in counts.items())
        raise UsageError(
            f"a rule of a load balancer compares up to {VALUES_PER_RULE} values, these are {sum(counts.values())}: {listed}",
            hint="split the route, or name fewer of them",
        )
