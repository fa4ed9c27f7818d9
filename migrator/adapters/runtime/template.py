"""Reads the functions of a service folder from its SAM template.

In: a folder with a `template.yaml`. Out: a `Function` for each `AWS::Serverless::Function` in it. Intrinsic
functions are resolved as far as they say something on this machine: parameters by their defaults, conditions by
these, resources by their logical ids, pseudo-parameters by the values of the local runtime. A function whose condition
does not hold is not there; what stays unresolved is left out of the handler's environment. Whether the template is right
is what `migrator check` asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from migrator.adapters.runtime.function import Function, HttpRoute
from migrator.errors import InputError

ACCOUNT = "123456789012"
REGION = "us-east-1"

_NAMES = ("template.yaml", "template.yml")
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "local",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/local",
    "AWS::URLSuffix": "amazonaws.com",
}
_SERVERLESS = "AWS::Serverless::Function"
_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")


def load_functions(folder: Path, *, environment: Mapping[str, str] | None = None) -> tuple[Function, ...]:
    """The functions of a service folder, in the order of its template; at least one.

    Args:
        environment: set for every function, over what the template says.

    Raises:
        InputError: no template, not YAML, or no function in it that can be run from source.
    """
    path = next((folder / name for name in _NAMES if (folder / name).is_file()), None)
    if path is None:
        raise InputError(
            f"{folder} is not a service folder: it has no template.yaml",
            hint="make one with: migrator extract NAME --root PATH -o DIR",
        )
    template = _Template(path)
    functions = tuple(template.function(name, environment or {}) for name in template.function_names())
    if not functions:
        raise InputError(f"the template has no {_SERVERLESS}", location=str(path))
    return functions


class _Template:
    """A parsed template and what its references stand for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        document = _parse(path)
        self._conditions = _section(document.get("Conditions"))
        self._resources = _section(document.get("Resources"))
        self._globals = _section(_section(document.get("Globals")).get("Function"))
        self._known: dict[str, str] = dict(_PSEUDO)
        self._known |= {name: name for name in self._resources}
        for name, parameter in _section(document.get("Parameters")).items():
            if isinstance(parameter, Mapping) and "Default" in parameter:
                self._known[name] = str(parameter["Default"])

    def function_names(self) -> Iterator[str]:
        """Logical ids of the functions."""
        for name, resource in self._resources.items():
            if isinstance(resource, Mapping) and resource.get("Type") == _SERVERLESS:
                condition = resource.get("Condition")
                if condition is None or self._holds({"Condition": condition}) is not False:
                    yield name

    def function(self, logical_id: str, environment: Mapping[str, str]) -> Function:
        """One function.

        Raises:
            InputError: it cannot be run from source.
        """
        own = _section(self._resources[logical_id].get("Properties"))
        properties = {**self._globals, **own}
        variables = {
            **_section(_section(self._globals.get("Environment")).get("Variables")),
            **_section(_section(own.get("Environment")).get("Variables")),
        }
        handler = self._text(properties.get("Handler"))
        if properties.get("PackageType") == "Image" or not handler:
            raise self._wrong(logical_id, "has no Handler, so it cannot be run from source")
        code = self._text(properties.get("CodeUri")) or "."
        where = (self._path.parent / code).resolve()
        if not where.is_dir():
            raise self._wrong(logical_id, f"CodeUri {code} is no folder")
        return Function(
            name=self._text(properties.get("FunctionName")) or logical_id,
            code=where,
            handler=handler,
            timeout_s=self._number(logical_id, properties, "Timeout", 3),
            memory_mb=self._number(logical_id, properties, "MemorySize", 128),
            environment={
                **{name: text for name, value in variables.items() if (text := self._text(value)) is not None},
                **environment,
            },
            routes=tuple(self._routes(logical_id, _section(own.get("Events")))),
            front=self._front(_section(own.get("Events"))),
        )

    def _routes(self, logical_id: str, events: Mapping[str, Any]) -> Iterator[HttpRoute]:
        for name, event in events.items():
            properties = _section(_section(event).get("Properties"))
            match _section(event).get("Type"):
                case "HttpApi":
                    if str(properties.get("PayloadFormatVersion", "2.0")) != "2.0":
                        raise self._wrong(logical_id, f"event {name} asks for another payload format than 2.0")
                case "Api":
                    pass
                case _:
                    continue
            path = self._text(properties.get("Path"))
            method = (self._text(properties.get("Method")) or "ANY").upper()
            if path is None or path == "$default":
                yield HttpRoute("ANY", "/{proxy+}")
                yield HttpRoute("ANY", "/")
            else:
                yield HttpRoute("ANY" if method in ("ANY", "*", "X-AMAZON-APIGATEWAY-ANY-METHOD") else method, path)

    def _front(self, events: Mapping[str, Any]) -> str:
        if any(_section(event).get("Type") == "Api" for event in events.values()):
            return "rest-api"
        # A function is no target of a group that its own template does not have; there is one function a template.
        groups = (resource for resource in self._resources.values() if _section(resource).get("Type") == _TARGETS)
        lambdas = any(_section(group.get("Properties")).get("TargetType") == "lambda" for group in groups)
        return "load-balancer" if lambdas else "http-api"

    def _text(self, value: object) -> str | None:
        """A value as the handler would see it; None where it stays unresolved."""
        match value:
            case bool():
                return "true" if value else "false"
            case str() | int() | float():
                return str(value)
            case {"Ref": str(name)}:
                return self._known.get(name)
            case {"Fn::Sub": str(text)}:
                return self._substitute(text, {})
            case {"Fn::Sub": [str(text), Mapping() as names]}:
                return self._substitute(text, {str(name): self._text(of) for name, of in names.items()})
            case {"Fn::GetAtt": [str(name), str(attribute)]} if name in self._resources:
                return f"{name}.{attribute}"
            case {"Fn::If": [str(condition), yes, no]}:
                holds = self._holds({"Condition": condition})
                return None if holds is None else self._text(yes if holds else no)
            case {"Fn::Join": [str(separator), list(parts)]}:
                texts = [self._text(part) for part in parts]
                return None if None in texts else separator.join(text for text in texts if text is not None)
            case _:
                return None

    def _holds(self, condition: object, within: frozenset[str] = frozenset()) -> bool | None:
        """Whether a condition holds; None where it hangs on what is not known here."""
        match condition:
            case {"Condition": str(name)} if name not in within:
                return self._holds(self._conditions.get(name), within | {name})
            case {"Fn::Equals": [one, another]}:
                texts = (self._text(one), self._text(another))
                return None if None in texts else texts[0] == texts[1]
            case {"Fn::Not": [inner]}:
                held = self._holds(inner, within)
                return None if held is None else not held
            case {"Fn::And": list(inner)}:
                return self._joined(inner, within, decisive=False)
            case {"Fn::Or": list(inner)}:
                return self._joined(inner, within, decisive=True)
            case _:
                return None

    def _joined(self, conditions: Sequence[object], within: frozenset[str], *, decisive: bool) -> bool | None:
        """One that is `decisive` decides for all, whatever is not known of the others."""
        found = [self._holds(each, within) for each in conditions]
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    def _substitute(self, text: str, names: Mapping[str, str | None]) -> str | None:
        missing = False

        def of(found: re.Match[str]) -> str:
            nonlocal missing
            name = found.group(1).strip()
            value = names.get(name) or self._known.get(name)
            if value is None and name.partition(".")[0] in self._resources:
                value = name
            missing = missing or value is None
            return value or ""

        replaced = _PLACEHOLDER.sub(of, text).replace("${!", "${")
        return None if missing else replaced

    def _number(self, logical_id: str, properties: Mapping[str, Any], name: str, default: int) -> int:
        text = self._text(properties.get(name)) if name in properties else str(default)
        if text is None or not text.isdigit() or int(text) < 1:
            raise self._wrong(logical_id, f"{name} must be a whole number above 0, not {text}")
        return int(text)

    def _wrong(self, logical_id: str, what: str) -> InputError:
        return InputError(f"{logical_id}: {what}", location=str(self._path))


def _parse(path: Path) -> Mapping[str, Any]:
    from samtranslator.yaml_helper import yaml_parse
    from yaml import YAMLError

    try:
        document = yaml_parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: {error.reason}", location=str(path)) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark is not None else str(path)
        raise InputError(f"not YAML: {getattr(error, 'problem', None) or error}", location=place) from error
    if not isinstance(document, Mapping):
        raise InputError("not a CloudFormation template", location=str(path))
    return document


def _section(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
