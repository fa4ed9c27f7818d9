"""One module as units that can be kept or left behind, each with the names that it binds and uses.

In: the text of a module. Out: a `ModuleSyntax`. A unit is what travels or stays as a whole: a function,
a class, one imported name, an assignment, a `try` with everything in it. An `if` at module level is not a
unit: what stands in it is, so that a conditional import keeps its condition and loses its neighbors.
Which units are needed is `closure`; writing the kept ones down again is `rewrite`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

import libcst as cst
from libcst.helpers import get_absolute_module_from_package_for_import, get_full_name_for_node
from libcst.metadata import CodeRange, GlobalScope, MetadataWrapper, PositionProvider, ScopeProvider

from migrator.domain.locations import Location
from migrator.errors import InputError
from migrator.source import SourceFile

STAR = "*"

# Methods by which a table or a registry is filled; used to tell a function that registers from one that reads.
_CHANGING_METHODS = frozenset(
    [
        "add",
        "append",
        "appendleft",
        "clear",
        "connect",
        "extend",
        "insert",
        "pop",
        "popitem",
        "push",
        "register",
        "remove",
        "setdefault",
        "sort",
        "subscribe",
        "update",
    ]
)
# Methods that leave their object as it is; any other called at import time may fill it.
_READING_METHODS = frozenset(
    [
        "copy",
        "count",
        "decode",
        "encode",
        "endswith",
        "find",
        "format",
        "get",
        "getLogger",
        "index",
        "items",
        "join",
        "keys",
        "lower",
        "lstrip",
        "replace",
        "rstrip",
        "split",
        "splitlines",
        "startswith",
        "strip",
        "title",
        "union",
        "upper",
        "values",
    ]
)


class UnitKind(StrEnum):
    """What a unit is."""

    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    ASSIGNMENT = "assignment"
    EFFECT = "effect"
    BLOCK = "block"
    DOCSTRING = "docstring"


@dataclass(frozen=True, slots=True)
class Imported:
    """One imported name.

    Attributes:
        module: absolute dotted name of the module.
        attribute: what is taken from it; `*` for a star, an empty string for `import module`.
        bound: the name that the import binds; an empty string for a star.
        whole_path: `import a.b` binds `a`: whether `bound` stands for the first part of `module` only.
        location: the statement.
    """

    module: str
    attribute: str
    bound: str
    whole_path: bool
    location: Location


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What travels or stays as a whole.

    Attributes:
        node: the statement, or the alias within an import.
        binds: names that it gives to the module.
        uses: names of the module, or of nobody known, that it reads.
        chains: every dotted name that it reads, as written (`shop.tax.rates`), its own local names too.
        touches: names of the module whose value it may change in place when the module is imported.
        changes: names whose value it changes in place whenever it runs.
        calls: dotted names that it calls when the module is imported (decorators too).
        imports: for an import the one name; for anything else the imports inside it.
        location: its own lines; those of a function or class start at its `def` or `class`.
        script: whether it stands under `if __name__ == "__main__"`.
    """

    node: cst.CSTNode
    kind: UnitKind
    binds: frozenset[str]
    uses: frozenset[str]
    chains: frozenset[str]
    touches: frozenset[str]
    changes: frozenset[str]
    calls: tuple[str, ...]
    imports: tuple[Imported, ...]
    location: Location
    script: bool = False

    @property
    def future(self) -> bool:
        """Whether it is `from __future__ import ...`."""
        return self.kind is UnitKind.IMPORT and self.imports[0].module == "__future__"


@dataclass(frozen=True, slots=True, eq=False)
class ModuleSyntax:
    """A module and its units in the order of the text.

    Attributes:
        binders: name to the units that bind it.
        by_node: node to its unit, for the statements and aliases that are units.
        ranges: the place of every node.
        left_behind: decorators that are nothing but a registration and do not travel.
    """

    file: SourceFile
    module: cst.Module
    units: tuple[Unit, ...]
    binders: Mapping[str, tuple[Unit, ...]]
    by_node: Mapping[cst.CSTNode, Unit]
    ranges: Mapping[cst.CSTNode, CodeRange]
    left_behind: frozenset[cst.Decorator]

    @property
    def stars(self) -> Iterator[Unit]:
        """The `from x import *` at module level."""
        return (unit for unit in self.units if unit.kind is UnitKind.IMPORT and unit.imports[0].attribute == STAR)


