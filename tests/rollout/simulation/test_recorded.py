"""Recorded traffic: what a file says, and where it cannot be read."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.traffic import Lognormal, RecordedTimes
from migrator.errors import InputError
from migrator.rollout.simulation.recorded import traffic_of

HEAD = "second,side,status,ms"


def test_csv_says_how_many_come_and_how_legacy_is() -> None:
    rows = [
        f"{second},{'canary' if second % 10 == 0 else 'legacy'},{500 if second % 9 == 1 else 200},{second % 7 + 1}"
        for second in range(601)
    ]
    traffic = traffic_of([HEAD, *rows], "tax", "calls.csv")
    assert traffic.per_minute == pytest.approx((60.1,) * 24)
    legacy = [second for second in range(601) if second % 10]
    assert traffic.errors == sum(second % 9 == 1 for second in legacy) / len(legacy)
    assert isinstance(traffic.times, RecordedTimes) and traffic.times.quantile(0.5) == 4
    assert traffic.times.above(6) == pytest.approx(1 / 7, abs=0.02) and traffic.times.above(7) == 0


def test_an_access_log_says_the_same_of_its_route_alone() -> None:
    def line(at: float, route: str, status: str, side: str = "legacy") -> str:
        return json.dumps(
            {"at": f"{at:.6f}", "route": route, "side": side, "status": status, "ms": "12", "flags": None}
        )

    lines = [line(1e9 + 6 * n, "tax", "503" if n % 10 == 0 else "200") for n in range(101)]
    lines += [line(1e9, "other", "500")] * 1000
    traffic = traffic_of(lines, "tax", "calls.json")
    assert traffic.mean_per_minute == pytest.approx(10.1) and traffic.errors == pytest.approx(11 / 101)


def test_a_day_gives_each_hour_its_own_rate() -> None:
    day = 86_400
    rows = [
        f"{20 * day + hour * 3600 + minute * 60},200,5"
        for hour in range(49)
        for minute in range(0, 60, 1 if 9 <= hour % 24 < 17 else 10)
    ]
    traffic = traffic_of(["second,status,ms", *rows], "tax", "calls.csv")
    assert traffic.per_minute[9:17] == (1.0,) * 8
    assert traffic.per_minute[:9] == (0.1,) * 9 and traffic.per_minute[17:] == (0.1,) * 7


def test_a_canary_alone_says_nothing_of_legacy() -> None:
    traffic = traffic_of([HEAD, "0,canary,500,9", "60,canary,500,9"], "tax", "calls.csv")
    assert traffic.errors == 0 and traffic.times == Lognormal()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "calls: the recorded traffic is empty"),
        (["when,status,ms", "1,2,3"], "calls:1: neither an access log nor CSV with a head line: there is no column 'second'"),
        ([HEAD, "1,legacy,200,5", "x,legacy,200,5"], "calls:3: a time, a status and milliseconds are expected here"),
        ([HEAD, "1,legacy,200,5", "2,legacy"], "calls:3: a time, a status"),
        ([HEAD, "1,legacy,200,5", "2,moon,200,5"], "calls:3: this cannot be"),
        ([HEAD, "1,legacy,200,5", "nan,legacy,200,5"], "calls:3: this cannot be"),
        ([HEAD, "1,legacy,200,-5"], "calls:2: this cannot be"),
        ([HEAD, "1,legacy,200,5"], "calls: 1 requests of tax are recorded: too few"),
        (['{"at": 1, "status": 200, "ms": 3}', "{"], "calls:2: a line of an access log is a JSON object"),
        (['{"at": 1, "status": 200}'], "calls:1: a time, a status"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_line(lines: list[str], message: str) -> None:
    with pytest.raises(InputError) as raised:
        traffic_of(lines, "tax", "calls")
    assert str(raised.value).startswith(message), str(raised.value)


@given(st.lists(st.text(alphabet='0123456789,{}":.-eE[]\\nsecondatuml ', max_size=40), max_size=6))
def test_no_text_breaks_the_reader(lines: list[str]) -> None:
    for head in ([], [HEAD]):
        with contextlib.suppress(InputError):
            traffic_of([*head, *lines], "tax", "calls")
