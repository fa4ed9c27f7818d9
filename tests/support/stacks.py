"""A service folder as a stack: packaged and translated as `sam build` and `sam package` do, and created.

In: a service folder, a control plane. Out: a `Stack`: what became of each resource, and the outputs. Nothing is asked
outside of this machine: the libraries of the package come from the environment that the tests run in.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tests.support.control_planes import REGION, ControlPlane

_BUCKET = "packages"
_EXAMPLES: Mapping[str, str] = {
    "List<AWS::EC2::Subnet::Id>": "subnet-0a1b2c3d,subnet-1a2b3c4d",
    "List<AWS::EC2::SecurityGroup::Id>": "sg-0a1b2c3d",
    "AWS::EC2::VPC::Id": "vpc-0a1b2c3d",
    "Number": "1",
}


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
        parameters: beside those that have defaults; what is not given gets an example.
    """
    storage = plane.client("s3")
    storage.create_bucket(Bucket=_BUCKET)
    storage.put_object(Bucket=_BUCKET, Key=folder.name, Body=package(folder))
    template = translated(folder, f"s3://{_BUCKET}/{folder.name}")
    known = template.get("Parameters", {})
    given = {**_examples(known), **(parameters or {})}
    assert given.keys() <= known.keys(), f"the template has no parameter {sorted(given.keys() - known.keys())}"
    formation = plane.client("cloudformation")
    name = f"stack-{folder.name.replace('.', '-').replace('_', '-')}"
    formation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    formation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 150})
    (stack,) = formation.describe_stacks(StackName=name)["Stacks"]
    found = {
        each["LogicalResourceId"]: each.get("PhysicalResourceId", "")
        for each in formation.describe_stack_resources(StackName=name)["StackResources"]
    }
    resources = {
        name: Created(resource["Type"], found.get(name, "")) for name, resource in template["Resources"].items()
    }
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}
    return Stack(stack["StackStatus"], resources, outputs)


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


def _examples(parameters: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, parameter in parameters.items():
        if "Default" not in parameter:
            allowed = parameter.get("AllowedValues") or [_EXAMPLES.get(parameter["Type"], "example")]
            found[name] = str(allowed[0])
    return found
