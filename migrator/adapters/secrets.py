"""Secrets, which stand in environment variables and nowhere else.

In: the name of a variable. Out: its value, or an error that has the name alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.errors import InputError


def secret_in(environment: Mapping[str, str], name: str) -> str:
    """The value of an environment variable, without blanks around it.

    Raises:
        InputError: it is not set, or empty.
    """
    value = environment.get(name, "").strip()
    if not value:
        raise InputError(f"the environment variable {name} is not set", hint=f"set {name} where migrator runs")
    return value
