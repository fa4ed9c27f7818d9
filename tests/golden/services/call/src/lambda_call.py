"""Calls for the handler: what the event says, and what becomes of the result."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any


class BadCall(ValueError):
    """The event is no call of the function."""


@dataclasses.dataclass(frozen=True)
class Call:
    """One call."""

    id: str
    args: list[Any]
    kwargs: dict[str, Any]

    @classmethod
    def read(cls, event: Any) -> Call:
        """The call that an event asks for; raises BadCall."""
        said = event if isinstance(event, dict) else {}
        name, args, kwargs = said.get("id"), said.get("args", []), said.get("kwargs", {})
        if (
            not isinstance(name, str)
            or not name
            or not isinstance(args, list)
            or not isinstance(kwargs, dict)
        ):
            raise BadCall("an event needs an id (text), args (a list) and kwargs (an object)")
        return cls(name, args, kwargs)


def plain(value: Any) -> Any:
    """A result as JSON has it; what JSON does not know becomes its text."""
    return json.loads(json.dumps(value, default=str))


def scalars(function: Callable[..., Any], call: Call) -> Mapping[str, str | int | float | bool]:
    """The plain arguments by name, for the trace; none where they do not fit the function."""
    try:
        given = inspect.signature(function).bind(*call.args, **call.kwargs).arguments
    except (TypeError, ValueError):
        return {}
    # Names of annotations are letters, digits and underscores of ASCII.
    return {
        name: value
        for name, value in given.items()
        if isinstance(value, str | int | float) and name.isascii()
    }
