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


@dataclass(frozen=True, slots=True)
class Running:
    """A running Envoy.

    Attributes:
        address: where it takes calls.
        pid: its process id.
    """

    address: str
    pid: int

    @property
    def url(self) -> str:
        """The same as a base URL."""
        return f"http://{self.address}"

    def processor_us(self) -> float:
        """Processor time that all its threads have used so far, as the kernel's scheduler counts it."""
        tasks = Path(f"/proc/{self.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text("ascii").split()[0]) for task in tasks) / 1000


@contextlib.contextmanager
def running_product(folder: Path, sides: Sides, edit: Callable[[Files], None] | None = None) -> Iterator[Running]:
    """The product's Envoy with one route that may fall back.

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
    with _started(start_command(directory, concurrency=1), directory, admin) as pid:
        yield Running(f"127.0.0.1:{listen}", pid)


@contextlib.contextmanager
def running_by_hand(folder: Path, sides: Sides, *, log: bool) -> Iterator[Running]:
    """One that a person wrote."""
    admin, listen = processes.free_port(), processes.free_port()
    text = by_hand(
        admin,
        listen,
        legacy=sides.legacy,
        canary=sides.canary,
        weight=sides.weight,
        log=str(folder / "access.log") if log else "",
    )
    with _written(folder, text, admin) as pid:
        yield Running(f"127.0.0.1:{listen}", pid)


@contextlib.contextmanager
def running_answering(folder: Path) -> Iterator[Running]:
    """One that answers by itself."""
    admin, listen = processes.free_port(), processes.free_port()
    with _written(folder, answering(admin, listen), admin) as pid:
        yield Running(f"127.0.0.1:{listen}", pid)


@contextlib.contextmanager
def _written(folder: Path, text: str, admin: int) -> Iterator[int]:
    directory = PlaneDirectory(folder)
    directory.create()
    # Envoy tells the format by the name, and JSON is YAML: the name is that of the product's file.
    path = folder / "bootstrap.yaml"
    path.write_text(text, "utf-8")
    command = [str(path) if word.endswith(BOOTSTRAP) else word for word in start_command(directory, concurrency=1)]
    with _started(command, directory, admin) as pid:
        yield pid


@contextlib.contextmanager
def _started(command: list[str], directory: PlaneDirectory, admin: int) -> Iterator[int]:
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
        yield process.pid
