"""The rollout half: which planes, figures, stores and comparisons stand behind the ports of the controller.

In: a router configuration, flags. Out: open parts, closed by whoever opened them. Imported where it is built, as in the
rest of the composition root.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from migrator.domain.routes import AnyRoute, Standing
from migrator.rollout.ports import DataPlane, MetricSource, StateStore

if TYPE_CHECKING:
    from migrator.adapters.comparisons.files import FileComparisons
    from migrator.adapters.weights import WeightsStore
    from migrator.adapters.weights.syncing import WeightsSync
    from migrator.domain.forges import ForgeSettings
    from migrator.rollout.by_route import Bonds, PlaneByRoute
    from migrator.rollout.controller import Controller
    from migrator.rollout.ports import ComparisonSource, Observer, WeightRequests
    from migrator.router.config import BalancerConfig, RouterConfig


_TO_TELL_S = 3.0
"""A person who rolls back at night does not wait for a receiver that hangs."""


class OpenPlane(DataPlane, Protocol):
    """A data plane that holds connections, with all its routes at once."""

    def routes(self) -> Mapping[str, AnyRoute]:
        """The routes that it carries, by name."""
        ...

    def standings(self) -> Mapping[str, Standing]:
        """How each of them stands, by name, with as few looks as it takes."""
        ...

    def close(self) -> None:
        """Give up the connections."""
        ...


class OpenMetrics(MetricSource, Protocol):
    """A source of figures that holds connections."""

    def close(self) -> None:
        """Give up the connections."""
        ...


class OpenState(StateStore, Protocol):
    """A store of rollouts that holds connections; a context manager that gives them up."""

    def close(self) -> None:
        """Give up the connections."""
        ...

    def __enter__(self) -> Self:
        """The store itself."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give up the connections."""
        ...


@dataclass(frozen=True, slots=True)
class Side:
    """One of the planes of a router configuration, and the routes that it carries.

    Attributes:
        kind: `envoy`, `alb`, `seam` or `alias`.
        shown: what it is called to people.
        ensure_all: makes it serve these routes and no others of the router's.
        open_metrics: the figures of its routes.
    """

    kind: str
    plane: OpenPlane
    routes: tuple[AnyRoute, ...]
    shown: str
    ensure_all: Callable[[], None]
    open_metrics: Callable[[], OpenMetrics]


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
        found.append(_envoy_side(config, directory))
    if config.balancer is not None:
        found.append(_balancer_side(config, config.balancer))
    if (weights := config.weights_file) is not None and (figures := config.figures_file) is not None:
        found.append(_seam_side(config, weights, figures))
    if config.alias_routes:
        found.append(_alias_side(config))
    if not found:
        raise UsageError(
            f"{config.source or 'the router configuration'} names nothing that carries calls",
            hint="name a plane for HTTP calls, or a seam for calls of legacy code",
        )
    return tuple(found)


def bonds_of(config: RouterConfig) -> Bonds:
    """What binds the routes of a configuration to each other."""
    from migrator.rollout.by_route import Bonds

    together = {
        name: tuple(other for other in group if other != name) for group in config.groups.values() for name in group
    }
    return Bonds(together, {entry.name: entry.not_above for entry in config.entries if entry.not_above})


def _envoy_side(config: RouterConfig, directory: Path | None) -> Side:
    from migrator.adapters.dataplanes.envoy import EnvoyDataPlane, default_directory
    from migrator.adapters.metrics.envoy import EnvoyMetrics
    from migrator.bootstrap.figures import said_or_own

    plane = config.http_plane
    envoy = EnvoyDataPlane(plane, config.legacy_url, directory)
    routes = tuple(entry.route for entry in config.routes)
    paths = {route.name: route.via for route in routes}
    own = partial(EnvoyMetrics, plane.admin, directory or default_directory(plane.admin), paths)
    return Side(
        "envoy",
        envoy,
        routes,
        f"Envoy at {plane.admin}",
        partial(envoy.ensure_all, routes, only=True),
        said_or_own(config, routes, own),
    )


