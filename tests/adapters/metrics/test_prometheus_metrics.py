"""What is asked of Prometheus, and what of its answers is no data."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.adapters.metrics.prometheus import PrometheusMetrics
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.errors import RemoteError
from migrator.rollout.statistics.buckets import bound_ms, number_of
from migrator.router.figures import PrometheusFigures, SideSelectors, TokenSource
from tests.support.figure_rigs import ROUTE, figures
from tests.support.prometheus import FakePrometheus

INTERVAL_S = 15


@pytest.fixture
def server() -> Iterator[FakePrometheus]:
    with FakePrometheus() as running:
        yield running


@contextlib.contextmanager
def reading(told: PrometheusFigures) -> Iterator[PrometheusMetrics]:
    with contextlib.closing(PrometheusMetrics({ROUTE: told})) as source:
        yield source


@pytest.fixture
def metrics(server: FakePrometheus) -> Iterator[PrometheusMetrics]:
    with reading(figures(server.url)) as source:
        yield source


def scrape(server: FakePrometheus, legacy: float, canary: float, failed: float | None = 0, times: int = 1) -> None:
    for _ in range(times):
        server.at += INTERVAL_S
        for side, value in (("legacy", legacy), ("canary", canary)):
            server.scrape("requests_total", value, side=side)
            if failed is not None:
                server.scrape("requests_total", failed, side=side, code="500")


def seen(metrics: PrometheusMetrics, mark: str) -> Observation:
    answer = metrics.since(ROUTE, mark)
    assert isinstance(answer, Observation), answer
    return answer


def refused(metrics: PrometheusMetrics, mark: str) -> NoData:
    answer = metrics.since(ROUTE, mark)
    assert isinstance(answer, NoData), answer
    return answer


def test_nothing_is_ever_extrapolated(server: FakePrometheus, metrics: PrometheusMetrics) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    scrape(server, 20, 11, times=4)
    assert seen(metrics, mark).legacy.requests == 10
    functions = {query.partition("(")[0] for query in server.asked}
    assert functions <= {"time", "last_over_time", "min_over_time", "resets", "timestamp"}


def test_a_counter_that_appears_has_begun_at_zero(server: FakePrometheus, metrics: PrometheusMetrics) -> None:
    """As the one of failures does with the first of them, and those of a process that was started."""
    scrape(server, 10, 10, failed=None, times=4)
    mark = metrics.mark(ROUTE)
    scrape(server, 20, 12, failed=3, times=4)
    look = seen(metrics, mark)
    assert (look.legacy, look.canary) == (Sample(10, 3), Sample(2, 2)), "failures that are told early are owed"
    scrape(server, 21, 20, failed=3, times=4)
    assert seen(metrics, look.mark).canary == Sample(8, 1)


def test_a_counter_that_has_gone_keeps_what_it_counted_and_may_come_back(
    server: FakePrometheus, metrics: PrometheusMetrics
) -> None:
    scrape(server, 10, 10, times=4)
    server.scrape("requests_total", 5, side="legacy", instance="b")
    server.at += 30
    mark = metrics.mark(ROUTE)
    scrape(server, 20, 12, times=2)
    server.scrape("requests_total", 9, side="legacy", instance="b")
    scrape(server, 20, 12, times=30)
    first = seen(metrics, mark)
    assert first.legacy.requests == 14
    server.scrape("requests_total", 11, side="legacy", instance="b")
    scrape(server, 20, 12, times=3)
    assert seen(metrics, first.mark).legacy.requests == 2, "and not 11"


def test_a_reset_is_found_also_when_the_counter_has_made_up_for_it(
    server: FakePrometheus, metrics: PrometheusMetrics
) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    for legacy in (50, 20, 30, 40):
        scrape(server, legacy, 10)
    scrape(server, 40, 10, times=2)
    lost = refused(metrics, mark)
    assert lost.mark_lost and "went back" in lost.reason


def test_a_reset_just_behind_the_mark_is_found_too(server: FakePrometheus, metrics: PrometheusMetrics) -> None:
    scrape(server, 10, 10, times=4)
    server.at += 30  # so that the mark is where the last sample is
    mark = metrics.mark(ROUTE)
    for legacy in (3, 30, 40, 50):
        scrape(server, legacy, 10)
    server.at += 15
    assert refused(metrics, mark).mark_lost


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_no_data(server: FakePrometheus, metrics: PrometheusMetrics, value: float) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    scrape(server, value, 10, times=4)
    assert not refused(metrics, mark).mark_lost


def test_warnings_are_no_data(server: FakePrometheus, metrics: PrometheusMetrics) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    scrape(server, 10, 10, times=4)
    server.warnings.append("one of the stores\ndid not answer")
    assert "one of the stores did not answer" in refused(metrics, mark).reason


def test_a_side_that_is_not_scraped_is_no_data(server: FakePrometheus, metrics: PrometheusMetrics) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    for _ in range(6):
        server.at += INTERVAL_S
        server.scrape("requests_total", 20, side="legacy")
    silent = refused(metrics, mark)
    assert not silent.mark_lost and "canary" in silent.reason


def test_a_mark_at_which_nothing_was_known_is_lost(server: FakePrometheus, metrics: PrometheusMetrics) -> None:
    mark = metrics.mark(ROUTE)
    server.at += 3600
    scrape(server, 1000, 1000, times=4)
    assert refused(metrics, mark).mark_lost, "counters of which nobody knows where they stood"


@pytest.mark.parametrize(
    ("status", "text", "hint"),
    [
        (503, "upstream is down", "look at"),
        (200, "<html>", "look at"),
        (401, "", "token"),
        (400, '{"status":"error","errorType":"bad_data","error":"parse error"}', ""),
        (422, '{"status":"error","errorType":"execution","error":"too many samples"}', ""),
    ],
)
def test_an_answer_that_is_none_is_an_error(
    server: FakePrometheus, metrics: PrometheusMetrics, status: int, text: str, hint: str
) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    server.answer = (status, text)
    with pytest.raises(RemoteError) as raised:
        metrics.since(ROUTE, mark)
    assert hint in raised.value.hint
    with pytest.raises(RemoteError):
        metrics.mark(ROUTE)


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"resultType": "matrix", "result": []},
        {"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]},
        {"resultType": "vector", "result": [{"metric": {}, "value": [1]}]},
        {"resultType": "vector"},
    ],
)
def test_an_answer_of_another_form_is_no_data(server: FakePrometheus, metrics: PrometheusMetrics, data: object) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    server.answer = (200, json.dumps({"status": "success", "data": data}))
    assert not refused(metrics, mark).mark_lost


def test_the_token_is_sent_and_never_shown(
    server: FakePrometheus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROM_TOKEN", " s3cret\n")
    file = tmp_path / "token"
    file.write_text("other\n")
    for token, sent in (
        (TokenSource(env="PROM_TOKEN"), "Bearer s3cret"),
        (TokenSource(file=str(file)), "Bearer other"),
    ):
        with reading(figures(server.url, token=token)) as metrics:
            metrics.mark(ROUTE)
            assert server.tokens[-1] == sent
    monkeypatch.setenv("PROM_TOKEN", "s3cret\x07")
    for token in (TokenSource(env="PROM_TOKEN"), TokenSource(env="NOT_SET"), TokenSource(file=str(tmp_path / "none"))):
        with reading(figures(server.url, token=token)) as metrics, pytest.raises(RemoteError) as raised:
            metrics.mark(ROUTE)
        assert "s3cret" not in f"{raised.value} {raised.value.hint}"


def test_a_histogram_is_booked_at_the_upper_bounds_of_its_buckets(
    server: FakePrometheus, metrics: PrometheusMetrics
) -> None:
    def tell(**upto: int) -> None:
        for _ in range(4):
            scrape(server, 10, 10)
            for instance in ("a", "b"):
                for le, value in upto.items():
                    bound = le.replace("le", "").replace("_", ".")
                    server.scrape("seconds_bucket", value, side="canary", le=bound, instance=instance)

    tell(**{"le0_1": 0, "le0_25": 0, "le+Inf": 0})
    mark = metrics.mark(ROUTE)
    tell(**{"le0_1": 3, "le0_25": 8, "le+Inf": 9})
    times = seen(metrics, mark).canary.times
    assert {number: count for number, count in times.items() if number < 200} == {number_of(100): 6, number_of(250): 10}
    (beyond,) = (number for number in times if number >= 200)
    assert times[beyond] == 2 and bound_ms(beyond) > 3600_000


@pytest.mark.parametrize(
    "labels", [[{"le": "0.1"}], [{"quantile": "0.95"}], [{"le": "much"}], [{"le": "0.1", "x": "1"}, {"le": "+Inf"}]]
)
def test_what_is_no_histogram_is_no_data(
    server: FakePrometheus, metrics: PrometheusMetrics, labels: list[dict[str, str]]
) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    for _ in range(4):
        scrape(server, 10, 10)
        for value, one in enumerate(reversed(labels), 1):
            server.scrape("seconds_bucket", value, side="canary", **one)
    assert not refused(metrics, mark).mark_lost


def test_throttles_and_how_it_measures(server: FakePrometheus) -> None:
    def side(name: str) -> SideSelectors:
        all_of = f'requests_total{{side="{name}",code=""}}'
        return SideSelectors(
            (all_of,),
            (f'requests_total{{side="{name}",code="429"}}',),
            (f'requests_total{{side="{name}",code="429"}}',),
        )

    told = PrometheusFigures(server.url, side("legacy"), side("canary"), lag_s=45)
    with reading(told) as metrics:
        assert metrics.about(ROUTE) == Measuring("prometheus", 45, times=False, throttles=True)
        scrape(server, 10, 10, times=4)
        mark = metrics.mark(ROUTE)
        for _ in range(5):
            scrape(server, 30, 20)
            server.scrape("requests_total", 4, side="canary", code="429")
        look = seen(metrics, mark)
        assert (look.canary, look.legacy) == (Sample(10, 4, throttled=4), Sample(20, 0, throttled=0))


def test_a_server_whose_clock_is_set_back_gives_no_negative_window(
    server: FakePrometheus, metrics: PrometheusMetrics
) -> None:
    scrape(server, 10, 10, times=4)
    mark = metrics.mark(ROUTE)
    server.at -= 120
    assert (seen(metrics, mark).window_s, seen(metrics, mark).mark) == (0, mark)
    server.at -= 3600
    assert refused(metrics, mark).mark_lost


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 5), st.booleans()), min_size=1, max_size=8)
)
def test_looks_in_a_chain_add_up(
    server: FakePrometheus, metrics: PrometheusMetrics, steps: list[tuple[int, int, int, bool]]
) -> None:
    server.forget()
    legacy, canary, failed = 50, 20, 5
    scrape(server, legacy, canary, failed, times=4)
    first = mark = metrics.mark(ROUTE)
    told = [Sample(0, 0), Sample(0, 0)]
    for more_legacy, more_canary, more_failed, looked in [*steps, (0, 0, 0, True)]:
        legacy, canary = legacy + more_legacy, canary + more_canary
        failed += min(more_failed, more_legacy, more_canary)
        scrape(server, legacy, canary, failed, times=3)
        if looked:
            look = seen(metrics, mark)
            told, mark = [told[0] + look.legacy, told[1] + look.canary], look.mark
    once = seen(metrics, first)
    assert told == [once.legacy, once.canary]
