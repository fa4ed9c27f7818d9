"""Reads a module into its units: what each binds and uses, by Python's rules of scope.

In: a `SourceFile`, the lines of the registrations in it. Out: a `ModuleSyntax`. Which of its units are needed
is `closure`. Read by `ast`, a hundred times faster than by libcst, which is left to what is written down again.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from migrator.domain.locations import Location
from migrator.errors import InputError
from migrator.plan.looking.imported_names import absolute_module, dotted_name
from migrator.plan.looking.imports import ImportTree, types_only
from migrator.plan.looking.parsed import parsed
from migrator.plan.slicing.changing import at_import
from migrator.plan.slicing.scopes import Named, names_in
from migrator.plan.slicing.syntax import STAR, Imported, ModuleSyntax, Unit, UnitKind
from migrator.source import SourceFile

_BUILTINS = frozenset(dir(builtins))
_IMPORTS = (ast.Import, ast.ImportFrom)
# Where Python's parser ends a line; `splitlines` knows more places.
_LINE_END = re.compile(r"\r\n|\r|\n")


def read_syntax(
    file: SourceFile, registered_at: AbstractSet[int] = frozenset(), module: ast.Module | None = None
) -> ModuleSyntax:
    """Read one module.

    Args:
        registered_at: lines of the decorators that are nothing but a registration; what only they use is
            used by nobody.
        module: the file's syntax, where it was parsed before.

    Raises:
        InputError: it cannot be parsed.
    """
    module = module or parsed(file)
    if not module.body:
        _refuse_unparsed(file)
    return _Reader(file, module, registered_at).read()


def _refuse_unparsed(file: SourceFile) -> None:
    """Say in the words of Python's own parser what is wrong with a text of which nothing could be read."""
    if (position := file.text.find("\0")) >= 0:
        line, column = file.text.count("\n", 0, position) + 1, position - file.text.rfind("\n", 0, position)
        raise _unreadable(file, "a null byte", line, column)
    try:
        ast.parse(file.text)
    except SyntaxError as told:
        raise _unreadable(file, told.msg, told.lineno or 1, told.offset or 1) from told
    except (ValueError, RecursionError, MemoryError) as told:
        raise _unreadable(file, "it is nested more deeply than the parser can follow", 1, 1) from told


def _unreadable(file: SourceFile, reason: str, line: int, column: int) -> InputError:
    return InputError(
        f"{file.name} is needed and cannot be parsed: {reason}",
        hint="mend the file, then try again",
        location=f"{file.path}:{line}:{column}",
    )


