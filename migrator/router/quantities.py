"""The quantities that people write in `router.yaml`: durations, percentage points, shares, quantiles, addresses, URLs.

In: what the file says. Out: seconds, points, fractions, host and port. A `ValueError` says what was expected;
its place in the file is added by the loader.
"""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, WithJsonSchema

# Decimal, because 52 times the float 0.001 is not the float 0.052.
_UNITS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600), "d": Decimal(86400)}
_DURATION = r"^(0|[0-9]+(\.[0-9]+)?(ms|s|m|h|d))$"
_POINTS = r"^[0-9]+(\.[0-9]+)?pp$"
_SHARE = r"^[0-9]+(\.[0-9]+)?%$"
_QUANTILE = r"^p[0-9]{1,2}(\.[0-9]+)?$"
MAX_DURATION_S = 366 * 86400.0
"""A year: what is longer is a typing mistake."""


def parse_duration(value: object) -> float:
    """Seconds of `500ms`, `1s`, `5m`, `1h` or `2d`."""
    match = re.fullmatch(_DURATION, value) if isinstance(value, str) else None
    if value == 0 and not isinstance(value, bool):
        return 0.0
    if match is None:
        raise ValueError(f"expected a duration such as 500ms, 1s, 5m or 1h, found {value!r}")
    if match.group(1) == "0":
        return 0.0
    unit = match.group(3)
    seconds = float(Decimal(match.group(1).removesuffix(unit)) * _UNITS[unit])
    if seconds > MAX_DURATION_S:
        raise ValueError(f"expected at most 366d, found {value!r}")
    return seconds


def duration_text(seconds: float) -> str:
    """The shortest exact way to write a duration: 300.0 -> `5m`, 0.5 -> `500ms`."""
    exact = Decimal(str(seconds))
    for unit in ("d", "h", "m", "s"):
        number = exact / _UNITS[unit]
        if number >= 1 and number == int(number):
            return f"{int(number)}{unit}"
    return f"{(exact * 1000).normalize():f}ms" if exact else "0s"


def parse_points(value: object) -> float:
    """Percentage points of `1pp` or `0.5pp`."""
    if not isinstance(value, str) or re.fullmatch(_POINTS, value) is None:
        raise ValueError(f"expected percentage points such as 1pp or 0.5pp, found {value!r}")
    points = float(value.removesuffix("pp"))
    if points > 100:
        raise ValueError(f"expected at most 100pp, found {value!r}")
    return points


def parse_share(value: object) -> float:
    """Percent of `10%` or `99.99%`."""
    if not isinstance(value, str) or re.fullmatch(_SHARE, value) is None:
        raise ValueError(f"expected a share such as 10% or 99.99%, found {value!r}")
    percent = float(value.removesuffix("%"))
    if percent > 100:
        raise ValueError(f"expected at most 100%, found {value!r}")
    return percent


def parse_quantile(value: object) -> float:
    """The fraction that `p95` or `p99.9` means."""
    if not isinstance(value, str) or re.fullmatch(_QUANTILE, value) is None:
        raise ValueError(f"expected a quantile such as p95, found {value!r}")
    percent = float(value.removeprefix("p"))
    if percent <= 0:
        raise ValueError(f"expected a quantile above p0, found {value!r}")
    return percent / 100


def parse_loopback(value: object) -> str:
    """A `host:port` that only this machine can reach."""
    if not isinstance(value, str):
        raise ValueError(f"expected host:port such as 127.0.0.1:8080, found {value!r}")
    host, port = split_address(value)
    if host != "localhost":
        try:
            loopback = ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            raise ValueError(f"must be a loopback address such as 127.0.0.1:{port}, found {value!r}")
    return value


def split_address(value: str) -> tuple[str, int]:
    """Host and port of `host:port` or `[v6]:port`; the port is 1 to 65535."""
    host, _, port = value.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare and bare == host) or re.fullmatch(r"[0-9]{1,5}", port) is None:
        raise ValueError(f"expected host:port such as 127.0.0.1:8080, found {value!r}")
    if not 1 <= int(port) <= 65535:
        raise ValueError(f"expected a port from 1 to 65535, found {port}")
    return bare, int(port)


def parse_url(value: object) -> str:
    """A base URL: http or https, a host, no user, query or fragment; a trailing slash is dropped."""
    if not isinstance(value, str):
        raise ValueError(f"expected a URL such as http://127.0.0.1:8000, found {value!r}")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"expected a URL such as http://127.0.0.1:8000: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"expected a URL that starts with http:// or https://, found {value!r}")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL here must not carry a user name or password")
    if parts.query or parts.fragment or "?" in value or "#" in value:
        raise ValueError("a base URL has no query and no fragment")
    if port == 0 or re.search(r"[\s\x00-\x1f\x7f{}\\%]", value):
        raise ValueError(f"expected a URL such as http://127.0.0.1:8000, found {value!r}")
    return value.rstrip("/")


Duration = Annotated[
    float,
    BeforeValidator(parse_duration),
    WithJsonSchema({"type": "string", "pattern": _DURATION, "examples": ["500ms", "1s", "5m", "1h"]}),
]
Points = Annotated[
    float,
    BeforeValidator(parse_points),
    WithJsonSchema({"type": "string", "pattern": _POINTS, "examples": ["1pp"]}),
]
Share = Annotated[
    float,
    BeforeValidator(parse_share),
    WithJsonSchema({"type": "string", "pattern": _SHARE, "examples": ["10%"]}),
]
Quantile = Annotated[
    float,
    BeforeValidator(parse_quantile),
    WithJsonSchema({"type": "string", "pattern": _QUANTILE, "examples": ["p95"]}),
]
LoopbackAddress = Annotated[
    str,
    BeforeValidator(parse_loopback),
    WithJsonSchema({"type": "string", "pattern": r"^\S+:[0-9]{1,5}$", "examples": ["127.0.0.1:8080"]}),
]
BaseUrl = Annotated[
    str,
    BeforeValidator(parse_url),
    WithJsonSchema({"type": "string", "pattern": r"^https?://[^\s?#]+$", "examples": ["http://127.0.0.1:8000"]}),
]
