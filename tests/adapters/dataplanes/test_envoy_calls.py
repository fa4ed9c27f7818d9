"""What a call looks like on its way: path, headers, side, stickiness, unrouted calls."""

from __future__ import annotations

import socket
from dataclasses import replace

import pytest

from migrator.adapters.processes import wait_until
from migrator.domain.routes import HttpMatch, Segment, Weight
from tests.support.envoy import World
from tests.support.http_servers import Behavior, Load

pytestmark = pytest.mark.local_stack


@pytest.mark.parametrize(
    "target",
    [
        "/other?x=%2F&y=%2e",
        "/a%2Fb/%C3%A9/%c3%a9/~/%7E",
        "//double//slashes/",
        "/dots/../and/./more",
        "/back\\slash;semi=1?q=a+b%20c",
        "/api/tax/a%2Fb",
        "/api/tax/..",
        "/api/tax/x%2e%2e",
        "/api/tax/%5c",
        "/?",
    ],
)
def test_legacy_sees_the_very_path_that_the_client_sent(world: World, target: str) -> None:
    world.serve(world.route(), 100)
    assert world.ask(path=target).status == 200
    assert [asked.path for asked in world.legacy.asked] == [target]
    assert world.canary.count() == 0


@pytest.mark.parametrize("part", ["no", "%C3%A9", "a%20b", "x;y=1", "1.5", "...", "~%7E"])
def test_the_canary_sees_its_base_path_and_the_very_path_of_the_call(world: World, part: str) -> None:
    world.serve(world.route(), 100)
    assert world.ask(path=f"/api/tax/{part}?year=2020&x=%2f").side == "canary"
    assert [asked.path for asked in world.canary.asked] == [f"/tax/api/tax/{part}?year=2020&x=%2f"]


@pytest.mark.parametrize(
    "path", ["/api/tax", "/api/tax/", "/api/tax/no/", "/api/tax/no/more", "/API/tax/no", "/x/api/tax/no"]
)
def test_a_template_matches_whole_paths_part_by_part(world: World, path: str) -> None:
    world.serve(world.route(), 100)
    assert world.ask(path=path).side == "legacy"


def test_a_word_of_the_template_matches_however_it_was_encoded(world: World) -> None:
    world.serve(world.route(path="/å b/{x}"), 100)
    assert world.ask(path="/%C3%A5%20b/1").side == "canary"
    assert world.ask(path="/%c3%a5%20b/1").side == "canary"


def test_methods_that_the_route_does_not_name_go_to_legacy(world: World) -> None:
    world.serve(world.route(methods=("POST",)), 100)
    assert world.ask("POST", body=b"{}").side == "canary"
    assert {world.ask(method).side for method in ("GET", "PUT", "DELETE", "OPTIONS")} == {"legacy"}


def test_the_more_specific_template_wins_whatever_the_order(world: World) -> None:
    world.serve(world.route("wide", path="/s/{a}/{b}"), 100)
    world.serve(world.route("narrow", path="/s/x/{b}"), 0)
    assert world.ask(path="/s/x/1").side == "legacy"
    assert world.ask(path="/s/y/1").side == "canary"


def test_only_the_segment_takes_part(world: World) -> None:
    route = world.route()
    segment = Segment("header", "x-risk", ("low",))
    world.serve(replace(route, match=replace(route.match, segment=segment)), 100)
    assert world.ask(headers={"x-risk": "low"}).side == "canary"
    assert world.ask(headers={"x-risk": "high"}).side == "legacy"
    assert world.ask().side == "legacy"


def test_two_segments_of_one_path_are_two_routes(world: World) -> None:
    route = world.route()
    for name, value, weight in (("low", "low", 100), ("mid", "mid", 0)):
        world.serve(
            replace(route, name=name, match=replace(route.match, segment=Segment("header", "x-risk", (value,)))), weight
        )
    assert world.ask(headers={"x-risk": "low"}).side == "canary"
    assert world.ask(headers={"x-risk": "mid"}).side == "legacy"
    assert world.ask(headers={"x-risk": "no"}).side == "legacy"


def test_control_headers_of_clients_reach_nobody_and_steer_nothing(world: World) -> None:
    world.serve(world.route(), 100)
    world.canary.behavior = Behavior(status=503)
    spoofed = {
        "x-envoy-retry-on": "5xx",
        "x-envoy-max-retries": "5",
        "x-envoy-upstream-rq-timeout-ms": "1",
        "x-migrator-route": "tax+fallback",
        "x-migrator-side": "legacy",
        "x-kept": "yes",
    }
    reply = world.ask(headers=spoofed)
    assert (reply.status, reply.side) == (503, "canary")
    (asked,) = world.canary.asked
    assert asked.headers["x-kept"] == "yes"
    assert not [name for name in asked.headers if name.startswith(("x-envoy-", "x-migrator-"))]
    world.ask(path="/other", headers=spoofed)
    (asked,) = world.legacy.asked
    assert not [name for name in asked.headers if name.startswith(("x-envoy-", "x-migrator-"))]


