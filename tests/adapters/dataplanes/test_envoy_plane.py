"""The running configuration survives what is refused, and the weight survives a restart."""

from __future__ import annotations

import json
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters import processes
from migrator.adapters.dataplanes.envoy import EnvoyDataPlane, EnvoyProcess, find_envoy, start_command, write_files
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import FENCES, PlaneDirectory
from migrator.domain.routes import HttpMatch, Route, Segment, Weight
from migrator.errors import InputError, RemoteError
from migrator.rollout.ports import Fence, Fenced
from migrator.router import Canary, PlaneConfig, RouteConfig, default_rollout
from migrator.router.envoy_names import names_of
from tests.support.envoy import World, empty_config, require_envoy, running_world
from tests.support.http_servers import HttpServer

pytestmark = pytest.mark.local_stack


def test_a_configuration_that_envoy_rejects_leaves_the_running_one(world: World) -> None:
    world.serve(world.route(), 30)
    files = {path: path.read_bytes() for path in world.envoy.directory.glob("*.json")}
    # No router.yaml can say this header; it stands for whatever validation may miss.
    bad = replace(world.route("bad", path="/bad"), match=HttpMatch((), "/bad", Segment("header", "x\n", ("v",))))
    with pytest.raises(RemoteError, match=r"rejected the configuration: .*Name: value does not match") as caught:
        world.plane.ensure(bad)
    assert caught.value.hint == "what ran before still runs"
    assert {path: path.read_bytes() for path in world.envoy.directory.glob("*.json")} == files
    assert list(world.plane.routes()) == ["tax"]
    assert world.plane.weights("tax") == Weight(30)
    assert world.ask().status == 200
    world.serve(world.route("good", path="/good"), 100)
    assert world.ask(path="/good").side == "canary", "the next good one is taken"


def test_a_url_that_cannot_be_used_touches_nothing(world: World) -> None:
    world.serve(world.route(), 30)
    files = {path: path.read_bytes() for path in world.envoy.directory.glob("*.json")}
    with pytest.raises(InputError, match="not a URL that calls can be sent to"):
        world.plane.ensure(replace(world.route("bad"), canary_url="http://127.0.0.1:99999999"))
    assert {path: path.read_bytes() for path in world.envoy.directory.glob("*.json")} == files


def test_what_is_already_so_is_not_written_again(world: World) -> None:
    world.serve(world.route(), 30)
    stamps = {path: path.stat().st_mtime_ns for path in world.envoy.directory.glob("*.json")}
    world.plane.ensure(world.route())
    world.plane.shift("tax", Weight(30))
    assert {path: path.stat().st_mtime_ns for path in world.envoy.directory.glob("*.json")} == stamps


def test_a_folder_that_takes_no_fence_lets_no_weight_rise_and_keeps_no_traffic_on(world: World) -> None:
    world.serve(world.route(), 30)
    blocked = world.envoy.directory / FENCES
    blocked.mkdir()
    with pytest.raises(RemoteError, match="cannot write"):
        world.plane.shift("tax", Weight(50), fence=Fence(1.0, 2))
    assert world.plane.weights("tax") == world.plane.recorded("tax") == Weight(30)
    with pytest.raises(RemoteError, match="cannot write"):
        world.plane.shift("tax", Weight(0), fence=Fence(1.0, 3))
    assert world.plane.weights("tax") == world.plane.recorded("tax") == Weight(0)
    blocked.rmdir()
    world.plane.shift("tax", Weight(50), fence=Fence(1.0, 4))
    blocked.write_text("{damaged")
    assert world.plane.shift("tax", Weight(0), fence=Fence(1.0, 1)) == Weight(0)


def test_a_changed_route_is_served_anew_with_its_weight(world: World) -> None:
    world.serve(world.route(), 100)
    assert world.ask().side == "canary"
    with HttpServer("other") as other:
        world.plane.ensure(replace(world.route(), canary_url=other.url))
        assert world.ask().side == "canary"
        assert (other.count(), world.canary.count()) == (1, 1)
        assert world.plane.weights("tax") == Weight(100)


def test_many_routes_are_one_change_and_those_left_out_can_be_retired(world: World) -> None:
    world.plane.ensure_all([world.route(f"r{number}", path=f"/r{number}", weight=number) for number in range(50)])
    assert world.plane.weights("r7") == Weight(7)
    world.plane.shift("r7", Weight(70))
    world.plane.ensure_all([world.route("r7", path="/r7"), world.route("new", path="/new")], only=True)
    assert sorted(world.plane.routes()) == ["new", "r7"]
    assert world.plane.weights("r7") == Weight(70)
    assert world.plane.weights("r8") is None


