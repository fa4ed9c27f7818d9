"""HTTP for the handler: an event of API Gateway to a WSGI application, and its answer back."""

from __future__ import annotations

import sys
from base64 import b64decode
from io import BytesIO
from typing import Any, cast
from wsgiref.types import WSGIApplication

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
_TEXT = ("text/", "application/json", "application/xml", "application/javascript")


def call(application: WSGIApplication, event: APIGatewayProxyEventV2) -> Response[str | bytes]:
    """Send one request through the application."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        started.append((status, headers))
        return None

    parts = application(environment(event), start_response)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, pairs = started[-1]
    headers: dict[str, str | list[str]] = {}
    cookies: list[str] = []
    for name, value in pairs:
        match name.lower():
            case "set-cookie":
                # Django leads with a space, which a server would drop.
                cookies.append(value.strip())
            case "content-length":
                pass  # API Gateway counts for itself, and what it gets here may be base64
            case lower:
                headers[lower] = [*headers.get(lower, []), value]
    # Powertools only asks a cookie for its text.
    return Response(
        int(status.split()[0]),
        body=_text_or_bytes(body, headers),
        headers=headers,
        cookies=cast("Any", cookies),
    )


def environment(event: APIGatewayProxyEventV2) -> dict[str, Any]:
    """The request as WSGI has it (PEP 3333): text is the bytes of UTF-8, read as Latin-1."""
    headers = {name.lower(): value for name, value in event.headers.items()}
    body = event.body or ""
    data = b64decode(body) if event.is_base64_encoded else body.encode()
    made: dict[str, Any] = {
        "REQUEST_METHOD": event.http_method,
        "SCRIPT_NAME": "",
        "PATH_INFO": event.path.encode().decode("latin-1"),
        "QUERY_STRING": event.raw_query_string,
        "SERVER_NAME": headers.get("host", "localhost").partition(":")[0],
        "SERVER_PORT": headers.get("x-forwarded-port", "443"),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": event.request_context.http.source_ip,
        "CONTENT_LENGTH": str(len(data)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": headers.get("x-forwarded-proto", "https"),
        "wsgi.input": BytesIO(data),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if event.cookies:
        made["HTTP_COOKIE"] = "; ".join(event.cookies)
    for name, value in headers.items():
        match name:
            case "content-type":
                made["CONTENT_TYPE"] = value
            case "content-length" | "cookie":
                pass
            case _:
                made["HTTP_" + name.upper().replace("-", "_")] = value
    return made


def _text_or_bytes(body: bytes, headers: dict[str, str | list[str]]) -> str | bytes:
    """Text as text, anything else as bytes, which go to API Gateway in base64."""
    kind = "".join(headers.get("content-type", ""))
    if "content-encoding" in headers or not kind.startswith(_TEXT):
        return body
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