def read_syntax(file: SourceFile, registered_at: AbstractSet[int] = frozenset()) -> ModuleSyntax:
    """Parse one module.

    Args:
        registered_at: lines of the decorators that are nothing but a registration; what only they use is
            used by nobody.

    Raises:
        InputError: libcst cannot parse it.
    """
    try:
        wrapper = MetadataWrapper(cst.parse_module(file.text), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        raise InputError(
            f"{file.name} cannot be parsed: {error.message.splitlines()[0]}",
            hint="mend the syntax, then extract again",
            location=f"{file.path}:{error.editor_line}:{error.editor_column}",
        ) from error
    return _Reader(file, wrapper, registered_at).read()


class _Reader:
    """Reads one module; holds what several steps share."""

    def __init__(self, file: SourceFile, wrapper: MetadataWrapper, registered_at: AbstractSet[int]) -> None:
        self._file = file
        self._module = wrapper.module
        self._ranges: Mapping[cst.CSTNode, CodeRange] = wrapper.resolve(PositionProvider)
        self._left_behind = frozenset(
            node
            for node, where in self._ranges.items()
            if isinstance(node, cst.Decorator)
            and any(where.start.line <= line <= where.end.line for line in registered_at)
        )
        self._scopes = {scope for scope in wrapper.resolve(ScopeProvider).values() if scope is not None}

    def read(self) -> ModuleSyntax:
        places = list(_places(self._module.body))
        owners: defaultdict[int, list[int]] = defaultdict(list)
        surveys: list[_Survey] = []
        for index, place in enumerate(places):
            survey = _Survey(self._left_behind)
            for part in (place.node, *place.tests):
                part.visit(survey)
            surveys.append(survey)
            for seen in survey.seen:
                owners[seen].append(index)
        uses: defaultdict[int, set[str]] = defaultdict(set)
        binds: defaultdict[int, set[str]] = defaultdict(set)
        for scope in self._scopes:
            for access in scope.accesses:
                outer = {found.name for found in access.referents if isinstance(found.scope, GlobalScope)}
                if not access.referents and (name := _root(access.node)):
                    outer = {name}
                for index in owners[id(access.node)]:
                    uses[index].update(name.split(".", 1)[0] for name in outer)
            if isinstance(scope, GlobalScope):
                for assignment in scope.assignments:
                    for index in owners[id(getattr(assignment, "node", None))]:
                        binds[index].add(assignment.name.split(".", 1)[0])
        units = tuple(
            self._unit(place, surveys[index], uses[index], binds[index]) for index, place in enumerate(places)
        )
        binders: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            for name in unit.binds:
                binders[name].append(unit)
        return ModuleSyntax(
            file=self._file,
            module=self._module,
            units=units,
            binders={name: tuple(found) for name, found in binders.items()},
            by_node={unit.node: unit for unit in units},
            ranges=self._ranges,
            left_behind=self._left_behind,
        )

    def _unit(self, place: _Place, survey: _Survey, uses: set[str], binds: set[str]) -> Unit:
        node, statement = place.node, place.statement
        kind = _kind(node, first=bool(self._module.body) and node is self._module.body[0])
        imports: tuple[Imported, ...] = ()
        match node:
            case cst.ImportAlias() | cst.ImportStar():
                imports = (self._imported(node, statement),)
                binds = {imports[0].bound} - {""}
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                # `global x` inside a function binds x too, but whoever needs x does not need that function.
                binds = {name.value}
        if not imports:
            imports = tuple(self._imported(alias, inner) for inner in survey.imports for alias in _aliases(inner))
        survey_uses = uses | survey.globals
        at_import = _ImportTime(self._left_behind)
        node.visit(at_import)
        where = self._ranges[statement]
        return Unit(
            node=node,
            kind=kind,
            binds=frozenset(binds),
            uses=frozenset(survey_uses),
            chains=frozenset(survey.chains),
            touches=frozenset(at_import.touches),
            changes=frozenset(survey.changes),
            calls=tuple(at_import.calls),
            imports=imports,
            location=Location(self._file.path, where.start.line, where.end.line, where.start.column + 1),
            script=any(_dotted(side) == "__name__" for test in place.tests for side in _compared(test)),
        )

    def _imported(self, alias: cst.ImportAlias | cst.ImportStar, statement: cst.CSTNode) -> Imported:
        where = self._ranges[statement]
        location = Location(self._file.path, where.start.line, where.end.line, where.start.column + 1)
        if isinstance(statement, cst.ImportFrom):
            module = self._absolute(statement, location)
            if isinstance(alias, cst.ImportStar):
                return Imported(module, STAR, "", whole_path=False, location=location)
            return Imported(module, alias.evaluated_name, _bound(alias), whole_path=False, location=location)
        assert isinstance(alias, cst.ImportAlias)
        dotted = alias.evaluated_name
        return Imported(dotted, "", _bound(alias), whole_path=alias.asname is None, location=location)

    def _absolute(self, statement: cst.ImportFrom, location: Location) -> str:
        name = self._file.name
        package = name if self._file.is_package else name.rpartition(".")[0]
        module = get_absolute_module_from_package_for_import(package or None, statement)
        if module is None:
            raise InputError(
                "a relative import that leaves its package", hint="name the folder above it", location=str(location)
            )
        return module


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a unit stands: the node, its statement, the conditions that it hangs on."""

    node: cst.CSTNode
    statement: cst.CSTNode
    tests: tuple[cst.BaseExpression, ...] = ()


def _places(body: Sequence[cst.CSTNode], tests: tuple[cst.BaseExpression, ...] = ()) -> Iterator[_Place]:
    """Each unit of a module's body, in the order of the text."""
    for statement in body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as only]):
                for alias in _aliases(only):
                    yield _Place(alias, only, tests)
            case cst.If() if all(isinstance(branch.body, cst.IndentedBlock) for branch in _branches(statement)):
                branches = tuple(_branches(statement))
                # The whole chain of conditions stays when anything in it does.
                under = (*tests, *(branch.test for branch in branches if isinstance(branch, cst.If)))
                for branch in branches:
                    yield from _places(branch.body.body, under)
            case _:
                yield _Place(statement, statement, tests)


