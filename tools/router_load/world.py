"""The parts that stand around a check: Envoy as the product runs it, legacy, and a canary.

In: a folder, and which canary. Out: a running world, ended as a whole. Each part is a process of its own; what it
executed is in its ledger.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from migrator.adapters import processes
from migrator.adapters.dataplanes.envoy import EnvoyDataPlane, EnvoyProcess
from migrator.adapters.metrics.envoy import EnvoyMetrics
from migrator.domain.observations import Observation, Sample
from migrator.domain.routes import Fallback, HttpMatch, Route, Sticky, Weight
from migrator.errors import InputError
from migrator.router import PlaneConfig, RouterConfig
from tools.router_load.servers import front, ledger

ROOT = Path(__file__).resolve().parents[2]
ROUTE = "tax"
CanaryKind = Literal["front", "stand-in"]

_READY_S = 20.0
_THREADS = 32
_TRY_S = 0.5


@dataclass
class Server:
    """A server in a process of its own that can be ended and brought back at its address.

    Attributes:
        ledger: what it executed.
    """

    name: str
    command: Sequence[str]
    port: int
    ledger: Path
    folder: Path
    _process: processes.ManagedProcess | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        """host:port."""
        return f"127.0.0.1:{self.port}"

    def start(self, *arguments: str) -> None:
        """Start it and wait until it listens.

        Args:
            arguments: further ones of its command.
        """
        self._process = processes.start(
            [*self.command, *arguments],
            name=self.name,
            env={**os.environ, ledger.VARIABLE: str(self.ledger)},
            cwd=ROOT,
            log=self.folder / f"{self.name}.log",
        )
        self._process.wait_until(self._listens, _READY_S)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its process."""
        assert self._process is not None
        os.kill(self._process.pid, number)

    def stop(self) -> None:
        """End it and all that it started."""
        process, self._process = self._process, None
        if process is not None:
            process.stop(grace_s=1)

    def executed(self, prefix: str) -> Counter[str]:
        """How often each request of a load was executed here."""
        return ledger.executions(self.ledger, prefix)

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


@dataclass
class World:
    """Envoy between legacy and a canary, with one route for `/api/tax/{country}`."""

    folder: Path
    config: RouterConfig
    envoy: EnvoyProcess
    plane: EnvoyDataPlane
    metrics: EnvoyMetrics
    legacy: Server
    canary: Server

    @property
    def address(self) -> str:
        """Where Envoy takes the calls."""
        return self.envoy.listen

    def serve(self, route: Route, weight: float) -> None:
        """Make a route known at a weight."""
        self.plane.ensure(route)
        self.plane.shift(route.name, Weight(weight))

    def route(self, *, fallback: tuple[str, ...] = (), sticky: str = "", name: str = ROUTE) -> Route:
        """A route between the two servers."""
        return Route(
            name=name,
            match=HttpMatch(("GET", "POST"), "/api/tax/{country}"),
            legacy_url=self.legacy.url,
            canary_url=self.canary.url,
            weight=0,
            sticky=Sticky("header", sticky) if sticky else None,
            fallback=Fallback(("error", "timeout", "throttle"), fallback, _TRY_S) if fallback else None,
        )

    def since(self, mark: str) -> tuple[Sample, Sample]:
        """What the product's figures say of legacy and of the canary since a mark."""
        found = self.metrics.since(ROUTE, mark)
        if isinstance(found, Observation):
            sides = (found.legacy, found.canary)
            if isinstance(sides[0], Sample) and isinstance(sides[1], Sample):
                return sides[0], sides[1]
        raise AssertionError(f"no figures: {found}")


def legacy_server(folder: Path) -> Server:
    """The legacy system under waitress, not started."""
    port = processes.free_port()
    command = [
        *(sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", f"--threads={_THREADS}"),
        "tools.router_load.servers.legacy:application",
    ]
    return Server("legacy", command, port, folder / "legacy.ledger", folder)


def stand_in_server(folder: Path) -> Server:
    """The quick canary under uvicorn, not started."""
    port = processes.free_port()
    command = [
        *(sys.executable, "-m", "uvicorn", f"--port={port}", "--no-access-log", "--log-level=warning"),
        # Longer than Envoy keeps an idle connection, as the front does.
        "--timeout-keep-alive=4000",
        "tools.router_load.servers.stand_in:application",
    ]
    return Server("stand-in", command, port, folder / "canary.ledger", folder)


def front_server(folder: Path) -> Server:
    """The Lambda front, not started; `start` needs the number of environments that it may have at once."""
    service = folder / "service"
    front.write_service(service)
    port = processes.free_port()
    command = [sys.executable, "-m", "tools.router_load.servers.front", str(service), str(port)]
    return Server("front", command, port, folder / "canary.ledger", folder)


@contextlib.contextmanager
def running_world(folder: Path, canary: CanaryKind, *, environments: int = 16) -> Iterator[World]:
    """Start everything and end it.

    Args:
        environments: that the front may have at once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    legacy = legacy_server(folder)
    behind = front_server(folder) if canary == "front" else stand_in_server(folder)
    with contextlib.ExitStack() as stack:
        stack.callback(legacy.stop)
        legacy.start()
        stack.callback(behind.stop)
        behind.start(*([str(environments)] if canary == "front" else []))
        config, envoy = start_envoy(folder / "envoy", legacy.url)
        stack.enter_context(envoy)
        plane = stack.enter_context(
            contextlib.closing(EnvoyDataPlane(config.http_plane, config.legacy_url, folder / "envoy"))
        )
        metrics = stack.enter_context(contextlib.closing(EnvoyMetrics(envoy.admin, folder / "envoy")))
        yield World(folder, config, envoy, plane, metrics, legacy, behind)


def start_envoy(folder: Path, legacy_url: str) -> tuple[RouterConfig, EnvoyProcess]:
    """An Envoy without routes on free ports, with one worker as a small host has."""
    # Another process may take a free port before Envoy does.
    for _ in range(3):
        plane = PlaneConfig("envoy", f"127.0.0.1:{processes.free_port()}", f"127.0.0.1:{processes.free_port()}")
        config = RouterConfig(plane=plane, routes=(), legacy_url=legacy_url)
        with contextlib.suppress(InputError):
            return config, EnvoyProcess.start(config, folder, concurrency=1)
    raise AssertionError("no free ports")