def _balancer_side(config: RouterConfig, balancer: BalancerConfig) -> Side:
    from migrator.adapters.dataplanes.alb import AlbDataPlane
    from migrator.bootstrap.figures import balancer_figures, said_or_own

    plane = AlbDataPlane(balancer.listener, region=balancer.region, endpoint=balancer.endpoint)
    routes = tuple(entry.route for entry in config.balancer_routes)
    return Side(
        "alb",
        plane,
        routes,
        f"the load balancer's listener {balancer.listener.rpartition('/')[2]}",
        partial(plane.ensure_all, routes, only=True),
        said_or_own(config, routes, partial(balancer_figures, config, balancer)),
    )


def _alias_side(config: RouterConfig) -> Side:
    from migrator.adapters.dataplanes.lambda_alias import AliasDataPlane
    from migrator.bootstrap.figures import alias_figures, said_or_own

    functions = config.functions
    routes = tuple(entry.route for entry in config.alias_routes)
    plane = AliasDataPlane(routes, region=functions.region, endpoint=functions.endpoint)
    return Side(
        "alias",
        plane,
        routes,
        "the aliases of functions",
        partial(plane.ensure_all, routes, only=True),
        said_or_own(config, routes, partial(alias_figures, config)),
    )


def _seam_side(config: RouterConfig, weights: Path, figures: Path) -> Side:
    from migrator.adapters.dataplanes.seam import SeamPlane
    from migrator.adapters.metrics.seam import SeamMetrics
    from migrator.bootstrap.figures import said_or_own

    seam = SeamPlane(_weights_store(config, weights))
    routes = tuple(entry.route for entry in config.seam_routes)
    kept = config.seam.source if config.seam is not None and config.seam.source else str(weights)
    return Side(
        "seam",
        seam,
        routes,
        f"the seam's weights in {kept}",
        partial(seam.ensure_all, routes, only=True),
        said_or_own(config, routes, partial(SeamMetrics, figures, {route.name: route.match.name for route in routes})),
    )


def _weights_store(config: RouterConfig, file: Path) -> WeightsStore:
    """Where the weights are kept: the source where one is named, else the file itself."""
    from migrator.adapters.weights import FileWeights, open_source

    seam = config.seam
    if seam is None or not seam.source:
        return FileWeights(file)
    return open_source(seam.source, region=seam.region, endpoint=seam.endpoint)


def weights_sync(config: RouterConfig, *, dry_run: bool = False) -> WeightsSync:
    """What fills the seam's file from its source.

    Raises:
        UsageError: the configuration names no source.
    """
    from migrator.adapters.clock import SystemClock
    from migrator.adapters.weights import FileWeights, open_source
    from migrator.adapters.weights.syncing import WeightsSync
    from migrator.errors import UsageError

    seam, file = config.seam, config.weights_file
    if seam is None or file is None or not seam.source:
        raise UsageError(
            f"{config.source or 'the router configuration'} names no source of weights",
            hint="name it: seam: {weights: FILE, source: s3://BUCKET/KEY}",
        )
    source = open_source(seam.source, region=seam.region, endpoint=seam.endpoint)
    return WeightsSync(source, FileWeights(file), SystemClock(), dry_run)


@contextmanager
def opened_plane(config: RouterConfig, directory: Path | None = None) -> Iterator[PlaneByRoute]:
    """The planes that a router configuration names, as one; their connections are closed at the end.

    Args:
        directory: as for `open_sides`.
    """
    with ExitStack() as stack:
        yield joined(open_sides(config, directory), bonds_of(config), stack)


def joined(sides: Sequence[Side], bonds: Bonds, stack: ExitStack) -> PlaneByRoute:
    """Their planes as one, closed with the stack."""
    from migrator.rollout.by_route import PlaneByRoute

    planes: list[OpenPlane] = [stack.enter_context(closing(side.plane)) for side in sides]
    by_route = {route.name: plane for side, plane in zip(sides, planes, strict=True) for route in side.routes}
    return PlaneByRoute(by_route, planes[0], bonds)


def open_state(url: str = "") -> OpenState:
    """The store of rollouts; close it, or use it as a context manager.

    Args:
        url: `sqlite:///PATH` or `dynamodb://TABLE`; the default is `migrator/rollouts.sqlite3` below XDG_STATE_HOME.

    Raises:
        UsageError: no such URL. What is wrong with the file or the table is said on first use.
    """
    if url.startswith("dynamodb:"):
        from migrator.adapters.states.dynamodb import DynamoStateStore

        return DynamoStateStore(url)
    from migrator.adapters.states.sqlite import SqliteStateStore, path_of

    return SqliteStateStore(path_of(url) if url else default_state())


