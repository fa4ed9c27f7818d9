"""Envoys that run side by side, each with one worker, from rendered or written configurations.

In: a folder, the addresses of two servers, a weight. Out: running Envoys, ended with the block.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from migrator.adapters import processes
from migrator.adapters.dataplanes.envoy import render_files, start_command
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.envoy.directory import PlaneDirectory
from migrator.domain.routes import Fallback, HttpMatch, Route
from migrator.errors import RemoteError
from migrator.router import Canary, PlaneConfig, RouteConfig, RouterConfig, default_rollout
from tools.router_load.envoys.by_hand import answering, by_hand
from tools.router_load.envoys.parts import BOOTSTRAP, Files
from tools.router_load.world import ROUTE

_READY_S = 20.0


@dataclass(frozen=True, slots=True)
class Sides:
    """The two servers behind an Envoy, and who gets the calls.

    Attributes:
        legacy: base URL.
        canary: base URL.
        weight: percent to the canary.
    """

    legacy: str
    canary: str
    weight: int


@contextlib.contextmanager
def running_product(folder: Path, sides: Sides, edit: Callable[[Files], None] | None = None) -> Iterator[str]:
    """The product's Envoy with one route that may fall back; the address where it takes calls.

    Args:
        edit: takes a part out.
    """
    admin, listen = processes.free_port(), processes.free_port()
    route = Route(
        name=ROUTE,
        match=HttpMatch(("GET", "POST"), "/api/tax/{country}"),
        legacy_url=sides.legacy,
        canary_url=sides.canary,
        weight=sides.weight,
        fallback=Fallback(("error", "timeout", "throttle"), ("GET",), 1.0),
    )
    config = RouterConfig(
        plane=PlaneConfig("envoy", f"127.0.0.1:{admin}", f"127.0.0.1:{listen}"),
        routes=(RouteConfig(route, default_rollout(ROUTE), canary=Canary("tax", "live", sides.canary)),),
        legacy_url=sides.legacy,
    )
    directory = PlaneDirectory(folder)
    directory.create()
    files = copy.deepcopy(render_files(config, directory))
    if edit is not None:
        edit(files)
    for name, document in files.items():
        directory.write(name, document)
    with _running(directory, admin):
        yield f"127.0.0.1:{listen}"


@contextlib.contextmanager
def running_by_hand(folder: Path, sides: Sides, *, log: bool) -> Iterator[str]:
    """One that a person wrote; the address where it takes calls."""
    admin, listen = processes.free_port(), processes.free_port()
    text = by_hand(
        admin,
        listen,
        legacy=sides.legacy,
        canary=sides.canary,
        weight=sides.weight,
        log=str(folder / "access.log") if log else "",
    )
    with _written(folder, text, admin):
        yield f"127.0.0.1:{listen}"


@contextlib.contextmanager
def running_answering(folder: Path) -> Iterator[str]:
    """One that answers by itself; its base URL."""
    admin, listen = processes.free_port(), processes.free_port()
    with _written(folder, answering(admin, listen), admin):
        yield f"http://127.0.0.1:{listen}"


@contextlib.contextmanager
def _written(folder: Path, text: str, admin: int) -> Iterator[None]:
    directory = PlaneDirectory(folder)
    directory.create()
    # Envoy tells the format by the name, and JSON is YAML: the name is that of the product's file.
    path = folder / "bootstrap.yaml"
    path.write_text(text, "utf-8")
    command = [str(path) if word.endswith(BOOTSTRAP) else word for word in start_command(directory, concurrency=1)]
    with _started(command, directory, admin):
        yield


@contextlib.contextmanager
def _running(directory: PlaneDirectory, admin: int) -> Iterator[None]:
    with _started(start_command(directory, concurrency=1), directory, admin):
        yield


@contextlib.contextmanager
def _started(command: list[str], directory: PlaneDirectory, admin: int) -> Iterator[None]:
    client = AdminClient(f"127.0.0.1:{admin}", attempts=1)

    def live() -> bool:
        try:
            return client.server_info().state == "LIVE"
        except RemoteError:
            return False

    with (
        contextlib.closing(client),
        # Several of these would share hot-restart's memory otherwise.
        processes.start([*command, "--base-id", str(admin)], name="Envoy", log=directory.envoy_log) as process,
    ):
        process.wait_until(live, _READY_S)
        yield
