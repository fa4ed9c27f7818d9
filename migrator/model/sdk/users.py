"""Libraries that use the SDK by themselves, or run what they are given.

In: a call of something of a library. Out: what that library will send; and the names of functions that hand their
arguments on, or do nothing with an object of the SDK.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.domain.sdk_calls import Text
from migrator.model.sdk.evaluation import Evaluator
from migrator.model.sdk.requests import Sent
from migrator.model.sdk.values import Arguments, Lib
from migrator.model.sdk.words import texts_of

_POWERTOOLS = "aws_lambda_powertools.utilities"

_USERS: Mapping[str, tuple[str, tuple[str, ...], tuple[tuple[str, str, int], ...]]] = {
    f"{_POWERTOOLS}.idempotency.DynamoDBPersistenceLayer": (
        "dynamodb",
        ("DeleteItem", "GetItem", "PutItem", "UpdateItem"),
        (("TableName", "table_name", 0),),
    ),
    f"{_POWERTOOLS}.idempotency.persistence.dynamodb.DynamoDBPersistenceLayer": (
        "dynamodb",
        ("DeleteItem", "GetItem", "PutItem", "UpdateItem"),
        (("TableName", "table_name", 0),),
    ),
    f"{_POWERTOOLS}.parameters.get_parameter": ("ssm", ("GetParameter",), (("Name", "name", 0),)),
    f"{_POWERTOOLS}.parameters.get_parameters": ("ssm", ("GetParametersByPath",), (("Path", "path", 0),)),
    f"{_POWERTOOLS}.parameters.get_secret": ("secretsmanager", ("GetSecretValue",), (("SecretId", "name", 0),)),
    "aws_secretsmanager_caching.SecretCache.get_secret_string": (
        "secretsmanager",
        ("DescribeSecret", "GetSecretValue"),
        (("SecretId", "secret_id", 0),),
    ),
    "aws_secretsmanager_caching.SecretCache.get_secret_binary": (
        "secretsmanager",
        ("DescribeSecret", "GetSecretValue"),
        (("SecretId", "secret_id", 0),),
    ),
}
"""Dotted name to service, operations, and parameters with the argument that fills each. From the pages "Idempotency" and
"Parameters" of Powertools for AWS Lambda (Python), section "IAM permissions", and the README of
aws-secretsmanager-caching-python, "Required Permissions"."""

RUNNERS = frozenset(
    {
        "submit", "to_thread", "run_in_executor", "run_sync", "apply", "apply_async", "call", "call_soon",
        "call_soon_threadsafe", "create_task", "ensure_future", "start_soon", "run_in_threadpool", "retry_call",
        "enter_context", "callback", "run",
    }
)  # fmt: skip
"""Last names of functions that call the callable that they are given with the arguments behind it."""

HARMLESS = frozenset(
    {
        "builtins.bool", "builtins.callable", "builtins.dict", "builtins.dir", "builtins.getattr", "builtins.hasattr",
        "builtins.hash", "builtins.id", "builtins.isinstance", "builtins.issubclass", "builtins.iter", "builtins.len",
        "builtins.list", "builtins.map", "builtins.next", "builtins.print", "builtins.repr", "builtins.set",
        "builtins.setattr", "builtins.str", "builtins.super", "builtins.tuple", "builtins.type", "builtins.vars",
        "builtins.zip", "builtins.enumerate", "builtins.sorted", "builtins.reversed", "builtins.property",
        "builtins.object", "builtins.object.__setattr__",
        "contextlib.closing", "contextlib.aclosing", "contextlib.nullcontext", "copy.copy", "copy.deepcopy",
        "functools.partial", "functools.partialmethod", "functools.wraps", "typing.cast", "weakref.ref",
        "weakref.proxy", "weakref.finalize", "logging.debug", "logging.info", "logging.warning", "logging.error",
        "types.SimpleNamespace", "dataclasses.replace",
        "boto3.s3.transfer.S3Transfer", "boto3.s3.transfer.create_transfer_manager", "s3transfer.S3Transfer",
        "s3transfer.manager.TransferManager", "boto3.s3.transfer.TransferConfig", "botocore.config.Config",
        "add", "append", "appendleft", "extend", "insert", "setdefault", "update", "put", "set", "get", "pop", "debug",
        "info", "warning", "error", "exception", "format", "items", "values", "keys", "enter_context",
        "enter_async_context", "__setattr__", "closing",
    }
)  # fmt: skip
"""Functions that only keep, compare or show what they are given, or whose use of it is followed elsewhere."""


def is_user(dotted: str) -> bool:
    """Whether something of a library, by the name that it has in the text, uses the SDK by itself."""
    return dotted in _USERS or dotted.rpartition(".")[2] in _LAST_NAMES


def used_by(evaluator: Evaluator, value: Lib, arguments: Arguments) -> Iterator[Sent]:
    """What a library sends once this of it is called."""
    known = _USERS.get(value.dotted)
    if known is None:
        return
    service, operations, parameters = known
    given: dict[str, tuple[Text, ...]] = {}
    for parameter, keyword, position in parameters:
        found = evaluator.values_of(arguments.get(position, keyword))
        texts = texts_of(found, keyword)
        if texts:
            given[parameter] = texts
    yield Sent(service, value.dotted.rpartition(".")[2], operations, given)


def uses_sdk(module: str) -> bool:
    """Whether a library uses the SDK by itself, as far as it is listed."""
    return module.partition(".")[0] in _LIBRARIES


_LIBRARIES = frozenset(name.partition(".")[0] for name in _USERS)
_LAST_NAMES = frozenset(name.rpartition(".")[2] for name in _USERS)
