"""Names: what a name stands for in a body, what binding it means, and what imports bring.

In: names and values. Out: values, and notes of reads and writes of module globals and class attributes.
"""

from __future__ import annotations

import builtins

from migrator.facts.records import How, Import, ScopeKind
from migrator.model.frames import Frame, Values
from migrator.model.index import FunctionInfo, ModuleInfo
from migrator.model.solver import Body
from migrator.model.values import NOTHING, UNKNOWN, Value

_BUILTINS = frozenset(dir(builtins)) | {"WindowsError"}
_UNKNOWN: Values = frozenset((UNKNOWN,))


class NamesFrame(Frame):
    """Looks names up and binds them."""

    def load_name(self, name: str, line: int, column: int, *, receiver: bool = False) -> Values:
        """The values of a name that is read here."""
        info = self.info
        if name in self.local_names(info):
            return self.read(self.body.local(name))
        return self._free_name(name, line, column, receiver=receiver)

    def _free_name(self, name: str, line: int, column: int, *, receiver: bool) -> Values:
        info = self.info
        body = self.body
        while info.enclosing is not None:
            outer = self._body_around(info, body)
            if outer.info.scope.kind is ScopeKind.MODULE:
                break
            if name in self.local_names(outer.info):
                return self.expand(self.read(outer.local(name)), closure=True)
            info, body = outer.info, outer
        return self._global(self.module, name, line, column, receiver=receiver)

    def _body_around(self, info: FunctionInfo, body: Body) -> Body:
        """The body whose names a nested one sees: with the same receiver, unless a class stands between."""
        enclosing = info.enclosing
        assert enclosing is not None
        if enclosing.scope.kind is ScopeKind.MODULE:
            return self.solver.body(enclosing, None)
        same = info.owner is None and not info.runs_on_import
        return self.solver.body(enclosing, body.receiver if same else self.default_receiver(enclosing))

    def _body_with(self, name: str) -> Body:
        """The enclosing body that binds a `nonlocal` name."""
        info, body = self.info, self.body
        while info.enclosing is not None and info.enclosing.scope.kind is not ScopeKind.MODULE:
            body = self._body_around(info, body)
            info = body.info
            if name in self.local_names(info):
                break
        return body

    def _global(self, module: ModuleInfo, name: str, line: int, column: int, *, receiver: bool) -> Values:
        if name in self.local_names(module.body):
            values = self._global_values(module, name)
            if name not in module.definitions and name not in module.imports:
                self.note_read(f"{module.name}.{name}", line, column, receiver=receiver)
            return values
        values = self._from_stars(module, name, frozenset())
        if values:
            return values
        if name == "__file__":
            return frozenset((self.universe.text(f"package+{_levels(module)}"),))
        if name in ("__name__", "__doc__", "__package__", "__path__"):
            return frozenset((self.universe.text(),))
        return frozenset((self.universe.lib(f"builtins.{name}"),)) if name in _BUILTINS else _UNKNOWN

    def _global_values(self, module: ModuleInfo, name: str) -> Values:
        outer = self.solver.body(module.body, None)
        if not outer.runs:
            self.solver.begin(outer)
        return self.expand(self.read(outer.local(name)))

    def _from_stars(self, module: ModuleInfo, name: str, seen: frozenset[str]) -> Values:
        if module.name in seen:
            return NOTHING
        found: set[Value] = set()
        for star in module.stars:
            if star in self.index.modules:
                if not name.startswith("_"):
                    source = self.index.modules[star]
                    if name in self.local_names(source.body):
                        found |= self._global_values(source, name)
                    else:
                        found |= self._from_stars(source, name, seen | {module.name})
            elif self.knowledge.lookup(f"{star}.{name}") is not None:
                found.add(self.universe.lib(f"{star}.{name}"))
        return frozenset(found)

    def load_module(self, module: str, name: str, *, seen: frozenset[str] = frozenset()) -> Values:
        """The values of an attribute of a module of the tree."""
        found = self.index.modules.get(module)
        if found is not None and name in self.local_names(found.body):
            step = found.imports.get(name)
            # `from . import x` in a package binds its own submodule.
            if step is None or step.attribute != name or found.absolute(step) != module:
                return self._global_values(found, name)
        if self.index.is_module(f"{module}.{name}"):
            return frozenset((self.universe.mod(f"{module}.{name}"),))
        if found is not None:
            values = self._from_stars(found, name, seen)
            if values:
                return values
            if name == "__file__":
                return frozenset((self.universe.text(f"package+{_levels(found)}"),))
            if name.startswith("__"):
                return frozenset((self.universe.text(),))
        return frozenset((self.universe.lib(f"{module}.{name}"),)) if found is None else _UNKNOWN

    def imported(self, step: Import) -> Values:
        """What an import binds."""
        source = self.module.absolute(step)
        if not step.attribute:
            top = self.index.full_name(step.module.partition(".")[0]) if "." in step.module else source
            value = self.universe.mod(top) if self.index.is_module(top) else self.universe.lib(top)
            return frozenset((value,))
        if self.index.is_module(source):
            return self.load_module(source, step.attribute)
        return frozenset((self.universe.lib(f"{source}.{step.attribute}"),))

    def bind(self, name: str, values: Values, how: How, line: int, column: int) -> None:
        """A name of this body gets values."""
        scope = self.info.scope
        if name in scope.globals and scope.kind is not ScopeKind.MODULE:
            home = f"{self.module.name}.{name}"
            if how is not How.NARROW:
                self.note_write(home, line, column, "drop" if how is How.DELETE else "bind")
                if how is How.AUGMENT:
                    self.note_read(home, line, column, receiver=False)
            outer = self.solver.body(self.module.body, None)
            self.solver.join(outer.local(name), self.housed(values, home))
            return
        body = self.body
        if name in scope.nonlocals:
            body = self._body_with(name)
        elif (scope.kind is ScopeKind.MODULE or scope.kind is ScopeKind.CLASS) and not _is_metadata(name):
            prefix = self.module.name if scope.kind is ScopeKind.MODULE else self.info.name
            values = self.housed(values, f"{prefix}.{name}")
        elif how is How.NARROW and name not in self.local_names(self.info):
            return
        self.solver.join(body.local(name), values)


def _is_metadata(name: str) -> bool:
    """Whether a name is one of the language's own, such as `__version__`: text about the code, and no state."""
    return name.startswith("__") and name.endswith("__")


def _levels(module: ModuleInfo) -> int:
    """How many folders a module lies below the folder that holds its top-level package."""
    depth = module.name.count(".")
    return depth + 1 if module.facts.is_package else depth
