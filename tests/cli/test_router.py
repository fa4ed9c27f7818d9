"""`migrator router` as its users see it: output, exit codes, and what is left alone."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.adapters import processes
from migrator.domain.routes import Weight
from tests.support.envoy import World, running_world
from tests.support.router_files import EXAMPLE


def migrator(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "migrator", "router", *map(str, arguments)],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "router.yaml"
    path.write_text(EXAMPLE)
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.yaml"
    path.write_text(EXAMPLE.replace("weight: 5\n", "weight: 500\n").replace("sticky:", "stiky:"))
    return path


def test_validate_says_ok_and_how_many_routes(good: Path) -> None:
    for arguments in ((good,), ("--router", good), ()):
        done = migrator("validate", *arguments, cwd=good.parent)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith("router.yaml: ok, 1 route\n")


def test_validate_names_the_file_of_each_mistake(good: Path) -> None:
    head, routes = EXAMPLE.split("routes:\n")
    good.write_text(f"{head}include: [routes/*.yaml]\nlegacy: {{url: http://127.0.0.1:8000}}\n")
    fragment = good.parent / "routes" / "tax.yaml"
    fragment.parent.mkdir()
    fragment.write_text(f"version: 1\nroutes:\n{routes}")
    done = migrator("validate", cwd=good.parent)
    assert done.stdout == "router.yaml: ok, 1 route in 2 files\n"
    fragment.write_text(f"version: 1\nroutes:\n{routes}".replace("weight: 5\n", "weight: 500\n"))
    done = migrator("validate", cwd=good.parent)
    assert done.returncode == 3
    assert done.stdout == ("routes/tax.yaml:7:13: routes[0].weight: a weight lies between 0 and 100, found 500\n")


def test_validate_prints_each_mistake_with_its_place(bad: Path) -> None:
    done = migrator("validate", "bad.yaml", cwd=bad.parent)
    assert done.returncode == 3
    assert done.stdout.splitlines() == [
        "bad.yaml:9:13: routes[0].weight: a weight lies between 0 and 100, found 500",
        "bad.yaml:10:5: routes[0].stiky: no such key; did you mean sticky?",
    ]
    assert "2 mistakes" in done.stderr


def test_validate_as_json(good: Path, bad: Path) -> None:
    assert json.loads(migrator("validate", good, "--json").stdout)["valid"] is True
    done = migrator("validate", bad, "--format", "json")
    assert done.returncode == 3
    document = json.loads(done.stdout)
    assert document["valid"] is False
    assert document["mistakes"][0] == {
        "file": str(bad),
        "line": 9,
        "column": 13,
        "key": "routes[0].weight",
        "message": "a weight lies between 0 and 100, found 500",
    }


def test_hostile_text_in_the_file_does_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_text(EXAMPLE.replace("kind: envoy", 'kind: "\\e[31mred"'))
    done = migrator("validate", path)
    assert done.returncode == 3
    assert "\x1b" not in done.stdout + done.stderr


def test_two_files_or_none_are_a_wrong_call(good: Path, bad: Path, tmp_path: Path) -> None:
    done = migrator("validate", good, "--router", bad)
    assert (done.returncode, "two files are named" in done.stderr) == (2, True)
    done = migrator("validate", tmp_path / "none.yaml")
    assert (done.returncode, "No such file" in done.stderr) == (3, True)


@pytest.mark.parametrize("command", ["render", "show", "apply"])
def test_a_file_with_mistakes_is_refused_by_every_command(command: str, bad: Path) -> None:
    done = migrator(command, bad)
    assert done.returncode == 3
    assert "bad.yaml:9:13: routes[0].weight" in done.stderr
    assert "bad.yaml:10:5: routes[0].stiky" in done.stderr
    assert done.stdout == ""


def test_render_prints_what_envoy_is_given_and_how_to_act_by_hand(good: Path) -> None:
    done = migrator("render", good)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert sorted(document["files"]) == [
        "bootstrap.json",
        "calls.json",
        "clusters.json",
        "tries.json",
        "weights.json",
    ]
    assert document["weight_keys"] == {
        "tax": {
            "canary": "migrator.weight.tax_canary",
            "legacy": "migrator.weight.tax_legacy",
            "forced": "migrator.forced.tax",
        }
    }


def test_show_without_an_envoy_says_so(good: Path) -> None:
    done = migrator("show", good)
    assert done.returncode == 4
    assert "no Envoy answers at its admin address 127.0.0.1:9901" in done.stderr


@pytest.fixture(scope="module")
def module_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("envoy")) as world:
        yield world


@pytest.fixture
def world(module_world: World) -> World:
    for name in module_world.plane.routes():
        module_world.plane.retire(name)
    return module_world


def file_for(world: World, path: Path, *, weight: float = 5, name: str = "tax") -> Path:
    """A router.yaml for the running Envoy."""
    text = EXAMPLE.replace("127.0.0.1:9901", world.config.plane.admin).replace(
        "127.0.0.1:8080", world.config.plane.listen
    )
    text = text.replace("http://127.0.0.1:8000", world.legacy.url).replace("http://127.0.0.1:9000", world.canary.url)
    path.write_text(text.replace("weight: 5\n", f"weight: {weight}\n").replace("name: tax", f"name: {name}"))
    return path


@pytest.mark.local_stack
def test_apply_shows_its_plan_does_it_and_then_has_nothing_to_do(world: World, tmp_path: Path) -> None:
    path = file_for(world, tmp_path / "router.yaml")
    folder = ("--directory", world.envoy.directory)
    plan = "+ tax: POST /api/tax/{country} x-risk=low at weight 5 %\n"

    dry = migrator("apply", path, *folder, "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, plan)
    asked = migrator("apply", path, *folder)
    assert (asked.returncode, "nobody can be asked here" in asked.stderr) == (2, True)
    assert world.plane.routes() == {}

    done = migrator("apply", path, *folder, "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(plan)
    assert world.plane.weights("tax") == Weight(5)
    again = migrator("apply", path, *folder, "--yes")
    assert (again.returncode, again.stdout) == (0, "nothing to do: what is live is what the file says\n")


@pytest.mark.local_stack
def test_apply_keeps_live_weights_unless_told(world: World, tmp_path: Path) -> None:
    path = file_for(world, tmp_path / "router.yaml")
    folder = ("--directory", world.envoy.directory)
    migrator("apply", path, *folder, "--yes")
    world.plane.shift("tax", Weight(0))
    done = migrator("apply", path, *folder, "--yes")
    assert "weight stays 0 %; the file says 5 %" in done.stdout
    assert world.plane.weights("tax") == Weight(0)
    done = migrator("apply", path, *folder, "--yes", "--weights")
    assert "~ tax: weight 0 % -> 5 %" in done.stdout
    assert world.plane.weights("tax") == Weight(5)


@pytest.mark.local_stack
def test_apply_retires_what_the_file_does_not_have(world: World, tmp_path: Path) -> None:
    folder = ("--directory", world.envoy.directory)
    migrator("apply", file_for(world, tmp_path / "one.yaml"), *folder, "--yes")
    done = migrator("apply", file_for(world, tmp_path / "two.yaml", name="other"), *folder, "--yes", "--json")
    assert done.returncode == 0, done.stderr
    states = {route["route"]: route["state"] for route in json.loads(done.stdout)["routes"]}
    assert states == {"other": "new", "tax": "extra"}
    assert "- tax: retired" in done.stderr
    assert list(world.plane.routes()) == ["other"]


@pytest.mark.local_stack
def test_a_bad_file_leaves_the_running_configuration(world: World, tmp_path: Path) -> None:
    path = file_for(world, tmp_path / "router.yaml")
    folder = ("--directory", world.envoy.directory)
    migrator("apply", path, *folder, "--yes")
    before = {file: file.read_bytes() for file in world.envoy.directory.glob("*.json")}
    done = migrator("apply", file_for(world, path, weight=101), *folder, "--yes")
    assert done.returncode == 3
    assert "a weight lies between 0 and 100" in done.stderr
    assert {file: file.read_bytes() for file in world.envoy.directory.glob("*.json")} == before
    assert world.plane.weights("tax") == Weight(5)


@pytest.mark.local_stack
def test_show_has_configured_against_live(world: World, tmp_path: Path) -> None:
    path = file_for(world, tmp_path / "router.yaml")
    assert "not on the plane" in migrator("show", path).stdout
    migrator("apply", path, "--directory", world.envoy.directory, "--yes")
    world.plane.shift("tax", Weight(12.5))
    head, row = migrator("show", path).stdout.splitlines()
    assert head.split() == ["ROUTE", "CONFIGURED", "LIVE", "STATE", "CALLS", "FALLBACK"]
    assert row.split("  ")[0] == "tax"
    assert "5 %" in row
    assert "12.5 %" in row
    (route,) = json.loads(migrator("show", path, "--json").stdout)["routes"]
    assert (route["state"], route["drift"]) == ("same", False)
    assert route["weight"] == {"configured": 5, "live": 12.5, "recorded": 12.5}


@pytest.mark.local_stack
def test_the_command_that_render_prints_starts_envoy(tmp_path: Path) -> None:
    from tests.support.envoy import empty_config, require_envoy
    from tests.support.http_servers import HttpServer, ask

    require_envoy()
    with HttpServer("legacy") as legacy:
        config = empty_config(legacy)
        path = tmp_path / "router.yaml"
        text = EXAMPLE.replace("127.0.0.1:9901", config.plane.admin).replace("127.0.0.1:8080", config.plane.listen)
        path.write_text(text.replace("http://127.0.0.1:8000", legacy.url))
        done = migrator("render", path, "-o", tmp_path / "envoy")
        assert done.returncode == 0, done.stderr
        with processes.start(shlex.split(done.stdout), name="Envoy", log=tmp_path / "log") as envoy:
            envoy.wait_until(lambda: ask(config.plane.listen).status == 200, 20)
            refused = migrator("render", path, "-o", tmp_path / "envoy")
            assert (refused.returncode, "runs on these files" in refused.stderr) == (3, True)
