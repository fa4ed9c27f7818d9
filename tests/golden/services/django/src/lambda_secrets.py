"""Secrets of this function, from Parameter Store.

All of them are asked for once, when this is imported. A value is kept for five minutes, so a
rotated secret is seen by every function that asks again; what the code keeps in a variable of its
own stays as it was until the environment ends.
"""

from __future__ import annotations

import os
from typing import Any

from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from botocore.exceptions import ClientError

NAMES = ["SECRET_KEY"]
MAX_AGE_S = 300
_NOT_FOUND = ("ParameterNotFound", "ResourceNotFoundException")
_REQUIRED = object()


def secret(name: str, default: Any = _REQUIRED) -> Any:
    """The value of a secret; KeyError, as for a variable, where there is none and no default."""
    try:
        found = fetch(name)
    except KeyError:
        if default is _REQUIRED:
            raise
        return default
    return found


def fetch(name: str) -> str:
    """The value from the store; KeyError where there is none."""
    if os.environ.get("AWS_SAM_LOCAL"):
        # On the emulator there is no store.
        return os.environ[name]
    path = os.environ["SECRETS_PREFIX"] + name
    try:
        value = parameters.get_parameter(path, decrypt=True, max_age=MAX_AGE_S)
    except GetParameterError as error:
        cause = error.__context__
        if isinstance(cause, ClientError) and cause.response["Error"]["Code"] in _NOT_FOUND:
            raise KeyError(name) from None
        raise
    return str(value)


def load() -> None:
    """Ask for every secret, so that no request waits for it."""
    for name in NAMES:
        secret(name, None)


load()
