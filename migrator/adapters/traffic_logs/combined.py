"""The combined log format of Apache and nginx, and the common one: with or without a time at the end.

In: lines. Out: requests. What programs append is told apart by how it is written: a number with a point is seconds
(nginx's `$request_time`, gunicorn's `%(L)s`), one with `ms` milliseconds (Traefik), and a single whole number
microseconds (Apache's `%D`, gunicorn's `%(D)s`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from migrator.adapters.traffic_logs.formats import DamagedLine, Example
from migrator.adapters.traffic_logs.request_lines import split_request
from migrator.adapters.traffic_logs.timestamps import common_time
from migrator.domain.records import Record, Request

_QUOTED: Final = r'"([^"\\]*(?:\\.[^"\\]*)*)"'
# Apache: %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" (mod_log_config); nginx's `combined` is the same. The
# name of a virtual host may stand before it (Apache's vhost_combined). A user's name may have blanks in it.
_LINE: Final = re.compile(
    rf'[^\["]*\[([^\]]{{20,40}})\] {_QUOTED} ([0-9]{{3}}|-) ([0-9]+|-)'
    rf"(?: {_QUOTED.replace('(', '(?:', 1)} {_QUOTED.replace('(', '(?:', 1)})?(.*)",
    re.DOTALL,
)
_SECONDS: Final = re.compile(r"(?<![\w.])([0-9]{1,9}\.[0-9]{1,9})s?(?![\w.:])")
_MILLISECONDS: Final = re.compile(r"(?<![\w.])([0-9]{1,12})ms(?!\w)")
_WHOLE: Final = re.compile(r"(?<![^\s])(?:\w+[=/])?([0-9]{1,15})(?![^\s])")

_START: Final = 971_211_336.0  # 10/Oct/2000:13:55:36 -0700, the example of Apache's manual


@dataclass(frozen=True, slots=True)
class _Reader:
    nameless: int = 0

    def read(self, line: str) -> Sequence[Record]:
        found = _LINE.match(line)
        if found is None:
            raise DamagedLine("not a line of an access log")
        time, request, status, size, rest = found.groups()
        at = common_time(time)
        if at is None:
            raise DamagedLine("no time of an access log in brackets")
        return (
            Request(
                at,
                *split_request(request),
                0 if status == "-" else int(status),
                _duration(rest) if rest else None,
                None if size == "-" else int(size),
            ),
        )

    def finish(self) -> Sequence[Record]:
        return ()


def _duration(rest: str) -> float | None:
    """Seconds, by what stands behind the user agent."""
    if found := _SECONDS.search(rest):
        return float(found[1])
    if found := _MILLISECONDS.search(rest):
        return int(found[1]) / 1e3
    whole = _WHOLE.findall(rest)
    return int(whole[0]) / 1e6 if len(whole) == 1 else None


@dataclass(frozen=True, slots=True)
class _Combined:
    name: str = "combined"
    title: str = "access log of Apache, nginx or gunicorn (common or combined format)"
    whole_of: str = "http"
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        found = _LINE.match(line)
        return found is not None and common_time(found[1]) is not None

    def reader(self) -> _Reader:
        return _Reader()


FORMAT = _Combined(
    examples=(
        Example(
            'Apache, common: %h %l %u %t "%r" %>s %b',
            ('127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',),
            (Request(_START, "GET", "/apache_pb.gif", 200, None, 2326),),
        ),
        Example(
            "nginx, combined; a client of IPv6, no body",
            (
                (
                    '2001:db8::1 - - [10/Oct/2000:13:55:36 -0700] "POST /orders?x=1 HTTP/2.0" 204 - '
                    '"https://shop.example/\\"a\\"" "Mozilla/5.0 (X11)"'
                ),
            ),
            (Request(_START, "POST", "/orders?x=1", 204),),
        ),
        Example(
            "nginx with $request_time, and with named times",
            (
                '192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 12 "-" "curl/8.1" 0.034',
                (
                    '192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 502 0 "-" "curl/8.1" '
                    '"10.0.0.1, 10.0.0.2" rt=1.250 uct="0.001" urt="1.249"'
                ),
            ),
            (
                Request(_START, "GET", "/a", 200, 0.034, 12),
                Request(_START, "GET", "/a", 502, 1.25, 0),
            ),
        ),
        Example(
            "ingress-nginx: request length, time, names and addresses of the upstream",
            (
                (
                    '192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 12 "-" "curl/8.1" 512 0.009 '
                    "[shop-web-80] [] 10.1.2.3:8000 12 0.008 200 0f1e2d"
                ),
            ),
            (Request(_START, "GET", "/a", 200, 0.009, 12),),
        ),
        Example(
            "Apache with %D, and a virtual host before the line",
            ('shop.example:443 192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 12 "-" "-" 1500',),
            (Request(_START, "GET", "/a", 200, 0.0015, 12),),
        ),
        Example(
            "Traefik, common",
            (
                (
                    '192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /a HTTP/1.1" 200 12 "-" "-" 7 "shop@docker" '
                    '"http://10.1.2.3:8000" 25ms'
                ),
            ),
            (Request(_START, "GET", "/a", 200, 0.025, 12),),
        ),
        Example(
            "what came was no request of HTTP",
            ('192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "\\x16\\x03\\x01" 400 0 "-" "-"',),
            (Request(_START, "", "", 400, None, 0),),
        ),
    )
)