def _branches(statement: cst.If) -> Iterator[cst.If | cst.Else]:
    branch: cst.If | cst.Else | None = statement
    while branch is not None:
        yield branch
        branch = branch.orelse if isinstance(branch, cst.If) else None


def _aliases(statement: cst.CSTNode) -> Sequence[cst.ImportAlias | cst.ImportStar]:
    assert isinstance(statement, cst.Import | cst.ImportFrom)
    return [statement.names] if isinstance(statement.names, cst.ImportStar) else statement.names


def _bound(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.split(".", 1)[0]


def _compared(test: cst.BaseExpression) -> tuple[cst.CSTNode, ...]:
    if isinstance(test, cst.Comparison):
        return (test.left, *(part.comparator for part in test.comparisons))
    return ()


def _root(node: cst.CSTNode) -> str:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""


def _kind(node: cst.CSTNode, *, first: bool) -> UnitKind:
    match node:
        case cst.FunctionDef():
            return UnitKind.FUNCTION
        case cst.ClassDef():
            return UnitKind.CLASS
        case cst.ImportAlias() | cst.ImportStar():
            return UnitKind.IMPORT
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]) if first:
            return UnitKind.DOCSTRING
        case cst.SimpleStatementLine(body=small) if all(_is_binding(each) for each in small):
            return UnitKind.ASSIGNMENT
        case cst.SimpleStatementLine():
            return UnitKind.EFFECT
        case _:
            return UnitKind.BLOCK


