"""What narrows, forces, copies and guards the calls of a route: a real Envoy between two servers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.dataplanes.envoy import EnvoyProcess
from migrator.adapters.processes import free_port, wait_until
from migrator.domain.observations import NoData
from migrator.domain.routes import Breaker, Mirror, Overrides, Segment, Sticky, Weight
from migrator.errors import InputError
from migrator.router import PlaneConfig, RouterConfig
from migrator.router.config import TokensConfig
from tests.support.envoy import World, require_envoy, running_world
from tests.support.http_servers import Behavior
from tests.support.seam import loaded

pytestmark = pytest.mark.local_stack
KEY = b"a key of 32 bytes for the tests!"


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(claims: dict[str, object], key: bytes = KEY) -> str:
    """A JSON Web Token by HMAC SHA-256 (RFC 7515, appendix A.1)."""
    head = f"{base64url(json.dumps({'alg': 'HS256', 'kid': 'k'}).encode())}.{base64url(json.dumps(claims).encode())}"
    return f"{head}.{base64url(hmac.new(key, head.encode(), hashlib.sha256).digest())}"


def test_a_host_is_matched_without_regard_to_case_and_port(world: World) -> None:
    route = world.route()
    world.serve(replace(route, match=replace(route.match, hosts=("shop.example", "b.example"))), 100)
    sides = {host: world.ask(headers={"host": host}).side for host in ("Shop.Example:8080", "b.example", "c.example")}
    assert sides == {"Shop.Example:8080": "canary", "b.example": "canary", "c.example": "legacy"}


def test_a_segment_by_path_parameter_takes_its_values_alone(world: World) -> None:
    route = world.route()
    segment = Segment("parameter", "country", ("LU", "é b"))
    world.serve(replace(route, match=replace(route.match, segment=segment)), 100)
    assert [world.ask(path=f"/api/tax/{part}").side for part in ("LU", "%C3%A9%20b", "BE", "LUX", "lu")] == [
        "canary",
        "canary",
        "legacy",
        "legacy",
        "legacy",
    ]
    world.serve(world.route("all", path="/api/tax/{c}"), 100)
    assert world.ask(path="/api/tax/BE").side == "canary", "what the segment leaves out is the wider route's"


def test_a_segment_of_several_header_values(world: World) -> None:
    route = world.route()
    segment = Segment("header", "x-risk", ("low", "a|b", "none."))
    world.serve(replace(route, match=replace(route.match, segment=segment)), 100)
    sides = [world.ask(headers={"x-risk": value}).side for value in ("low", "a|b", "none.", "nonex", "a", "lower")]
    assert sides == ["canary"] * 3 + ["legacy"] * 3


def test_forced_callers_stay_on_their_side_at_any_weight_but_zero(world: World) -> None:
    route = replace(
        world.route(sticky="x-tenant", fallback=("GET",)),
        overrides=Overrides("", ("acme", "a.b"), ("initech",)),
    )
    world.serve(route, 0)
    assert {world.ask(headers={"x-tenant": name}).side for name in ("acme", "initech")} == {"legacy"}
    for weight in (1, 99, 100):
        world.plane.shift(route.name, Weight(weight))
        assert world.ask(headers={"x-tenant": "acme"}).side == "canary"
        assert world.ask(headers={"x-tenant": "a.b"}).side == "canary"
        assert world.ask(headers={"x-tenant": "initech"}).side == "legacy"
    world.plane.shift(route.name, Weight(0))
    assert world.ask(headers={"x-tenant": "acme"}).side == "legacy"


def test_a_forced_caller_is_answered_by_legacy_when_the_canary_fails(world: World) -> None:
    route = replace(world.route(fallback=("GET",)), overrides=Overrides("x-tenant", ("acme",)))
    world.serve(route, 1)
    world.canary.behavior = Behavior(status=500)
    assert [world.ask(headers={"x-tenant": "acme"}).side for _ in range(3)] == ["fallback"] * 3


def test_many_forced_callers_are_taken(world: World) -> None:
    names = tuple(f"tenant-{number:04}-{'x' * 20}" for number in range(1000))
    world.serve(replace(world.route(), overrides=Overrides("x-tenant", names)), 0.01)
    assert world.ask(headers={"x-tenant": names[-1]}).side == "canary"
    assert world.plane.routes()["tax"].overrides.canary == names


def test_copied_calls_carry_the_marker_and_count_for_nobody(world: World) -> None:
    route = replace(world.route(), mirror=Mirror(100, ("email", "http-out")))
    world.serve(route, 0)
    mark = world.metrics.mark("tax")
    replies = [
        world.ask("POST", path="/api/tax/no?x=1", body=b"{}", headers={"x-migrator-shadow": "all"}) for _ in range(20)
    ]
    assert {(reply.status, reply.side) for reply in replies} == {(200, "legacy")}
    assert wait_until(lambda: world.canary.count() == 20, 5)
    assert world.legacy.count() == 20, "a copy goes to the canary alone"
    copied = world.canary.asked[0]
    assert (copied.method, copied.path, copied.body) == ("POST", "/tax/api/tax/no?x=1", b"{}")
    assert copied.headers["x-migrator-shadow"] == "email,http-out"
    assert not any("x-migrator-shadow" in asked.headers for asked in world.legacy.asked)
    observed = world.metrics.since("tax", mark)
    assert not isinstance(observed, NoData)
    assert (observed.legacy.requests, observed.canary.requests) == (20, 0)
    world.canary.behavior = Behavior(status=500)
    assert world.ask("POST", body=b"{}").status == 200


def test_a_share_of_the_calls_is_copied(world: World) -> None:
    world.serve(replace(world.route(), mirror=Mirror(20)), 0)
    for _ in range(400):
        world.ask()
    assert wait_until(lambda: world.canary.count() > 40, 5)
    assert 40 < world.canary.count() < 130, "80 of 400 are expected; this is over 4 standard errors on both sides"
    assert {asked.headers["x-migrator-shadow"] for asked in world.canary.asked} == {"none"}


def test_a_canary_that_fails_again_and_again_is_left_alone_and_counted_as_failing(world: World) -> None:
    route = replace(world.route(fallback=("GET", "POST")), breaker=Breaker(3, 1.0))
    world.serve(route, 100)
    world.canary.behavior = Behavior(status=500)
    mark = world.metrics.mark("tax")
    began = time.monotonic()
    replies = [world.ask() for _ in range(30)]
    times_open = 1 + int(time.monotonic() - began)  # a busy machine may take longer than it stays open
    assert {(reply.status, reply.side) for reply in replies} == {(200, "fallback")}
    assert 3 <= world.canary.count() <= 3 * times_open
    observed = world.metrics.since("tax", mark)
    assert not isinstance(observed, NoData)
    assert (observed.canary.requests, observed.canary.first_try_errors) == (30, 30), "who is left alone does not serve"
    world.canary.behavior = Behavior()
    assert wait_until(lambda: world.ask().side == "canary", 5), "it is tried again"


def test_the_canary_has_no_more_calls_at_once_than_its_bound(world: World) -> None:
    import threading

    route = replace(world.route(fallback=("GET", "POST"), try_s=5.0), max_concurrent=2)
    world.serve(route, 100)
    world.canary.behavior = Behavior(delay_s=0.5)
    sides: list[str] = []
    threads = [threading.Thread(target=lambda: sides.append(world.ask().side)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(sides)) == ["canary", "fallback"]
    assert world.canary.count() <= 3


def test_callers_are_where_the_seam_has_them(world: World, tmp_path: Path) -> None:
    group = "checkout"
    route = replace(world.route(), sticky=Sticky("header", "x-tenant", group))
    tenants = [f"tenant-{number}" for number in range(300)] + ["ö", "a b", "x" * 80]
    with loaded(tmp_path) as seam:
        for weight in (5, 50):
            world.serve(route, weight)
            for tenant in tenants:
                bucket = seam.xxh64(f"{group}:{tenant}".encode()) % 10_000
                side = world.ask(headers={"x-tenant": tenant.encode().decode("latin-1")}).side
                assert side == ("canary" if bucket < weight * 100 else "legacy"), tenant


def test_another_group_has_other_callers_on_the_canary(world: World) -> None:
    world.serve(world.route("one", path="/one", sticky="x-tenant"), 50)
    world.serve(world.route("two", path="/two", sticky="x-tenant"), 50)
    pairs = [
        (world.ask(path="/one", headers=header).side, world.ask(path="/two", headers=header).side)
        for header in ({"x-tenant": str(number)} for number in range(200))
    ]
    assert 60 < sum(one == two for one, two in pairs) < 140, "they agree by chance alone"


@pytest.fixture(scope="module")
def tokens_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tokens")
    (folder / "keys.json").write_text(
        json.dumps({"keys": [{"kty": "oct", "kid": "k", "alg": "HS256", "k": base64url(KEY)}]})
    )
    with running_world(folder / "envoy", tokens=TokensConfig(str(folder / "keys.json"), "shop")) as world:
        yield world


def test_a_segment_by_a_claim_of_a_good_token(tokens_world: World) -> None:
    world = tokens_world
    segment = Segment("claim", "plan.tier", ("low", "free"))
    route = world.route()
    world.serve(replace(route, match=replace(route.match, segment=segment)), 100)

    def side(claims: dict[str, object], key: bytes = KEY) -> str:
        reply = world.ask(headers={"authorization": f"Bearer {token({'iss': 'shop', **claims}, key)}"})
        assert reply.status == 200
        return reply.side

    assert side({"plan": {"tier": "low"}}) == "canary"
    assert side({"plan": {"tier": ["gold", "free"]}}) == "canary", "a list with the value"
    assert side({"plan": {"tier": "gold"}}) == "legacy"
    assert side({"plan": {"tier": "low"}}, b"another key of another length!!!") == "legacy", "nobody signed it"
    assert side({"iss": "other", "plan": {"tier": "low"}}) == "legacy"
    assert side({"plan": {"tier": "low"}, "exp": int(time.time()) - 600}) == "legacy", "it is over"
    assert world.ask().side == "legacy", "no token at all"
    assert world.legacy.asked[-2].headers["authorization"].startswith("Bearer "), "legacy judges tokens itself"


@pytest.mark.parametrize("content", [None, "not json", "[]", '{"keys": 1}'])
def test_keys_that_cannot_be_used_are_said_before_anything_is_written(tmp_path: Path, content: str | None) -> None:
    require_envoy()
    if content is not None:
        (tmp_path / "keys.json").write_text(content)
    plane = PlaneConfig(
        "envoy",
        f"127.0.0.1:{free_port()}",
        f"127.0.0.1:{free_port()}",
        tokens=TokensConfig(str(tmp_path / "keys.json")),
    )
    with pytest.raises(InputError, match=r"keys of tokens|Key Set"):
        EnvoyProcess.start(RouterConfig(plane, (), "http://127.0.0.1:1"), tmp_path / "envoy")
    assert not (tmp_path / "envoy" / "bootstrap.json").exists()
