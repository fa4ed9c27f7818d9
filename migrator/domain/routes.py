"""Routes: which calls are meant, and where each side lives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """Only the calls whose header has this value take part; all others go to legacy."""

    header: str
    equals: str


@dataclass(frozen=True, slots=True)
class HttpMatch:
    """Which HTTP calls a route is for.

    Attributes:
        methods: upper case; empty means every method.
        path: a template such as `/api/tax/{country}`; `{name}` matches one path segment.
        segment: narrows the route to some of the calls, or None.
    """

    methods: tuple[str, ...]
    path: str
    segment: Segment | None = None


@dataclass(frozen=True, slots=True)
class Fallback:
    """When the canary's first try fails, legacy answers.

    Attributes:
        on: any of `error`, `timeout`, `throttle`.
        methods: methods for which a second try is allowed; a retried write may run on both sides.
        timeout_s: how long the canary may take before its try counts as failed.
    """

    on: tuple[str, ...]
    methods: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Route:
    """A route as a data plane needs it.

    Attributes:
        legacy_url: base URL of the legacy system.
        canary_url: base URL of the HTTP path that leads to Lambda.
        weight: configured percent to the canary, 0 to 100.
        sticky_header: callers with one value of this header stay on one side, or an empty string.
        timeout_s: how long a side may take to answer.
    """

    name: str
    match: HttpMatch
    legacy_url: str
    canary_url: str
    weight: float
    sticky_header: str = ""
    fallback: Fallback | None = None
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Weight:
    """Percent of calls to the canary; legacy gets the rest.

    Attributes:
        canary: 0 to 100.
    """

    canary: float

    def __post_init__(self) -> None:
        if not 0 <= self.canary <= 100:
            raise ValueError(f"a weight lies between 0 and 100, not {self.canary}")

    @property
    def legacy(self) -> float:
        """Percent of calls to legacy."""
        return 100 - self.canary
