"""Values of the program's value flow, as values of this evaluation.

In: what the model's value flow says of an expression or a parameter. Out: the objects, classes and functions among
them; which callers they come from is not told apart there, and texts are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.model import values as flow
from migrator.model.sdk.values import Bound, Cls, Fn, Object, Value, Values


def as_values(found: Iterable[flow.Value]) -> Values:
    """The first-party objects and callables among the values, in their order."""
    made: dict[Value, None] = {}
    for value in found:
        match value:
            case flow.Inst(info=info):
                made[Object(info)] = None
            case flow.Cls(info=info):
                made[Cls(info)] = None
            case flow.Fn(info=info):
                made[Fn(info)] = None
            case flow.Method(info=info, receiver=flow.Inst(info=owner)):
                made[Bound(info, Object(owner))] = None
            case flow.Method(info=info, receiver=flow.Cls(info=owner)):
                made[Bound(info, Cls(owner))] = None
            case _:
                pass
    return tuple(made)
