"""An alias of a function without the tool: by the AWS CLI.

In: a route between two versions. Out: `PlaneText`.
"""

from __future__ import annotations

from migrator.artifacts.runbook.parts import Block, Need, PlaneText, shell
from migrator.domain.routes import AliasRoute
from migrator.markdown import code_span
from migrator.router.config import FunctionsConfig


def alias_text(route: AliasRoute, functions: FunctionsConfig) -> PlaneText:
    """The alias that carries a route."""
    region = f" --region {shell(functions.region)}" if functions.region else ""
    named = f"--function-name {shell(route.function)} --name {shell(route.alias)}{region}"
    shown = "{version: FunctionVersion, others: RoutingConfig.AdditionalVersionWeights}"
    return PlaneText(
        title=f"the alias {code_span(route.alias)} of {code_span(route.function)}",
        calls=f"each call of {route.function} by its alias {route.alias}, from version {route.legacy} to {route.canary}",
        acts="within seconds",
        stays="nothing, as AWS picks the version of each call at random",
        saves="the caller gets the new version's error",
        needs=(
            Need(
                "the right to read and change the alias",
                "`lambda:GetAlias` and `UpdateAlias`",
                f"aws lambda get-alias {named} --query AliasArn --output text",
            ),
        ),
        alive=Block(
            "Both versions can be called:",
            tuple(
                f"aws lambda get-function-configuration --function-name {shell(route.function)} --qualifier {shell(version)}{region} "
                "--query '[Version, State, LastUpdateStatus]' --output text"
                for version in (route.legacy, route.canary)
            ),
            "Each says `Active` and `Successful`.",
        ),
        live=Block(
            "Which versions get the calls:",
            (f"aws lambda get-alias {named} --query {shell(shown)} --output json",),
            f"Version {route.legacy} and no others: the old one gets everything.",
        ),
        back=Block(
            "Every call goes to the old version:",
            (
                (
                    f"aws lambda update-alias {named} --function-version {shell(route.legacy)} "
                    "--routing-config AdditionalVersionWeights={} --query FunctionVersion --output text"
                ),
            ),
            f"It says `{route.legacy}`.",
        ),
    )