def _is_binding(small: cst.BaseSmallStatement) -> bool:
    match small:
        case cst.Assign(targets=targets):
            return all(_binds_only(target.target) for target in targets)
        case cst.AnnAssign(target=target):
            return _binds_only(target)
        case cst.TypeAlias() | cst.Import() | cst.ImportFrom():
            return True
        case _:
            return False


def _binds_only(target: cst.CSTNode) -> bool:
    match target:
        case cst.Name():
            return True
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return all(_binds_only(element.value) for element in elements)
        case _:
            return False


class _Survey(cst.CSTVisitor):
    """Every node of a unit, its dotted names, the imports inside it, and the names that it changes in place."""

    def __init__(self, left_behind: AbstractSet[cst.Decorator]) -> None:
        self._left_behind = left_behind
        self.seen: set[int] = set()
        self.chains: set[str] = set()
        self.imports: list[cst.Import | cst.ImportFrom] = []
        self.globals: set[str] = set()
        self.changes: set[str] = set()
        self._parts: set[int] = set()  # names that are only a part of something already read

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node in self._left_behind:
            return False
        self.seen.add(id(node))
        match node:
            case cst.Import() | cst.ImportFrom():
                self.imports.append(node)
                return False
            case cst.Attribute(value=value, attr=attr):
                self._parts.add(id(attr))
                if id(node) not in self._parts and (full := _dotted(node)):
                    self.chains.add(full)
                if _dotted(value):
                    self._parts.add(id(value))
            case cst.Name(value=name) if id(node) not in self._parts:
                self.chains.add(name)
            case cst.Arg(keyword=cst.Name() as keyword):
                self._parts.add(id(keyword))
            case cst.Global(names=names):
                self.globals.update(item.name.value for item in names)
                self.changes.update(item.name.value for item in names)
            case cst.AssignTarget(target=target) | cst.AugAssign(target=target) | cst.AnnAssign(target=target):
                self.changes.update(_owner(target))
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=method)) as func) if method in _CHANGING_METHODS:
                self.changes.update(_owner(func))
        return True


def _owner(target: cst.CSTNode) -> Iterator[str]:
    """`a` for `a.b`, `a[0]` and `a[0].b`; nothing for a plain name."""
    inner = target
    while isinstance(inner, cst.Subscript | cst.Attribute):
        inner = inner.value
    if inner is not target and isinstance(inner, cst.Name):
        yield inner.value


class _ImportTime(cst.CSTVisitor):
    """What a unit does when its module is imported: names changed in place, and calls."""

    def __init__(self, left_behind: AbstractSet[cst.Decorator]) -> None:
        self._left_behind = left_behind
        self.touches: set[str] = set()
        self.calls: list[str] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        for decorator in node.decorators:
            self._decorator(decorator)
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        for decorator in node.decorators:
            self._decorator(decorator)
        for base in node.bases:
            # a class whose base keeps a list of its subclasses registers itself
            if name := _dotted(base.value):
                self.calls.append(name)
        return False

    def visit_Call(self, node: cst.Call) -> None:
        if name := _dotted(node.func):
            self.calls.append(name)
            owner, _, method = name.rpartition(".")
            if owner and method not in _READING_METHODS:
                self.touches.add(owner.split(".", 1)[0])

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self.touches.update(_owner(node.target))

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self.touches.update(_owner(node.target))

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.touches.update(_owner(node.target))
        if isinstance(node.target, cst.Name):
            self.touches.add(node.target.value)

    def visit_Del(self, node: cst.Del) -> None:
        self.touches.update(_owner(node.target))

    def _decorator(self, decorator: cst.Decorator) -> None:
        if decorator in self._left_behind:
            return
        expression = decorator.decorator
        if isinstance(expression, cst.Call):
            expression.visit(self)
        elif name := _dotted(expression):
            self.calls.append(name)
            if "." in name:
                self.touches.add(name.split(".", 1)[0])


def _dotted(node: cst.CSTNode) -> str:
    """`a.b.c` as written, or an empty string where the expression is anything else."""
    inner = node
    while isinstance(inner, cst.Attribute):
        inner = inner.value
    return get_full_name_for_node(node) or "" if isinstance(inner, cst.Name) else ""
