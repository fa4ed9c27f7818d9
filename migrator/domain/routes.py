"""Routes: which calls are meant, and where each side lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Segment:
    """Only the calls of which a value passes take part; all others go to legacy.

    Attributes:
        kind: where the value stands: `header`, `claim` or `parameter` of an HTTP call, `argument` of a call of legacy
            code.
        name: of the header (lower case), the claim, the path parameter or the argument.
        values: the value as text is one of these; empty where bounds decide.
        at_least: the value is a number and not below this one, or None.
        at_most: the value is a number and not above this one, or None.
    """

    kind: str
    name: str
    values: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True, slots=True)
class Sticky:
    """Callers with one value of a key stay on one side.

    A plane that hashes takes XXH64, seed 0, of the UTF-8 text `GROUP:KEY`, modulo 10,000: below the weight in units of
    0.01 % is the canary. Routes of one group so have a caller on the same side as long as they have the same weight.

    Attributes:
        kind: where the key stands: `header` of an HTTP call, `cookie` of a plane that sets one, `argument` of a call of
            legacy code, `attribute` or `body` (a path such as `order.tenant`) of a message.
        name: of the header and so on; empty for a cookie.
        group: of the route; empty for the route's own name.
        seconds: how long a cookie lasts; 0 for all others.
    """

    kind: str
    name: str
    group: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Overrides:
    """Callers that stay on one side at any weight above 0; at 0 everybody is on legacy.

    Attributes:
        key: name of the header or argument that is looked at; empty for the one that calls are sticky by.
        canary: values that go to the canary.
        legacy: values that go to legacy; they win.
    """

    key: str = ""
    canary: tuple[str, ...] = ()
    legacy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Breaker:
    """A canary that fails again and again is left alone for a while; legacy answers meanwhile.

    Attributes:
        failures: in a row, after which it is left alone.
        open_s: how long.
    """

    failures: int
    open_s: float


@dataclass(frozen=True, slots=True)
class Mirror:
    """A share of the calls that legacy answers is copied to the canary, whose answer nobody sees.

    Attributes:
        percent: of the calls.
        allow: effects that a copied call may have: any of `email`, `http-out`, `enqueue`, `database`.
    """

    percent: float
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpMatch:
    """Which HTTP calls a route is for.

    Attributes:
        methods: upper case; empty means every method.
        path: a template such as `/api/tax/{country}`; `{name}` matches one path segment.
        segment: narrows the route to some of the calls, or None.
        hosts: names that the call is for, in lower case and without a port; empty means every name.
    """

    methods: tuple[str, ...]
    path: str
    segment: Segment | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fallback:
    """When the canary's first try fails, legacy answers.

    Attributes:
        on: any of `error`, `timeout`, `throttle`.
        methods: methods for which a second try is allowed; a retried write may run on both sides.
        timeout_s: how long the canary may take until its answer begins; later its try counts as failed.
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
        sticky: by which header, or None.
        timeout_s: how long a side may take to answer.
        overrides: by a header.
        breaker: None for none.
        max_concurrent: calls that the canary may have at once; 0 for no bound of the route's own.
        mirror: None for none.
        via: which kind of HTTP path leads to the function, by a word of `migrator.cloud_facts.http_paths`.
    """

    name: str
    match: HttpMatch
    legacy_url: str
    canary_url: str
    weight: float
    sticky: Sticky | None = None
    fallback: Fallback | None = None
    timeout_s: float = 30.0
    overrides: Overrides = Overrides()
    breaker: Breaker | None = None
    max_concurrent: int = 0
    mirror: Mirror | None = None
    via: str = "local"


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
        kind: `task` for what is sent, `call` for a function that is called and answers, `schedule` for a function that
            a scheduler fires, `queue` for messages that legacy code sends by itself.
        name: dotted name of the function; of a queue the name that legacy code asks by.
    """

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class SeamCanary:
    """Where the seam sends a call.

    Attributes:
        function: name of the Lambda function.
        alias: of the version that is called; empty for the unqualified function.
        queue: URL of the queue that leads to it; needed for tasks that are sent through one and for messages, empty
            otherwise.
        region: of AWS; empty for the one that the process has.
    """

    function: str
    alias: str = ""
    queue: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Of several schedulers that fire one schedule at one instant, the one that claims it runs it.

    Attributes:
        table: DynamoDB table with the string key `id` and the TTL attribute `expires`.
        every_s: the schedule's period: firings within one period are the same instant.
        offset_s: where a period begins, from midnight UTC of 1970-01-01 on.
    """

    table: str
    every_s: float
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SeamRoute:
    """A route of calls that legacy code makes, as the seam needs it.

    Attributes:
        weight: configured percent to the canary, 0 to 100.
        sticky: by which argument, message attribute or part of a message's body, or None.
        timeout_s: how long reaching the canary may take before legacy does the call.
        legacy_queue: of a message the URL of legacy's queue; of a task for people, may be empty.
        legacy_beat: the scheduler's own name for a schedule, for people; may be empty.
        segment: by an argument, or None.
        breaker: None for none.
        claim: of a schedule, or None.
    """

    name: str
    match: SeamMatch
    canary: SeamCanary
    weight: float
    sticky: Sticky | None = None
    overrides: Overrides = Overrides()
    timeout_s: float = 2.0
    legacy_queue: str = ""
    legacy_beat: str = ""
    segment: Segment | None = None
    breaker: Breaker | None = None
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class BalancerRoute:
    """A route of HTTP calls behind an application load balancer: one listener rule with two weighted target groups.

    Attributes:
        legacy: ARN of legacy's target group.
        canary: ARN of the target group whose target is the Lambda function.
        weight: configured percent to the canary, 0 to 100.
        sticky: by the balancer's own cookie, or None.
        priority: of the listener rule, 1 to 50,000; 0 lets the plane take a free one.
    """

    name: str
    match: HttpMatch
    legacy: str
    canary: str
    weight: float
    sticky: Sticky | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class AliasRoute:
    """A shift between two versions of one Lambda function, behind one alias.

    Attributes:
        function: name or ARN.
        legacy: the version in use so far.
        canary: the new version.
        weight: configured percent to the canary, 0 to 100.
    """

    name: str
    function: str
    alias: str
    legacy: str
    canary: str
    weight: float


AnyRoute: TypeAlias = Route | SeamRoute | BalancerRoute | AliasRoute
"""A route of whatever kind."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a route stands on its plane.

    Attributes:
        route: as it is served.
        weight: that is live, or None where it cannot be told.
        recorded: that was made live last, or None where nothing is noted.
        strange: why the weight cannot be told: somebody has pointed the route elsewhere; else empty.
    """

    route: AnyRoute
    weight: Weight | None
    recorded: Weight | None
    strange: str = ""
