"""Type annotations as evidence: what a value of an annotated name may be.

In: a type expression. Out: instances of the classes that it names. An annotation never takes a value away.
"""

from __future__ import annotations

from migrator.facts.expressions import Attribute, Binary, Collection, Constant, Expression, Name, Subscript
from migrator.knowledge import Kind
from migrator.model.frames import Place, Values
from migrator.model.index import ClassInfo
from migrator.model.narrowing import PLAIN_TYPES
from migrator.model.protocols import ProtocolsFrame
from migrator.model.values import (
    MEMBER,
    NOTHING,
    UNDESCRIBED,
    UNKNOWN,
    Box,
    Cls,
    Const,
    Fn,
    Inst,
    Lib,
    Method,
    Value,
)

_UNKNOWN: Values = frozenset((UNKNOWN,))
_ABSTRACT = (
    "collections.abc.",
    "typing.",
    "numbers.",
    "abc.",
    "types.",
    "inspect.",
    "builtins.object",
    "builtins.type",
)
_DEEPEST = 6
_WRAPPERS = frozenset(
    {
        "typing.Optional",
        "typing.Union",
        "typing.Annotated",
        "typing.ClassVar",
        "typing.Final",
        "typing.Awaitable",
        "collections.abc.Awaitable",
        "sqlalchemy.orm.Mapped",
        "typing.Required",
        "typing.NotRequired",
    }
)
_CONTAINERS = {
    "typing.List": "builtins.list",
    "typing.Sequence": "builtins.list",
    "typing.MutableSequence": "builtins.list",
    "typing.Iterable": "builtins.list",
    "typing.Iterator": "builtins.list",
    "typing.Generator": "builtins.list",
    "typing.Collection": "builtins.list",
    "typing.Set": "builtins.set",
    "typing.FrozenSet": "builtins.frozenset",
    "typing.Tuple": "builtins.tuple",
    "typing.Dict": "builtins.dict",
    "typing.Mapping": "builtins.dict",
    "typing.MutableMapping": "builtins.dict",
    "typing.DefaultDict": "builtins.dict",
    "typing.Text": "builtins.str",
}
_VALUES_LAST = frozenset({"builtins.dict"})
_NOT_TYPES = frozenset({"typing.Any", "builtins.object", "typing.Callable", "collections.abc.Callable", "typing.Self"})


_MOST_SUBCLASSES = 12
"""A class with more subclasses is the base of a whole kind (models, views): all of them at once say nothing."""