class _Reader:
    """Reads one module; holds what several steps share."""

    def __init__(self, file: SourceFile, module: ast.Module, registered_at: AbstractSet[int]) -> None:
        self._file = file
        self._module = module
        self._lines = _LINE_END.split(file.text)
        self._left_behind = frozenset(_decorators_on(module, registered_at) if registered_at else ())

    def read(self) -> ModuleSyntax:
        places = list(self._places(self._module.body))
        named = [names_in((*place.nodes, *place.tests), self._left_behind) for place in places]
        bound = {name for place, each in zip(places, named, strict=True) for name in self._binds(place, each)}
        units = tuple(
            self._unit(index, place, each, bound) for index, (place, each) in enumerate(zip(places, named, strict=True))
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
            left_behind=self._left_behind,
        )

    # -- where the units stand

    def _places(
        self, body: Sequence[ast.stmt], tests: tuple[ast.expr, ...] = (), *, typed: bool = False
    ) -> Iterator[_Place]:
        """Each unit of a module's body, in the order of the text."""
        for line in self._logical_lines(body):
            match line:
                case [ast.Import() | ast.ImportFrom() as only]:
                    for alias in only.names:
                        yield _Place((alias,), only, tests, typed)
                case [ast.If() as chain] if all(self._is_block(branch) for _, branch in _branches(chain)):
                    branches = list(_branches(chain))
                    # The whole chain of conditions stays when anything in it does.
                    under = (*tests, *(test for test, _ in branches if test is not None))
                    for test, branch in branches:
                        yield from self._places(branch, under, typed=typed or (test is not None and types_only(test)))
                case _:
                    yield _Place(tuple(line), line[0], tests, typed)

    def _logical_lines(self, body: Sequence[ast.stmt]) -> Iterator[list[ast.stmt]]:
        """The statements of a body, those together that share a line."""
        line: list[ast.stmt] = []
        for statement in body:
            if line and self._starts_line(statement):
                yield line
                line = []
            line.append(statement)
        if line:
            yield line

    def _starts_line(self, statement: ast.stmt) -> bool:
        if getattr(statement, "decorator_list", None):
            return True
        before = self._lines[statement.lineno - 1][: statement.col_offset]
        return not before.strip() and not (
            statement.lineno > 1
            and self._lines[statement.lineno - 2].rstrip().endswith("\\")
            and statement.lineno - 1 not in self._commented
        )

    @cached_property
    def _commented(self) -> AbstractSet[int]:
        """Lines that end with a comment, in which a backslash is one of its letters; asked for seldom."""
        found: set[int] = set()
        # Syntax that is newer than this Python may be no tokens to it; what comes before it is.
        with suppress(tokenize.TokenError, SyntaxError):
            for token in tokenize.generate_tokens(io.StringIO(self._file.text).readline):
                if token.type == tokenize.COMMENT:
                    found.add(token.start[0])
        return found

    def _is_block(self, body: Sequence[ast.stmt]) -> bool:
        """Whether a body stands on lines of its own, and not behind a colon."""
        return self._starts_line(body[0])

    # -- what they are

    def _unit(self, index: int, place: _Place, named: Named, bound: AbstractSet[str]) -> Unit:
        first = index == 0 and bool(self._module.body) and place.nodes[0] is self._module.body[0]
        kind = _kind(place.nodes, first=first)
        imports: tuple[Imported, ...]
        if kind is UnitKind.IMPORT:
            imports = (self._imported(place.nodes[0], place.statement),)
        else:
            imports = tuple(self._imported(alias, inner) for inner in named.imports for alias in inner.names)
        act = at_import(() if kind is UnitKind.IMPORT else place.nodes, self._left_behind)
        last = place.nodes[-1] if isinstance(place.nodes[-1], ast.stmt) else place.statement
        return Unit(
            index=index,
            nodes=place.nodes,
            kind=kind,
            binds=self._binds(place, named),
            uses=frozenset(name for name in named.uses if name in bound or name not in _BUILTINS)
            | frozenset(named.declared),
            chains=frozenset(named.chains),
            touches=frozenset(act.touches),
            changes=frozenset(named.changes),
            calls=tuple(act.calls),
            imports=imports,
            location=self._location(place.statement, last),
            script=any(dotted_name(side) == "__name__" for test in place.tests for side in _compared(test)),
            types_only=place.types_only,
        )

    def _binds(self, place: _Place, named: Named) -> frozenset[str]:
        match place.nodes:
            case [ast.alias() as alias]:
                return frozenset({_bound(alias, place.statement)} - {""})
            case [ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name)]:
                # `global x` inside a function binds x too, but whoever needs x does not need that function.
                return frozenset({name})
            case _:
                return frozenset(named.binds)

    def _imported(self, alias: ast.AST, statement: ast.stmt) -> Imported:
        assert isinstance(alias, ast.alias)
        location = self._location(statement, statement)
        if isinstance(statement, ast.ImportFrom):
            module = absolute_module(self._file, statement.module or "", statement.level)
            if not module:
                raise InputError(
                    "a relative import that leaves its package", hint="name the folder above it", location=str(location)
                )
            return Imported(module, alias.name, _bound(alias, statement), whole_path=False, location=location)
        return Imported(alias.name, "", _bound(alias, statement), whole_path=alias.asname is None, location=location)

    def _location(self, first: ast.stmt, last: ast.stmt) -> Location:
        return Location(self._file.path, first.lineno, last.end_lineno or last.lineno, first.col_offset + 1)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a unit stands: its nodes, its statement, the conditions that it hangs on."""

    nodes: tuple[ast.AST, ...]
    statement: ast.stmt
    tests: tuple[ast.expr, ...] = ()
    types_only: bool = False


def _branches(chain: ast.If) -> Iterator[tuple[ast.expr | None, Sequence[ast.stmt]]]:
    """The condition and the body of each branch; `else` has no condition."""
    current = chain
    while True:
        yield current.test, current.body
        match current.orelse:
            case []:
                return
            case [ast.If() as inner] if _is_elif(current, inner):
                current = inner
            case body:
                yield None, body
                return


def _is_elif(outer: ast.If, inner: ast.If) -> bool:
    """`elif` begins in the column of its `if`; an `if` inside an `else` stands further in."""
    return inner.col_offset == outer.col_offset


def _decorators_on(module: ast.Module, lines: AbstractSet[int]) -> Iterator[ast.expr]:
    for node in ast.walk(module):
        for decorator in getattr(node, "decorator_list", ()):
            if any(decorator.lineno <= line <= decorator.end_lineno for line in lines):
                yield decorator


def _bound(alias: ast.alias, statement: ast.stmt) -> str:
    if alias.name == STAR:
        return ""
    if isinstance(statement, ast.ImportFrom):
        return alias.asname or alias.name
    return alias.asname or alias.name.split(".", 1)[0]


def _compared(test: ast.expr) -> tuple[ast.expr, ...]:
    return (test.left, *test.comparators) if isinstance(test, ast.Compare) else ()


def _kind(nodes: Sequence[ast.AST], *, first: bool) -> UnitKind:
    match nodes:
        case [ast.FunctionDef() | ast.AsyncFunctionDef()]:
            return UnitKind.FUNCTION
        case [ast.ClassDef()]:
            return UnitKind.CLASS
        case [ast.alias()]:
            return UnitKind.IMPORT
        case [ast.Expr(value=ast.Constant(value=str()))] if first:
            return UnitKind.DOCSTRING
        case _ if all(_is_binding(each) for each in (nodes[1:] if _stands_for_type(nodes) else nodes)):
            return UnitKind.ASSIGNMENT
        case _ if any(hasattr(each, "body") or isinstance(each, ast.Match) for each in nodes):
            return UnitKind.BLOCK
        case _:
            return UnitKind.EFFECT


def _is_binding(small: ast.AST) -> bool:
    match small:
        case ast.Assign(targets=targets):
            return all(_binds_only(target) for target in targets)
        case ast.AnnAssign(target=target):
            return _binds_only(target)
        case _:
            # The statement `type X = ...` is a node of Python 3.12 and later.
            return isinstance(small, _IMPORTS) or type(small).__name__ == "TypeAlias"


def _stands_for_type(nodes: Sequence[ast.AST]) -> bool:
    """Whether this is how `type X = ...` reads after it was rewritten for an older Python: `...; X = ...`."""
    match nodes:
        case [ast.Expr(value=ast.Constant(value=value)), ast.Assign()]:
            return value is ...
        case _:
            return False


def _binds_only(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(_binds_only(element) for element in elements)
        case _:
            return False


def listed_names(syntax: ModuleSyntax) -> tuple[str, ...] | None:
    """The names in `__all__`, where it is one literal list or tuple that nothing changes."""
    match [unit.nodes for unit in syntax.units if "__all__" in unit.binds | unit.touches]:
        case [(ast.Assign(value=ast.List(elts=items) | ast.Tuple(elts=items)),)]:
            names = [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
            return tuple(names) if len(names) == len(items) else None
    return None


class Readings:
    """The modules of one tree as units, each read once for all plans that share it."""

    def __init__(self, imports: ImportTree) -> None:
        self._imports = imports
        self._known: dict[tuple[str, frozenset[int]], ModuleSyntax] = {}

    def reader(self, registrations: Iterable[Location] = ()) -> Callable[[str], ModuleSyntax]:
        """Reads a module by its name.

        Args:
            registrations: where decorators stand that are nothing but a registration with a framework.
        """
        lines: defaultdict[str, set[int]] = defaultdict(set)
        for place in registrations:
            lines[place.path].add(place.line)

        def read(name: str) -> ModuleSyntax:
            file = self._imports.tree.modules[name]
            key = name, frozenset(lines.get(file.path, ()))
            if key not in self._known:
                self._known[key] = read_syntax(file, key[1], self._imports.module(name))
            return self._known[key]

        return read
