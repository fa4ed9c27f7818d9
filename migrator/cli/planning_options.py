"""The flags of the commands that plan: what is taken on, how much travels, what stands before a route.

In: what was typed. Out: annotations for parameters, and the words that the plan has for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, TypeAlias

import typer


class FrontChoice(StrEnum):
    """What stands before a route, as it is typed."""

    HTTP_API = "http-api"
    REST_API = "rest-api"
    ALB = "alb"


FRONTS: Mapping[FrontChoice, str] = {
    FrontChoice.HTTP_API: "http-api",
    FrontChoice.REST_API: "rest-api",
    FrontChoice.ALB: "load-balancer",
}
"""What is typed to what the plan calls it."""


class StrategyChoice(StrEnum):
    """How much of the monolith travels."""

    FUNCTION = "function"
    MODULE = "module"
    APPLICATION = "application"


Accept: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="EFFECT=REASON",
        help="Take an effect on, or calls that could not be followed (unresolved=REASON); may be repeated.",
    ),
]
Front: TypeAlias = Annotated[
    FrontChoice, typer.Option("--front", help="What stands before a route: an API of API Gateway, or a load balancer.")
]
StrategyOption: TypeAlias = Annotated[
    StrategyChoice | None,
    typer.Option(
        "--strategy",
        help="How much travels: definitions, whole modules, or an application that is started.  [default: as the "
        "code needs it]",
        show_default=False,
    ),
]


def reasons(accept: Sequence[str]) -> dict[str, str]:
    """Effect to the reason why it is taken on.

    Raises:
        UsageError: one of them has no reason.
    """
    from migrator.errors import UsageError

    found: dict[str, str] = {}
    for given in accept:
        effect, equals, reason = given.partition("=")
        if not equals or not reason.strip():
            raise UsageError(
                f"--accept {given!r} has no reason", hint='write it as --accept memoize="the table is small"'
            )
        found[effect.strip()] = reason.strip()
    return found