def test_an_answer_is_the_servers_own_with_the_side_added(world: World) -> None:
    world.serve(world.route(), 100)
    world.canary.behavior = Behavior(headers={"x-migrator-side": "liar", "x-own": "1"})
    reply = world.ask()
    assert reply.headers["server"].startswith("BaseHTTP")
    assert reply.headers["x-own"] == "1"
    assert reply.side == "canary"
    assert not [name for name in reply.headers if name.startswith("x-envoy")]


def test_the_host_and_forwarding_headers_stay_as_they_were(world: World) -> None:
    world.serve(world.route(), 0)
    sent = {
        "host": "shop.example",
        "x-forwarded-for": "203.0.113.9",
        "x-forwarded-proto": "https",
        "x-request-id": "abc",
    }
    world.ask(headers=sent)
    (asked,) = world.legacy.asked
    assert {name: asked.headers[name] for name in sent} == sent


def test_callers_stay_on_their_side_and_a_rising_weight_moves_them_one_way(world: World) -> None:
    world.serve(world.route(sticky="x-tenant"), 0)
    tenants = [f"tenant-{number}" for number in range(150)]
    before: set[str] = set()
    for weight in (10, 40, 90, 100):
        world.plane.shift("tax", Weight(weight))
        sides = {tenant: {world.ask(headers={"x-tenant": tenant}).side for _ in range(2)} for tenant in tenants}
        assert all(len(side) == 1 for side in sides.values()), "each caller has one side"
        now = {tenant for tenant, side in sides.items() if side == {"canary"}}
        assert before <= now
        # 150 callers: five standard errors around the weight.
        assert abs(len(now) / 150 - weight / 100) <= 5 * (weight / 100 * (1 - weight / 100) / 150) ** 0.5
        before = now
    assert len(before) == 150


def test_the_observed_share_is_the_weight(world: World) -> None:
    world.serve(world.route(), 20)
    sides = [world.ask().side for _ in range(1000)]
    assert abs(sides.count("canary") / 1000 - 0.2) <= 4 * (0.2 * 0.8 / 1000) ** 0.5


def test_twenty_weight_changes_under_load_lose_nothing(world: World) -> None:
    world.serve(world.route(methods=("POST",)), 0)
    with Load(world.config.plane.listen, lambda _: ("POST", "/api/tax/no", {}, b'{"x": 1}'), connections=8) as load:
        for flip in range(20):
            weight = (100, 0, 50, 5)[flip % 4]
            assert world.plane.shift("tax", Weight(weight)) == Weight(weight)
            assert wait_until(lambda: load.total >= (flip + 1) * 40, 30)  # noqa: B023
    assert set(load.statuses) == {200}, load.statuses
    assert load.sides["canary"] > 0 < load.sides["legacy"]
    assert world.legacy.count() + world.canary.count() == load.total, "each call was executed exactly once"


def test_retiring_under_load_loses_nothing(world: World) -> None:
    world.canary.behavior = Behavior(delay_s=0.02)
    route = world.route(methods=("POST",), fallback=("POST",))
    world.serve(route, 100)
    with Load(world.config.plane.listen, lambda _: ("POST", "/api/tax/no", {}, b"{}"), connections=8) as load:
        for turn in range(6):
            assert wait_until(lambda: load.total >= (turn + 1) * 60, 30)  # noqa: B023
            if turn % 2 == 0:
                world.plane.retire("tax")
            else:
                world.plane.ensure(replace(route, weight=100))
    assert set(load.statuses) == {200}, load.statuses


def test_routes_for_every_method_can_have_a_fallback_for_some(world: World) -> None:
    route = replace(world.route(fallback=("GET",)), match=HttpMatch((), "/every/{x}"))
    world.serve(route, 100)
    world.canary.behavior = Behavior(status=500)
    assert (world.ask("GET", "/every/1").status, world.ask("DELETE", "/every/1").status) == (200, 500)


def test_unrouted_calls_may_become_websockets(world: World) -> None:
    host, _, port = world.config.plane.listen.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /chat HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n")
        answer = connection.makefile("rb")
        assert answer.readline().startswith(b"HTTP/1.1 101")
        while answer.readline() != b"\r\n":
            pass
        connection.sendall(b"hello\n")
        assert answer.readline() == b"hello\n"


def test_callers_of_http_1_0_are_served(world: World) -> None:
    host, _, port = world.config.plane.listen.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"GET /old HTTP/1.0\r\nhost: x\r\n\r\n")
        assert b" 200 OK" in connection.makefile("rb").readline()