class AnnotationsFrame(ProtocolsFrame):
    """Reads type expressions."""

    def from_annotation(self, expression: Expression, depth: int = 0) -> Values:
        """Instances of what a type expression names."""
        if depth > _DEEPEST:
            return NOTHING
        match expression:
            case Name() | Attribute():
                return self._named(self._type_values(expression), NOTHING)
            case Binary() if expression.operator == "BitOr":
                left = self.from_annotation(expression.left, depth + 1)
                return left | self.from_annotation(expression.right, depth + 1)
            case Subscript():
                return self._subscripted(expression.value, expression.key, depth)
            case Constant() if isinstance(expression.value, str) and expression.value.isidentifier():
                return self.from_annotation(Name(expression.value, 0, 0), depth + 1)
            case _:
                return NOTHING

    def typed(self, values: Values, annotation: Expression) -> Values:
        """The values with what an annotation adds; where it says a type, it stands in for what is not followed."""
        known = values - _UNKNOWN if self.says_type(annotation) else values
        named = self.from_annotation(annotation)
        return self._fitting(known, named) | named

    def _fitting(self, values: Values, named: Values) -> Values:
        """The values without instances of classes that have nothing to do with any of those that are named.

        Where all that an annotation names are classes of the analyzed code, an object of an unrelated one comes from
        the analysis, which mixes up callers, and not from the program. A protocol is met by any class.
        """
        classes = [value.info for value in named if isinstance(value, Inst)]
        if not classes or any(self._is_met_by_any(info) for info in classes):
            return values
        return frozenset(
            value
            for value in values
            if not isinstance(value, Inst)
            or any(self.is_subclass(value.info, info) or self.is_subclass(info, value.info) for info in classes)
        )

    def fitting_types(self, values: Values, types: Values) -> Values:
        """The values that may be instances of one of the types; all, where not every type is followed."""
        classes = [value.info for value in types if isinstance(value, Cls)]
        plain = {value.dotted for value in types if isinstance(value, Lib) and value.dotted in PLAIN_TYPES}
        others = [value for value in types if not isinstance(value, Cls) and getattr(value, "dotted", "") not in plain]
        libraries = [value.dotted for value in others if isinstance(value, Lib) and not value.instance]
        if not types or len(libraries) < len(others) or any(self._is_met_by_any(info) for info in classes):
            return values
        return frozenset(value for value in values if self._fits(value, classes, plain, libraries))

    def _fits(self, value: Value, classes: list[ClassInfo], plain: set[str], libraries: list[str]) -> bool:
        match value:
            case Inst(info=info):
                if any(self.is_subclass(info, known) or self.is_subclass(known, info) for known in classes):
                    return True
                bases = [entry for entry in self.resolution_order(info) if isinstance(entry, str)]
                # An abstract class of a library may be met by any class: `Mapping`, `Iterable`.
                return any(name in bases or name.startswith(_ABSTRACT) for name in libraries) or bool(
                    plain & set(bases)
                )
            # The language knows nothing of other libraries: what it makes is an instance of none of their classes.
            case Box(dotted=dotted):
                return dotted in plain or any(map(self.is_plain, libraries))
            case Const(value=constant):
                known = f"builtins.{type(constant).__name__}" in plain
                return constant is not None and (known or any(map(self.is_plain, libraries)))
            case Lib(instance=True, dotted=dotted) if dotted in PLAIN_TYPES:
                return dotted in plain or any(map(self.is_plain, libraries))
            case Fn() | Method() | Cls():
                return any(name.startswith(_ABSTRACT) for name in libraries)
            case _:  # of a parameter the caller knows more
                return True

    def _is_met_by_any(self, info: ClassInfo) -> bool:
        return any(
            self.index.dotted(entry.module, base).endswith(".Protocol")
            for entry in self.resolution_order(info)
            if isinstance(entry, ClassInfo)
            for base in entry.scope.bases
        )

    def says_type(self, annotation: Expression) -> bool:
        """Whether an annotation names a type at all, rather than that anything may come."""
        dotted = self.index.dotted(self.module, annotation)
        return dotted not in _NOT_TYPES

    def _subscripted(self, value: Expression, key: Expression, depth: int) -> Values:
        types = self._type_values(value)
        inner = list(key.items) if isinstance(key, Collection) else [key]
        names = {self._container(item.dotted) for item in types if isinstance(item, Lib)}
        if names & _WRAPPERS:
            result: set[Value] = set()
            for part in inner[:1] if "typing.Annotated" in names else inner:
                result |= self.from_annotation(part, depth + 1)
            return frozenset(result)
        if names & {"typing.Type", "builtins.type"}:
            return frozenset(value for value in self._type_values(inner[0]) if isinstance(value, Cls | Lib))
        if names & _NOT_TYPES:
            return NOTHING
        held = inner[-1:] if names & _VALUES_LAST else inner[:1]
        items: set[Value] = set()
        for part in held:
            items |= self.from_annotation(part, depth + 1)
        return self._named(types, frozenset(items))

    def _type_values(self, expression: Expression) -> Values:
        match expression:
            case Name():
                return self.load_name(expression.id, expression.line, expression.column, receiver=True)
            case Attribute():
                place = Place(expression.line, expression.column, expression.attr)
                return self.load(self._type_values(expression.value), expression.attr, place, receiver=True)
            case Constant() if isinstance(expression.value, str) and expression.value.isidentifier():
                return self.load_name(expression.value, 0, 0, receiver=True)
            case _:
                return NOTHING

    def _named(self, types: Values, items: Values) -> Values:
        result: set[Value] = set()
        for value in types:
            if isinstance(value, Cls):
                result.add(self.universe.inst(value.info))
                # A type says that an instance of a subclass may come as well.
                result.update(map(self.universe.inst, self.index.subclasses(value.info, _MOST_SUBCLASSES)))
                if value.info.methods and self._is_met_by_any(value.info):
                    alike = self.index.classes_having(frozenset(value.info.methods))
                    result.update(map(self.universe.inst, alike if len(alike) <= _MOST_SUBCLASSES else ()))
            elif isinstance(value, Lib) and not value.instance and value.dotted not in _NOT_TYPES:
                dotted = self._container(value.dotted)
                entry = self.described(dotted)[0]
                if dotted.startswith(("typing.", "builtins.None")) or (entry and entry.kind is Kind.OBJECT):
                    continue
                if value.site not in (MEMBER, UNDESCRIBED):
                    result.add(self.universe.lib(dotted, instance=True, items=items))
        return frozenset(result)

    def _container(self, dotted: str) -> str:
        canonical = self.described(dotted)[1]
        if canonical.startswith("collections.abc."):
            canonical = f"typing.{canonical.rpartition('.')[2]}"
        return _CONTAINERS.get(canonical, canonical)
