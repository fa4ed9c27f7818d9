"""The rollout half: which planes, figures, stores and comparisons stand behind the ports of the controller.

In: a router configuration, flags. Out: open parts, closed by whoever opened them. Imported where it is built, as in the
rest of the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from migrator.adapters.comparisons.files import FileComparisons
    from migrator.adapters.dataplanes.envoy import EnvoyDataPlane
    from migrator.adapters.dataplanes.seam import SeamPlane
    from migrator.adapters.metrics.envoy import EnvoyMetrics
    from migrator.adapters.metrics.seam import SeamMetrics
    from migrator.adapters.states.sqlite import SqliteStateStore
    from migrator.domain.routes import AnyRoute
    from migrator.rollout.by_route import PlaneByRoute
    from migrator.rollout.controller import Controller
    from migrator.rollout.ports import ComparisonSource, Observer, StateStore
    from migrator.router.config import RouterConfig


@dataclass(frozen=True, slots=True)
class Side:
    """One of the planes of a router configuration, and the routes that it carries.

    Attributes:
        shown: what it is called to people.
        ensure_all: makes it serve these routes and no others of the router's.
        open_metrics: the figures of its routes.
    """

    plane: EnvoyDataPlane | SeamPlane
    routes: tuple[AnyRoute, ...]
    shown: str
    ensure_all: Callable[[], None]
    open_metrics: Callable[[], EnvoyMetrics | SeamMetrics]


def open_sides(config: RouterConfig, directory: Path | None = None) -> tuple[Side, ...]:
    """The planes that a router configuration names, each with its routes; nothing is asked of them yet.

    Args:
        directory: the files of the plane of HTTP calls; the default lies below XDG_STATE_HOME.

    Raises:
        UsageError: it names none.
    """
    from migrator.errors import UsageError

    found = []
    if config.plane is not None:
        found.append(_http_side(config, directory))
    if (weights := config.weights_file) is not None and (figures := config.figures_file) is not None:
        found.append(_seam_side(config, weights, figures))
    if not found:
        raise UsageError(
            f"{config.source or 'the router configuration'} names nothing that carries calls",
            hint="name a plane for HTTP calls, or a seam for tasks and calls",
        )
    return tuple(found)


def _http_side(config: RouterConfig, directory: Path | None) -> Side:
    from migrator.adapters.dataplanes.envoy import EnvoyDataPlane, default_directory
    from migrator.adapters.metrics.envoy import EnvoyMetrics

    plane = config.http_plane
    envoy = EnvoyDataPlane(plane, config.legacy_url, directory)
    routes = tuple(entry.route for entry in config.routes)
    return Side(
        envoy,
        routes,
        f"Envoy at {plane.admin}",
        partial(envoy.ensure_all, routes, only=True),
        partial(EnvoyMetrics, plane.admin, directory or default_directory(plane.admin)),
    )


def _seam_side(config: RouterConfig, weights: Path, figures: Path) -> Side:
    from migrator.adapters.dataplanes.seam import SeamPlane
    from migrator.adapters.metrics.seam import SeamMetrics

    seam = SeamPlane(weights)
    routes = tuple(entry.route for entry in config.seam_routes)
    return Side(
        seam,
        routes,
        f"the seam's weights in {weights}",
        partial(seam.ensure_all, routes, only=True),
        partial(SeamMetrics, figures, {route.name: route.match.name for route in routes}),
    )


@contextmanager
def opened_plane(config: RouterConfig, directory: Path | None = None) -> Iterator[PlaneByRoute]:
    """The planes that a router configuration names, as one; their connections are closed at the end.

    Args:
        directory: as for `open_sides`.
    """
    with ExitStack() as stack:
        yield _joined(open_sides(config, directory), stack)


def _joined(sides: Sequence[Side], stack: ExitStack) -> PlaneByRoute:
    """Their planes as one, closed with the stack."""
    from migrator.rollout.by_route import PlaneByRoute

    planes = [stack.enter_context(closing(side.plane)) for side in sides]
    by_route = {route.name: plane for side, plane in zip(sides, planes, strict=True) for route in side.routes}
    return PlaneByRoute(by_route, planes[0])


def open_state(url: str = "") -> SqliteStateStore:
    """The store of rollouts; close it, or use it as a context manager.

    Args:
        url: `sqlite:///PATH`; the default is `migrator/rollouts.sqlite3` below XDG_STATE_HOME.

    Raises:
        UsageError: no such URL. What is wrong with the file is said on first use.
    """
    from migrator.adapters.states.sqlite import SqliteStateStore, path_of

    return SqliteStateStore(path_of(url) if url else _state_folder() / "rollouts.sqlite3")


def open_comparisons(folder: Path | None = None) -> FileComparisons:
    """The last comparison of each route.

    Args:
        folder: the default is `migrator/comparisons` below XDG_STATE_HOME.
    """
    from migrator.adapters.comparisons.files import FileComparisons

    return FileComparisons(folder or _state_folder() / "comparisons")


@contextmanager
def controller(
    config: RouterConfig,
    store: StateStore,
    *,
    comparisons: ComparisonSource | None = None,
    directory: Path | None = None,
    observers: Sequence[Observer] = (),
) -> Iterator[Controller]:
    """The controller of the rollouts of a router configuration; the connections to the plane are closed at the end.

    Args:
        comparisons: the default is `open_comparisons()`.
        directory: the plane's files; the default lies below XDG_STATE_HOME.
    """
    from migrator.adapters.clock import SystemClock
    from migrator.rollout.by_route import MetricsByRoute
    from migrator.rollout.controller import Controller

    with ExitStack() as stack:
        sides = open_sides(config, directory)
        sources = [stack.enter_context(closing(side.open_metrics())) for side in sides]
        by_route = {route.name: source for side, source in zip(sides, sources, strict=True) for route in side.routes}
        yield Controller(
            plane=_joined(sides, stack),
            metrics=MetricsByRoute(by_route, sources[0]),
            comparisons=comparisons or open_comparisons(),
            store=store,
            clock=SystemClock(),
            routes={route.name: route for side in sides for route in side.routes},
            observers=tuple(observers),
        )


def _state_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("migrator")
