"""Where a service is deployed: a section of `samconfig.toml` each.

In: the service's name, the rendered parameters of its template. Out: `Stage`s. What a parameter without a default should
be, nobody here knows: it gets a text that is no assignment, which `sam deploy` refuses before it asks AWS for anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

# What has no default and a list of which type: shown, so that the value is written in the right form.
_LISTS = ("List<", "CommaDelimitedList")


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter that a person has to give.

    Attributes:
        placeholder: what stands in its place; not of the form `NAME=VALUE`.
        description: the template's own, on one line.
    """

    placeholder: str
    description: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the places.

    Attributes:
        stack: name of the stack; at most 56 + 8 characters, of the 128 that CloudFormation takes.
        given: overrides that are known.
        asked: whether a person confirms the change set.
        production: whether callers come to it.
        deployed_by_pipeline: whether the pipeline deploys to it; a person does to the others.
        needs: the job before the deployment.
        loaded: whether the load test runs there.
        environment: of GitHub.
        gitlab_environment: of GitLab.
        gitlab_stage: of the pipeline of GitLab.
    """

    name: str
    stack: str
    given: tuple[str, ...]
    missing: tuple[Missing, ...]
    asked: bool
    production: bool = False
    deployed_by_pipeline: bool = False
    needs: str = ""
    loaded: bool = False
    environment: str = ""
    gitlab_environment: str = ""
    gitlab_stage: str = ""


def stages_of(service: str, parameters: Sequence[str]) -> tuple[Stage, ...]:
    """dev, staging and prod.

    Args:
        parameters: texts below `Parameters`, each a mapping of names to their properties.
    """
    missing = _without_default(parameters)
    return (
        Stage("dev", f"{stack_name(service)}-dev", ("Stage=dev",), missing, asked=False),
        Stage(
            "staging",
            f"{stack_name(service)}-staging",
            ("Stage=staging",),
            missing,
            asked=True,
            deployed_by_pipeline=True,
            needs="package",
            loaded=True,
            environment=f"{service}-staging",
            gitlab_environment=f"{service}/staging",
            gitlab_stage="staging",
        ),
        Stage(
            "prod",
            f"{stack_name(service)}-prod",
            ("Stage=prod",),
            missing,
            asked=True,
            production=True,
            deployed_by_pipeline=True,
            needs="load",
            environment=f"{service}-prod",
            gitlab_environment=f"{service}/prod",
            gitlab_stage="production",
        ),
    )


def stack_name(service: str) -> str:
    """What a stack's name begins with, in a form that CloudFormation takes: letters, digits, dashes, a letter first."""
    name = service.replace("_", "-")
    return name if name[0].isalpha() else f"s-{name}"


def _without_default(parameters: Sequence[str]) -> tuple[Missing, ...]:
    found: list[Missing] = []
    for text in parameters:
        for name, said in (yaml.safe_load(text) or {}).items():
            if "Default" not in said:
                form = "VALUE,VALUE" if str(said.get("Type", "")).startswith(_LISTS) else "VALUE"
                found.append(Missing(f"write {name} {form} here", " ".join(str(said.get("Description", "")).split())))
    return tuple(found)
