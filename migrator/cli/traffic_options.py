"""The flags that describe a route's traffic, and what they make of it.

In: flags. Out: a `Traffic`, and where its figures are from, in words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from migrator.errors import InputError, UsageError

if TYPE_CHECKING:
    from migrator.domain.traffic import Traffic

PerMinute: TypeAlias = Annotated[
    float | None,
    typer.Option("--requests-per-minute", metavar="N", min=0, help="What comes to the route, for both sides together."),
]
Recorded: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--traffic",
        metavar="FILE",
        help="Recorded traffic: an access log of the router, or CSV: second,side,status,ms.",
    ),
]
LegacyErrors: TypeAlias = Annotated[
    str,
    typer.Option(
        "--legacy-errors",
        metavar="SHARE",
        help="How many of legacy's answers fail.  [default: 0.5%]",
        show_default=False,
    ),
]
Latency: TypeAlias = Annotated[
    str,
    typer.Option(
        "--latency", metavar="TIME", help="Half of legacy's answers are faster.  [default: 50ms]", show_default=False
    ),
]
Sigma: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--sigma",
        metavar="S",
        min=0.01,
        max=5,
        help="How far legacy's times spread (lognormal).  [default: 0.6]",
        show_default=False,
    ),
]

Peak: TypeAlias = Annotated[
    float,
    typer.Option(
        "--peak", metavar="RATIO", min=1, max=2, help="The busiest hour against the mean of a day; 1 is flat."
    ),
]

_LONGEST = 64 * 1024 * 1024
T = TypeVar("T")


def quantity(flag: str, text: str, parse: Callable[[object], T]) -> T:
    """What a flag says.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return parse(text)
    except ValueError as error:
        raise UsageError(f"{flag}: {error}") from error


def described(
    route: str, per_minute: float | None, recorded: Path | None, errors: str, latency: str, sigma: float | None
) -> tuple[Traffic, str] | None:
    """The traffic that the flags describe; None where they do not say how much comes.

    What is said beside a recording wins.

    Raises:
        UsageError: a flag cannot be read.
        InputError: the recording cannot be read.
    """
    from migrator.domain.traffic import Traffic, flat

    if recorded is not None:
        traffic, source = _read(recorded, route), f"recorded in {recorded}"
        if per_minute is not None:
            traffic, source = replace(traffic, per_minute=flat(per_minute)), f"as given; the rest {source}"
    elif per_minute is not None:
        traffic, source = Traffic(flat(per_minute)), "as given"
    else:
        return None
    return with_legacy(traffic, errors, latency, sigma), source


def with_legacy(traffic: Traffic, errors: str, latency: str, sigma: float | None) -> Traffic:
    """The traffic with what the flags say of legacy.

    Raises:
        UsageError: a flag cannot be read.
    """
    from migrator.domain.traffic import Lognormal
    from migrator.router.quantities import parse_duration, parse_share

    if errors:
        traffic = replace(traffic, errors=quantity("--legacy-errors", errors, parse_share) / 100)
    if latency or sigma is not None:
        usual = Lognormal()
        median = quantity("--latency", latency, parse_duration) * 1000 if latency else usual.median_ms
        if median <= 0:
            raise UsageError("--latency: expected a time above 0")
        traffic = replace(traffic, times=Lognormal(median, usual.sigma if sigma is None else sigma))
    return traffic


def _read(path: Path, route: str) -> Traffic:
    from migrator.rollout.simulation.recorded import traffic_of

    try:
        if path.stat().st_size > _LONGEST:
            raise InputError(
                f"larger than {_LONGEST // 1024 // 1024} MiB", hint="cut a day out of it", location=str(path)
            )
        with path.open(encoding="utf-8") as lines:
            return traffic_of(lines, route, str(path))
    except OSError as error:
        raise InputError(f"cannot read the traffic: {error.strerror or error}", location=str(path)) from error
    except UnicodeDecodeError as error:
        raise InputError("the recorded traffic is not UTF-8", location=str(path)) from error
