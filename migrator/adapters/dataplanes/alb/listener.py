"""One listener of a load balancer: its rules with their tags, and what a route needs of it.

In: the listener's ARN, answers of AWS. Out: `Rules`, of which only those with this program's tag are ours, or a
`RemoteError` for a route that the listener cannot carry. Nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from migrator.adapters.aws import AwsError, AwsService, Foreign
from migrator.adapters.dataplanes.alb import tags as tagged
from migrator.adapters.dataplanes.alb.actions import Shares, shares_of, sides_of, sticky_of, units_of
from migrator.cloud_facts.load_balancers import TAGGED_PER_CALL
from migrator.domain.routes import BalancerRoute, Weight
from migrator.errors import RemoteError
from migrator.router.weights import from_units

Json = Mapping[str, Any]

# A rule that is deleted between the listing and the look at its tags makes the whole look fail.
_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A listener rule that carries a route.

    Attributes:
        priority: 1 to 50,000.
        tags: all of them, others' too.
    """

    arn: str
    priority: int
    conditions: tuple[Json, ...]
    actions: tuple[Json, ...]
    tags: Mapping[str, str]

    @property
    def name(self) -> str:
        """Of the route."""
        return tagged.name_in(self.tags)

    @property
    def shares(self) -> Shares | None:
        """The units of the route's two sides; None where the rule does something else."""
        return shares_of(self.actions, self.tags.get(tagged.LEGACY, ""), self.tags.get(tagged.CANARY, ""))

    @property
    def live(self) -> Weight | None:
        """The weight between the route's two sides; None where the rule does something else."""
        return from_units(*self.shares) if self.shares is not None else None

    @property
    def noted(self) -> Weight | None:
        """The weight that was made live last; None where no tag says one.

        An intent counts once it is live: its change was made, and only the answer was lost.
        """
        intent = tagged.weight_in(self.tags, tagged.INTENT)
        return intent if intent is not None and intent == self.live else tagged.weight_in(self.tags, tagged.RECORDED)

    @property
    def weight(self) -> Weight:
        """As `live`.

        Raises:
            Foreign: the rule does something else.
        """
        if self.live is None:
            raise self.foreign
        return self.live

    @property
    def foreign(self) -> Foreign:
        """What to say where the rule does something else."""
        return Foreign(
            f"the rule of {self.name} does not forward to its two target groups any more: somebody has changed it",
            hint="set it anew: --overwrite; the rule is " + self.arn,
        )

    @property
    def route(self) -> BalancerRoute:
        """The route as the rule has it now; where it forwards elsewhere, with the target groups that get calls."""
        told = tagged.route_in(self.tags, self.conditions, self.priority, self.live or Weight(0))
        if self.shares is None:
            legacy, canary, weight = sides_of(self.actions)
            return replace(told, legacy=legacy, canary=canary, weight=weight.canary)
        return told if len(units_of(self.actions) or ()) < 2 else tagged.with_sticky(told, sticky_of(self.actions))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a listener, but for the default one.

    Attributes:
        ours: by the name of the route.
        doubled: rules that say the same route as one of `ours` and come after it: left by a create whose answer was
            lost.
        others: priorities that somebody else's rules have.
    """

    ours: Mapping[str, Rule]
    doubled: tuple[Rule, ...]
    others: frozenset[int]


class Listener:
    """Reads one listener.

    Args:
        arn: of the listener.
    """

    def __init__(self, arn: str, service: AwsService) -> None:
        self._arn = arn
        self._service = service
        # Where the rule of a route was seen: what it says is read anew each time.
        self._seen: dict[str, str] = {}

    def rules(self) -> Rules:
        """The rules as they stand.

        Raises:
            RemoteError: AWS does not tell them.
        """
        for _ in range(_LOOKS - 1):
            try:
                return self._rules()
            except AwsError as error:
                if error.code != "RuleNotFound":
                    raise
        return self._rules()

    def rule(self, route: str) -> Rule | None:
        """The rule of a route as it stands; None where there is none.

        Asked by itself where it was seen before: AWS allows 10 looks a second, and tells the tags of 20 rules at once.
        Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html, read on
        2026-11-26.

        Raises:
            RemoteError: AWS does not tell it.
        """
        if (arn := self._seen.get(route)) is not None:
            try:
                found = self._told(self._service.pages("DescribeRules", "Rules", RuleArns=[arn]))
            except AwsError as error:
                if error.code != "RuleNotFound":
                    raise
                found = ()
            for rule in found:
                if rule.arn == arn and rule.name == route:
                    return rule
        return self.rules().ours.get(route)

    def check(self, routes: Sequence[BalancerRoute]) -> None:
        """That routes can be carried: calls fall back to their legacy, and both their sides can answer.

        Raises:
            RemoteError: they cannot; the hint says what to do.
        """
        if not routes:
            return
        self._check_default(routes)
        groups = self._groups(sorted({arn for route in routes for arn in (route.legacy, route.canary)}))
        for route in routes:
            for arn in (route.legacy, route.canary):
                if groups.get(arn) is None:
                    raise RemoteError(
                        f"{route.name} names the target group {arn}, which does not exist",
                        hint="make it first, or name the one that does",
                    )
        for arn, name in {route.canary: route.name for route in routes}.items():
            health = self._service.call("DescribeTargetHealth", TargetGroupArn=arn)
            if not health.get("TargetHealthDescriptions"):
                kind = groups[arn]
                raise RemoteError(
                    f"the canary's target group of {name} has no target: its calls would be answered 503",
                    hint="register the function: aws elbv2 register-targets"
                    if kind == "lambda"
                    else f"register targets of type {kind}, or name the group whose type is lambda",
                )

    def _rules(self) -> Rules:
        try:
            found = self._service.pages("DescribeRules", "Rules", ListenerArn=self._arn)
        except AwsError as error:
            if error.code != "ListenerNotFound":
                raise
            raise RemoteError(
                f"there is no listener {self._arn}",
                hint="name the one that takes the calls: aws elbv2 describe-listeners",
            ) from error
        rules = sorted(self._told(found), key=lambda rule: rule.priority)
        ours: dict[str, Rule] = {}
        doubled = []
        for rule in rules:
            if rule.name and ours.setdefault(rule.name, rule) is not rule:
                doubled.append(rule)
        self._seen = {name: rule.arn for name, rule in ours.items()}
        return Rules(ours, tuple(doubled), frozenset(rule.priority for rule in rules if not rule.name))

    def _told(self, found: Iterable[Json]) -> tuple[Rule, ...]:
        """Rules with their tags, without the default one."""
        plain = [rule for rule in found if not rule.get("IsDefault")]
        tags = self._tags([rule["RuleArn"] for rule in plain])
        return tuple(
            Rule(
                rule["RuleArn"],
                int(rule["Priority"]),
                tuple(rule.get("Conditions", ())),
                tuple(rule.get("Actions", ())),
                tags.get(rule["RuleArn"], {}),
            )
            for rule in plain
        )

    def _tags(self, arns: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        found: dict[str, Mapping[str, str]] = {}
        for some in _in_parts(arns, TAGGED_PER_CALL):
            for told in self._service.call("DescribeTags", ResourceArns=some)["TagDescriptions"]:
                found[told["ResourceArn"]] = {tag["Key"]: tag.get("Value", "") for tag in told.get("Tags", ())}
        return found

    def _groups(self, arns: Sequence[str]) -> Mapping[str, str]:
        """The target type of each group that exists. Asked one by one: of several, AWS does not say which is missing."""
        found: dict[str, str] = {}
        for arn in arns:
            try:
                told = self._service.call("DescribeTargetGroups", TargetGroupArns=[arn])["TargetGroups"]
            except AwsError as error:
                if error.code not in ("TargetGroupNotFound", "ValidationError"):
                    raise
                continue
            found |= {group["TargetGroupArn"]: str(group.get("TargetType", "")) for group in told}
        return found

    def _check_default(self, routes: Iterable[BalancerRoute]) -> None:
        """That what no rule matches goes to legacy: that is where the calls of a retired route go."""
        listeners = self._service.call("DescribeListeners", ListenerArns=[self._arn])["Listeners"]
        actions = listeners[0].get("DefaultActions", ())
        kinds = [action.get("Type") for action in actions]
        if len(kinds) > 1:
            raise RemoteError(
                f"the default action of {self._arn} begins with {kinds[0]}, which a rule of its own would pass by",
                hint="a route behind it needs the same action in front: migrator does not write one",
            )
        serves = units_of(actions)
        for route in routes:
            if serves is None or set(serves) != {route.legacy}:
                does = " and ".join(serves) if serves else f"a {kinds[0]}" if kinds else "nothing"
                raise RemoteError(
                    f"the default action of {self._arn} is {does}, not legacy's target group of {route.name}: "
                    "the calls of a retired route would go there",
                    hint=f"let it forward to {route.legacy} alone, or name its group as legacy",
                )


def _in_parts(arns: Sequence[str], size: int) -> Iterable[list[str]]:
    return (list(arns[at : at + size]) for at in range(0, len(arns), size))
