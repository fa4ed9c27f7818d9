"""Requests as API Gateway and load balancers hand them to a function.

In: a request. Out: the event. Field by field as in the AWS documentation: "Create AWS Lambda proxy integrations for
HTTP APIs" (payload format 2.0; `rawPath` is decoded there although its name says otherwise), "Set up Lambda proxy
integrations" of REST APIs, and "Lambda functions as targets for Application Load Balancers".
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.json import JsonValue

# The account, API and times are those of the documentation's own example: nobody's.
_ACCOUNT = "123456789012"
_API = "api-id"
_HOST = f"{_API}.execute-api.us-east-1.amazonaws.com"
_HEADERS = {
    "accept": "*/*",
    "host": _HOST,
    "user-agent": "migrator-example",
    "x-forwarded-for": "192.0.2.1",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


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
        "headers": dict(_HEADERS),
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


def rest_event(
    method: str, path: str, *, template: str, variables: Mapping[str, str], url: str
) -> Mapping[str, JsonValue]:
    """One request without a body, as a REST API sends it; the arguments are those of `http_event`."""
    return {
        "resource": template,
        "path": url,
        "httpMethod": method,
        "headers": dict(_HEADERS),
        "multiValueHeaders": {name: [value] for name, value in _HEADERS.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": dict(variables) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": _ACCOUNT,
            "apiId": _API,
            "domainName": _HOST,
            "domainPrefix": _API,
            "extendedRequestId": "id",
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "migrator-example"},
            "path": f"/dev{url}",
            "protocol": "HTTP/1.1",
            "requestId": "id",
            "requestTime": "12/Mar/2020:19:03:58 +0000",
            "requestTimeEpoch": 1583348638390,
            "resourceId": "123456",
            "resourcePath": template,
            "stage": "dev",
        },
        "body": None,
        "isBase64Encoded": False,
    }


def balancer_event(
    method: str, path: str, *, template: str, variables: Mapping[str, str], url: str
) -> Mapping[str, JsonValue]:
    """One request without a body, as a load balancer with multi-value headers sends it; arguments as `http_event`."""
    group = f"arn:aws:elasticloadbalancing:us-east-1:{_ACCOUNT}:targetgroup/lambda/49e9d65c45c6791a"
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": method,
        "path": url,
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": {
            **{name: [value] for name, value in _HEADERS.items()},
            "x-amzn-trace-id": ["Root=1-5c536348-3d683b8b04734faae651f476"],
        },
        "body": "",
        "isBase64Encoded": False,
    }
