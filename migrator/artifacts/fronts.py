"""What may stand before a route: an HTTP API or a REST API of API Gateway, or an Application Load Balancer.

In: a kind of front. Out: a `Front`: what the templates of a handler say of it, and the example events as it sends
them. Which of them decode what: HTTP APIs decode the path and leave the query as it was; REST APIs leave the path and
decode the query; load balancers leave both ("Using Lambda with ...", and captures of live events, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from migrator.artifacts.http_events import balancer_event, http_event, rest_event
from migrator.domain.json import JsonValue
from migrator.domain.plans import EventSource

EventMaker: TypeAlias = Callable[..., Mapping[str, JsonValue]]


@dataclass(frozen=True, slots=True)
class Front:
    """What is before a handler.

    Attributes:
        behind: in words, with its article.
        of: in words, for a sentence of the handler's docstring.
        resolver: class of Powertools that takes the events and writes the answers.
        event: class of Powertools that an event is.
        correlation: name of the path to the request's id.
        keys: Python source of the keys that each line of the log has.
        multi: whether headers and query are lists of values.
        decoded: whether the path comes decoded.
        raw_query: whether the values of the query come as they were sent.
        address: Python source of the caller's address.
        sam: folder of the template's parts.
        make_event: makes an example.
    """

    behind: str
    of: str
    resolver: str
    event: str
    correlation: str
    keys: str
    multi: bool
    decoded: bool
    raw_query: bool
    address: str
    sam: str
    make_event: EventMaker


_FRONTS: Mapping[EventSource, Front] = {
    EventSource.HTTP_API: Front(
        behind="an HTTP API",
        of="an HTTP API of API Gateway",
        resolver="APIGatewayHttpResolver",
        event="APIGatewayProxyEventV2",
        correlation="API_GATEWAY_HTTP",
        keys='stage=event["requestContext"]["stage"], route=event["routeKey"]',
        multi=False,
        decoded=True,
        raw_query=True,
        address="event.request_context.http.source_ip",
        sam="http_api",
        make_event=http_event,
    ),
    EventSource.REST_API: Front(
        behind="a REST API",
        of="a REST API of API Gateway",
        resolver="APIGatewayRestResolver",
        event="APIGatewayProxyEvent",
        correlation="API_GATEWAY_REST",
        keys='stage=event["requestContext"]["stage"], route=event["resource"]',
        multi=True,
        decoded=False,
        raw_query=False,
        address='event["requestContext"]["identity"]["sourceIp"]',
        sam="rest_api",
        make_event=rest_event,
    ),
    EventSource.LOAD_BALANCER: Front(
        behind="a load balancer",
        of="an Application Load Balancer",
        resolver="ALBResolver",
        event="ALBEvent",
        correlation="APPLICATION_LOAD_BALANCER",
        keys='stage=os.environ.get("STAGE", ""), route=event["path"]',
        multi=True,
        decoded=False,
        raw_query=True,
        # The balancer adds whom it talks to at the end; what stands before it is the caller's word.
        address='headers.get("x-forwarded-for", "").rpartition(",")[2].strip()',
        sam="load_balancer",
        make_event=balancer_event,
    ),
}


def front_of(source: EventSource) -> Front:
    """The front of a kind."""
    return _FRONTS[source]