def test_planes_at_once_lose_no_route_of_each_other(world: World) -> None:
    def work(first: int) -> None:
        with closing(EnvoyDataPlane(world.config.plane, world.config.legacy_url, world.envoy.directory)) as plane:
            for number in range(first, first + 5):
                plane.ensure(world.route(f"r{number}", path=f"/r{number}"))
                plane.shift(f"r{number}", Weight(number + 1))

    threads = [threading.Thread(target=work, args=(first,)) for first in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    expected = {f"r{number}": Weight(number + 1) for first in (0, 10, 20) for number in range(first, first + 5)}
    assert {name: world.plane.weights(name) for name in world.plane.routes()} == expected


def test_a_weight_set_by_hand_is_what_is_read(world: World) -> None:
    world.serve(world.route(), 30)
    names = names_of("tax")
    with closing(AdminClient(world.config.plane.admin)) as admin:
        admin.modify_runtime({names.canary_key: "0", names.legacy_key: "10000"})
    assert world.plane.weights("tax") == Weight(0)
    assert {world.ask().side for _ in range(20)} == {"legacy"}
    world.plane.ensure(world.route("other", path="/other"))
    assert world.plane.weights("tax") == Weight(0), "another change does not bring the old weight back"


def test_a_restarted_envoy_comes_up_with_the_last_weight_and_fence(tmp_path: Path) -> None:
    with running_world(tmp_path) as world:
        route = world.route(weight=5)
        entry = RouteConfig(route, Canary("f", "", route.canary_url), default_rollout("tax"))
        config = replace(world.config, routes=(entry,))
        world.serve(route, 0)
        world.plane.shift("tax", Weight(100), fence=Fence(1.0, 2))
        world.envoy.stop()
        with pytest.raises(RemoteError, match="no Envoy answers"):
            world.plane.weights("tax")
        with EnvoyProcess.start(config, tmp_path, concurrency=1):
            assert world.plane.weights("tax") == Weight(100)
            assert {world.ask().side for _ in range(10)} == {"canary"}
            world.plane.shift("tax", Weight(0), fence=Fence(1.0, 1))
        # Started by hand on the same files, as after a crash.
        with processes.start(start_command(PlaneDirectory(tmp_path)), name="Envoy") as envoy:
            envoy.wait_until(lambda: world.ask().status == 200, 20)
            assert world.plane.weights("tax") == Weight(0)
            assert {world.ask().side for _ in range(10)} == {"legacy"}
            with pytest.raises(Fenced):
                world.plane.shift("tax", Weight(50), fence=Fence(1.0, 1))
            assert world.plane.shift("tax", Weight(50), fence=Fence(1.0, 2)) == Weight(50)


def test_the_files_of_a_running_envoy_are_not_written_past_it(world: World) -> None:
    with pytest.raises(InputError, match="runs on these files"):
        write_files(world.config, PlaneDirectory(world.envoy.directory))


def test_an_envoy_of_another_folder_or_address_is_not_touched(world: World, tmp_path: Path) -> None:
    with closing(EnvoyDataPlane(world.config.plane, world.config.legacy_url, tmp_path)) as plane:
        with pytest.raises(RemoteError, match="reads its configuration from") as caught:
            plane.ensure(world.route())
        assert str(world.envoy.directory) in caught.value.hint
    moved = replace(world.config.plane, listen="127.0.0.1:1")
    with (
        closing(EnvoyDataPlane(moved, world.config.legacy_url, world.envoy.directory)) as plane,
        pytest.raises(RemoteError, match=r"takes calls at .*, not at 127\.0\.0\.1:1"),
    ):
        plane.ensure(world.route())
    assert world.plane.routes() == {}


def test_what_is_no_envoy_is_said(tmp_path: Path) -> None:
    with HttpServer("stranger") as stranger:
        address = f"127.0.0.1:{stranger.port}"
        plane = PlaneConfig("envoy", address, "127.0.0.1:8080")
        with (
            closing(EnvoyDataPlane(plane, "http://127.0.0.1:1", tmp_path)) as data_plane,
            pytest.raises(RemoteError, match="was not started from a configuration of migrator"),
        ):
            data_plane.ensure(_any_route())


def test_a_port_in_use_is_said_with_the_setting(world: World, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="already in use") as caught:
        EnvoyProcess.start(world.config, tmp_path)
    assert "plane.admin in router.yaml" in caught.value.hint


def test_a_configuration_that_cannot_be_started_is_said_with_the_reason(tmp_path: Path) -> None:
    require_envoy()
    route = replace(_any_route(), match=HttpMatch((), "/bad", Segment("header", "x\n", ("v",))))
    with HttpServer("legacy") as legacy:
        config = empty_config(legacy)
        entry = RouteConfig(route, Canary("f", "", route.canary_url), default_rollout("tax"))
        with pytest.raises(RemoteError, match="Name: value does not match"):
            EnvoyProcess.start(replace(config, routes=(entry,)), tmp_path)


def test_a_missing_envoy_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIGRATOR_ENVOY", "/nowhere/envoy")
    with pytest.raises(RemoteError, match="MIGRATOR_ENVOY names /nowhere/envoy, which cannot be run"):
        find_envoy()


def test_it_listens_on_loopback_only(world: World) -> None:
    bootstrap = json.loads((world.envoy.directory / "bootstrap.json").read_text())
    addresses = [bootstrap["admin"]["address"]] + [
        listener["address"] for listener in bootstrap["static_resources"]["listeners"] if "address" in listener
    ]
    assert {address["socket_address"]["address"] for address in addresses} == {"127.0.0.1"}


def _any_route() -> Route:
    return Route("tax", HttpMatch((), "/x"), "http://127.0.0.1:1", "http://127.0.0.1:2", 0)
