"""A `router.yaml` of 2,000 routes: how long it takes to check, to render, to start Envoy on, to change, and to shift.

In: a folder. Out: times. The commands are run as people run them, with the start of Python in the time.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from migrator.adapters import processes
from migrator.adapters.dataplanes.envoy import EnvoyDataPlane, EnvoyProcess
from migrator.domain.routes import Weight
from migrator.router import load_router
from tools.router_load.figures import Figure
from tools.router_load.large_file import KEYS, KEYS_FILE, large_file
from tools.router_load.loads import send_all
from tools.router_load.sending import Order
from tools.router_load.world import Server, legacy_server, stand_in_server

NAME = "many-routes"
ROUTES, ROUNDS = 2_000, 5
_REQUESTS = 200
VALIDATE_S, RENDER_S = 1.0, 2.0
_CHANGED = "http-1001"
_PATH = "/api/part1001/LU/items/7"


def check(folder: Path, *, routes: int = ROUTES) -> Iterator[Figure]:
    """Measure.

    Args:
        routes: at least 1,002.
    """
    legacy, canary = legacy_server(folder), stand_in_server(folder)
    file = folder / "router.yaml"
    text = large_file(
        routes,
        admin=f"127.0.0.1:{processes.free_port()}",
        listen=f"127.0.0.1:{processes.free_port()}",
        legacy=legacy.url,
        canary=canary.url,
    )
    file.write_text(text, "utf-8")
    (folder / KEYS_FILE).write_text(KEYS, "utf-8")
    yield Figure(NAME, "routes in the file", len(load_router(file).entries), "=", routes, detail=f"{len(text):,} bytes")
    yield from _command("validate", VALIDATE_S, "router", "validate", str(file))
    yield from _command("render", RENDER_S, "router", "render", str(file), "-o", str(folder / "rendered"))
    with contextlib.ExitStack() as stack:
        for server in (legacy, canary):
            stack.callback(server.stop)
            server.start()
        yield from _envoy(folder, file, text, legacy, stack)


def _envoy(folder: Path, file: Path, text: str, legacy: Server, stack: contextlib.ExitStack) -> Iterator[Figure]:
    config, directory = load_router(file), folder / "envoy"
    began = time.perf_counter()
    envoy = stack.enter_context(EnvoyProcess.start(config, directory, concurrency=1))
    yield Figure(NAME, "Envoy started and has accepted them, after", time.perf_counter() - began, unit="s")
    plane = stack.enter_context(contextlib.closing(EnvoyDataPlane(config.http_plane, config.legacy_url, directory)))
    yield Figure(NAME, "routes that the running Envoy says", len(plane.routes()), "=", len(config.routes))

    entry = config.find(_CHANGED)
    changed = text.replace(f"{entry.route.canary_url}\n", f"{entry.route.canary_url}/next\n").replace(
        f"{entry.route.canary_url}}}", f"{entry.route.canary_url}/next}}"
    )
    assert changed != text
    file.write_text(changed, "utf-8")
    began = time.perf_counter()
    plane.ensure_all([route.route for route in load_router(file).routes], only=True)
    took = time.perf_counter() - began
    live = plane.routes()[_CHANGED].canary_url.endswith("/next")
    yield Figure(NAME, "one route changed: read, published and in force after", took, unit="s")
    yield Figure(NAME, "routes for which the change is in force", int(live), "=", 1)

    file.write_text(text, "utf-8")
    yield from _command(
        "apply of one change", None, "router", "apply", str(file), "--directory", str(directory), "--yes", rounds=1
    )

    shifts = []
    for weight in (1, 99, 25, 100):
        began = time.perf_counter()
        plane.shift(_CHANGED, Weight(weight))
        shifts.append(time.perf_counter() - began)
    yield Figure(NAME, "one shift, the longest of four", max(shifts) * 1000, unit="ms")
    outcome = send_all(Order(envoy.listen, "many", path=_PATH, requests=_REQUESTS))
    yield Figure(
        NAME,
        f"of {_REQUESTS} requests at 100 % answered by the canary",
        outcome.sides.get("canary", 0),
        "=",
        _REQUESTS,
        detail=outcome.reasons(),
    )
    # Without many routes these are the same but for the way to legacy.
    for label, address in (("through Envoy", envoy.listen), ("past it", legacy.address)):
        alone = send_all(Order(address, "alone", path="/no/route", requests=_REQUESTS, connections=1))
        yield Figure(NAME, f"a call that no route matches, {label}: p50", alone.service_ms(0.5), unit="ms")


def _command(label: str, bound: float | None, *arguments: str, rounds: int = ROUNDS) -> Iterator[Figure]:
    """Wall and processor time of a command; the best of some rounds, since what a busy machine adds is not its own."""
    walls, processors = [], []
    for _ in range(rounds):
        before, began = _children_s(), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "migrator", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "NO_COLOR": "1"},
        )
        walls.append(time.perf_counter() - began)
        processors.append(_children_s() - before)
        if done.returncode:
            yield Figure(NAME, f"{label}: exit status", done.returncode, "=", 0, detail=done.stderr[-300:])
            return
    shown = f"of {rounds} rounds: {' '.join(f'{wall:.2f}' for wall in walls)} s"
    for what, values in (("wall", walls), ("processor", processors)):
        found = min(values)
        if bound is None:
            yield Figure(NAME, f"{label}: {what} time", round(found, 3), unit="s")
        else:
            yield Figure(
                NAME, f"{label}: {what} time", round(found, 3), "<", bound, "s", shown if what == "wall" else ""
            )


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
