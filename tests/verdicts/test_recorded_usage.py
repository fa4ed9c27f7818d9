"""What is counted of a candidate: calls a day, quantiles, payloads, failures, and what several logs say together."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.records import Record, Request, Run
from migrator.domain.usage import Usage
from migrator.verdicts.recorded import Counting
from migrator.verdicts.recorded.coverage import DAY_S, SLOT_S, days_of
from migrator.verdicts.recorded.figures import Figure
from migrator.verdicts.recorded.frequent import Frequent
from tests.support.traffic import assessed, http, queue

NUMBERS = st.lists(st.floats(0, 1e9) | st.integers(0, 10**9), min_size=1, max_size=300)
VIEW = assessed("shop.view", http("/view", "GET"))
TASK = assessed("shop.task", queue("task"))
BOTH = assessed("shop.both", http("/both", "GET"), queue("both"))
NEVER = assessed("shop.never", http("/never", "GET"))
IDLE = assessed("shop.idle", queue("idle"))


def figure(numbers: list[float | int]) -> Figure:
    made = Figure()
    for number in numbers:
        made.add(number)
    return made


def usages(*logs: tuple[str, str, list[Record]]) -> dict[str, Usage]:
    counting = Counting([[VIEW, TASK, BOTH, NEVER, IDLE]])
    for name, whole_of, records in logs:
        take = counting.taker(name, whole_of)
        for record in records:
            take(record)
    return dict(counting.usages(0))


@given(NUMBERS, st.sampled_from([0.0, 0.5, 0.95, 1.0]))
def test_a_quantile_is_known_to_one_percent(numbers: list[float | int], share: float) -> None:
    exact = sorted(numbers)[max(1, ceil(share * len(numbers) - 1e-9)) - 1]
    told = figure(numbers).quantile(share)
    assert told is not None
    assert abs(told - exact) <= 0.0101 * exact + 1e-9


@given(NUMBERS, NUMBERS)
def test_figures_of_parts_say_the_same_as_one_of_the_whole(one: list[float | int], other: list[float | int]) -> None:
    merged = figure(one)
    merged.merge(figure(other))
    assert merged == figure([*other, *one])
    assert merged.size == len(one) + len(other)


def test_an_only_number_is_told_as_it_is() -> None:
    assert figure([0.25]).quantile(0.95) == 0.25
    assert figure([0]).quantile(0.5) == 0.0
    assert Figure().quantile(0.5) is None


def slots(*days: float) -> set[int]:
    return {int(day * DAY_S) // SLOT_S for day in days}


@pytest.mark.parametrize(
    ("days", "covered"),
    [
        ((), 1),
        ((100,), 1),
        ((100, 100.4), 1),
        ((100, 102), 2),
        ((100, 103, 107), 7),  # a silent week-end, and a job that runs once a week
        ((100, 101, 200, 202), 3),  # two logs of two times
        ((100, 200), 1),
    ],
)
def test_days_are_those_that_the_records_cover(days: tuple[float, ...], covered: float) -> None:
    assert days_of(slots(*days)) == pytest.approx(covered, abs=0.03)
    assert days_of(sorted(slots(*days), reverse=True)) == days_of(slots(*days))


def test_calls_of_an_hour_are_not_taken_for_those_of_a_day_and_more_days_are_shared_out() -> None:
    hour: list[Record] = [Request(float(second), "GET", "/view") for second in range(0, 3_600, 60)]
    assert usages(("combined", "http", hour))["shop.view"].calls_per_day == 60
    days: list[Record] = [Request(float(day * DAY_S), "GET", "/view") for day in range(11)]
    found = usages(("combined", "http", days))["shop.view"]
    assert found.calls == 11
    assert found.calls_per_day == pytest.approx(1.1, abs=0.01)
    timeless: list[Record] = [Request(None, "GET", "/view")] * 7
    assert usages(("json", "http", timeless))["shop.view"].calls_per_day == 7


def test_what_is_not_told_is_not_known() -> None:
    bare = usages(("combined", "http", [Request(0.0, "GET", "/view")]))["shop.view"]
    assert bare == Usage(1, 1.0, None, None, None, None, ("combined",))
    told: list[Record] = [Request(0.0, "GET", "/view", status, 0.1, 10) for status in (200, 404, 500, 503)]
    assert usages(("combined", "http", told))["shop.view"] == Usage(4, 4.0, 100.0, 100.0, 10, 0.5, ("combined",))


def test_a_call_that_two_logs_tell_of_counts_once_and_each_tells_what_the_other_does_not() -> None:
    balancer: list[Record] = [Request(0.0, "GET", "/view", 200, None, 900)] * 10
    traces: list[Record] = [Request(0.0, "GET", "/view", 200, 0.2)] * 3
    assert usages(("alb", "http", balancer), ("otlp", "", traces))["shop.view"] == Usage(
        10, 10.0, 200.0, 200.0, 900, 0.0, ("alb", "otlp")
    )


def test_requests_and_runs_of_one_candidate_are_added_up() -> None:
    found = usages(
        ("combined", "http", [Request(0.0, "GET", "/both", 200, 0.1)] * 3),
        ("celery", "celery", [Run(0.0, ("both",), 0.3, False), Run(0.0, ("both",), 0.3, True)]),
    )["shop.both"]
    assert (found.calls, found.p50_ms, found.p95_ms, found.failed) == (5, 100.0, 300.0, 0.2)


def test_a_candidate_without_a_call_is_known_not_to_run_only_where_the_log_has_each_call() -> None:
    requests: list[Record] = [Request(0.0, "GET", "/view")]
    runs: list[Record] = [Run(0.0, ("task",), 0.1, False)]
    both = usages(("combined", "http", requests), ("celery", "celery", runs))
    assert both["shop.never"] == Usage(0, 0.0, sources=("combined",))
    assert both["shop.idle"] == Usage(0, 0.0, sources=("celery",))
    assert "shop.both" not in both  # it may have run by the event that no log of the other kind tells of
    assert "shop.idle" not in usages(("combined", "http", requests))
    assert "shop.never" not in usages(("otlp", "", requests))  # traces are sampled
    assert usages(("combined", "http", [Request(0.0, "GET", "/of-another-application")])) == {}


def test_what_no_candidate_answers_to_is_told_with_the_most_frequent() -> None:
    counting = Counting([[VIEW], [TASK]])
    take = counting.taker("combined", "http")
    for number in range(8):
        take(Request(0.0, "GET", f"/wp/{number}"))
    for target in ("/view", "/b", "/a", "/c", "/d", "/e", "/f"):
        take(Request(0.0, "GET", target))
    take(Request(0.0, "OPTIONS", "/view"))
    take(Run(0.0, ("task",)))
    take(Run(0.0, ("x", "y")))
    take(Run(0.0, ("z" * 10_000,)))
    take(Request(0.0, "M" * 10_000, "*"))
    assert max(len(text) for text, _ in (*counting.requests.most_frequent, *counting.runs.most_frequent)) <= 120
    assert counting.requests.most_frequent == (
        ("GET /wp/*", 8), ("GET /a", 1), ("GET /b", 1), ("GET /c", 1), ("GET /d", 1)
    )  # fmt: skip
    assert (counting.requests.calls, counting.requests.unmatched, counting.requests.aside) == (17, 15, 1)
    assert counting.requests.share == 15 / 16
    assert (counting.runs.calls, counting.runs.most_frequent) == (3, (("x", 1), ("z" * 119 + "…", 1)))
    assert counting.usages(0).keys() == {"shop.view"} and counting.usages(1).keys() == {"shop.task"}


def test_a_prefix_that_hides_the_application_is_told() -> None:
    counting = Counting([[VIEW, assessed("shop.any", http("/<page>", "GET"))]])
    take = counting.taker("combined", "http")
    for target in ("/shop/view", "/shop/view?x", "/eu/shop/view", "/shop/nothing/at/all", "/shop/view/more"):
        take(Request(0.0, "GET", target))
    take(Request(0.0, "POST", "/shop/view"))
    take(Request(0.0, "", ""))
    told = counting.requests
    assert (told.unmatched, told.prefix, told.below) == (7, "/shop", 2)


def test_the_most_frequent_of_many_are_kept_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrator.verdicts.recorded.frequent.KEPT", 100)
    texts = Frequent()
    for number in range(5_000):
        texts.add(f"once {number}")
        if number % 5 == 0:
            texts.add("often")
    assert texts.first(1) == (("often", 1_000),)
    assert len(texts.first(1_000)) <= 100