def default_state() -> Path:
    """The file of rollouts where no store is named."""
    return _state_folder() / "rollouts.sqlite3"


def open_comparisons(folder: Path | None = None) -> FileComparisons:
    """The last comparison of each route.

    Args:
        folder: the default is `migrator/comparisons` below XDG_STATE_HOME.
    """
    from migrator.adapters.comparisons.files import FileComparisons

    return FileComparisons(folder or _state_folder() / "comparisons")


@contextmanager
def figures_of(config: RouterConfig, directory: Path | None = None) -> Iterator[MetricSource]:
    """The figures of all routes of a configuration; a sticky group counts as one.

    Args:
        directory: as for `open_sides`.
    """
    with ExitStack() as stack:
        yield _figures(open_sides(config, directory), bonds_of(config), stack)


def _figures(sides: Sequence[Side], bonds: Bonds, stack: ExitStack) -> MetricSource:
    from migrator.rollout.by_route import MetricsByRoute, MetricsOfGroups

    sources: list[OpenMetrics] = [stack.enter_context(closing(side.open_metrics())) for side in sides]
    by_route = {route.name: source for side, source in zip(sides, sources, strict=True) for route in side.routes}
    return MetricsOfGroups(MetricsByRoute(by_route, sources[0]), bonds.together)


@contextmanager
def controller(
    config: RouterConfig,
    store: StateStore,
    *,
    comparisons: ComparisonSource | None = None,
    directory: Path | None = None,
    observers: Sequence[Observer] = (),
    holder: str = "",
    via_pr: ForgeSettings | None = None,
    goes_on: bool = False,
) -> Iterator[Controller]:
    """The controller of the rollouts of a router configuration; the connections to the plane are closed at the end.

    Args:
        comparisons: the default is `open_comparisons()`.
        directory: the plane's files; the default lies below XDG_STATE_HOME.
        holder: the name under which rollouts are kept from other controllers; empty for one that looks once.
        via_pr: ask people for every rise of a weight, by pull requests at this forge; None to give it here.
        goes_on: look again and again, so that nobody has to wait for a forge; one with a holder always does.

    Raises:
        InputError: with `via_pr`, there is no clone or no forge to ask by.
    """
    from migrator.adapters.clock import SystemClock
    from migrator.bootstrap.asked import open_sources
    from migrator.rollout.controller import Controller

    with ExitStack() as stack:
        sides, bonds = open_sides(config, directory), bonds_of(config)
        yield Controller(
            plane=joined(sides, bonds, stack),
            sources=open_sources(
                config,
                _figures(sides, bonds, stack),
                comparisons or open_comparisons(),
                stack,
                goes_on=bool(holder),
            ),
            store=store,
            clock=SystemClock(),
            routes={route.name: route for side in sides for route in side.routes},
            together=bonds.together,
            observers=(*observers, *_notifications(config, store, stack)),
            holder=holder,
            pull_requests=_pull_requests(config, via_pr, sides, stack, goes_on=goes_on or bool(holder)),
        )


def _pull_requests(
    config: RouterConfig, settings: ForgeSettings | None, sides: Sequence[Side], stack: ExitStack, *, goes_on: bool
) -> WeightRequests | None:
    if settings is None:
        return None
    from migrator.bootstrap.weight_requests import open_weight_requests

    resolutions = {route.name: side.plane.capabilities.resolution for side in sides for route in side.routes}
    opened = open_weight_requests(config.source, settings, bonds_of(config), resolutions, goes_on=goes_on)
    return stack.enter_context(closing(opened))


def _notifications(config: RouterConfig, store: StateStore, stack: ExitStack) -> tuple[Observer, ...]:
    """Who is told of transitions; what is to be told yet at the end gets some seconds, and else the next process."""
    if not config.notifications:
        return ()
    from migrator.adapters.notifications import Notifications

    notifications = Notifications(config.notifications, store)
    stack.callback(notifications.close, _TO_TELL_S)
    return (notifications,)


def _state_folder() -> Path:
    from platformdirs import user_state_path

    return user_state_path("migrator")
