"""A real Envoy between two small servers, for tests of what a client gets."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from migrator.adapters.dataplanes.envoy import EnvoyDataPlane, EnvoyProcess, find_envoy
from migrator.adapters.metrics.envoy import EnvoyMetrics
from migrator.adapters.processes import free_port
from migrator.domain.routes import Fallback, HttpMatch, Route, Sticky, Weight
from migrator.errors import InputError, RemoteError
from migrator.router import PlaneConfig, RouterConfig
from migrator.router.config import TokensConfig
from tests.support.http_servers import HttpServer, Reply, ask


def require_envoy() -> None:
    """Skip without Envoy, but fail under CI."""
    try:
        find_envoy()
    except RemoteError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@dataclass
class World:
    """Envoy, legacy and the canary, with one route for `/api/tax/{country}`.

    Attributes:
        config: without routes; a test makes its own known.
    """

    config: RouterConfig
    envoy: EnvoyProcess
    plane: EnvoyDataPlane
    metrics: EnvoyMetrics
    legacy: HttpServer
    canary: HttpServer

    def route(
        self,
        name: str = "tax",
        *,
        methods: tuple[str, ...] = ("GET", "POST"),
        path: str = "/api/tax/{country}",
        weight: float = 0,
        fallback: tuple[str, ...] = (),
        try_s: float = 1.0,
        sticky: str = "",
        timeout_s: float = 30.0,
    ) -> Route:
        """A route between the two servers."""
        return Route(
            name=name,
            match=HttpMatch(methods, path),
            legacy_url=self.legacy.url,
            canary_url=f"{self.canary.url}/tax",
            weight=weight,
            sticky=Sticky("header", sticky) if sticky else None,
            fallback=Fallback(("error", "timeout", "throttle"), fallback, try_s) if fallback else None,
            timeout_s=timeout_s,
        )

    def serve(self, route: Route, weight: float) -> None:
        """Make a route known at a weight."""
        self.plane.ensure(route)
        self.plane.shift(route.name, Weight(weight))

    def ask(
        self,
        method: str = "GET",
        path: str = "/api/tax/no",
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 20.0,
    ) -> Reply:
        """One call through Envoy."""
        return ask(self.config.plane.listen, method, path, headers=headers, body=body, timeout_s=timeout_s)


def empty_config(legacy: HttpServer, tokens: TokensConfig | None = None) -> RouterConfig:
    """A configuration without routes on free ports."""
    plane = PlaneConfig("envoy", f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}", tokens=tokens)
    return RouterConfig(plane=plane, routes=(), legacy_url=legacy.url)


@contextlib.contextmanager
def running_world(folder: Path, tokens: TokensConfig | None = None) -> Iterator[World]:
    """Start everything and end it."""
    require_envoy()
    with HttpServer("legacy") as legacy, HttpServer("canary") as canary:
        config, envoy = _start(legacy, folder, tokens)
        plane = EnvoyDataPlane(config.plane, config.legacy_url, folder)
        metrics = EnvoyMetrics(config.plane.admin, folder)
        with envoy, contextlib.closing(plane), contextlib.closing(metrics):
            yield World(config, envoy, plane, metrics, legacy, canary)


def _start(legacy: HttpServer, folder: Path, tokens: TokensConfig | None) -> tuple[RouterConfig, EnvoyProcess]:
    # Another process may take a free port before Envoy does.
    for _ in range(3):
        config = empty_config(legacy, tokens)
        with contextlib.suppress(InputError):
            return config, EnvoyProcess.start(config, folder, concurrency=1)
    raise AssertionError("no free ports")
