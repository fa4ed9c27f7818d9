"""What every data plane keeps to: idempotent, read back, rounded, honest about what it does not know."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from migrator.adapters.dataplanes.alb import AlbDataPlane
from migrator.adapters.dataplanes.lambda_alias import AliasDataPlane
from migrator.adapters.dataplanes.seam import SeamPlane
from migrator.adapters.envoy.admin import AdminClient
from migrator.adapters.weights import FileWeights
from migrator.domain.routes import AliasRoute, BalancerRoute, HttpMatch, Route, SeamCanary, SeamMatch, SeamRoute, Weight
from migrator.errors import RemoteError
from migrator.rollout.ports import Capabilities, DataPlane, Drift, Fence, Fenced
from migrator.router.envoy_names import names_of
from tests.support.envoy import World, running_world
from tests.support.fake_plane import FakePlane, FilePlane
from tests.support.moto import REGION, Balancer, Function, aws_server, balancer, function

NAMES = ("tax", "other", "Größe/../x y")


Hand = Callable[[str, float], None]


@pytest.fixture(
    scope="module",
    params=["fake", "file", "seam", "alb", "alias", pytest.param("envoy", marks=pytest.mark.local_stack)],
)
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DataPlane, Hand | None]]:
    """A plane, and what sets a weight past it as a person would; None where it keeps no note beside what is live."""
    folder: Path = tmp_path_factory.mktemp("plane")
    with ExitStack() as stack:
        match request.param:
            case "fake":
                fake = FakePlane()
                yield fake, fake.live.__setitem__
            case "file":
                yield FilePlane(folder / "weights.json"), None
            case "seam":
                path = folder / "migrator_seam.json"
                yield SeamRoutes(SeamPlane(FileWeights(path))), partial(_edit, path)
            case "alb":
                made = balancer(stack.enter_context(aws_server()))
                plane = AlbDataPlane(made.listener, endpoint=made.elbv2.meta.endpoint_url)
                yield (
                    BalancerRoutes(stack.enter_context(closing(plane)), made),
                    lambda route, canary: made.share_by_hand(route, round(canary * 5), round((100 - canary) * 5)),
                )
            case "alias":
                served = function(stack.enter_context(aws_server()))
                aliases = AliasDataPlane(region=REGION, endpoint=served.awslambda.meta.endpoint_url)
                yield AliasRoutes(stack.enter_context(closing(aliases)), served), partial(_point, served)
            case _:
                world = stack.enter_context(running_world(folder))
                yield world.plane, partial(_post, world)


def _edit(path: Path, route: str, canary: float) -> None:
    document = json.loads(path.read_text("utf-8"))
    document["routes"][f"shop.{route}"]["weight"] = canary
    path.write_text(json.dumps(document), "utf-8")


def _point(function: Function, route: str, canary: float) -> None:
    shares = {"AdditionalVersionWeights": {"2": canary / 100}}
    function.change_by_hand(AliasRoutes.alias_of(route), FunctionVersion="1", RoutingConfig=shares)


def _post(world: World, route: str, canary: float) -> None:
    client = AdminClient(world.config.http_plane.admin)
    with closing(client):
        client.modify_runtime(names_of(route).runtime(round(canary * 100), round((100 - canary) * 100)))


@pytest.fixture
def plane(opened: tuple[DataPlane, Hand | None]) -> DataPlane:
    return opened[0]


@pytest.fixture
def hand(opened: tuple[DataPlane, Hand | None]) -> Hand:
    if opened[1] is None:
        pytest.skip("it keeps no note beside what is live")
    return opened[1]


@pytest.fixture(autouse=True)
def clean(plane: DataPlane) -> Iterator[None]:
    yield
    for name in NAMES:
        plane.retire(name)


@dataclass(frozen=True)
class BalancerRoutes:
    """A load balancer's plane, told of each HTTP route as of one between two target groups."""

    plane: AlbDataPlane
    balancer: Balancer

    @property
    def capabilities(self) -> Capabilities:
        return self.plane.capabilities

    def ensure(self, route: Route) -> None:
        self.plane.ensure(
            BalancerRoute(route.name, route.match, self.balancer.legacy, self.balancer.canary, route.weight)
        )

    def weights(self, route: str) -> Weight | None:
        return self.plane.weights(route)

    def recorded(self, route: str) -> Weight | None:
        return self.plane.recorded(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        return self.plane.shift(route, weight, overwrite=overwrite, fence=fence)

    def retire(self, route: str) -> None:
        self.plane.retire(route)


class AliasRoutes:
    """A plane of aliases, told of each HTTP route as of one between two versions of a function."""

    def __init__(self, plane: AliasDataPlane, function: Function) -> None:
        self.plane = plane
        self.function = function
        for alias in map(self.alias_of, NAMES):
            function.add_alias(alias)

    @staticmethod
    def alias_of(name: str) -> str:
        return f"live-{NAMES.index(name)}"

    @property
    def capabilities(self) -> Capabilities:
        return self.plane.capabilities

    def ensure(self, route: Route) -> None:
        self.plane.ensure(AliasRoute(route.name, self.function.name, self.alias_of(route.name), "1", "2", route.weight))

    def weights(self, route: str) -> Weight | None:
        return self.plane.weights(route)

    def recorded(self, route: str) -> Weight | None:
        return self.plane.recorded(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        return self.plane.shift(route, weight, overwrite=overwrite, fence=fence)

    def retire(self, route: str) -> None:
        self.plane.retire(route)


@dataclass(frozen=True)
class SeamRoutes:
    """The seam's plane, which carries calls of legacy code, told of each HTTP route as of such a call."""

    plane: SeamPlane

    @property
    def capabilities(self) -> Capabilities:
        return self.plane.capabilities

    def ensure(self, route: Route) -> None:
        calls = SeamMatch("task", f"shop.{route.name}")
        self.plane.ensure(SeamRoute(route.name, calls, SeamCanary("function"), route.weight))

    def weights(self, route: str) -> Weight | None:
        return self.plane.weights(route)

    def recorded(self, route: str) -> Weight | None:
        return self.plane.recorded(route)

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        return self.plane.shift(route, weight, overwrite=overwrite, fence=fence)

    def retire(self, route: str) -> None:
        self.plane.retire(route)


def route(name: str = "tax", *, weight: float = 0, path: str = "/api/tax/{country}") -> Route:
    return Route(
        name=name,
        match=HttpMatch(("POST",), path),
        legacy_url="http://127.0.0.1:8000",
        canary_url="http://127.0.0.1:9000",
        weight=weight,
    )


def test_a_route_that_it_does_not_know_has_no_weight_and_takes_none(plane: DataPlane) -> None:
    assert plane.weights("tax") is None
    with pytest.raises(RemoteError, match="no route"):
        plane.shift("tax", Weight(5))
    assert plane.weights("tax") is None


def test_a_new_route_begins_with_its_configured_weight(plane: DataPlane) -> None:
    plane.ensure(route(weight=20))
    assert plane.weights("tax") == Weight(20)


def test_a_weight_is_live_when_shift_returns_and_shifting_twice_is_the_same(plane: DataPlane) -> None:
    plane.ensure(route())
    for weight in (5, 25, 25, 100, 0, 50):
        effective = plane.shift("tax", Weight(weight))
        assert effective == Weight(weight)
        assert plane.weights("tax") == effective


@pytest.mark.parametrize("weight", [0.000001, 0.4, 33.333333, 99.6, 99.999999])
def test_a_weight_is_rounded_to_the_resolution_and_never_to_an_end(plane: DataPlane, weight: float) -> None:
    plane.ensure(route())
    effective = plane.shift("tax", Weight(weight))
    assert 0 < effective.canary < 100
    assert abs(effective.canary - weight) <= plane.capabilities.resolution
    assert plane.weights("tax") == effective


def test_the_ends_are_the_ends(plane: DataPlane) -> None:
    plane.ensure(route())
    assert plane.shift("tax", Weight(100)) == Weight(100)
    assert plane.shift("tax", Weight(0)) == Weight(0)


def test_ensuring_again_keeps_the_live_weight(plane: DataPlane) -> None:
    plane.ensure(route(weight=5))
    plane.shift("tax", Weight(30))
    plane.ensure(route(weight=5))
    plane.ensure(route(weight=90))
    assert plane.weights("tax") == Weight(30)


def test_routes_do_not_touch_each_other(plane: DataPlane) -> None:
    plane.ensure(route(weight=10))
    plane.ensure(route("other", weight=20, path="/other"))
    plane.shift("other", Weight(70))
    assert plane.weights("tax") == Weight(10)
    plane.retire("other")
    assert plane.weights("tax") == Weight(10)
    assert plane.weights("other") is None


def test_retiring_twice_is_the_same_and_a_retired_route_can_come_back(plane: DataPlane) -> None:
    plane.ensure(route())
    plane.shift("tax", Weight(80))
    plane.retire("tax")
    plane.retire("tax")
    assert plane.weights("tax") is None
    plane.ensure(route(weight=1))
    assert plane.weights("tax") == Weight(1), "nothing of its earlier life is left"


def test_any_name_is_a_name(plane: DataPlane) -> None:
    name = "Größe/../x y"
    plane.ensure(route(name, weight=40, path="/any"))
    assert plane.shift(name, Weight(41)) == Weight(41)
    assert plane.weights(name) == Weight(41)


def test_it_says_what_it_can_do(plane: DataPlane) -> None:
    capabilities = plane.capabilities
    assert capabilities.stickiness in ("hash", "cookie", "none")
    assert 0 < capabilities.resolution <= 50


def test_what_was_made_live_last_is_recorded(plane: DataPlane) -> None:
    assert plane.recorded("tax") is None
    plane.ensure(route(weight=20))
    assert plane.recorded("tax") == Weight(20)
    plane.shift("tax", Weight(33.333333))
    assert plane.recorded("tax") == plane.weights("tax")


def test_a_weight_set_past_it_is_told_and_not_passed_over(plane: DataPlane, hand: Hand) -> None:
    plane.ensure(route(weight=20))
    hand("tax", 60)
    assert (plane.weights("tax"), plane.recorded("tax")) == (Weight(60), Weight(20))
    plane.ensure(route(weight=20))
    assert (plane.weights("tax"), plane.recorded("tax")) == (Weight(60), Weight(20)), "to ensure it settles nothing"
    for weight in (0, 20, 30):
        with pytest.raises(Drift, match=r"60 % of .* is live, but 20 % was set last"):
            plane.shift("tax", Weight(weight))
    assert plane.weights("tax") == Weight(60)


def test_a_weight_set_past_it_is_adopted_or_overwritten_when_told(plane: DataPlane, hand: Hand) -> None:
    for wanted in (60, 0, 25):
        plane.ensure(route(weight=20))
        plane.shift("tax", Weight(20), overwrite=True)
        hand("tax", 60)
        assert plane.shift("tax", Weight(wanted), overwrite=True) == Weight(wanted)
        assert plane.weights("tax") == plane.recorded("tax") == Weight(wanted)
        plane.shift("tax", Weight(5))
        assert plane.weights("tax") == Weight(5), "and then all is as ever"


def test_a_drifted_route_can_be_retired_and_come_back(plane: DataPlane, hand: Hand) -> None:
    plane.ensure(route(weight=20))
    hand("tax", 60)
    plane.retire("tax")
    assert plane.weights("tax") is None
    plane.ensure(route(weight=1))
    assert plane.weights("tax") == plane.recorded("tax") == Weight(1)


OLD, NEW = Fence(1_700_000_000.123456, 7), Fence(1_700_000_000.123456, 8)
LATER = Fence(1_700_000_000.5, 1)


def test_a_shift_of_an_older_record_raises_no_weight_and_changes_nothing(plane: DataPlane) -> None:
    plane.ensure(route(weight=20))
    plane.shift("tax", Weight(10), fence=NEW)
    for overwrite in (False, True):
        for weight in (11, 25, 100):
            with pytest.raises(Fenced, match="newer record"):
                plane.shift("tax", Weight(weight), overwrite=overwrite, fence=OLD)
    assert plane.weights("tax") == plane.recorded("tax") == Weight(10)


def test_the_same_record_may_shift_again_and_a_newer_one_goes_on(plane: DataPlane) -> None:
    plane.ensure(route())
    for fence, weight in ((OLD, 5), (OLD, 10), (NEW, 20), (NEW, 20), (LATER, 30)):
        assert plane.shift("tax", Weight(weight), fence=fence) == Weight(weight)
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(40), fence=NEW)


def test_no_fence_keeps_traffic_on(plane: DataPlane) -> None:
    plane.ensure(route())
    plane.shift("tax", Weight(50), fence=NEW)
    for weight in (50, 20, 0):
        assert plane.shift("tax", Weight(weight), fence=OLD) == Weight(weight)
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(1), fence=OLD)
    assert plane.shift("tax", Weight(5), fence=NEW) == Weight(5), "and the newer record's fence was not lost"


