"""The actions that a call of the SDK needs.

In: an `SdkCall`. Out: `Need` values, and `Unclear` ones where the reference knows no action or nobody can say on what.
An operation is the action of its name, but for the tables of `cloud_facts.iam`. What several calls need together is
put in order by `merging`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from migrator.artifacts.permissions.arns import Request, targets_of
from migrator.artifacts.permissions.conditions import conditions_for
from migrator.artifacts.permissions.needs import ASKED, Found, Missing, Need, Target, Unclear
from migrator.artifacts.permissions.partiql import statement_of
from migrator.artifacts.permissions.settings import SettingsShown
from migrator.artifacts.permissions.texts import divided, pattern_of, source_of, without_beginning
from migrator.artifacts.permissions.types import resources_for
from migrator.cloud_facts.iam import Also, authorized_service, is_free, path_of, prefix_of, rules
from migrator.domain.sdk_calls import SdkCall, Text

_STATEMENTS = ("Statement", "Statements.Statement", "TransactStatements.Statement")


def needs_of(call: SdkCall, settings: SettingsShown) -> Iterator[Need | Unclear]:
    """What a call needs."""
    for operation in call.operations:
        request = Request(call, operation, _taken_apart(call), settings)
        if is_free(call.service, operation):
            continue
        path = path_of(call.service, operation)
        if path is not None:
            yield _by_path(request, *path)
            continue
        yield from _by_name(request)
        yield from _also(request)
        yield from _passed(request)


def _taken_apart(call: SdkCall) -> Mapping[str, tuple[Text, ...]]:
    """The arguments, with bucket and key of a source that is one text: `bucket/key`, as CopyObject takes it."""
    both = [divided(without_beginning(text, ("/",)), "/") for text in call.arguments.get("CopySource", ())]
    pairs = [each for each in both if each is not None]
    if not pairs or len(pairs) < len(both):
        return call.arguments
    buckets, keys = (tuple(dict.fromkeys(side)) for side in zip(*pairs, strict=True))
    return {**call.arguments, "CopySource.Bucket": buckets, "CopySource.Key": keys}


def _by_name(request: Request) -> Iterator[Need | Unclear]:
    call, operation = request.call, request.operation
    prefix = prefix_of(call.service)
    key = (call.service, operation)
    names = rules().operations.get(key) or rules().operations.get((prefix, operation))
    if key in rules().operations and not names:
        yield from _by_arguments(request)
        return
    for name in names or (operation,):
        action = name if ":" in name else f"{prefix}:{name}"
        if request.arguments.get("VersionId"):
            action = rules().versions.get(action, action)
        if not _exists(action):
            yield Unclear(call, f"AWS lists no action for {operation} of {call.service}")
            continue
        yield _need(action, request)
        reason = rules().unsaid.get(action)
        if reason:
            yield Unclear(call, reason)


def _by_arguments(request: Request) -> Iterator[Need | Unclear]:
    """Operations without an action, whose parts have one each."""
    found = list(_parts(request)) + list(_statements(request))
    if found:
        yield from found
    else:
        yield Unclear(request.call, f"which parts {request.operation} has is not known")


def _parts(request: Request) -> Iterator[Need]:
    for path, action in rules().parts.items():
        service, operation, inner = path.split(".", 2)
        if (service, operation) == (request.call.service, request.operation):
            own = {
                parameter.removeprefix(f"{inner}."): texts
                for parameter, texts in request.arguments.items()
                if parameter.startswith(f"{inner}.")
            }
            if own:
                yield _need(action, replace(request, arguments=own))


def _statements(request: Request) -> Iterator[Need | Unclear]:
    for parameter in _STATEMENTS:
        for text in request.arguments.get(parameter, ()):
            statement = statement_of(text)
            if statement is None:
                yield Unclear(request.call, "the statement's verb and table are not known")
                continue
            own = {"TableName": (statement.table,)}
            if statement.index:
                own["IndexName"] = (statement.index,)
            yield _need(rules().verbs[statement.verb], replace(request, arguments=own))


def _by_path(request: Request, method: str, path: str) -> Need:
    """An operation of API Gateway, whose action is the method and whose ARN is the path."""
    first = re.search(r"\{(\w+)\}", path)
    beginning = f"arn:${{AWS::Partition}}:apigateway:{request.region}::"
    targets: list[Target] = []
    if first is None:
        targets.append(Found("apigateway:path", beginning + path))
    else:
        rest = re.sub(r"\{(\w+)\}", lambda match: _segment(match[1], request), path[first.end() :])
        before = beginning + path[: first.start()]
        label = first[1][:1].lower() + first[1][1:]
        for text in request.arguments.get(first[1], ()):
            pattern = pattern_of(text, request.settings)
            if pattern.known:
                targets.append(Found("apigateway:path", f"{before}{pattern.text}{rest}", pattern.needs))
            else:
                targets.append(
                    Missing("apigateway:path", label, f"{before}{ASKED}{rest}", True, source=source_of(text))
                )
        if not targets:
            targets.append(Missing("apigateway:path", label, f"{before}{ASKED}{rest}", True))
    return Need(f"apigateway:{method}", tuple(targets), request.call)


def _segment(parameter: str, request: Request) -> str:
    texts = request.arguments.get(parameter, ())
    return pattern_of(texts[0], request.settings).text if len(texts) == 1 else "*"


def _also(request: Request) -> Iterator[Need]:
    """What parameters ask for beside the operation."""
    for also in rules().also:
        fits = also.service == request.call.service and (not also.operations or request.operation in also.operations)
        if fits and any(_is_given(parameter, request) for parameter in also.given):
            for action in also.actions:
                yield _beside(also, action, request)


def _beside(also: Also, action: str, request: Request) -> Need:
    if not also.on:
        return _need(action, request)
    targets = targets_of(also.on, replace(request, by=also.by), action)
    if not also.via:
        return Need(action, targets, request.call)
    host = f"{also.via}.{request.region}.amazonaws.com"
    return Need(action, targets, request.call, {"StringEquals": {"kms:ViaService": (host,)}})


def _is_given(parameter: str, request: Request) -> bool:
    return any(each == parameter or each.startswith(f"{parameter}.") for each in request.arguments)


def _passed(request: Request) -> Iterator[Need]:
    """Roles that the call hands to a service."""
    prefix = prefix_of(request.call.service)
    if prefix in rules().passing_nothing or not request.operation.startswith(rules().passing_verbs):
        return
    principal = rules().passed_to.get(prefix, f"{prefix}.amazonaws.com")
    conditions = {"StringEquals": {"iam:PassedToService": (principal,)}}
    for parameter in request.arguments:
        if parameter.rpartition(".")[2] in rules().role_parameters:
            own = replace(request, by={"RoleNameWithPath": parameter})
            yield Need("iam:PassRole", targets_of("iam:role", own), request.call, conditions)


def _need(action: str, request: Request) -> Need:
    return Need(action, resources_for(action, request), request.call, conditions_for(action, request))


def _exists(action: str) -> bool:
    prefix, _, name = action.partition(":")
    service = authorized_service(prefix)
    return service is not None and name in service.actions
