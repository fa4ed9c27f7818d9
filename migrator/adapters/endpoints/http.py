"""A side that is asked over HTTP.

In: a base URL, recorded requests. Out: answers, or why there is none. The request goes out as it was recorded:
no redirect is followed, no proxy or password of the caller's environment is used, and no header is added but
those without which there is no HTTP (`host`, the length of a body) and `accept`.
"""

from __future__ import annotations

import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx

from migrator.domain.http import Answer, NoAnswer, Request
from migrator.errors import UsageError

# Of one connection only (RFC 9110, 7.6.1); the length belongs to the body that is sent now.
_NOT_SENT = frozenset(
    {"connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
# All that may stand in a request line, and the percent sign of what is encoded already (RFC 3986, 2.2).
_AS_RECORDED = "/?%:@!$&'()*+,;=[]~"
_INVENTED = ("accept-encoding", "connection", "user-agent")


class HttpEndpoint:
    """One side, asked from any number of threads.

    Args:
        url: base URL, with a path where the side lives below one.
        timeout_s: how long an answer may take.
        connections: open at once.
        host: value of `host` for requests that were recorded without one; empty for the URL's own. Both sides
            of a comparison need the same one, or every absolute link differs.

    Raises:
        UsageError: the URL is none of HTTP.
    """

    def __init__(self, url: str, *, timeout_s: float = 30.0, connections: int = 8, host: str = "") -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise UsageError(f"{url!r} is no URL: {error}") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise UsageError(f"{url!r} is no URL of an HTTP server", hint="it looks like http://127.0.0.1:8000")
        self.url = url.rstrip("/")
        self._prefix = parsed.raw_path.decode("ascii").partition("?")[0].rstrip("/")
        self.host = host or parsed.netloc.decode("ascii")
        self._client = httpx.Client(
            trust_env=False,
            # A cookie that one answer sets must not go out with the next request: it was not recorded there.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            timeout=timeout_s,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        )
        for name in _INVENTED:
            del self._client.headers[name]

    def ask(self, request: Request) -> Answer | NoAnswer:
        """The answer, with `set-cookie` lines apart; or why there is none."""
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _NOT_SENT]
        if "host" not in {name.lower() for name, _ in headers}:
            headers.append(("host", self.host))
        began = time.perf_counter()
        try:
            response = self._client.request(
                request.method,
                self.url + request.target,
                headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in headers],
                content=request.body or None,
                # As recorded: httpx alone would resolve dots in the path.
                extensions={"target": (self._prefix + quote(request.target, safe=_AS_RECORDED)).encode("ascii")},
            )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeEncodeError) as error:
            return NoAnswer(f"{type(error).__name__}: {error}", time.perf_counter() - began)
        return Answer(response.status_code, _joined(response), response.content, time.perf_counter() - began)

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _joined(response: httpx.Response) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in response.headers.multi_items():
        lowered = name.lower()
        between = "\n" if lowered == "set-cookie" else ", "
        joined[lowered] = f"{joined[lowered]}{between}{value}" if lowered in joined else value
    return joined
