"""A service folder as a stack: packaged and translated as `sam build` and `sam package` do, and created.

In: a service folder, a control plane. Out: a `Stack`: what became of each resource, and the outputs. Nothing is asked
outside of this machine: the libraries of the package come from the environment that the tests run in.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.exceptions
from packaging.requirements import Requirement

from tests.support.control_planes import REGION, ControlPlane
from tests.support.surroundings import surround

_BUCKET = "packages"
_LEFT_OUT = "left-out"
_PATIENCE = {"Delay": 0.2, "MaxAttempts": 150}


@dataclass(frozen=True, slots=True)
class Created:
    """One resource of a template after the stack was created.

    Attributes:
        physical: its physical id; an empty string where the plane made nothing.
    """

    kind: str
    physical: str


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack, by what its template names."""

    status: str
    resources: Mapping[str, Created]
    outputs: Mapping[str, str]

    def missing(self) -> set[str]:
        """The types of the resources that the plane did not make."""
        return {each.kind for each in self.resources.values() if not each.physical}


def create(plane: ControlPlane, folder: Path, parameters: Mapping[str, str] | None = None) -> Stack:
    """Create the stack of a service folder.

    Args:
        parameters: beside those that have defaults; what is not given is made beside it.
    """
    storage = plane.client("s3")
    storage.create_bucket(Bucket=_BUCKET)
    storage.put_object(Bucket=_BUCKET, Key=folder.name, Body=package(folder))
    template = translated(folder, f"s3://{_BUCKET}/{folder.name}")
    known = template.get("Parameters", {})
    given = {**surround(plane, known), **(parameters or {})}
    assert given.keys() <= known.keys(), f"the template has no parameter {sorted(given.keys() - known.keys())}"
    formation = plane.client("cloudformation")
    name = f"stack-{folder.name.replace('.', '-').replace('_', '-')}"
    known_not = unsupported(plane, template)
    while True:
        body = json.dumps(without(template, known_not))
        formation.create_stack(
            StackName=name,
            TemplateBody=body,
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
        further = _refused(formation, name)
        if not further:
            break
        known_not |= further
        formation.delete_stack(StackName=name)
        formation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=_PATIENCE)
    (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
    found = {
        each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
        for each in formation.describe_stack_resources(StackName=name)["StackResources"]
        if "LogicalResourceId" in each  # moto makes resources that no template asks for
    }
    resources = {
        name: Created(_kind(resource), found.get(name, ""))
        for name, resource in template["Resources"].items()
        # What hangs on a condition that does not hold is not asked for.
        if name in found or "Condition" not in resource or name in known_not
    }
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
    return Stack(stack["StackStatus"], resources, outputs)


def _refused(formation: Any, name: str) -> set[str]:
    """The resources that a plane says it has no way to make; none where the stack is there.

    Raises:
        AssertionError: it was not created for another reason.
    """
    try:
        formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=_PATIENCE)
    except botocore.exceptions.WaiterError as error:
        events = formation.describe_stack_events(StackName=name)["StackEvents"]
        said = {each["LogicalResourceId"]: each.get("ResourceStatusReason", "") for each in events[::-1]}
        found = {resource for resource, reason in said.items() if "is not supported" in reason} - {name}
        if not found:
            raise AssertionError("; ".join(f"{key}: {reason}" for key, reason in said.items() if reason)) from error
        return found
    return set()


def _kind(resource: Mapping[str, Any]) -> str:
    """Its type; an alarm of an expression is another thing than one of a metric."""
    return resource["Type"] + (" (metric math)" if "Metrics" in resource.get("Properties", {}) else "")


