"""What is counted, where, and what happens when counters begin anew."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from migrator.adapters.dataplanes.envoy import EnvoyProcess
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.metrics.envoy import EnvoyMetrics
from migrator.adapters.processes import wait_until
from migrator.domain.observations import Measuring, NoData, Observation, Sample
from migrator.domain.routes import Weight
from migrator.errors import RemoteError
from migrator.rollout.statistics.buckets import FEWEST, bound_ms, number_of, quantile_ms
from tests.support.envoy import World, running_world
from tests.support.http_servers import Behavior, Load

pytestmark = pytest.mark.local_stack


def since(world: World, mark: str) -> Observation:
    observation = world.metrics.since("tax", mark)
    assert isinstance(observation, Observation)
    return observation


def test_without_traffic_there_are_no_requests_and_no_answer_times(world: World) -> None:
    world.serve(world.route(), 50)
    observation = since(world, world.metrics.mark("tax"))
    assert (observation.legacy, observation.canary) == (SILENT, SILENT), "zeros, and not no data"
    assert observation.window_s >= 0


def test_each_side_has_its_own_count_from_the_mark_on(world: World) -> None:
    world.serve(world.route(), 0)
    for _ in range(3):
        world.ask()
    mark = world.metrics.mark("tax")
    for _ in range(4):
        world.ask()
    world.plane.shift("tax", Weight(100))
    for _ in range(5):
        world.ask()
    world.canary.behavior = Behavior(status=500)
    world.ask()
    observation = since(world, mark)
    assert (counts(observation.legacy), counts(observation.canary)) == ((4, 0), (6, 1))
    world.ask()
    assert counts(since(world, mark).canary) == (7, 2), "a mark can be used again"
    chained = since(world, observation.mark)
    assert (counts(chained.legacy), counts(chained.canary)) == ((0, 0), (1, 1))


def test_other_answers_than_failures_are_no_failures(world: World) -> None:
    world.serve(world.route(), 100)
    mark = world.metrics.mark("tax")
    for status in (200, 201, 302, 400, 404, 422):
        world.canary.behavior = Behavior(status=status)
        world.ask()
    assert counts(since(world, mark).canary) == (6, 0)


@pytest.mark.parametrize("weight", [0, 100])
def test_a_client_that_gives_up_is_a_failure_of_the_side_that_kept_it_waiting(world: World, weight: float) -> None:
    world.serve(world.route(), weight)
    mark = world.metrics.mark("tax")
    world.canary.behavior = world.legacy.behavior = Behavior(delay_s=3)
    for _ in range(3):
        assert world.ask(timeout_s=0.1).status == 0

    def seen() -> bool:
        observation = since(world, mark)
        return (3, 3) in (counts(observation.legacy), counts(observation.canary))

    assert wait_until(seen, 5)
    observation = since(world, mark)
    assert counts(observation.canary if weight else observation.legacy) == (3, 3)


def test_a_failure_whose_body_comes_later_is_one_failure(world: World) -> None:
    world.serve(world.route(fallback=("GET", "POST")), 100)
    world.canary.behavior = Behavior(status=429, body_delay_s=0.03)
    mark = world.metrics.mark("tax")
    assert {world.ask("POST", body=b"{}").side for _ in range(5)} == {"fallback"}
    seen = world.metrics.since("tax", mark)
    assert not isinstance(seen, NoData)
    assert (seen.canary.requests, seen.canary.first_try_errors, seen.canary.throttled) == (5, 5, 5)


@pytest.mark.parametrize("weight", [0, 100])
def test_an_answer_that_ends_in_the_middle_is_a_failure(world: World, weight: float) -> None:
    world.serve(world.route(), weight)
    (world.canary if weight else world.legacy).behavior = Behavior(cut=True)
    mark = world.metrics.mark("tax")
    assert all_at_once(world, 4) == {0}

    def told() -> bool:
        seen = world.metrics.since("tax", mark)
        assert not isinstance(seen, NoData)
        side = seen.canary if weight else seen.legacy
        return (side.requests, side.first_try_errors) == (4, 4)

    assert wait_until(told, 5), world.metrics.since("tax", mark)


def test_calls_under_way_are_not_given_up(world: World) -> None:
    import threading

    world.serve(world.route(), 100)
    mark = world.metrics.mark("tax")
    world.canary.behavior = Behavior(delay_s=1.0)
    threads = [threading.Thread(target=world.ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert wait_until(lambda: world.canary.count() == 4, 5)
    seen = world.metrics.since("tax", mark)
    assert not isinstance(seen, NoData) and seen.canary.first_try_errors == 0
    for thread in threads:
        thread.join()

    def answered() -> int:
        """Of calls that took as long as these: one of before may be told late, and none of those did."""
        times = since(world, mark).canary.times
        return sum(count for bucket, count in times.items() if bound_ms(bucket) >= 1000)

    assert wait_until(lambda: answered() == 4, 5), "their times come late"


def test_answer_times_are_of_first_tries_by_side(world: World) -> None:
    world.serve(world.route(fallback=("GET",)), 0)
    mark = world.metrics.mark("tax")
    world.legacy.behavior = Behavior(delay_s=0.03)
    for _ in range(FEWEST):
        world.ask()
    world.plane.shift("tax", Weight(100))
    for _ in range(FEWEST):
        world.ask()
    # Tries that fall back do not make legacy look slow, nor the canary: they are failures.
    world.canary.behavior = Behavior(status=500)
    world.legacy.behavior = Behavior(delay_s=0.5)
    world.ask()

    def measured() -> bool:
        observation = since(world, mark)
        return None not in (p95(observation.legacy), p95(observation.canary))

    assert wait_until(measured, 5), "the access log is flushed several times a second"
    observation = since(world, mark)
    assert 30 <= p95(observation.legacy) < 400  # type: ignore[operator]
    assert 0 < p95(observation.canary) < 30  # type: ignore[operator]


def test_the_log_of_calls_tells_no_secrets(world: World) -> None:
    world.serve(world.route(fallback=("GET",)), 100)
    world.canary.behavior = Behavior(status=500)
    world.ask(path="/elsewhere/secret-4")
    told = {"x-request-id": "this-one", "authorization": "secret-2", "cookie": "secret-3"}
    world.ask(path="/api/tax/no?token=secret-1", headers=told)
    logs = [world.envoy.directory / name for name in ("calls.log", "tries.log")]
    assert wait_until(lambda: all("this-one" in log.read_text() for log in logs), 5)
    texts = [log.read_text() for log in logs]
    assert "secret" not in "".join(texts)
    assert "unrouted" not in "".join(texts), "legacy's own traffic fills no log of ours"
    call, first_try = (json.loads(next(line for line in text.splitlines() if "this-one" in line)) for text in texts)
    assert (call["route"], call["side"], call["status"], call["tries"]) == ("tax", "fallback", 200, 2)
    assert (first_try["route"], first_try["side"], first_try["status"]) == ("tax", "canary", 500)


def test_looks_in_a_chain_tell_what_one_look_tells(world: World) -> None:
    """Under load, with answers of every kind on both sides: nothing is told twice, and nothing is left out."""
    world.serve(world.route(fallback=("GET", "POST")), 50)
    first = world.metrics.mark("tax")
    mark, told = first, [Sample(0, 0), Sample(0, 0)]

    def look() -> None:
        nonlocal mark
        seen = since(world, mark)
        mark = seen.mark
        told[:] = [told[0] + seen.legacy, told[1] + seen.canary]
        for side in (seen.legacy, seen.canary):
            assert side.first_try_errors <= side.requests

    listen = world.config.http_plane.listen
    rounds = [(Behavior(), 40), (Behavior(status=429), 40), (Behavior(cut=True), 4), (Behavior(status=500), 40)]
    for behavior, calls in [*rounds, (Behavior(), 10)]:
        world.canary.behavior = behavior
        world.legacy.behavior = Behavior(status=503) if behavior.status == 429 else Behavior()
        with Load(listen, lambda _: ("GET", "/api/tax/no", {}, None), connections=4) as load:
            while load.total < calls:
                look()

    def settled() -> bool:
        look()
        once = since(world, first)
        return [once.legacy, once.canary] == told

    assert wait_until(settled, 5), (told, world.metrics.since("tax", first))
    once = since(world, first)
    assert once.canary.first_try_errors > once.canary.throttled > 0  # type: ignore[operator]
    assert once.legacy.first_try_errors > 0
    answered = sum(once.canary.times.values())
    assert 0 < answered <= once.canary.requests


def test_what_was_cut_off_is_told_late_but_told(world: World, tmp_path: Path) -> None:
    """A log of our own, so that its lines come when the test says."""
    world.serve(world.route(), 100)
    cut = {"route": "tax", "side": "canary", "answer_us": None, "flags": "UPE", "status": 200}
    with closing(EnvoyMetrics(world.config.http_plane.admin, tmp_path)) as metrics:

        def look(mark: str) -> Observation:
            seen = metrics.since("tax", mark)
            assert isinstance(seen, Observation)
            return seen

        mark = metrics.mark("tax")
        for _ in range(4):
            world.ask()
        seen = look(mark)
        assert counts(seen.canary) == (4, 0)
        (tmp_path / "tries.log").write_text((json.dumps(cut) + "\n") * 3)
        late = look(seen.mark)
        assert counts(late.canary) == (0, 0), "no more failures than requests in a window"
        world.ask()
        next_one = look(late.mark)
        assert counts(next_one.canary) == (1, 1)
        for _ in range(5):
            world.ask()
        last = look(next_one.mark)
        assert counts(last.canary) == (5, 2)
        assert counts(look(last.mark).canary) == (0, 0)


def test_cold_starts_are_told_by_the_handler_and_shown_to_no_client(world: World) -> None:
    world.serve(world.route(fallback=("GET",)), 100)
    mark = first = world.metrics.mark("tax")
    world.ask()
    # A call of before may be told late, beside the one of now.
    assert wait_until(lambda: sum(since(world, mark).canary.times.values()) >= 1, 5)
    assert since(world, mark).canary.cold_starts is None, "a handler that says nothing is not one that is never cold"

    world.canary.behavior = Behavior(headers={"x-migrator-cold-start": "1"}, delay_s=0.2)
    assert "x-migrator-cold-start" not in world.ask().headers
    world.canary.behavior = Behavior(headers={"x-migrator-cold-start": "0"})
    for _ in range(3):
        assert "x-migrator-cold-start" not in world.ask().headers
    total = Sample(0, 0)

    def told() -> bool:
        nonlocal mark, total
        world.ask()  # one that is told late counts for the requests that follow
        look = since(world, mark)
        mark, total = look.mark, total + look.canary
        return total.cold_starts == 1

    assert wait_until(told, 5), total
    once = since(world, first).canary
    assert once.cold_starts == 1
    assert max(once.times) < number_of(200), "its time is left out"
    assert since(world, mark).canary.cold_starts == 0


def test_an_envoy_that_was_restarted_long_before_the_look_is_found_out(tmp_path: Path) -> None:
    """Its uptime is beyond that of the mark by then, and its counters may be as well."""
    with running_world(tmp_path) as world:
        world.serve(world.route(), 0)
        mark = world.metrics.mark("tax")
        assert json.loads(mark)["uptime_s"] <= 1
        world.envoy.stop()
        with EnvoyProcess.start(world.config, world.envoy.directory, concurrency=1):
            world.serve(world.route(), 0)
            assert wait_until(lambda: json.loads(world.metrics.mark("tax"))["uptime_s"] >= 2, 5)
            assert _mark_lost(world.metrics.since("tax", mark))


def test_a_route_that_envoy_does_not_know_has_no_figures(world: World) -> None:
    mark = world.metrics.mark("tax")
    answer = world.metrics.since("tax", mark)
    assert isinstance(answer, NoData) and not answer.mark_lost, "the route may come yet"


def test_the_machines_clock_may_jump(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.serve(world.route(), 0)
    mark = world.metrics.mark("tax")
    real = time.time
    for jump in (-3600, 7200):
        monkeypatch.setattr(time, "time", lambda jump=jump: real() + jump)
        assert 0 <= since(world, mark).window_s < 30


@pytest.mark.parametrize(
    ("path", "told"), [("local", True), ("function-url", True), ("http-api", False), ("load-balancer", False)]
)
def test_throttles_are_told_where_the_way_to_the_function_tells_them(path: str, told: bool) -> None:
    with closing(EnvoyMetrics("127.0.0.1:1", paths={"tax": path})) as metrics:
        assert metrics.about("tax") == Measuring("envoy", times=False, cold_starts=False, throttles=told)


def test_a_mark_is_short(world: World) -> None:
    assert len(world.metrics.mark("tax")) < 400


@pytest.mark.parametrize("mark", ["", "x", "{}", "[]", '{"at": 1, "started": 2, "legacy": {}, "canary": {}}'])
def test_a_mark_of_somebody_else_is_lost(world: World, mark: str) -> None:
    assert _mark_lost(world.metrics.since("tax", mark))


def test_a_route_made_anew_loses_its_marks(world: World) -> None:
    world.serve(world.route(), 0)
    for _ in range(5):
        world.ask()
    mark = world.metrics.mark("tax")
    world.plane.retire("tax")
    with closing(AdminClient(world.config.http_plane.admin)) as admin:
        assert wait_until(lambda: not admin.counters(["cluster.tax_legacy."]), 10)
    world.serve(world.route(), 0)
    world.ask()
    assert _mark_lost(world.metrics.since("tax", mark))


def test_a_restarted_envoy_loses_the_marks_and_one_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with running_world(tmp_path) as world:
        world.serve(world.route(), 0)
        for _ in range(3):
            world.ask()
        mark = world.metrics.mark("tax")
        world.envoy.stop()
        with pytest.raises(RemoteError):
            world.metrics.mark("tax")
        with pytest.raises(RemoteError):
            world.metrics.since("tax", mark)
        with EnvoyProcess.start(world.config, world.envoy.directory, concurrency=1):
            answer = world.metrics.since("tax", mark)
            assert _mark_lost(answer)
            assert isinstance(answer, NoData)


SILENT = Sample(0, 0, throttled=0)


def all_at_once(world: World, calls: int) -> set[int]:
    with ThreadPoolExecutor(calls) as pool:
        return {reply.status for reply in pool.map(lambda _: world.ask(timeout_s=5), range(calls))}


def counts(side: Sample) -> tuple[int, int]:
    return side.requests, side.first_try_errors


def _mark_lost(answer: Observation | NoData) -> bool:
    return isinstance(answer, NoData) and answer.mark_lost


def p95(side: Sample | NoData) -> float | None:
    assert isinstance(side, Sample)
    return quantile_ms(side.times, 0.95)
