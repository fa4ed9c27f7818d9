"""Where the figures of a route are read, if not from what carries its calls.

In: what the configuration says. Out: frozen values for the sources of figures, and what is wrong with a selector. How
figures are read is left to the adapters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

ROUTE: Final = "$route"
"""Stands for the route's name in a selector."""

PROMETHEUS_LAG_S: Final = 30.0
CLOUDWATCH_LAG_S: Final = 180.0

_NAME = r"[A-Za-z_:][A-Za-z0-9_:]*"
_QUOTED = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_LABEL = rf"\s*[A-Za-z_][A-Za-z0-9_]*\s*(?:=~|!~|!=|=)\s*{_QUOTED}\s*"
_LABELS = rf"\{{(?:{_LABEL}(?:,{_LABEL})*,?\s*)?\}}"
_SELECTOR = re.compile(rf"\s*(?P<name>{_NAME})\s*(?:{_LABELS})?\s*")
_CALLED = re.compile(r"([A-Za-z_]+)\s*(?:by\s*|without\s*)?\(")
_PER_TIME = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})
_QUANTILE = frozenset({"histogram_quantile", "quantile", "quantile_over_time"})
_ADDED_UP = frozenset({"sum"})


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where a bearer token stands: in an environment variable or in a file."""

    env: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class SideSelectors:
    """The series that count what one side did; the values of all of them are added up.

    Attributes:
        requests: first tries.
        failures: those of them that failed.
        throttled: those of the failures that were throttled; empty where nothing tells.
        times: buckets of a histogram of answer times, with the label `le`; empty where nothing tells. Answers between two
            bounds are booked at the upper one, so that two quantiles between them look alike.
    """

    requests: tuple[str, ...]
    failures: tuple[str, ...]
    throttled: tuple[str, ...] = ()
    times: tuple[str, ...] = ()

    def of(self, route: str) -> SideSelectors:
        """The same with the route's name in them."""
        name = route.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'").replace("\n", "\\n")
        named = {
            key: tuple(selector.replace(ROUTE, name) for selector in getattr(self, key))
            for key in ("requests", "failures", "throttled", "times")
        }
        return replace(self, **named)


@dataclass(frozen=True, slots=True)
class PrometheusFigures:
    """What Prometheus has of a route.

    Attributes:
        url: of its HTTP API, without `/api/v1`.
        lag_s: how long figures are waited for; not less than the scrape interval.
        token: None for none.
        unit_ms: milliseconds in a unit of `le`; Prometheus counts in seconds by convention.
    """

    url: str
    legacy: SideSelectors
    canary: SideSelectors
    lag_s: float = PROMETHEUS_LAG_S
    token: TokenSource | None = field(default=None)
    unit_ms: float = 1000.0


@dataclass(frozen=True, slots=True)
class CloudWatchFigures:
    """How CloudWatch is asked for the figures of a load balancer or an alias.

    Attributes:
        lag_s: how long figures are waited for; longer than the functions may run.
        region: empty for that of what carries the calls.
        endpoint: empty for that of what carries the calls.
    """

    lag_s: float = CLOUDWATCH_LAG_S
    region: str = ""
    endpoint: str = ""


Figures: TypeAlias = PrometheusFigures | CloudWatchFigures


def why_no_counters(selector: str) -> str:
    """Why a text does not select counters, with what to write instead; an empty string where it may.

    Sequential tests need counts. What comes out of `rate()` is extrapolated and smoothed, a quantile cannot be added up,
    and a sum hides which of its counters began anew.
    """
    if (found := _SELECTOR.fullmatch(selector)) is not None:
        if found["name"].endswith(("_sum", "_created")):
            return f"{found['name']} is no count; name the counter, such as {found['name'].rpartition('_')[0]}_count"
        return ""
    called = {name.lower() for name in _CALLED.findall(re.sub(_QUOTED, "", selector))}
    if called & _PER_TIME:
        return 'a rate is no count; name the counter itself, such as http_requests_total{job="shop"}'
    if called & _QUANTILE:
        return "a quantile is no count; name the histogram's buckets, such as http_request_duration_seconds_bucket{...}"
    if called & _ADDED_UP:
        return "a sum hides counters that begin anew; name the series themselves, they are added up here"
    if called:
        return (
            f'{min(called)}() gives no counters; name the series themselves, such as http_requests_total{{job="shop"}}'
        )
    return 'is no selector of series, such as http_requests_total{job="shop"}'
