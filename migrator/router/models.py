"""The shape of `router.yaml`, version 1, as pydantic models.

In: plain values. Out: typed models and, through them, the published JSON Schema. The rules that tie values of
different keys together stand in `checks`; conversion to the domain in `convert`.

What a route's `match` names decides which model it follows; a route of schedules will be one more in `AnyRoute`.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

from migrator.router.config import SIDE_HEADER
from migrator.router.quantities import BaseUrl, Duration, LoopbackAddress, Points, Quantile

Method: TypeAlias = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
METHODS: tuple[Method, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_NAME = r"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$"
_HEADER = r"^[A-Za-z0-9!#$&'*+.^_`|~-]{1,128}$"
_PARAMETER = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


def _template(value: str) -> str:
    if not value.startswith("/"):
        raise ValueError(f"a path starts with a slash, found {value!r}")
    if "?" in value or "#" in value:
        raise ValueError("a path has no query and no fragment")
    if re.search(r"[\s\x00-\x1f\x7f]", value):
        raise ValueError("a path has no blanks and no control characters")
    names: list[str] = []
    for part in value[1:].split("/"):
        if part in (".", ".."):
            raise ValueError("a path has no . or .. in it")
        if "{" in part or "}" in part:
            if _PARAMETER.fullmatch(part) is None:
                raise ValueError(f"a parameter takes a whole part of the path, such as /{{country}}, found {part!r}")
            names.append(part)
    if "//" in value:
        raise ValueError("a path has no empty parts")
    if len(set(names)) != len(names):
        raise ValueError("a parameter's name stands twice in the path")
    return value


Name = Annotated[str, Field(pattern=_NAME, examples=["tax"])]
Header = Annotated[str, Field(pattern=_HEADER, examples=["x-tenant"])]
PathTemplate = Annotated[
    str, AfterValidator(_template), Field(min_length=1, max_length=1024, examples=["/api/tax/{country}"])
]
DottedName = Annotated[
    str,
    Field(pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)+$", max_length=512, examples=["shop.tasks.mail.send_order_mail"]),
]
Argument = Annotated[str, Field(pattern=r"^[^\W\d]\w*$", max_length=256, examples=["order_id"])]
Tenant = Annotated[str, Field(min_length=1, max_length=1024)]
Percent = Annotated[float, Field(ge=0, le=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=False)


class Plane(_Strict):
    """The data plane that carries the routes."""

    kind: Literal["envoy"] = Field(description="Which data plane; this version has envoy.")
    admin: LoopbackAddress = Field(description="Loopback host:port of its control interface.")
    listen: LoopbackAddress = Field(description="Loopback host:port where it takes the calls.")
    side_header: Header | Literal[""] = Field(
        default=SIDE_HEADER, description="Response header that says legacy, canary or fallback; empty for none."
    )


class Seam(_Strict):
    """The seam in legacy code, which reads its weights from a file."""

    weights: Annotated[str, Field(min_length=1, max_length=4096, examples=["../shop/migrator_seam.json"])] = Field(
        description="The file, from the folder of this one on."
    )
    figures: Annotated[str, Field(max_length=4096)] = Field(
        default="", description="The file that the seam adds its figures to; left out: the one beside the weights."
    )


class Legacy(_Strict):
    """The legacy system."""

    url: BaseUrl = Field(description="Scheme, host and port; the path of a call is sent on as it is.")


class Segment(_Strict):
    """Narrows a route to the calls that have this header value; all others go to legacy."""

    header: Header
    equals: Annotated[str, Field(min_length=1, max_length=1024)]


class HttpMatch(_Strict):
    """Which HTTP calls a route is for."""

    methods: list[Method] = Field(default=[], description="Empty or left out: every method.")
    path: PathTemplate = Field(description="{name} stands for one part of the path.")
    segment: Segment | None = None


class Match(_Strict):
    """Which HTTP calls a route is for."""

    http: HttpMatch


class TaskMatch(_Strict):
    """A task of legacy code, each time that it is sent."""

    task: DottedName = Field(description="The function, as migrator seam add has it.")


class CallMatch(_Strict):
    """A function of legacy code, each time that it is called."""

    call: DottedName = Field(description="The function, as migrator seam add has it.")


class Canary(_Strict):
    """The Lambda function behind the route."""

    lambda_name: Annotated[str, Field(alias="lambda", min_length=1, max_length=140, description="Function name.")]
    alias: Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9$_-]*$")] = ""
    url: BaseUrl = Field(description="Base URL of the HTTP path that leads to it; its path is put before the call's.")


def _calls_kind(value: object) -> str:
    is_call = isinstance(value, CallMatch) or (isinstance(value, dict) and "call" in value and "task" not in value)
    return CALL_MATCH if is_call else TASK_MATCH


# Tags that are no keys of the file, so that a mistake's place can be told from them.
TASK_MATCH, CALL_MATCH = "task match", "call match"
AnyCalls: TypeAlias = Annotated[
    Annotated[TaskMatch, Tag(TASK_MATCH)] | Annotated[CallMatch, Tag(CALL_MATCH)], Discriminator(_calls_kind)
]


class SeamCanary(_Strict):
    """The Lambda function that takes the calls over."""

    lambda_name: Annotated[str, Field(alias="lambda", min_length=1, max_length=140, description="Function name.")]
    alias: Annotated[str, Field(max_length=128, pattern=r"^[A-Za-z0-9$_-]*$")] = ""
    queue: BaseUrl | Literal[""] = Field(
        default="", description="QueueUrl among the outputs of the service's stack; tasks are sent there."
    )
    region: Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9-]*$")] = ""
    invoke: Literal["event", "request"] | None = Field(
        default=None, description="What the match says already: a task is an event, a call is a request."
    )


class LegacyQueue(_Strict):
    """Where legacy sends its task; for people, since the seam leaves a task of legacy to its own library."""

    queue: Annotated[str, Field(min_length=1, max_length=256, examples=["celery"])]


class Sticky(_Strict):
    """Callers with one value of this header stay on one side."""

    header: Header


class StickyArgument(_Strict):
    """Calls with one value of this argument stay on one side, the one that HTTP calls with this value are on."""

    argument: Argument


class Overrides(_Strict):
    """Callers that stay on one side at any weight above 0."""

    argument: Argument | Literal[""] = Field(
        default="", description="Whose value is looked at; left out: the one of sticky."
    )
    canary: list[Tenant] = Field(default=[], max_length=10_000, description="Values that go to the canary.")
    legacy: list[Tenant] = Field(default=[], max_length=10_000, description="Values that go to legacy; they win.")


class Fallback(_Strict):
    """Legacy answers when the canary's first try fails."""

    on: list[Literal["error", "timeout", "throttle"]] = Field(
        default=["error", "timeout", "throttle"], min_length=1, description="Which failures get a second try."
    )
    methods: list[Method] = Field(min_length=1, description="The methods that may be tried twice.")
    timeout: Duration = Field(default=1.0, description="How long the canary's try may take.")
    idempotent: bool = Field(
        default=False, description="Says that a write that runs on both sides does no harm; needed for write methods."
    )