def unsupported(plane: ControlPlane, template: Mapping[str, Any]) -> set[str]:
    """The resources of a template whose types a plane does not know: moto has a table, ministack says them."""
    resources: Mapping[str, Mapping[str, Any]] = template["Resources"]
    kinds: set[str] = set()
    if plane.name == "moto":
        from moto.cloudformation.parsing import resource_class_from_type

        kinds = {each["Type"] for each in resources.values() if resource_class_from_type(each["Type"]) is None}
    else:
        try:
            plane.client("cloudformation").validate_template(TemplateBody=json.dumps(template))
        except botocore.exceptions.ClientError as error:
            named = re.search(r"Unrecognized resource types: \[(.*)\]", str(error))
            if named is None:
                raise
            kinds = set(re.findall(r"[\w:]+", named[1]))
    return {name for name, each in resources.items() if each["Type"] in kinds}


def without(template: Mapping[str, Any], gone: Collection[str]) -> dict[str, Any]:
    """A template without some resources; what refers to an alias gets its function, to another one a word."""
    resources = template["Resources"]
    left = {name: resource for name, resource in resources.items() if name not in gone}
    instead = {name: _instead(resources[name]) for name in gone}
    found: dict[str, Any] = _unreferred({**template, "Resources": left}, instead)
    return found


def _instead(resource: Mapping[str, Any]) -> Any:
    match resource:
        case {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": str(function)}}}:
            return {"Fn::GetAtt": [function, "Arn"]}
    return _LEFT_OUT


def _unreferred(document: Any, gone: Mapping[str, Any]) -> Any:
    if isinstance(document, list):
        return [_unreferred(each, gone) for each in document]
    if not isinstance(document, dict):
        return document
    match document:
        case {"Ref": str(name)} if name in gone:
            return gone[name]
        case {"Fn::GetAtt": [str(name), *_]} if name in gone:
            return _LEFT_OUT
        case {"Fn::Sub": str(text)}:
            return {"Fn::Sub": _named(text, gone)}
        case {"Fn::Sub": [str(text), dict(variables)]}:
            return {"Fn::Sub": [_named(text, gone), _unreferred(variables, gone)]}
    found = {key: _unreferred(value, gone) for key, value in document.items()}
    depends = found.get("DependsOn")
    if depends is not None and "Type" in found:
        found["DependsOn"] = [name for name in ([depends] if isinstance(depends, str) else depends) if name not in gone]
    return found


def _named(text: str, gone: Collection[str]) -> str:
    return re.sub(r"\$\{(\w+)(\.\w+)?\}", lambda match: _LEFT_OUT if match[1] in gone else match[0], text)


def package(folder: Path) -> bytes:
    """The zip of a function: its sources and what they require."""
    source = folder / "src"
    lines = (source / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line.partition("#")[0].strip() for line in lines]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, path.relative_to(source).as_posix())
        for distribution in _required([each for each in wanted if each]):
            for file in distribution.files or ():
                place = Path(str(distribution.locate_file(file)))
                if ".." not in file.parts and "__pycache__" not in file.parts and place.is_file():
                    archive.write(place, str(file))
    return out.getvalue()


def _required(lines: list[str]) -> Iterator[importlib.metadata.Distribution]:
    waiting = [Requirement(line) for line in lines]
    seen: set[tuple[str, frozenset[str]]] = set()
    given: set[str] = set()
    while waiting:
        wanted = waiting.pop()
        key = (wanted.name.lower(), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        found = importlib.metadata.distribution(wanted.name)
        for line in found.requires or ():
            further = Requirement(line)
            extras = wanted.extras or {""}
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(further)
        if found.name not in given:
            given.add(found.name)
            yield found


def translated(folder: Path, code: str) -> dict[str, Any]:
    """The template as CloudFormation takes it.

    Args:
        code: where the package lies: `s3://BUCKET/KEY`.
    """
    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator
    from samtranslator.yaml_helper import yaml_parse

    document = yaml_parse((folder / "template.yaml").read_text("utf-8"))
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function" and "InlineCode" not in resource["Properties"]:
            resource["Properties"]["CodeUri"] = code
    session = boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name=REGION)
    made: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(document, parameter_values={})
    return made
