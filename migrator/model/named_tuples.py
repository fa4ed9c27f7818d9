"""Classes that a call makes of a name and fields: `namedtuple("Point", "x y")`, `NamedTuple("Point", [("x", int)])`.

In: the name and fields of such a call. Out: a class as its statement would have defined it.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.facts.expressions import Constant
from migrator.facts.records import Bind, How, Scope, ScopeKind
from migrator.model.index import ClassInfo, FunctionInfo, ModuleInfo


def named_tuple_of(module: ModuleInfo, name: str, fields: Iterable[str], line: int, column: int) -> ClassInfo:
    """A class with annotated fields and no bases, at the place of the call."""
    steps = tuple(Bind(field, None, Constant(None), How.ASSIGN, line, column) for field in fields)
    scope = Scope(name, ScopeKind.CLASS, 0, line, line, column, steps=steps)
    full = f"{module.name}.{name}"
    body = FunctionInfo(full, module, scope, None, module.body)
    return ClassInfo(full, module, scope, body, is_named_tuple=True)
