"""Changes to the rules of a listener.

In: what a rule is to say. Out: calls to AWS, each of which may be repeated, and a look whether they took. Which changes
are due is left to the plane.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from migrator.adapters.aws import AwsError, AwsService, settled
from migrator.adapters.dataplanes.alb import tags as tagged
from migrator.adapters.dataplanes.alb.actions import Shares, same, shares
from migrator.adapters.dataplanes.alb.conditions import normal
from migrator.adapters.dataplanes.alb.listener import Listener, Rule
from migrator.adapters.dataplanes.alb.planned import Planned
from migrator.cloud_facts.load_balancers import RULES_PER_BALANCER
from migrator.domain.routes import Weight
from migrator.errors import RemoteError
from migrator.rollout.ports import Clock
from migrator.router.weights import from_units

Seen = TypeVar("Seen")

_HINTS: Mapping[str, str] = {
    "TooManyRules": f"a balancer has {RULES_PER_BALANCER} rules unless the quota is raised; retire routes, or raise it",
    "InvalidLoadBalancerAction": "a target group with stickiness of its own needs a sticky route",
    "InvalidConfigurationRequest": "a target group with stickiness of its own needs a sticky route",
}


class RuleWriter:
    """Writes the rules of one listener.

    Args:
        arn: of the listener.

    Raises:
        RemoteError: from every method, where AWS refused the change or does not answer.
    """

    def __init__(self, arn: str, service: AwsService, listener: Listener, clock: Clock) -> None:
        self._arn = arn
        self._service = service
        self._listener = listener
        self._clock = clock

    def create(self, planned: Planned, priority: int) -> None:
        """A new rule. One that is there already was made by a call whose answer was lost."""
        units = shares(Weight(planned.route.weight))
        weight = tagged.weight_tag(from_units(*units))
        try:
            self._asked(
                "CreateRule",
                ListenerArn=self._arn,
                Conditions=list(planned.conditions),
                Priority=priority,
                Actions=planned.actions(units),
                Tags=_tag_list({**planned.tags, tagged.RECORDED: weight, tagged.INTENT: ""}),
            )
        except AwsError as error:
            if error.code != "PriorityInUse":
                raise
            _, is_there = settled(self._listener.rules, lambda now: planned.route.name in now.ours, self._clock)
            if not is_there:
                raise RemoteError(
                    f"somebody else has taken priority {priority} of {self._arn} in this moment",
                    hint="try again: another one is chosen then",
                    retryable=True,
                ) from error

    def adjust(self, rule: Rule, planned: Planned, units: Shares) -> None:
        """What differs of a rule that is there; the live weight stays."""
        changes: dict[str, Any] = {}
        if normal(rule.conditions) != normal(planned.conditions):
            changes["Conditions"] = list(planned.conditions)
        if not same(rule.actions, actions := planned.actions(units)):
            changes["Actions"] = actions
        if changes:
            self._asked("ModifyRule", RuleArn=rule.arn, **changes)
        tags = {key: value for key, value in planned.tags.items() if rule.tags.get(key) != value}
        if rule.noted is None:
            tags |= {tagged.RECORDED: tagged.weight_tag(from_units(*units))}
        if tags:
            self.tag(rule.arn, tags)

    def move(self, priorities: Mapping[str, int]) -> None:
        """All in one call, so that no two rules are ever in the wrong order."""
        if priorities:
            self._asked(
                "SetRulePriorities",
                RulePriorities=[{"RuleArn": arn, "Priority": priority} for arn, priority in priorities.items()],
            )

    def delete(self, rules: Iterable[Rule]) -> None:
        """Delete rules; one that is gone already is no error."""
        for rule in rules:
            try:
                self._asked("DeleteRule", RuleArn=rule.arn)
            except AwsError as error:
                if error.code != "RuleNotFound":
                    raise

    def share(self, arn: str, actions: Sequence[Mapping[str, Any]]) -> None:
        """Other actions for a rule."""
        self._asked("ModifyRule", RuleArn=arn, Actions=list(actions))

    def tag(self, arn: str, tags: Mapping[str, str]) -> None:
        """Write tags; all others of the rule stay."""
        self._asked("AddTags", ResourceArns=[arn], Tags=_tag_list(tags))

    def _asked(self, operation: str, **arguments: Any) -> None:
        try:
            self._service.call(operation, **arguments)
        except AwsError as error:
            error.hint = error.hint or _HINTS.get(error.code, "")
            raise

    def wait_for(self, look: Callable[[], Seen], holds: Callable[[Seen], bool], what: str) -> None:
        """Look until AWS shows a change.

        Raises:
            RemoteError: it does not within the time that `settled` gives it.
        """
        _, is_there = settled(look, holds, self._clock)
        if not is_there:
            raise RemoteError(
                f"AWS took a change and does not show it yet: {what}",
                hint="run the same command again; it goes on from what is live",
                retryable=True,
            )


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
