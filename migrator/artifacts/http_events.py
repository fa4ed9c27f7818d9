"""Events as an HTTP API of API Gateway sends them, payload format 2.0.

In: a request. Out: the event. Field by field as in the AWS documentation, "Create AWS Lambda proxy
integrations for HTTP APIs"; `rawPath` is decoded there although its name says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.json import JsonValue

# The account, API and times are those of the documentation's own example: nobody's.
_ACCOUNT = "123456789012"
_API = "api-id"
_HOST = f"{_API}.execute-api.us-east-1.amazonaws.com"


def http_event(
    method: str, path: str, *, template: str, variables: Mapping[str, str], url: str
) -> Mapping[str, JsonValue]:
    """One request without a body.

    Args:
        path: decoded.
        template: the route that it came by, in API Gateway's syntax.
        variables: text of each variable of the route, decoded.
        url: the path as it went over the wire.
    """
    route = f"{method} {template}"
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "*/*",
            "host": _HOST,
            "user-agent": "migrator-example",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "pathParameters": dict(variables),
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": _API,
            "domainName": _HOST,
            "domainPrefix": _API,
            "http": {
                "method": method,
                "path": url,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "migrator-example",
            },
            "requestId": "id",
            "routeKey": route,
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "isBase64Encoded": False,
    }
