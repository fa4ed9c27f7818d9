"""Legacy answers for the canary, and only for the canary; and each failed first try is counted."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from migrator.domain.observations import Observation
from migrator.domain.routes import Weight
from tests.support.envoy import World
from tests.support.http_servers import Behavior, HttpServer

pytestmark = pytest.mark.local_stack


def observed(world: World, mark: str) -> Observation:
    observation = world.metrics.since("tax", mark)
    assert isinstance(observation, Observation)
    return observation


def counts(observation: Observation) -> tuple[tuple[int, int], tuple[int, int]]:
    """(requests, first-try errors) of the canary and of legacy."""
    canary, legacy = observation.canary, observation.legacy
    return (canary.requests, canary.first_try_errors), (legacy.requests, legacy.first_try_errors)  # type: ignore[union-attr]


BREAKAGES: dict[str, Callable[[HttpServer], None]] = {
    "dead": lambda server: server.stop(),
    "hung": lambda server: setattr(server, "behavior", Behavior(delay_s=5)),
    "throttling": lambda server: setattr(server, "behavior", Behavior(status=429)),
    "failing": lambda server: setattr(server, "behavior", Behavior(status=500)),
    "resetting": lambda server: setattr(server, "behavior", Behavior(reset=True)),
    "timing out behind its front": lambda server: setattr(server, "behavior", Behavior(status=504)),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_canary_gives_clients_good_answers_and_shows_as_failed(world: World, breakage: str) -> None:
    world.serve(world.route(fallback=("POST",), try_s=0.2), 50)
    mark = world.metrics.mark("tax")
    BREAKAGES[breakage](world.canary)
    try:
        began = time.monotonic()
        replies = [world.ask("POST", body=b'{"amount": 1}') for _ in range(20)]
        seconds = time.monotonic() - began
    finally:
        if breakage == "dead":
            world.canary.start()
    assert {reply.status for reply in replies} == {200}
    sides = [reply.side for reply in replies]
    assert set(sides) <= {"legacy", "fallback"}
    fallbacks = sides.count("fallback")
    assert fallbacks, "at 50 % some of 20 calls go to the canary first"
    assert counts(observed(world, mark)) == ((fallbacks, fallbacks), (20 - fallbacks, 0))
    assert seconds < 20 * 0.2 + 3, "a hung canary is given up in time"


def test_the_second_try_reaches_legacy_as_the_client_sent_it(world: World) -> None:
    world.serve(world.route(fallback=("POST",)), 100)
    world.canary.behavior = Behavior(status=500)
    body = bytes(range(256)) * 8000  # 2 MB, more than Envoy keeps by default
    sent = {"host": "shop.example", "content-type": "application/octet-stream"}
    reply = world.ask("POST", "/api/tax/%C3%A9?x=%2F", headers=sent, body=body)
    assert (reply.status, reply.side) == (200, "fallback")
    (asked,) = world.legacy.asked
    assert (asked.path, asked.body) == ("/api/tax/%C3%A9?x=%2F", body)
    assert {name: asked.headers[name] for name in sent} == sent
    assert not [name for name in asked.headers if name.startswith("x-envoy")]


@pytest.mark.parametrize("weight", [0, 50, 100])
def test_legacy_failing_is_executed_exactly_once_per_request(world: World, weight: float) -> None:
    world.serve(world.route(fallback=("POST",)), weight)
    mark = world.metrics.mark("tax")
    world.legacy.behavior = Behavior(status=500)
    replies = [world.ask("POST", body=b"{}") for _ in range(60)]
    failed = sum(reply.status == 500 for reply in replies)
    assert world.legacy.count() == failed == sum(reply.side == "legacy" for reply in replies)
    assert world.legacy.count() + world.canary.count() == 60
    assert counts(observed(world, mark))[1] == (failed, failed)


def test_when_both_sides_fail_legacy_is_asked_once_and_its_answer_is_given(world: World) -> None:
    world.serve(world.route(fallback=("POST",)), 100)
    world.canary.behavior, world.legacy.behavior = Behavior(status=502), Behavior(status=500)
    reply = world.ask("POST", body=b"{}")
    assert (reply.status, reply.side) == (500, "fallback")
    assert (world.canary.count(), world.legacy.count()) == (1, 1)


def test_a_second_try_of_a_slow_legacy_has_its_full_time(world: World) -> None:
    world.serve(world.route(fallback=("POST",), try_s=0.1), 100)
    world.canary.behavior, world.legacy.behavior = Behavior(delay_s=2), Behavior(delay_s=0.6)
    reply = world.ask("POST", body=b"{}")
    assert (reply.status, reply.side) == (200, "fallback")


def test_methods_that_are_not_named_get_no_second_try(world: World) -> None:
    world.serve(world.route(fallback=("GET",)), 100)
    world.canary.behavior = Behavior(status=500)
    assert (world.ask("GET").status, world.ask("GET").side) == (200, "fallback")
    reply = world.ask("POST", body=b"{}")
    assert (reply.status, reply.side) == (500, "canary")


def test_both_kinds_of_method_have_one_weight(world: World) -> None:
    world.serve(world.route(fallback=("GET",)), 100)
    assert {world.ask(method).side for method in ("GET", "POST")} == {"canary"}
    world.plane.shift("tax", Weight(0))
    assert {world.ask(method).side for method in ("GET", "POST")} == {"legacy"}


@pytest.mark.parametrize(
    ("on", "mended", "passed_on"),
    [("error", 500, 504), ("error", 503, 429), ("timeout", 504, 500), ("throttle", 429, 502)],
)
def test_only_the_named_failures_are_mended(world: World, on: str, mended: int, passed_on: int) -> None:
    from dataclasses import replace

    route = world.route(fallback=("GET",))
    assert route.fallback is not None
    world.serve(replace(route, fallback=replace(route.fallback, on=(on,))), 100)
    for status, expected in ((mended, (200, "fallback")), (passed_on, (passed_on, "canary")), (404, (404, "canary"))):
        world.canary.behavior = Behavior(status=status)
        reply = world.ask()
        assert (reply.status, reply.side) == expected


def test_a_hung_canary_without_fallback_ends_at_the_routes_timeout(world: World) -> None:
    world.serve(world.route(timeout_s=0.2), 100)
    world.canary.behavior = Behavior(delay_s=5)
    assert world.ask().status == 504


@pytest.mark.parametrize("body_delay_s", [0.4, 0.6])
def test_an_answer_that_has_begun_is_not_cut_off_when_the_try_is_over(world: World, body_delay_s: float) -> None:
    world.serve(world.route(fallback=("POST",), try_s=0.3, timeout_s=5), 100)
    world.canary.behavior = Behavior(body_delay_s=body_delay_s)
    reply = world.ask("POST", body=b"{}")
    assert (reply.status, reply.side) == (200, "canary")
    assert (world.canary.count(), world.legacy.count()) == (1, 0)


def test_an_answer_that_has_begun_ends_at_the_routes_timeout(world: World) -> None:
    world.serve(world.route(fallback=("POST",), try_s=0.2, timeout_s=0.5), 100)
    world.canary.behavior = Behavior(body_delay_s=5)
    began = time.monotonic()
    reply = world.ask("POST", body=b"{}")
    assert time.monotonic() - began < 4
    assert reply.status == 0, "half an answer is no answer"
    assert world.legacy.count() == 0
