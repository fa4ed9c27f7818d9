"""Quantities and gates in words, for somebody who has never seen the rollout.

In: seconds, weights, gates, windows. Out: text. Each number stands as exactly as the plan has it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, assert_never

from migrator.domain.gates import (
    AvailabilityGate,
    ColdStartGate,
    ErrorRateGate,
    Gate,
    LatencyGate,
    ParityGate,
    ReadingGate,
    ReadingKind,
    ThrottleGate,
    WebhookGate,
)
from migrator.domain.rollouts import Freeze, Window

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_READ: Final = {
    ReadingKind.COST: "what a million requests of the canary cost, in US dollars",
    ReadingKind.DEAD_LETTERS: "messages in the dead letters",
    ReadingKind.CLOUDWATCH: "the CloudWatch metric",
    ReadingKind.PROMETHEUS: "the Prometheus query",
}


def number(value: float) -> str:
    """A number as people write it: no exponent, no zeros after the last digit."""
    return format(Decimal(str(value)).normalize(), "f")


def percent(weight: float) -> str:
    """`5 %`."""
    return f"{number(weight)} %"


def spelled(seconds: float) -> str:
    """`5 minutes`, `1 hour 30 minutes`, `0 seconds`: exact."""
    left, said = Decimal(str(seconds)), []
    for size, noun in _UNITS:
        count = int(left // size)
        left -= count * size
        if count:
            said.append(_counted(count, noun))
    if left or not said:
        said.append(f"{number(float(left))} {'second' if left == 1 else 'seconds'}")
    return " ".join(said)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def gate_name(gate: Gate) -> str:
    """What the gate is called by `rollout status`."""
    match gate:
        case ErrorRateGate():
            return "error_rate"
        case LatencyGate(quantile=quantile):
            return f"latency_p{quantile * 100:g}"
        case ParityGate():
            return "parity"
        case ColdStartGate():
            return "cold_starts"
        case ThrottleGate():
            return "throttles"
        case AvailabilityGate():
            return "availability"
        case ReadingGate(name=name) | WebhookGate(name=name):
            return name
        case _:
            assert_never(gate)


def gate_means(gate: Gate) -> str:
    """What passes the gate, with its numbers; a sentence without markup."""
    match gate:
        case ErrorRateGate(worse_by_pp=margin):
            return f"First tries of the canary fail at most {_points(margin)} more often than legacy's."
        case LatencyGate(quantile=quantile, ratio=ratio):
            share = f"{quantile * 100:g}"
            return f"The time within which {share} % of the answers come (p{share}) is at most {number(ratio)} times legacy's."
        case ParityGate(different=allowed, fresh_s=fresh_s):
            age = (
                f" The comparison is at most {spelled(fresh_s)} old when weight is given."
                if fresh_s is not None
                else ""
            )
            return (
                f"In the last comparison of recorded requests at most {_counted(allowed, 'answer')} "
                f"{'differs' if allowed == 1 else 'differ'}; also before the first weight.{age}"
            )
        case ColdStartGate(at_most=share, free=free):
            kept = f" The first {free} after each raise are not counted." if free else ""
            return f"At most {percent(share)} of the canary's requests begin with a cold start.{kept}"
        case ThrottleGate(at_most=share):
            return f"At most {percent(share)} of the canary's first tries are turned away for want of an environment (throttled)."
        case AvailabilityGate(at_least=share, over_s=over_s):
            return f"Before promotion {percent(share)} of the canary's first tries were good, for {spelled(over_s)}."
        case ReadingGate():
            return _reading(gate)
        case WebhookGate(url=url):
            return f"Another program says yes: {url}"
        case _:
            assert_never(gate)


def _points(margin: float) -> str:
    return f"{number(margin)} percentage {'point' if margin == 1 else 'points'}"


def _reading(gate: ReadingGate) -> str:
    limits = (("at least", gate.at_least), ("at most", gate.at_most))
    said = " and ".join(f"{word} {number(limit)}" for word, limit in limits if limit is not None)
    asked = " ".join(gate.asks[key] for key in ("namespace", "metric", "statistic", "query") if key in gate.asks)
    beyond = f" Beyond that for {spelled(gate.for_s)} rolls back." if gate.for_s else " Beyond that rolls back at once."
    return f"{_READ[gate.kind][:1].upper()}{_READ[gate.kind][1:]}{f' {asked}' if asked else ''}: {said}.{beyond}"


def gate_decides(gate: Gate) -> str:
    """How it is decided, in few words."""
    match gate:
        case ErrorRateGate() | LatencyGate():
            return "by a test of all requests of both sides; undecided holds the step, however long that takes"
        case ColdStartGate() | ThrottleGate() | AvailabilityGate():
            return "by counting the canary's requests"
        case ParityGate():
            return "by the last saved comparison"
        case ReadingGate() | WebhookGate():
            return "by asking at each look"
        case _:
            assert_never(gate)


def window_text(window: Window) -> str:
    """`Monday to Friday` style lists are not guessed: every day is named."""
    days = "every day" if len(window.days) == len(_DAYS) else ", ".join(_DAYS[day] for day in window.days)
    return f"{days}, {_clock(window.begins)} to {_clock(window.ends)} {window.zone}"


def freeze_text(freeze: Freeze) -> str:
    """From and until, in UTC, with the reason."""
    why = f": {freeze.reason}" if freeze.reason else ""
    return f"{_instant(freeze.begins)} to {_instant(freeze.ends)}{why}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _instant(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