class Step(_Strict):
    """A weight, and how long it must hold up before the next one."""

    weight: Percent
    bake: Duration = Field(description="How long the weight holds before the next step.")
    min_requests: int = Field(default=20, ge=0, description="Canary requests that must have been seen.")


class ErrorRate(_Strict):
    """The canary's share of failed first tries against legacy's."""

    worse_by: Points


class Latency(_Strict):
    """A quantile of the canary's answer time against legacy's."""

    quantile: Quantile
    ratio: float = Field(gt=0, le=1000)


class Parity(_Strict):
    """How many different answers the last comparison may show."""

    different: int = Field(ge=0)


class ErrorRateGate(_Strict):
    """Rolls back when the canary fails more often than legacy by over this many points."""

    error_rate: ErrorRate


class LatencyGate(_Strict):
    """Rolls back when the canary is slower than legacy by over this ratio."""

    latency: Latency


class ParityGate(_Strict):
    """No weight unless the last comparison is good enough."""

    parity: Parity


GATES = ("error_rate", "latency", "parity")


def _gate_kind(value: object) -> str | None:
    if isinstance(value, dict):
        return next((kind for kind in GATES if kind in value), next(iter(value), ""))
    return next((kind for kind in GATES if hasattr(value, kind)), None)


AnyGate: TypeAlias = Annotated[
    Annotated[ErrorRateGate, Tag("error_rate")]
    | Annotated[LatencyGate, Tag("latency")]
    | Annotated[ParityGate, Tag("parity")],
    Discriminator(_gate_kind),
]


class Rollout(_Strict):
    """The steps of the rollout and the gates that hold at each of them."""

    steps: list[Step] = Field(min_length=1, max_length=100)
    gates: list[AnyGate] = Field(default=[], max_length=20)


class HttpRoute(_Strict):
    """A route of HTTP calls."""

    name: Name
    match: Match
    legacy: Legacy | None = Field(default=None, description="Left out: the legacy system at the top of the file.")
    canary: Canary
    weight: Percent = Field(description="Percent of the calls that go to the canary.")
    sticky: Sticky | None = None
    fallback: Fallback | None = None
    timeout: Duration = Field(default=30.0, description="How long a side may take to answer.")
    mirror: Annotated[float, Field(ge=0, le=0)] = Field(
        default=0, description="Share of calls copied to the canary; only 0 in this version."
    )
    rollout: Rollout | None = Field(
        default=None,
        description="Left out: 5 % for 5m, 25 % for 15m, 100 % for 1h, and an error-rate gate of 1pp.",
    )


class SeamRoute(_Strict):
    """A route of calls that legacy code makes: the seam in it asks for the side of each."""

    name: Name
    match: AnyCalls
    legacy: LegacyQueue | None = None
    canary: SeamCanary
    weight: Percent = Field(description="Percent of the calls that go to the canary.")
    sticky: StickyArgument | None = None
    overrides: Overrides | None = None
    timeout: Duration = Field(default=2.0, description="How long reaching the canary may take.")
    rollout: Rollout | None = Field(
        default=None,
        description="Left out: 5 % for 5m, 25 % for 15m, 100 % for 1h, and an error-rate gate of 1pp.",
    )


ROUTES = ("http", "seam")


def _route_kind(value: object) -> str:
    """What has neither is taken for HTTP, so that its mistakes are those of the usual shape."""
    if isinstance(value, SeamRoute):
        return "seam"
    match = value.get("match") if isinstance(value, dict) else None
    return "seam" if isinstance(match, dict) and ("task" in match or "call" in match) else "http"


AnyRoute: TypeAlias = Annotated[
    Annotated[HttpRoute, Tag("http")] | Annotated[SeamRoute, Tag("seam")], Discriminator(_route_kind)
]


class RouterFile(_Strict):
    """Which share of which calls goes to Lambda."""

    version: Literal[1]
    plane: Plane | None = Field(default=None, description="Needed where there are routes of HTTP calls.")
    seam: Seam | None = Field(default=None, description="Needed where there are routes of tasks or calls.")
    legacy: Legacy | None = Field(
        default=None,
        description="Where the calls go that no route matches; needed unless all routes name the same legacy system.",
    )
    routes: list[AnyRoute]
