"""What two versions must have in common to share one alias.

In: a route, what AWS says of its versions. Out: nothing, or why they cannot share it. Source of the rules:
https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html, read on 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from migrator.adapters.aws import AwsError, AwsService
from migrator.domain.routes import AliasRoute
from migrator.errors import RemoteError, UsageError

_NOT_READY: Final[Mapping[str, bool]] = {"Pending": True, "Failed": False}
"""States in which a version takes no calls, and whether waiting helps."""


def check_plain(route: AliasRoute) -> None:
    """That the route names two published versions.

    Raises:
        UsageError: it does not.
    """
    for version in (route.legacy, route.canary):
        if not (version.isascii() and version.isdigit()):
            raise UsageError(
                f"{route.name} names the version {version}; an alias shares calls out between published versions only",
                hint="publish it, and name its number: aws lambda publish-version",
            )
    if route.legacy == route.canary:
        raise UsageError(f"{route.name} names version {route.legacy} for both sides", hint="name two")


def check_published(route: AliasRoute, service: AwsService) -> None:
    """That both versions are there, take calls, and may share an alias.

    Raises:
        RemoteError: they may not, or AWS does not answer.
    """
    legacy, canary = (_version(route, version, service) for version in (route.legacy, route.canary))
    for what, key in (("execution role", "Role"), ("dead-letter queue", "DeadLetterConfig")):
        if (legacy.get(key) or None) != (canary.get(key) or None):
            raise RemoteError(
                f"versions {route.legacy} and {route.canary} of {route.function} have another {what} each: "
                "one alias cannot share calls out between them",
                hint=f"publish a version with the same {what}",
            )
    state = str(canary.get("State", ""))
    if state in _NOT_READY:
        raise RemoteError(
            f"version {route.canary} of {route.function} takes no calls: it is {state.lower()}",
            hint="wait until it is active" if _NOT_READY[state] else "publish one that starts",
            retryable=_NOT_READY[state],
        )


def _version(route: AliasRoute, version: str, service: AwsService) -> Mapping[str, Any]:
    try:
        return service.call("GetFunctionConfiguration", FunctionName=route.function, Qualifier=version)
    except AwsError as error:
        if error.code != "ResourceNotFoundException":
            raise
        raise RemoteError(
            f"{route.name} names version {version} of {route.function}, which does not exist",
            hint=f"look which do: aws lambda list-versions-by-function --function-name {route.function}",
        ) from error
