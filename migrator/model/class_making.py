"""Class statements: what Python runs when it makes a class, beside the body of it.

In: a class statement and the values of its bases and keywords. Out: edges to hooks of first-party bases, metaclasses and
descriptors; fields of the members of an enumeration.
"""

from __future__ import annotations

from migrator.model.expressions import ExpressionsFrame
from migrator.model.frames import Arguments, Found, Place, Values
from migrator.model.index import ClassInfo, assigned_names, factories_of, names_of_objects
from migrator.model.values import Box, Cls, Fn, Inst, Method, Partial

_METACLASS = "metaclass"


class ClassMakingFrame(ExpressionsFrame):
    """Makes classes."""

    def make_class(self, info: ClassInfo) -> None:
        """The class statement is run; its body is a body of its own."""
        place = Place(info.scope.line, info.scope.column, "class")
        for position, base in enumerate(info.scope.bases):
            self.solver.join(self.solver.cell("base", info, position), self.evaluate(base))
        keywords: dict[str, Values] = {}
        for name, expression in info.scope.keywords:
            values = self.evaluate(expression)
            if name == _METACLASS:
                self.solver.join(self.solver.cell(_METACLASS, info), values)
            elif name is not None:
                keywords[name] = values
        self.note_edge(self.solver.body(info.body, None), place.line, place.column)
        self._run_hooks(info, keywords, place)
        if self.is_enumeration(info):
            self._make_members(info, place)

    def _run_hooks(self, info: ClassInfo, keywords: dict[str, Values], place: Place) -> None:
        defined = self.index.method_names
        made = self.universe.cls(info)
        for metaclass in self.metaclasses(info):
            order = self.resolution_order(metaclass)
            for name, first in (("__new__", [frozenset((self.universe.cls(metaclass),))]), ("__init__", [])):
                hook = self.find_member(order, name)
                if hook is not None and hook.function is not None:
                    given = [*first, frozenset((self.universe.text(),))]
                    self.run_function(hook.function, None if first else made, Arguments(given, keywords), place)
        if "__init_subclass__" in defined:
            hook = self._hook_of_bases(info, "__init_subclass__")
            if hook is not None and hook.function is not None:
                self.run_function(hook.function, made, Arguments([], keywords), place)
        if "__set_name__" in defined:
            given = [frozenset((made,)), frozenset((self.universe.text(),))]
            for name in sorted(names_of_objects(self.module, info)):
                self.answers_all(self.class_values(info, name), "__set_name__", Arguments(given), place)

    def _hook_of_bases(self, info: ClassInfo, name: str) -> Found | None:
        order = self.resolution_order(info)
        hook = self.find_member(order, name)
        return hook if hook is None or hook.owner is not info else self.find_member(order[1:], name)

    def declare_factories(self, name: str) -> None:
        """A name of the class body that is read gets a declaration; see `factories_of`."""
        owner = self.declaring_class()
        for expression in factories_of(owner).get(name, ()) if owner is not None else ():
            made_by = (value for value in self.evaluate(expression) if isinstance(value, Cls | Fn | Method | Partial))
            self.solver.join(self.solver.cell("factory", owner, name), made_by)

    def answers_all(self, values: Values, method: str, arguments: Arguments, place: Place) -> None:
        """Run a method of each of the objects that have it."""
        for value in sorted(values, key=lambda each: each.serial):
            if type(value) is Inst and method in self.resolution_order(value.info).methods:
                self.operator(value, method, arguments, place)

    def _make_members(self, info: ClassInfo, place: Place) -> None:
        """The members of an enumeration are made of what is assigned to them: a tuple is spread."""
        constructor = self.find_member(self.resolution_order(info), "__init__")
        if constructor is None or constructor.function is None:
            return
        for name in assigned_names(info):
            values = self.class_values(info, name)
            tuples = [value for value in values if isinstance(value, Box) and value.kind == "tuple"]
            count = len(constructor.function.scope.parameters) - 1
            given = [[self.at(box, position) for position in range(count)] for box in tuples]
            if values.difference(tuples):
                given.append([values.difference(tuples)])
            for positional in given:
                self.run_function(constructor.function, self.universe.inst(info), Arguments(positional), place)
