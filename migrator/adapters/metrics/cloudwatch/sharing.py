"""Whether a target group gets calls that are not the route's.

In: the target groups of a route. Out: why their figures are not the route's alone, or nothing. A target group is counted as
a whole: one that another rule forwards to as well would have legacy's other calls compared with the canary's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from migrator.adapters.aws import AwsService, Json
from migrator.rollout.ports import Clock

_AGAIN_S: Final = 300.0
"""How long an answer holds: the rules of a listener change rarely, and AWS bounds how often they may be asked for."""


@dataclass
class RuleSharing:
    """Looks through the rules of all listeners of a load balancer.

    Attributes:
        listener: ARN of any of them.
    """

    service: AwsService
    listener: str
    clock: Clock
    _rules: tuple[frozenset[str], ...] = field(default=())
    _until: float = 0.0

    def why_shared(self, groups: Sequence[str]) -> str:
        """Why figures of these target groups are not of one rule alone; an empty string where they are.

        Raises:
            AwsError: the rules could not be read.
        """
        now = self.clock.now()
        if not self._until - _AGAIN_S <= now < self._until:
            self._rules, self._until = tuple(self._forwarding()), now + _AGAIN_S
        ours = next((rule for rule in self._rules if rule >= set(groups)), None)
        for group in groups:
            others = [rule for rule in self._rules if group in rule and rule is not ours]
            if others:
                return (
                    f"{group.rpartition(':')[2]} gets calls of {len(others)} more rule(s) of the load balancer, so that its "
                    "figures are not the route's: make a target group of the route's own, with the same targets"
                )
        return ""

    def close(self) -> None:
        """Give up the connections."""
        self.service.close()

    def _forwarding(self) -> Iterator[frozenset[str]]:
        balancer = self.listener.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
        for listener in self.service.pages("DescribeListeners", "Listeners", LoadBalancerArn=balancer):
            for rule in self.service.pages("DescribeRules", "Rules", ListenerArn=listener["ListenerArn"]):
                yield frozenset(_targets(rule))


def _targets(rule: Json) -> Iterator[str]:
    """The target groups that a rule sends calls to; a weight of 0 counts, since it is changed and not removed."""
    for action in rule.get("Actions") or ():
        forward: Mapping[str, Sequence[Json]] = action.get("ForwardConfig") or {}
        if action.get("TargetGroupArn"):
            yield str(action["TargetGroupArn"])
        for group in forward.get("TargetGroups") or ():
            yield str(group["TargetGroupArn"])
