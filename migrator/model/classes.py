"""Classes: their bases, their method resolution order, and what an attribute of the class itself is.

In: classes of the index. Out: the order of first-party classes and library names in which attributes are looked up.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.facts.expressions import Expression
from migrator.facts.records import Bind, Define, Import, ScopeKind
from migrator.model.frames import Found, Order, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.names import NamesFrame
from migrator.model.values import Cls, Lib, Value

ANY_BASE = "any-base"
"""Stands for a base class that may be any of too many, as a library's class of which nothing is known."""

_MAKERS = frozenset({"collections.namedtuple"})
"""Functions that make a class of what they are told."""

_MOST_BASES = 12
"""Classes that one base may be: beyond it, a factory of classes or a registry mixes up all that it makes."""


class ClassesFrame(NamesFrame):
    """Resolves attributes along the method resolution order."""

    def resolution_order(self, info: ClassInfo) -> Order:
        """The class, its bases, and the library classes among them, in the order of lookup.

        It is C3 where that works out, and depth first without repetition where it does not (bases that the
        analysis sees several of, for example by a conditional import).
        """
        known = self._known_order(info)
        if known is not None:
            return known
        order = self.tables.orders[info] = self._kept(self._linearized(info, ()))
        return order

    def _known_order(self, info: ClassInfo) -> Order | None:
        """The order of last time, as long as it holds; who asks is read again when it no longer does."""
        known = self.tables.orders.get(info)
        if known is not None:
            for cell, size in known.cells:
                if len(self.read(cell)) != size:
                    return None
        return known

    def _linearized(self, info: ClassInfo, trail: tuple[ClassInfo, ...]) -> list[ClassInfo | str]:
        known = self._known_order(info)
        if known is not None:
            return known
        sequences: list[list[ClassInfo | str]] = []
        direct: list[ClassInfo | str] = []
        for base in self._bases(info):
            if isinstance(base, str):
                sequences.append([base])
            elif base is info or base in trail:
                continue
            else:
                sequences.append(self._linearized(base, (*trail, info)))
            direct.append(base)
        return [info, *(sequences[0] if len(sequences) == 1 else _merge([*sequences, direct]))]

    def _kept(self, entries: list[ClassInfo | str]) -> Order:
        """An order that is kept until value flow finds another base of one of its classes."""
        cells = [
            self.solver.cell("base", entry, position)
            for entry in entries
            if isinstance(entry, ClassInfo)
            for position, base in enumerate(self._plain_bases(entry))
            if base is None
        ]
        return Order(entries, cells)

    def _plain_bases(self, info: ClassInfo) -> list[ClassInfo | str | None]:
        found = self.tables.plain_bases.get(info)
        if found is None:
            found = self.tables.plain_bases[info] = [
                self._plain_base(info, expression) for expression in info.scope.bases
            ]
        return found

    def _plain_base(self, info: ClassInfo, expression: Expression) -> ClassInfo | str | None:
        """The class that a base names outright, an empty string for one without members, or None."""
        dotted = self.index.dotted(info.module, expression)
        known = self.index.classes.get(dotted)
        if known is not None and known.scope.parent == 0:
            return known
        if dotted in _MAKERS:
            return None  # the class that the call makes
        if not dotted or self.index.is_module(dotted.partition(".")[0]):
            return None
        return "" if dotted in ("typing.Generic", "typing.Protocol") else self.described(dotted)[1]

    def find_member(self, order: list[ClassInfo | str], attr: str) -> Found | None:
        """Where an attribute is defined, the first place in the order."""
        if not isinstance(order, Order):
            return self._found(order, attr)
        members = order.members
        if attr in members:
            return members[attr]
        found = members[attr] = self._found(order, attr)
        return found

    def _found(self, order: Iterable[ClassInfo | str], attr: str) -> Found | None:
        promised: Found | None = None
        for entry in order:
            if isinstance(entry, str):
                if self.described(f"{entry}.{attr}")[0] is not None:
                    return Found(None, None, f"{entry}.{attr}")
                continue
            function = entry.methods.get(attr)
            if function is not None:
                return Found(entry, function, "")
            if attr in self.local_names(entry.body):
                if not self._is_only_annotated(entry, attr):
                    return Found(entry, None, "")
                # `attr: Type` alone says what the object will hold: a definition further up is what it is now.
                promised = promised or Found(entry, None, "")
        return promised

    def _is_only_annotated(self, info: ClassInfo, attr: str) -> bool:
        names = self.tables.only_annotated.get(info)
        if names is None:
            steps = info.scope.steps
            noted = {step.name for step in steps if isinstance(step, Bind) and step.value is None}
            given = {step.name for step in steps if isinstance(step, Import | Define)}
            given |= {step.name for step in steps if isinstance(step, Bind) and step.value is not None}
            names = self.tables.only_annotated[info] = frozenset(noted - given)
        return attr in names

    def annotated(self, order: Iterable[ClassInfo | str], attr: str) -> Values:
        """What the annotations of a class-level name say, wherever in the order they stand."""
        found: set[Value] = set()
        for entry in order:
            if isinstance(entry, ClassInfo) and attr in self.local_names(entry.body):
                found |= self.read(self.solver.cell("annotated", entry, attr))
        return frozenset(found)

    def class_values(self, owner: ClassInfo, attr: str) -> Values:
        """What a class-level name holds."""
        body = self.solver.body(owner.body, None)
        if not body.runs:
            self.solver.begin(body)
        return self.expand(self.read(body.local(attr)))

    def _bases(self, info: ClassInfo) -> list[ClassInfo | str]:
        result: list[ClassInfo | str] = []
        for position, plain in enumerate(self._plain_bases(info)):
            if plain is not None:
                if plain != "":
                    result.append(plain)
            else:
                values = self.read(self.solver.cell("base", info, position))
                if len(values) > _MOST_BASES:
                    result.append(ANY_BASE)
                    continue
                for value in sorted(values, key=lambda item: item.serial):
                    if isinstance(value, Cls):
                        result.append(value.info)
                    elif isinstance(value, Lib):
                        result.append(value.dotted)
        return result

    def metaclasses(self, info: ClassInfo) -> list[ClassInfo]:
        """The metaclasses of a class that the analyzed code defines."""
        found: dict[ClassInfo, None] = {}
        for entry in self.resolution_order(info).metaclassed:
            for value in self.read(self.solver.cell("metaclass", entry)):
                if isinstance(value, Cls):
                    found[value.info] = None
        return list(found)

    def of_metaclass(self, info: ClassInfo, name: str) -> FunctionInfo | None:
        """A method that a class has of its metaclass."""
        for metaclass in self.metaclasses(info):
            found = self.find_member(self.resolution_order(metaclass), name)
            if found is not None and found.function is not None:
                return found.function
        return None

    def is_subclass(self, info: ClassInfo, other: ClassInfo) -> bool:
        """Whether a class is another one or inherits from it."""
        return other in self.resolution_order(info)

    def enclosing_class(self) -> ClassInfo | None:
        """The class whose method this body is, or is nested in."""
        info: FunctionInfo | None = self.info
        while info is not None and info.scope.kind is not ScopeKind.MODULE:
            if info.owner is not None:
                return info.owner
            info = info.enclosing
        return None


def _merge(sequences: list[list[ClassInfo | str]]) -> list[ClassInfo | str]:
    result: list[ClassInfo | str] = []
    waiting = [list(sequence) for sequence in sequences if sequence]
    while waiting:
        for sequence in waiting:
            head = sequence[0]
            if not any(head in other[1:] for other in waiting):
                break
        else:
            head = waiting[0][0]
        result.append(head)
        for sequence in waiting:
            while head in sequence:
                sequence.remove(head)
        waiting = [sequence for sequence in waiting if sequence]
    return result
