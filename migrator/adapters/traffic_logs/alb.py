"""Access logs of AWS's Application Load Balancer.

In: lines. Out: requests. The fields and their order are those of the page "Access logs for your Application Load
Balancer" (Elastic Load Balancing, docs.aws.amazon.com/elasticloadbalancing/latest/application/
load-balancer-access-logs.html): AWS adds new ones at the end, so what comes behind the user agent is not looked at.
The duration is `target_processing_time`: what the balancer waited for the application, and -1 where it got no answer. A
request that no target got (redirected, refused, or no target was there) is no call of the application.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from migrator.adapters.traffic_logs.formats import DamagedLine, Example
from migrator.adapters.traffic_logs.request_lines import split_request
from migrator.adapters.traffic_logs.timestamps import iso_time
from migrator.domain.records import Record, Request

_NUMBER: Final = r"(-?[0-9]{1,9}(?:\.[0-9]+)?|-)"
_LINE: Final = re.compile(
    r"(?:https?|h2|grpcs|wss?) "  # type
    r"(\S{19,40}) \S+ \S+ (\S+) "  # time elb client:port target:port
    rf"{_NUMBER} {_NUMBER} {_NUMBER} "  # request_, target_ and response_processing_time
    r"([0-9]{3}|-) ([0-9]{3}|-) "  # elb_status_code target_status_code
    r"([0-9]+|-) ([0-9]+|-) "  # received_bytes sent_bytes
    r'"([^"\\]*(?:\\.[^"\\]*)*)"',  # request
    re.DOTALL,
)
_NONE: Final = "-"

_AT: Final = 1_530_570_180.186641  # 2018-07-02T22:23:00.186641Z


@dataclass(frozen=True, slots=True)
class _Reader:
    nameless: int = 0

    def read(self, line: str) -> Sequence[Record]:
        found = _LINE.match(line)
        if found is None:
            raise DamagedLine("not a line of a load balancer's access log")
        time, target, _, waited, _, status, answered, received, sent, request = found.groups()
        at = iso_time(time)
        if at is None:
            raise DamagedLine("no time in the second field")
        if target == _NONE:
            return ()
        seconds = -1.0 if waited == _NONE else float(waited)
        sizes = [int(size) for size in (received, sent) if size != _NONE]
        said = status if answered == _NONE else answered
        return (
            Request(
                at,
                *split_request(request),
                0 if said == _NONE else int(said),
                None if seconds < 0 else seconds,
                max(sizes, default=None),
            ),
        )

    def finish(self) -> Sequence[Record]:
        return ()


@dataclass(frozen=True, slots=True)
class _LoadBalancer:
    name: str = "alb"
    title: str = "access log of an Application Load Balancer"
    whole_of: str = "http"
    examples: tuple[Example, ...] = ()

    def recognizes(self, line: str) -> bool:
        return _LINE.match(line) is not None

    def reader(self) -> _Reader:
        return _Reader()


_REST: Final = (
    '"curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
    "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "
    '"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/1" '
    '1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234'
)

FORMAT = _LoadBalancer(
    examples=(
        Example(
            "HTTPS, as AWS's page has it",
            (
                "https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 "
                '10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/a?b=1 HTTP/1.1" ' + _REST,
            ),
            (Request(_AT, "GET", "https://www.example.com:443/a?b=1", 200, 0.048, 57),),
        ),
        Example(
            "HTTP/2 from a client of IPv6; what came in is larger than what went out",
            (
                "h2 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 [2001:db8::1]:48160 "
                '10.0.0.66:9000 0.000 0.002 0.000 201 201 8192 257 "POST https://10.0.2.105:773/a HTTP/2.0" ' + _REST,
            ),
            (Request(_AT, "POST", "https://10.0.2.105:773/a", 201, 0.002, 8192),),
        ),
        Example(
            "the target did not answer in time",
            (
                "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 "
                '10.0.0.1:80 0.000 -1 -1 504 - 34 366 "GET http://www.example.com:80/a HTTP/1.1" ' + _REST,
            ),
            (Request(_AT, "GET", "http://www.example.com:80/a", 504, None, 366),),
        ),
        Example(
            "no target got it: the balancer answered by itself",
            (
                "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 "
                '- -1 -1 -1 301 - 34 366 "GET http://www.example.com:80/a HTTP/1.1" ' + _REST,
            ),
            (),
        ),
    )
)
