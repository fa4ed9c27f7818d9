"""An application load balancer behind the `DataPlane` port.

In: routes and weights. Out: the same, read back from the balancer: one listener rule a route, whose forward action has
the two target groups with their weights. What is known of a route stands in the tags of its rule, so that any process
can go on. Rules without that tag, and the default rule, are never written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from migrator.adapters.aws import AwsService, Foreign, settled
from migrator.adapters.clock import SystemClock
from migrator.adapters.dataplanes.alb import tags as tagged
from migrator.adapters.dataplanes.alb.actions import Shares, forward, same, shares, shares_of
from migrator.adapters.dataplanes.alb.listener import Listener, Rule
from migrator.adapters.dataplanes.alb.planned import Planned, plan
from migrator.adapters.dataplanes.alb.priorities import arranged
from migrator.adapters.dataplanes.alb.writing import RuleWriter
from migrator.cloud_facts.load_balancers import RESOLUTION
from migrator.domain.routes import AnyRoute, BalancerRoute, Standing, Weight
from migrator.errors import RemoteError, UsageError
from migrator.rollout.fencing import fence_in, fence_text, passed
from migrator.rollout.ports import Capabilities, Clock, Drift, Fence
from migrator.router.weights import effective


class AlbDataPlane:
    """One listener of an application load balancer.

    Args:
        listener_arn: the listener that takes the calls; its default action forwards to legacy.
        region: empty for the listener's own.
        endpoint: URL of a stand-in; empty for AWS.
        service: one made elsewhere, in place of `region` and `endpoint`.
    """

    def __init__(
        self,
        listener_arn: str,
        *,
        region: str = "",
        endpoint: str = "",
        service: AwsService | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._arn = listener_arn
        self._service = service or AwsService("elbv2", region=region or _region_of(listener_arn), endpoint=endpoint)
        self._listener = Listener(listener_arn, self._service)
        self._clock = clock or SystemClock()
        self._writer = RuleWriter(listener_arn, self._service, self._listener, self._clock)

    @property
    def capabilities(self) -> Capabilities:
        """Stickiness by the balancer's cookie, weights in steps of 0.2 %, no fallback, every method."""
        return Capabilities(stickiness="cookie", resolution=RESOLUTION, fallback=False)

    def close(self) -> None:
        """Give up the connections; the rules stay."""
        self._service.close()

    def ensure(self, route: AnyRoute) -> None:
        """Make the listener serve the route; a weight already live for it is kept.

        Raises:
            UsageError: a rule cannot say it.
            Foreign: its rule forwards elsewhere by now.
            RemoteError: AWS refused it or does not answer, a target group is missing or empty, or the listener's
                default action is not legacy.
        """
        if not isinstance(route, BalancerRoute):
            raise UsageError(
                f"a load balancer carries HTTP calls between two target groups, and {route.name} is another kind of route"
            )
        self.ensure_all([route])

    def ensure_all(self, routes: Iterable[BalancerRoute], *, only: bool = False) -> None:
        """Make the listener serve all these routes; everything is checked before anything is changed.

        What was changed before AWS refused a change stays; the next call goes on from there.

        Args:
            only: retire every route of this program's that is not among them.

        Raises:
            UsageError, RemoteError: as `ensure`.
        """
        planned = {route.name: plan(route) for route in routes}
        rules = self._listener.rules()
        self._listener.check([each.route for each in planned.values()])
        gone = [rule for name, rule in rules.ours.items() if only and name not in planned]
        staying = [rule for rule in rules.ours.values() if rule not in gone]
        live = {rule.name: _kept(rule, planned[rule.name].route) for rule in staying if rule.name in planned}
        leaving = [*rules.doubled, *gone]
        places = _placed(planned, staying, rules.others, leaving)
        self._writer.delete(leaving)
        self._writer.move({rule.arn: places[rule.name] for rule in staying if places[rule.name] != rule.priority})
        for name, each in planned.items():
            if name in live:
                self._writer.adjust(rules.ours[name], each, live[name])
            else:
                self._writer.create(each, places[name])
        if not all(name in live and each.holds(rules.ours[name], places[name]) for name, each in planned.items()):
            self._writer.wait_for(
                self._listener.rules,
                lambda now: all(
                    name in now.ours and each.holds(now.ours[name], places[name]) for name, each in planned.items()
                ),
                "the rules of " + ", ".join(planned),
            )

    def routes(self) -> dict[str, BalancerRoute]:
        """The routes of this program's that the listener has, by name, each as it is live.

        One whose rule forwards elsewhere has the target groups that get its calls.

        Raises:
            RemoteError: AWS does not answer.
        """
        return {name: rule.route for name, rule in self._listener.rules().ours.items()}

    def standings(self) -> dict[str, Standing]:
        """How each route of this program's stands, by name; one look for all of them.

        Raises:
            RemoteError: AWS does not answer.
        """
        return {name: _standing(rule) for name, rule in self._listener.rules().ours.items()}

    def weights(self, route: str) -> Weight | None:
        """The weight that is live; None for a route that the listener does not have.

        Raises:
            Foreign: its rule forwards elsewhere by now.
            RemoteError: AWS does not answer.
        """
        rule = self._listener.rule(route)
        return rule.weight if rule is not None else None

    def recorded(self, route: str) -> Weight | None:
        """The weight that the rule's tags say; None for a route that the listener does not have.

        Raises:
            RemoteError: AWS does not answer.
        """
        rule = self._listener.rule(route)
        return (rule.noted or rule.live) if rule is not None else None

    def shift(self, route: str, weight: Weight, *, overwrite: bool = False, fence: Fence | None = None) -> Weight:
        """Make a weight live, read it back, note it, and return the effective one.

        The fence is noted in a tag before the weight is changed. AWS has no conditional write of a rule: a controller
        that stops between its last look at the rule and its call of ModifyRule, usually some ten milliseconds, is not
        held up by a fence noted meanwhile. What it makes live then is drift to the others, who see it at their next look.

        Raises:
            Drift: somebody else has set another weight.
            Fenced: a newer record of the rollout has shifted the route.
            RemoteError: AWS did not take it or does not answer, or the listener does not have the route.
        """
        rule = self._listener.rule(route)
        if rule is None:
            raise RemoteError(
                f"the listener {self._arn} has no route {route!r}", hint="make it known: migrator router apply"
            )
        wanted = effective(weight, RESOLUTION)
        noted = passed(route, fence, fence_in(rule.tags.get(tagged.FENCE)), wanted=wanted, live=rule.live)
        if not overwrite and rule.noted is not None and rule.noted != rule.weight:
            raise Drift(route, rule.weight, rule.noted)
        # A rule that never had a fence gets no tag for it.
        fences = {tagged.FENCE: fence_text(noted)} if noted is not None or tagged.FENCE in rule.tags else {}
        actions = forward(
            rule.tags.get(tagged.LEGACY, ""),
            rule.tags.get(tagged.CANARY, ""),
            shares(wanted),
            tagged.number_in(rule.tags, tagged.STICKY),
        )
        if not same(rule.actions, actions):
            intent = {tagged.INTENT: tagged.weight_tag(wanted), **fences}
            self._writer.tag(rule.arn, intent)
            if fence is not None and (rule.live is None or wanted.canary > rule.live.canary):
                self._check_unchanged(rule, intent)
            self._writer.share(rule.arn, actions)
            self._writer.wait_for(
                lambda: self._listener.rule(route),
                lambda now: now is not None and same(now.actions, actions),
                f"the weight {wanted.canary:g} % of {route}",
            )
        note = {tagged.RECORDED: tagged.weight_tag(wanted), tagged.INTENT: "", **fences}
        if not note.items() <= rule.tags.items():
            self._writer.tag(rule.arn, note)
            self._writer.wait_for(
                lambda: self._listener.rule(route),
                lambda now: now is not None and note.items() <= now.tags.items(),
                f"the note of the weight of {route}",
            )
        return wanted

    def _check_unchanged(self, before: Rule, tags: Mapping[str, str]) -> None:
        """That nobody has shifted a route since it was looked at; its rule has got these tags since.

        Raises:
            RemoteError: somebody has; the weight was not changed.
        """
        now = self._listener.rule(before.name)
        if now is None or now.actions != before.actions or {**before.tags, **tags} != now.tags:
            # Tags may show late; what was written last decides, and the next look tells.
            now, _ = settled(
                lambda: self._listener.rule(before.name),
                lambda seen: seen is not None and tags.items() <= seen.tags.items(),
                self._clock,
            )
        if now is None or now.actions != before.actions or {**before.tags, **tags} != now.tags:
            raise RemoteError(
                f"somebody else changes the rule of {before.name} in this moment",
                hint="look what is live now: migrator router show",
                retryable=True,
            )

    def retire(self, route: str) -> None:
        """Delete the route's rule: its calls go where the default action sends them, which is legacy.

        Raises:
            RemoteError: AWS refused it or does not answer.
        """
        rules = self._listener.rules()
        gone = [rule for rule in (*rules.ours.values(), *rules.doubled) if rule.name == route]
        self._writer.delete(gone)
        if gone:
            self._writer.wait_for(self._listener.rules, lambda now: route not in now.ours, f"the end of {route}")


def _standing(rule: Rule) -> Standing:
    noted = rule.noted or rule.live
    try:
        return Standing(rule.route, rule.weight, noted)
    except Foreign as foreign:
        return Standing(rule.route, None, noted, str(foreign))


def _kept(rule: Rule, wanted: BalancerRoute) -> Shares:
    """What is live, also where the rule has just got other target groups and its tags do not know yet.

    Raises:
        Foreign: the rule does something else.
    """
    live = rule.shares or shares_of(rule.actions, wanted.legacy, wanted.canary)
    if live is None:
        raise rule.foreign
    return live


def _placed(
    planned: Mapping[str, Planned], staying: Iterable[Rule], others: frozenset[int], leaving: Iterable[Rule]
) -> Mapping[str, int]:
    current = {rule.name: rule.priority for rule in staying}
    known = {
        rule.name: tagged.route_in(rule.tags, rule.conditions, rule.priority, Weight(0))
        for rule in staying
        if rule.name not in planned
    }
    routes = [*known.values(), *(each.route for each in planned.values())]
    return arranged(routes, current, others, frozenset(rule.priority for rule in leaving))


def _region_of(arn: str) -> str:
    """The region that an ARN names; empty where it is none."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 5 and parts[0] == "arn" else ""
