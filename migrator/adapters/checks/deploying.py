"""The command that deploys a service folder.

In: a service folder with `template.yaml` and, usually, `samconfig.toml`. Out: one line for a shell. Nothing is deployed.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from migrator.adapters.checks.template import Template, read_template, translated
from migrator.cloud_facts.facts import most

_NAMED = {"AWS::IAM::Role": "RoleName", "AWS::IAM::ManagedPolicy": "ManagedPolicyName"}
_NESTED = frozenset({"AWS::CloudFormation::Stack", "AWS::Serverless::Application", "AWS::CloudFormation::Macro"})
_TRANSFORM = "AWS::Serverless-2016-10-31"


def deploy_command(folder: Path) -> str:
    """`cd DIR && sam build && sam deploy ...`, quoted for a shell; an empty string where the template is not translated.

    What the folder's `samconfig.toml` says is said again, so that the line shows all that it does. A parameter without
    a default stands there as `Name=<Name>`: put its value in.
    """
    template = read_template(folder)
    if isinstance(template, str) or translated(template.text).document is None:
        return ""
    stage, settings = _settings(folder)
    words = ["sam", "deploy", *(("--config-env", stage) if stage not in ("", "default") else ())]
    words += ["--stack-name", str(settings.get("stack_name") or _stack_name(folder))]
    if needed := _capabilities(template, settings):
        words += ["--capabilities", *needed]
    if "s3_bucket" not in settings:
        words.append("--resolve-s3")
    given = _given(settings.get("parameter_overrides"))
    missing = [name for name, value in template.parameters.items() if _has_to_be_said(value) and name not in given]
    if missing:
        # Overrides on the command line replace those of the file, so both are said.
        words += ["--parameter-overrides", *(f"{name}={value}" for name, value in given.items())]
        words += [f"{name}=<{name}>" for name in missing]
    return f"cd {shlex.quote(str(folder))} && sam build && {shlex.join(words)}"


def _settings(folder: Path) -> tuple[str, Mapping[str, Any]]:
    """The stage that is deployed first, and its settings: the default one, else the first that names a stack."""
    try:
        said = tomllib.loads((folder / "samconfig.toml").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return "", {}
    stages = {name: _merged(stage) for name, stage in said.items() if isinstance(stage, Mapping)}
    deployed = [name for name, settings in stages.items() if "stack_name" in settings]
    name = "default" if "default" in deployed or not deployed else deployed[0]
    return name, stages.get(name, {})


def _merged(stage: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a stage says of `deploy`, above what it says of all commands."""
    found: dict[str, Any] = {}
    for command in ("global", "deploy"):
        said = stage.get(command)
        parameters = said.get("parameters") if isinstance(said, Mapping) else None
        found.update(parameters if isinstance(parameters, Mapping) else {})
    return found


def _capabilities(template: Template, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """What CloudFormation wants to be told, and what the folder's settings tell it beyond."""
    said = settings.get("capabilities")
    found = set(said.split() if isinstance(said, str) else said if isinstance(said, list) else ())
    resources = translated(template.text).resources
    kinds = {str(resource.get("Type")) for resource in resources.values()}
    if any(kind.startswith("AWS::IAM::") for kind in kinds):
        found.add("CAPABILITY_IAM")
    if any(
        name in resource["Properties"]
        for kind, name in _NAMED.items()
        for resource in resources.values()
        if resource.get("Type") == kind
    ):
        found.add("CAPABILITY_NAMED_IAM")
    written = {str(each.get("Type")) for each in template.resources.values() if isinstance(each, Mapping)}
    transform = template.document.get("Transform")
    if written & _NESTED or transform not in (_TRANSFORM, [_TRANSFORM]):
        found.add("CAPABILITY_AUTO_EXPAND")
    return tuple(sorted(map(str, found)))


def _given(said: Any) -> dict[str, str]:
    """Parameters that `samconfig.toml` sets: `Name=value` in one text or in a list."""
    words = [word for each in ([said] if isinstance(said, str) else said or ()) for word in _words(str(each))]
    return dict(word.split("=", 1) for word in words if "=" in word)


def _words(text: str) -> Iterator[str]:
    try:
        yield from shlex.split(text)
    except ValueError:
        yield text


def _has_to_be_said(parameter: Any) -> bool:
    return isinstance(parameter, Mapping) and "Default" not in parameter


def _stack_name(folder: Path) -> str:
    """A name for the stack that CloudFormation takes: letters, digits and dashes, first a letter."""
    name = re.sub(r"[^A-Za-z0-9-]+", "-", folder.resolve().name).strip("-") or "service"
    return (name if name[0].isalpha() else f"s-{name}")[: most("cloudformation.stack_name_chars")]
