"""Reads from a wheel's source whether a dotted name exists in it, where the wheel cannot be imported.

In: folders that modules lie in, dotted names. Out: yes or no. What the source does not plainly say is a no: names that
a call, a loop or `__getattr__` makes, and all of what a compiled module holds. An import below `if TYPE_CHECKING`
gives no name.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """A module's file, None where it has no source; and the folders that its submodules lie in."""

    name: str
    file: Path | None
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class _Imported:
    """A name that an import binds."""

    target: str


@dataclass
class _Scope:
    """What a module or class body binds, and the modules whose names it takes over with a star."""

    bound: dict[str, list[ast.AST | _Imported | None]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


class Sources:
    """The modules in some folders, the first folder winning; nothing of them is run."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._scopes: dict[str, _Scope] = {}

    def find(self, name: str) -> Module | None:
        """The module of that name, found as Python finds it."""
        folders, found = self._folders, None
        for part in name.split("."):
            found = _within(name, folders, part)
            if found is None:
                return None
            folders = found.folders
        return found

    def has(self, name: str) -> bool:
        """Whether the name is a module, or is bound in one, in a class there, or in a base of that class."""
        return self._has(name, frozenset())

    def _has(self, name: str, seen: frozenset[str]) -> bool:
        if name in seen:
            return False
        parts = name.split(".")
        for depth in range(len(parts), 0, -1):
            module = self.find(".".join(parts[:depth]))
            if module is not None:
                return depth == len(parts) or self._defines(module, parts[depth:], seen | {name})
        return False

    def _defines(self, module: Module, parts: list[str], seen: frozenset[str]) -> bool:
        if module.file is None:
            return False
        scope = self._scope(module)
        if parts[0] in scope.bound:
            return any(self._leads(module, binding, parts[1:], seen) for binding in scope.bound[parts[0]])
        return any(self._has(".".join([star, *parts]), seen) for star in scope.stars)

    def _leads(
        self, module: Module, binding: ast.AST | _Imported | None, rest: list[str], seen: frozenset[str]
    ) -> bool:
        if not rest:
            return True
        if isinstance(binding, _Imported):
            return self._has(".".join([binding.target, *rest]), seen)
        if isinstance(binding, ast.ClassDef):
            return self._class_has(module, binding, rest, seen)
        # An instance has what its class has; a call of anything else than a class leads nowhere below.
        chain = _chain(binding.func if isinstance(binding, ast.Call) else binding)
        return bool(chain) and self._in_module(module, [*chain, *rest], seen)

    def _in_module(self, module: Module, parts: list[str], seen: frozenset[str]) -> bool:
        name = ".".join([module.name, *parts])
        if name in seen:
            return False
        if self._defines(module, parts, seen | {name}):
            return True
        value = getattr(builtins, parts[0], None)
        if value is None or len(parts) != 2 or parts[0] in self._scope(module).bound:
            return False
        return inspect.getattr_static(value, parts[1], None) is not None

    def _class_has(self, module: Module, cls: ast.ClassDef, parts: list[str], seen: frozenset[str]) -> bool:
        scope = _Scope()
        _bind(scope, cls.body, module)
        if parts[0] in scope.bound:
            return any(self._leads(module, binding, parts[1:], seen) for binding in scope.bound[parts[0]])
        if len(parts) == 1 and parts[0] in set_on_self(cls):
            return True
        for base in cls.bases:
            # `with_metaclass(Meta, Base)` says the base in its arguments, `Generic[T]` before the bracket.
            named = (
                base.args if isinstance(base, ast.Call) else [base.value if isinstance(base, ast.Subscript) else base]
            )
            if any(chain and self._in_module(module, [*chain, *parts], seen) for chain in map(_chain, named)):
                return True
        return False

    def _scope(self, module: Module) -> _Scope:
        if module.name not in self._scopes:
            scope = self._scopes[module.name] = _Scope()
            assert module.file is not None
            _bind(scope, _parse(module.file).body, module)
        return self._scopes[module.name]


def _within(name: str, folders: Sequence[Path], part: str) -> Module | None:
    shared = []
    for folder in folders:
        package, plain = folder / part / "__init__.py", folder / f"{part}.py"
        if package.is_file():
            return Module(name, package, (package.parent,))
        if plain.is_file():
            return Module(name, plain, ())
        if next(folder.glob(f"{part}.*so"), None) is not None:
            return Module(name, None, ())
        if package.parent.is_dir():
            shared.append(package.parent)
    return Module(name, None, tuple(shared)) if shared else None


@cache
def _parse(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except SyntaxError:  # of a Python that this one does not read
        return ast.Module(body=[], type_ignores=[])


def _bind(scope: _Scope, body: Sequence[ast.stmt], module: Module) -> None:
    for statement in body:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                scope.bound.setdefault(statement.name, []).append(statement)
            case ast.Import():
                for alias in statement.names:
                    target = alias.name if alias.asname else alias.name.partition(".")[0]
                    scope.bound.setdefault(alias.asname or target, []).append(_Imported(target))
            case ast.ImportFrom():
                source = _absolute(statement, module)
                for alias in statement.names:
                    if alias.name == "*":
                        scope.stars.append(source)
                    else:
                        scope.bound.setdefault(alias.asname or alias.name, []).append(
                            _Imported(f"{source}.{alias.name}")
                        )
            case ast.Assign():
                for target in statement.targets:
                    for name in _names(target):
                        value = statement.value if isinstance(target, ast.Name) else None
                        scope.bound.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name)):
                scope.bound.setdefault(name, []).append(statement.value)
            case ast.If() if "TYPE_CHECKING" in ast.unparse(statement.test):
                _bind(scope, statement.orelse, module)
            case ast.If() | ast.For() | ast.While():
                _bind(scope, [*statement.body, *statement.orelse], module)
            case ast.With():
                _bind(scope, statement.body, module)
            case ast.Try():
                handled = [inner for handler in statement.handlers for inner in handler.body]
                _bind(scope, [*statement.body, *handled, *statement.orelse, *statement.finalbody], module)


def _absolute(statement: ast.ImportFrom, module: Module) -> str:
    if not statement.level:
        return statement.module or ""
    package = module.name.split(".")
    if module.file is None or module.file.name != "__init__.py":
        package = package[:-1]
    package = package[: len(package) - statement.level + 1]
    return ".".join([*package, *([statement.module] if statement.module else [])])


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _names(item)


def _chain(node: ast.AST | None) -> list[str]:
    """`a.b.c` as its parts; nothing where it is anything else."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        before = _chain(node.value)
        return [*before, node.attr] if before else []
    return []


def set_on_self(cls: ast.ClassDef) -> set[str]:
    """The attributes that a method of the class sets on its first argument."""
    found = set()
    for method in cls.body:
        if isinstance(method, _Function) and method.args.args:
            owner = method.args.args[0].arg
            for node in ast.walk(method):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.ctx, ast.Store)
                    and _chain(node.value) == [owner]
                ):
                    found.add(node.attr)
    return found
