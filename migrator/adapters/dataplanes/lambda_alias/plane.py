"""The alias of a Lambda function behind the `DataPlane` port.

In: routes and weights. Out: the same, read back from AWS. A change is one `UpdateAlias` of the weights and of the
record in the description, under the revision that was read: nobody else's change is written over unseen. The alias
itself, its versions and their provisioned concurrency are made elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from migrator.adapters.aws import AwsService, Foreign
from migrator.adapters.clock import SystemClock
from migrator.adapters.dataplanes.lambda_alias.aliases import Alias, Aliases, Place
from migrator.adapters.dataplanes.lambda_alias.record import Record, check_room, record_in, with_record, without_record
from migrator.adapters.dataplanes.lambda_alias.routing import RESOLUTION, routing, shown, sides_of, weight_of
from migrator.adapters.dataplanes.lambda_alias.versions import check_plain, check_published
from migrator.domain.routes import AliasRoute, AnyRoute, Standing, Weight
from migrator.errors import RemoteError, UsageError
from migrator.rollout.fencing import passed
from migrator.rollout.ports import Capabilities, Clock, Drift, Fence
from migrator.router.weights import effective


class AliasDataPlane:
    """Aliases of Lambda functions.

    Args:
        routes: those of the configuration. AWS cannot be asked which alias carries a route, so that a plane has to be
            told where to look; what stands there is read from AWS each time.
        region: empty for the one that the environment or the profile says.
        endpoint: URL of a stand-in; empty for AWS.
        service: one made elsewhere, in place of `region` and `endpoint`.
    """

    def __init__(
        self,
        routes: Iterable[AliasRoute] = (),
        *,
        region: str = "",
        endpoint: str = "",
        service: AwsService | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._places: dict[str, Place] = {route.name: _place(route) for route in routes}
        self._service = service or AwsService("lambda", region=region, endpoint=endpoint)
        self._aliases = Aliases(self._service, clock or SystemClock())

    @property
    def capabilities(self) -> Capabilities:
        """No stickiness, weights in steps of 0.1 %, no fallback."""
        return Capabilities(stickiness="none", resolution=RESOLUTION, fallback=False)

    def close(self) -> None:
        """Give up the connections; the aliases stay."""
        self._service.close()

    def ensure(self, route: AnyRoute) -> None:
        """Make the alias carry the route; a weight already live for it is kept.

        Raises:
            UsageError: it is no route of an alias, or one whose versions are not two published ones.
            Foreign: the alias points to another version than the route's two.
            RemoteError: AWS refused it or does not answer, the alias or a version is missing, the versions may not
                share an alias, or the alias carries another route.
        """
        if not isinstance(route, AliasRoute):
            raise UsageError(
                f"an alias carries calls between two versions of a function, and {route.name} is another kind of route"
            )
        self.ensure_all([route])

    def ensure_all(self, routes: Iterable[AliasRoute], *, only: bool = False) -> None:
        """Make the aliases carry all these routes; all are checked before one is changed.

        Args:
            only: retire every route of this program's that is not among them, on any alias of their functions and of
                those that this plane was told at first.

        Raises:
            UsageError, RemoteError: as `ensure`.
        """
        wanted = {route.name: route for route in routes}
        for route in wanted.values():
            check_plain(route)
        twice = [place for place, count in Counter(map(_place, wanted.values())).items() if count > 1]
        if twice:
            names = " and ".join(name for name, route in wanted.items() if _place(route) in twice)
            raise UsageError(f"{names} name the same alias, which carries one route", hint="give each its own alias")
        found = {name: self._checked(route, only=only, wanted=wanted) for name, route in wanted.items()}
        functions = {function for function, _ in self._places.values()}
        # Where a route has moved to another alias, its first one is let go of.
        moved = {
            name: self._places[name]
            for name, route in wanted.items()
            if self._places.get(name, _place(route)) != _place(route)
        }
        for name, place in moved.items():
            self._let_go(place, name)
        if only:
            self._retire_others(wanted, functions)
        for name, route in wanted.items():
            self._places[name] = _place(route)
            # One that another route was taken off just now has a new revision.
            alias = self._aliases.get(_place(route)) if moved or only else None
            self._carry(route, alias or found[name])

    def routes(self) -> dict[str, AliasRoute]:
        """The routes that the aliases of the known functions carry, by name, each as it is live.

        One whose alias points to another version than its two has the versions that get its calls.

        Raises:
            RemoteError: AWS does not answer.
        """
        found = {}
        for function in {function for function, _ in self._places.values()}:
            for alias in self._aliases.of(function):
                record = record_in(alias.get("Description") or "")
                if record is not None:
                    live = weight_of(alias, record.legacy, record.canary)
                    sides = (record.legacy, record.canary, live) if live is not None else sides_of(alias)
                    legacy, canary, weight = sides
                    found[record.route] = AliasRoute(
                        record.route, function, alias["Name"], legacy, canary, weight.canary
                    )
        return found

    def standings(self) -> dict[str, Standing]:
        """How each route stands that the aliases of the known functions carry, by name.

        Raises:
            RemoteError: AWS does not answer.
        """
        found = {}
        for name, route in self.routes().items():
            carrying = self._carrying(name)
            if carrying is None:  # another alias has it than the configured one
                found[name] = Standing(route, Weight(route.weight), None)
                continue
            try:
                found[name] = Standing(route, _live(*carrying), carrying[1].weight)
            except Foreign as foreign:
                found[name] = Standing(route, None, carrying[1].weight, str(foreign))
        return found

    def weights(self, route: str) -> Weight | None:
        """The weight that is live; None for a route that no known alias carries.

        Raises:
            Foreign: the alias points to another version than the route's two.
            RemoteError: AWS does not answer.
        """
        found = self._carrying(route)
        return _live(*found) if found is not None else None

    def recorded(self, route: str) -> Weight | None:
        """The weight that the alias's description says; None for a route that no known alias carries.

        Raises:
            RemoteError: AWS does not answer.
        """
        found = self._carrying(route)
        return found[1].weight if found is not None else None

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """Make a weight live, read it back, and return the effective one.

        The fence stands in the description, which changes together with the weight, on the condition that the alias still
        has the revision that was read.

        Raises:
            Drift: somebody else has set another weight, or has pointed the alias elsewhere.
            Fenced: a newer record of the rollout has shifted the route.
            RemoteError: AWS did not take it or does not answer, somebody else changed the alias in this moment, or no
                known alias carries the route.
        """
        found = self._carrying(route)
        if found is None:
            raise RemoteError(f"the known aliases have no route {route!r}", hint="make it known: migrator router apply")
        alias, record = found
        wanted = effective(weight, RESOLUTION)
        between = weight_of(alias, record.legacy, record.canary)
        noted = passed(route, fence, record.fence, wanted=wanted, live=between)
        if not overwrite and (live := _live(alias, record)) != record.weight:
            raise Drift(route, live, record.weight)
        self._write(self._places[route], alias, Record(route, record.legacy, record.canary, wanted, noted))
        return wanted

    def retire(self, route: str) -> None:
        """Take the route off its alias: calls go to the old version, or to the new one where it has all of them.

        Raises:
            RemoteError: AWS refused it or does not answer.
        """
        if route in self._places:
            self._let_go(self._places[route], route)

    def _checked(self, route: AliasRoute, *, only: bool, wanted: Mapping[str, AliasRoute]) -> Alias:
        """The alias of a route that may carry it."""
        alias = self._aliases.get(_place(route))
        if alias is None:
            raise RemoteError(
                f"{route.function} has no alias {route.alias}",
                hint="deploy the service, whose template makes it, or: aws lambda create-alias",
            )
        record = record_in(alias.get("Description") or "")
        if record is not None and record.route != route.name and not (only and record.route not in wanted):
            raise RemoteError(
                f"the alias {route.alias} of {route.function} carries the route {record.route} already",
                hint=f"retire that one first: migrator router retire {record.route}",
            )
        check_published(route, self._service)
        if weight_of(alias, route.legacy, route.canary) is None:
            raise Foreign(
                f"the alias {route.alias} of {route.function} sends calls to {shown(alias)}; "
                f"{route.name} is about versions {route.legacy} and {route.canary}",
                hint="name the version in use as legacy, or point the alias back to it",
            )
        return alias

    def _carry(self, route: AliasRoute, alias: Alias) -> None:
        """Write the record of a route that the alias does not carry yet; what is live for its versions is kept."""
        record = record_in(alias.get("Description") or "")
        if record is not None and (record.route, record.legacy, record.canary) == (
            route.name,
            route.legacy,
            route.canary,
        ):
            return
        live = weight_of(alias, route.legacy, route.canary)
        weight = live if live is not None and live.canary else effective(Weight(route.weight), RESOLUTION)
        fence = record.fence if record is not None and record.route == route.name else None
        new = Record(route.name, route.legacy, route.canary, weight, fence)
        check_room(alias.get("Description") or "", new)
        self._write(_place(route), alias, new)

    def _retire_others(self, wanted: Mapping[str, AliasRoute], functions: set[str]) -> None:
        for function in functions | {route.function for route in wanted.values()}:
            for alias in self._aliases.of(function):
                record = record_in(alias.get("Description") or "")
                if record is not None and record.route not in wanted:
                    self._let_go((function, alias["Name"]), record.route)

    def _let_go(self, place: Place, route: str) -> None:
        """Take the record off an alias, and the canary's share where it is a share of a whole."""
        alias = self._aliases.get(place)
        record = record_in(alias.get("Description") or "") if alias is not None else None
        if alias is None or record is None or record.route != route:
            return
        live = weight_of(alias, record.legacy, record.canary)
        # At 100 % the new version is the one in use; and where somebody has pointed the alias is left to them.
        settings = routing(record.legacy, record.canary, Weight(0)) if live and live.canary < 100 else {}
        self._aliases.update(place, alias, {**settings, "Description": without_record(alias["Description"])})

    def _write(self, place: Place, alias: Alias, record: Record) -> None:
        settings = routing(record.legacy, record.canary, record.weight)
        self._aliases.update(
            place, alias, {**settings, "Description": with_record(alias.get("Description") or "", record)}
        )

    def _carrying(self, route: str) -> tuple[Alias, Record] | None:
        alias = self._aliases.get(self._places[route]) if route in self._places else None
        record = record_in(alias.get("Description") or "") if alias is not None else None
        return (alias, record) if alias is not None and record is not None and record.route == route else None


def _place(route: AliasRoute) -> Place:
    return route.function, route.alias


def _live(alias: Alias, record: Record) -> Weight:
    """The weight between the versions of a record.

    Raises:
        Foreign: another version gets calls.
    """
    live = weight_of(alias, record.legacy, record.canary)
    if live is None:
        raise Foreign(
            f"the alias {alias['Name']} sends calls to {shown(alias)}; "
            f"{record.route} is about versions {record.legacy} and {record.canary}: somebody has changed it",
            hint="set it anew: --overwrite",
        )
    return live
