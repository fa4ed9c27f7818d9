"""What a service's template says of the things that a person looks at by hand.

In: the texts of `template.yaml` and `samconfig.toml`. Out: `Deployed`: logical ids, from which commands read the names
that only AWS knows. Whether the template is right is asked elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from migrator.errors import InputError

_FUNCTION = "AWS::Serverless::Function"
_HOOK = "CodeDeployHook_"


@dataclass(frozen=True, slots=True)
class Timer:
    """A schedule of EventBridge Scheduler.

    Attributes:
        logical: id in the template that the service is created from.
        expression, zone: when it fires.
        described: whether it has a description.
    """

    logical: str
    expression: str
    zone: str
    described: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm: its logical id, and what it tells."""

    logical: str
    tells: str


@dataclass(frozen=True, slots=True)
class Deployed:
    """One deployed service.

    Attributes:
        stack: name of its stack; empty where nobody says it.
        function: its name; empty where only AWS knows it.
        alias: that calls go to; empty for none.
        timeout_s: of the function.
        queue: logical id of the queue that it takes from; empty for none.
        receives: deliveries after which the queue gives a message up; 0 where it does not say.
        dead_letters: logical id of the queue of what was given up; empty for none.
        table: logical id of the table that remembers what was done; empty for none.
        sources: logical ids of the event source mappings.
        timers: schedules, by logical id.
        timers_parameter: the parameter that switches the schedules on and off; empty for none.
        alarms: in the order of the template.
        dashboard: logical id; empty for none.
        log_group: of the function.
        url: whether the stack says an address of its own, as the output `Url`.
        sources_of_events: kinds of events, such as `HttpApi` and `SQS`.
    """

    stack: str
    function: str
    alias: str = ""
    timeout_s: int = 3
    queue: str = ""
    receives: int = 0
    dead_letters: str = ""
    table: str = ""
    sources: tuple[str, ...] = ()
    timers: tuple[Timer, ...] = ()
    timers_parameter: str = ""
    alarms: tuple[Alarm, ...] = ()
    dashboard: str = ""
    log_group: str = ""
    url: bool = False
    sources_of_events: tuple[str, ...] = ()


def read_deployed(template: str, samconfig: str = "", *, stage: str = "prod") -> Deployed:
    """What the texts say.

    Args:
        samconfig: empty where there is none; the stack's name is not known then.
        stage: section of `samconfig` whose stack is meant.

    Raises:
        InputError: one of them cannot be read, or the template has no function.
    """
    document = _parsed(template)
    resources = {name: value for name, value in _mapping(document.get("Resources")).items() if isinstance(value, dict)}
    found = next(_functions(resources), None)
    if found is None:
        raise InputError(f"the template has no {_FUNCTION}", hint="make a service with: migrator extract")
    logical, properties = found
    events = {name: _mapping(event) for name, event in _mapping(properties.get("Events")).items()}
    queue, receives, dead_letters = _queues(resources, events)
    function = properties.get("FunctionName")
    name = function if isinstance(function, str) else ""
    return Deployed(
        stack=_stack(samconfig, stage),
        function=name,
        alias=_text(properties.get("AutoPublishAlias")),
        timeout_s=int(properties["Timeout"]) if isinstance(properties.get("Timeout"), int) else 3,
        queue=queue,
        receives=receives,
        dead_letters=dead_letters,
        table=next((key for key, value in resources.items() if value.get("Type") == "AWS::DynamoDB::Table"), ""),
        sources=tuple(
            f"{logical}{key}"
            for key, event in events.items()
            if event.get("Type") in ("SQS", "Kinesis", "DynamoDB", "MSK")
        ),
        timers=tuple(_timers(logical, resources, events)),
        timers_parameter="ScheduleState" if "ScheduleState" in _mapping(document.get("Parameters")) else "",
        alarms=tuple(
            Alarm(key, _text(_mapping(value.get("Properties")).get("AlarmDescription")))
            for key, value in resources.items()
            if value.get("Type") == "AWS::CloudWatch::Alarm"
        ),
        dashboard=next(
            (key for key, value in resources.items() if value.get("Type") == "AWS::CloudWatch::Dashboard"), ""
        ),
        log_group=f"/aws/lambda/{name}" if name else "",
        url="Url" in _mapping(document.get("Outputs")),
        sources_of_events=tuple(sorted({_text(event.get("Type")) for event in events.values()})),
    )


def _functions(resources: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, resource in resources.items():
        properties = _mapping(resource.get("Properties"))
        # The hook of a deployment is no function that anybody calls.
        if resource.get("Type") == _FUNCTION and not _text(properties.get("FunctionName")).startswith(_HOOK):
            yield name, properties


def _queues(resources: Mapping[str, dict[str, Any]], events: Mapping[str, Mapping[str, Any]]) -> tuple[str, int, str]:
    """Logical ids of the queue that is taken from and of its dead letters, and the deliveries between them."""
    taken = next(
        (_referred(_mapping(e.get("Properties")).get("Queue")) for e in events.values() if e.get("Type") == "SQS"), ""
    )
    redrive = _mapping(_mapping(_mapping(resources.get(taken)).get("Properties")).get("RedrivePolicy"))
    others = [key for key, value in resources.items() if value.get("Type") == "AWS::SQS::Queue" and key != taken]
    dead = _referred(redrive.get("deadLetterTargetArn")) or (others[0] if others else "")
    receives = redrive.get("maxReceiveCount")
    return taken if taken in resources else "", receives if isinstance(receives, int) else 0, dead


def _timers(
    function: str, resources: Mapping[str, dict[str, Any]], events: Mapping[str, Mapping[str, Any]]
) -> Iterator[Timer]:
    own = {key: value for key, value in resources.items() if value.get("Type") == "AWS::Scheduler::Schedule"}
    of_function = {f"{function}{key}": event for key, event in events.items() if event.get("Type") == "ScheduleV2"}
    for key, value in {**own, **of_function}.items():
        properties = _mapping(value.get("Properties"))
        yield Timer(
            key,
            _text(properties.get("ScheduleExpression")),
            _text(properties.get("ScheduleExpressionTimezone")),
            "Description" in properties,
        )


def _referred(value: object) -> str:
    """The logical id that an intrinsic function names, or an empty text."""
    known = _mapping(value)
    for key in ("Ref", "GetAtt", "Fn::GetAtt"):
        if key in known:
            target = known[key]
            return str(target[0] if isinstance(target, list) and target else target).partition(".")[0]
    return ""


def _stack(samconfig: str, stage: str) -> str:
    try:
        document = tomllib.loads(samconfig)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"samconfig.toml is no TOML: {error}") from error
    parameters = _mapping(_mapping(_mapping(document.get(stage)).get("deploy")).get("parameters"))
    return _text(parameters.get("stack_name"))


def _parsed(template: str) -> Mapping[str, Any]:
    try:
        return _mapping(yaml.load(template, Loader=_loader()))
    except yaml.YAMLError as error:
        raise InputError(f"template.yaml is no YAML: {error}") from error


def _loader() -> Any:
    """YAML with the short forms of intrinsic functions, which become mappings of one key."""
    loader: Any = type("Loader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
    loader.add_multi_constructor("!", _intrinsic)
    return loader


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