def test_a_persons_word_is_not_checked_and_lets_any_record_begin_anew(plane: DataPlane) -> None:
    plane.ensure(route())
    plane.shift("tax", Weight(5), fence=LATER)
    plane.shift("tax", Weight(5))
    assert plane.shift("tax", Weight(10), fence=OLD) == Weight(10)
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(20), fence=Fence(1.0, 99))


def test_a_fence_outlives_what_is_ensured_again_but_not_the_route(plane: DataPlane) -> None:
    plane.ensure(route(weight=5))
    plane.shift("tax", Weight(10), fence=NEW)
    plane.ensure(route(weight=5))
    plane.ensure(route("other", path="/other"))
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(20), fence=OLD)
    plane.shift("other", Weight(20), fence=OLD)
    plane.retire("tax")
    plane.ensure(route(weight=5))
    assert plane.shift("tax", Weight(20), fence=OLD) == Weight(20)


def test_a_fence_is_noted_also_where_the_weight_is_live_already(plane: DataPlane) -> None:
    plane.ensure(route(weight=10))
    plane.shift("tax", Weight(10), fence=NEW)
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(20), fence=OLD)


def test_drift_leaves_the_fence_as_it_was(plane: DataPlane, hand: Hand) -> None:
    plane.ensure(route(weight=20))
    plane.shift("tax", Weight(20), fence=OLD)
    hand("tax", 60)
    for fence in (LATER, None):
        with pytest.raises(Drift):
            plane.shift("tax", Weight(70), fence=fence)
    plane.shift("tax", Weight(20), overwrite=True, fence=OLD)
    with pytest.raises(Fenced):
        plane.shift("tax", Weight(30), fence=Fence(1.0, 1))
