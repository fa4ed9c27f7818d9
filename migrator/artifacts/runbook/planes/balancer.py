"""A load balancer without the tool: one listener rule, by the AWS CLI.

In: a route and the listener. Out: `PlaneText`. At any weight above 0 the rule forwards to the canary's target group, alone
or beside legacy's, and so is found by it.
"""

from __future__ import annotations

from migrator.artifacts.runbook.parts import Block, Need, PlaneText, shell
from migrator.artifacts.runbook.planes.http import calls_text, stays_text
from migrator.domain.routes import BalancerRoute
from migrator.markdown import code_span
from migrator.router.config import BalancerConfig


def balancer_text(route: BalancerRoute, balancer: BalancerConfig | None) -> PlaneText:
    """The load balancer that carries a route."""
    listener = balancer.listener if balancer is not None else ""
    found = f"Rules[?Actions[0].ForwardConfig.TargetGroups[?TargetGroupArn=='{route.canary}']].RuleArn"
    rules = f"aws elbv2 describe-rules --listener-arn {shell(listener)}"
    shown = (
        "Rules[].{rule: RuleArn, first: Priority, to: Actions[0].ForwardConfig.TargetGroups[].[TargetGroupArn, Weight]}"
    )
    forward = f"Type=forward,TargetGroupArn={route.legacy}"
    return PlaneText(
        title=f"the load balancer with the listener {code_span(listener)}",
        calls=calls_text(route.match),
        acts="within seconds",
        stays=stays_text(route.sticky),
        saves="the caller gets its error, as a load balancer has no fallback",
        needs=(
            Need(
                "the right to read and change rules of the listener",
                "`elasticloadbalancing:DescribeRules` and `ModifyRule`",
                f"{rules} --query 'length(Rules)'",
            ),
        ),
        alive=Block(
            "Both target groups have targets that are well:",
            (
                f"aws elbv2 describe-target-health --target-group-arn {shell(route.legacy)} --query 'TargetHealthDescriptions[].TargetHealth.State'",
                f"aws elbv2 describe-target-health --target-group-arn {shell(route.canary)} --query 'TargetHealthDescriptions[].TargetHealth.State'",
            ),
            "Legacy's say `healthy`. A function says `unavailable` where nobody checks it, which is fine.",
        ),
        live=Block(
            "Where each rule sends its calls, with the weights out of 500:",
            (f"{rules} --query {shell(shown)} --output json",),
            f"No rule names {code_span(route.canary.rpartition(':')[2])}: legacy gets everything.",
        ),
        back=Block(
            "Every rule that sends calls to the canary sends them to legacy:",
            (
                (
                    f'for rule in $({rules} --query {shell(found)} --output text); do aws elbv2 modify-rule --rule-arn "$rule" '
                    f"--actions {shell(forward)}; done"
                ),
            ),
            "It says nothing where no rule sends anything to the canary.",
        ),
        cautions=("The rule keeps its tags; the tool sees at its next look that somebody else has set the weight.",),
    )
