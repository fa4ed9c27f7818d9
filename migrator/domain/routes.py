"""Routes: which calls are meant, and where each side lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


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


@dataclass(frozen=True, slots=True)
class SeamMatch:
    """Which calls of legacy code a route is for.

    Attributes:
        kind: `task` for what is sent, `call` for a function that is called and answers.
        name: dotted name of the function.
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class SeamCanary:
    """Where the seam sends a call.

    Attributes:
        function: name of the Lambda function.
        alias: of the version that is called; empty for the unqualified function.
        queue: URL of the queue that leads to it; needed for tasks that are sent through one, empty otherwise.
        region: of AWS; empty for the one that the process has.
    """

    function: str
    alias: str = ""
    queue: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Callers that stay on one side at any weight above 0; at 0 everybody is on legacy.

    Attributes:
        argument: whose value is looked at; empty for the one that calls are sticky by.
        canary: values that go to the canary.
        legacy: values that go to legacy; they win.
    """

    argument: str = ""
    canary: tuple[str, ...] = ()
    legacy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SeamRoute:
    """A route of calls that legacy code makes, as the seam needs it.

    Attributes:
        weight: configured percent to the canary, 0 to 100.
        sticky_argument: calls with one value of this argument stay on one side, or an empty string.
        timeout_s: how long reaching the canary may take before legacy does the call.
        legacy_queue: where legacy sends the task, for people; may be empty.
    """

    name: str
    match: SeamMatch
    canary: SeamCanary
    weight: float
    sticky_argument: str = ""
    overrides: Overrides = Overrides()
    timeout_s: float = 2.0
    legacy_queue: str = ""


AnyRoute: TypeAlias = Route | SeamRoute
"""A route of whatever kind."""
