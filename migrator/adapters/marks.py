"""The marks of the sources of figures, as text for the record of a rollout.

In: the name of a form and plain values. Out: text, and the values again. What they mean is left to each source. A text
of another form, of another version of it, or no such text at all has no values: such a mark is lost, and never an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

LONGEST: Final = 2048
"""Characters of a mark: it is kept in each record and in each line of the log of looks."""

_FORM = "form"
Mark = TypeVar("Mark")


def dumped(form: str, values: Mapping[str, Any]) -> str:
    """The mark as text.

    Args:
        form: with a number that changes when the values do, such as `envoy/2`.
        values: plain JSON.
    """
    return json.dumps({_FORM: form, **values}, separators=(",", ":"), allow_nan=False)


def loaded(form: str, text: str, read: Callable[[Mapping[str, Any]], Mark]) -> Mark | None:
    """What a text says, or None where it is no mark of this form.

    Args:
        read: makes the mark of the values; whatever it cannot make one of, it may stumble over.
    """
    if len(text) > LONGEST:
        return None
    try:
        document = json.loads(text)
        return read(document) if document[_FORM] == form else None
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return None
