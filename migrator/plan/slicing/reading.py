"""Reads a module into its units: what each binds and uses, by libcst's scopes.

In: a `SourceFile`, the lines of the registrations in it. Out: a `ModuleSyntax`. Which of its units are needed
is `closure`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import libcst as cst
from libcst.helpers import get_absolute_module_from_package_for_import
from libcst.metadata import CodeRange, GlobalScope, MetadataWrapper, PositionProvider, ScopeProvider

from migrator.domain.locations import Location
from migrator.errors import InputError
from migrator.plan.slicing.survey import ImportTime, Survey, dotted, root_name
from migrator.plan.slicing.syntax import STAR, Imported, ModuleSyntax, Unit, UnitKind
from migrator.source import SourceFile, SourceTree


def read_syntax(file: SourceFile, registered_at: AbstractSet[int] = frozenset()) -> ModuleSyntax:
    """Parse one module.

    Args:
        registered_at: lines of the decorators that are nothing but a registration; what only they use is
            used by nobody.

    Raises:
        InputError: libcst cannot parse it.
    """
    if (position := file.text.find("\0")) >= 0:
        # libcst reads over it; no Python does.
        raise _unreadable(file, "a null byte", *_line_column(file.text, position))
    try:
        wrapper = MetadataWrapper(cst.parse_module(file.text), unsafe_skip_copy=True)
    except cst.ParserSyntaxError as error:
        raise _unparsed(file, error) from error
    return _Reader(file, wrapper, registered_at).read()


def _unparsed(file: SourceFile, error: cst.ParserSyntaxError) -> InputError:
    """The error in the words of Python's own parser, where that refuses the text too."""
    try:
        ast.parse(file.text)
    except SyntaxError as told:
        return _unreadable(file, told.msg, told.lineno or 1, told.offset or 1)
    except (ValueError, RecursionError, MemoryError):
        pass
    return _unreadable(file, error.message.splitlines()[0], error.editor_line, error.editor_column)


def _unreadable(file: SourceFile, reason: str, line: int, column: int) -> InputError:
    return InputError(
        f"{file.name} is needed and cannot be parsed: {reason}",
        hint="mend the file, then try again",
        location=f"{file.path}:{line}:{column}",
    )


def _line_column(text: str, position: int) -> tuple[int, int]:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


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
        surveys: list[Survey] = []
        for index, place in enumerate(places):
            survey = Survey(self._left_behind)
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
                if not access.referents and (name := root_name(access.node)):
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

    def _unit(self, place: _Place, survey: Survey, uses: set[str], binds: set[str]) -> Unit:
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
        at_import = ImportTime(self._left_behind)
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
            script=any(dotted(side) == "__name__" for test in place.tests for side in _compared(test)),
            types_only=place.types_only,
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
    types_only: bool = False


def _places(
    body: Sequence[cst.CSTNode], tests: tuple[cst.BaseExpression, ...] = (), types_only: bool = False
) -> Iterator[_Place]:
    """Each unit of a module's body, in the order of the text."""
    for statement in body:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as only]):
                for alias in _aliases(only):
                    yield _Place(alias, only, tests, types_only)
            case cst.If() if all(isinstance(branch.body, cst.IndentedBlock) for branch in _branches(statement)):
                branches = tuple(_branches(statement))
                # The whole chain of conditions stays when anything in it does.
                under = (*tests, *(branch.test for branch in branches if isinstance(branch, cst.If)))
                for branch in branches:
                    typed = isinstance(branch, cst.If) and dotted(branch.test).rpartition(".")[2] == "TYPE_CHECKING"
                    yield from _places(branch.body.body, under, types_only or typed)
            case _:
                yield _Place(statement, statement, tests, types_only)


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


def listed_names(syntax: ModuleSyntax) -> tuple[str, ...] | None:
    """The names in `__all__`, where it is one literal list or tuple that nothing changes."""
    units = [unit for unit in syntax.units if "__all__" in unit.binds | unit.touches]
    match [unit.node for unit in units]:
        case [cst.SimpleStatementLine(body=[cst.Assign(value=cst.List() | cst.Tuple() as value)])]:
            names = [each.value for each in value.elements]
            if all(isinstance(name, cst.SimpleString) for name in names):
                return tuple(str(name.evaluated_value) for name in names if isinstance(name, cst.SimpleString))
    return None


def reader(tree: SourceTree, registrations: Iterable[Location] = ()) -> Callable[[str], ModuleSyntax]:
    """Reads each module of a tree once.

    Args:
        registrations: where decorators stand that are nothing but a registration with a framework.
    """
    lines: defaultdict[str, set[int]] = defaultdict(set)
    for place in registrations:
        lines[place.path].add(place.line)
    known: dict[str, ModuleSyntax] = {}

    def read(name: str) -> ModuleSyntax:
        if name not in known:
            file = tree.modules[name]
            known[name] = read_syntax(file, frozenset(lines[file.path]))
        return known[name]

    return read
