"""The one extractor: a module's `ast` becomes its facts in a single pass.

In: a parsed module. Out: `ModuleFacts`. No other file is looked at and no judgment made. Every way into the facts
(the running Python's parser, libcst) ends here, so there is one meaning of each construct.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from migrator.facts.expressions import (
    Attribute,
    Collection,
    Comparison,
    Constant,
    Dictionary,
    Element,
    Entered,
    Expression,
    Instance,
    Opaque,
    Starred,
    Subscript,
)
from migrator.facts.lowering import Lowering
from migrator.facts.records import (
    Bind,
    Define,
    Evaluate,
    How,
    Import,
    ModuleFacts,
    Parameter,
    ParameterKind,
    Region,
    RegionKind,
    Return,
    Scope,
    ScopeKind,
    Step,
    Store,
    Use,
)


def extract(tree: ast.Module, *, name: str, path: str, is_package: bool) -> ModuleFacts:
    """Facts of a parsed module. Never fails for depth: what is nested too deeply is flattened and said so."""
    extractor = _Extractor(deep=False)
    findings: tuple[tuple[int, int, str], ...] = ()
    try:
        scopes = extractor.module(tree)
    except RecursionError:
        extractor = _Extractor(deep=True)
        scopes = extractor.module(tree)
        findings = tuple(
            (*place, "an expression nested too deeply was read call by call") for place in extractor.flattened
        )
    return ModuleFacts(name, path, is_package, scopes, findings, extractor.named)


_NO_NAMES: frozenset[str] = frozenset()
"""One for all scopes: an empty set takes 216 bytes, and nearly every scope has two of them."""


class _Building:
    """A scope while its statements are read."""

    __slots__ = ("globals", "index", "is_class", "is_generator", "name", "nonlocals", "parent", "regions", "steps")

    def __init__(self, index: int, parent: int, name: str, *, is_class: bool = False) -> None:
        self.index = index
        self.is_class = is_class
        self.parent = parent
        self.name = name
        self.steps: list[Step] = []
        self.regions: list[Region] = []
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.is_generator = False


class _Extractor:
    __slots__ = ("_current", "_lower", "_lowering", "_pending", "_scopes", "_stack", "deep")

    def __init__(self, *, deep: bool) -> None:
        self.deep = deep
        self._lowering = Lowering(self)
        self._lower = self._lowering.lower
        self._scopes: list[Scope | None] = []
        self._stack: list[_Building] = []
        self._pending: list[Callable[[], None]] = []
        self._current = _Building(0, -1, "")

    def module(self, tree: ast.Module) -> tuple[Scope, ...]:
        self._scopes.append(None)
        self._block(tree.body)
        end = max((statement.end_lineno or 1 for statement in tree.body), default=1)
        self._scopes[0] = self._finish(self._current, ScopeKind.MODULE, 1, end, 1)
        # Bodies of functions and classes wait in a list: a nest of them costs no depth.
        while self._pending:
            batch, self._pending = self._pending, []
            for read in batch:
                read()
        return tuple([scope for scope in self._scopes if scope is not None])

    @property
    def named(self) -> frozenset[str]:
        """Dotted names that stand in texts."""
        return frozenset(self._lowering.named)

    @property
    def flattened(self) -> list[tuple[int, int]]:
        """Line and column of each expression that was too deep, one a line."""
        first: dict[int, int] = {}
        for line, column in sorted(self._lowering.flattened):
            first.setdefault(line, column)
        return list(first.items())

    # What the lowering of expressions asks for

    def bind_target(self, target: ast.expr, value: Expression, how: How) -> None:
        kind = type(target)
        if kind is ast.Name:
            bind = Bind(target.id, value, None, how, target.lineno, target.col_offset + 1)  # type: ignore[attr-defined]
            self._current.steps.append(bind)
        elif kind is ast.Tuple or kind is ast.List:
            self._unpack(target, value, how)
        else:
            self._store(target, value, how)

    def add_lambda(self, node: ast.Lambda) -> int:
        building = self._open(f"<lambda:{node.lineno}>")
        parameters = self._parameters(node.args)

        def read() -> None:
            self._current = building
            building.steps.append(Return(self._lower(node.body), node.body.lineno))
            self._scopes[building.index] = self._finish(
                building,
                ScopeKind.LAMBDA,
                node.lineno,
                node.end_lineno or node.lineno,
                node.col_offset + 1,
                parameters=parameters,
            )

        self._pending.append(read)
        return building.index

    def mark_generator(self) -> None:
        self._current.is_generator = True

    # Statements

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            handler = _STATEMENTS.get(type(statement))
            if handler is not None:
                handler(self, statement)
            else:
                self._other(statement)

    def _expression(self, node: Any) -> None:
        if type(node.value) is not ast.Constant:
            self._current.steps.append(Evaluate(self._lower(node.value)))

    def _assign(self, node: Any) -> None:
        value = self._lower(node.value)
        for target in node.targets:
            self.bind_target(target, value, How.ASSIGN)

    def _annotated(self, node: Any) -> None:
        annotation = self._lowering.annotation(node.annotation)
        value = None if node.value is None else self._lower(node.value)
        target = node.target
        if type(target) is ast.Name:
            bind = Bind(target.id, value, annotation, How.ASSIGN, node.lineno, node.col_offset + 1)
            self._current.steps.append(bind)
            return
        if annotation is not None:
            self._store(target, Instance(annotation), How.NARROW)
        if value is not None:
            self._store(target, value, How.ASSIGN)

    def _augmented(self, node: Any) -> None:
        value = self._lower(node.value)
        target = node.target
        if type(target) is ast.Name:
            place = node.lineno, node.col_offset + 1
            bind = Bind(target.id, value, None, How.AUGMENT, *place, operator=type(node.op).__name__)
            self._current.steps.append(bind)
        else:
            self._store(target, value, How.AUGMENT, type(node.op).__name__)

    def _delete(self, node: Any) -> None:
        for target in node.targets:
            if type(target) is ast.Name:
                bind = Bind(target.id, None, None, How.DELETE, node.lineno, target.col_offset + 1)
                self._current.steps.append(bind)
            else:
                self._store(target, None, How.DELETE)

    def _return(self, node: Any) -> None:
        if node.value is not None:
            self._current.steps.append(Return(self._lower(node.value), node.lineno))

    def _import(self, node: Any) -> None:
        for alias in node.names:
            module, attribute = alias.name, ""
            if alias.asname is not None:
                # `import a.b as c` means what `from a import b as c` means.
                head, _, tail = alias.name.rpartition(".")
                module, attribute = (head, tail) if head else (alias.name, "")
            bound = alias.asname or alias.name.partition(".")[0]
            step = Import(bound, module, attribute, 0, node.lineno, node.col_offset + 1)
            self._current.steps.append(step)

    def _import_from(self, node: Any) -> None:
        module = node.module or ""
        for alias in node.names:
            bound = alias.asname or alias.name
            self._current.steps.append(
                Import(bound, module, alias.name, node.level or 0, node.lineno, node.col_offset + 1)
            )

    def _global(self, node: Any) -> None:
        self._current.globals.update(node.names)

    def _nonlocal(self, node: Any) -> None:
        self._current.nonlocals.update(node.names)

    def _if(self, node: Any) -> None:
        # A long elif ladder is as deep as it has branches: walked without recursion.
        while True:
            test = self._lower(node.test)
            self._current.steps.append(Evaluate(test, Use.TEST))
            self._region(RegionKind.BRANCH, node, node.body, test)
            self._block(node.body)
            self._otherwise(node.orelse)
            if len(node.orelse) == 1 and type(node.orelse[0]) is ast.If:
                node = node.orelse[0]
                continue
            self._block(node.orelse)
            return

    def _while(self, node: Any) -> None:
        test = self._lower(node.test)
        self._current.steps.append(Evaluate(test, Use.TEST))
        endless = type(test) is Constant and bool(test.value) and not _leaves(node.body)
        self._region(RegionKind.ENDLESS if endless else RegionKind.LOOP, node, node.body, test)
        self._otherwise(node.orelse)
        self._block(node.body)
        self._block(node.orelse)

    def _for(self, node: Any) -> None:
        source = self._lower(node.iter)
        self._region(RegionKind.LOOP, node, node.body, source)
        self._otherwise(node.orelse)
        self.bind_target(node.target, Element(source, node.iter.lineno, node.iter.col_offset + 1), How.ASSIGN)
        self._block(node.body)
        self._block(node.orelse)

    def _with(self, node: Any) -> None:
        for item in node.items:
            manager = self._lower(item.context_expr)
            self._region(RegionKind.WITH, node, node.body, manager)
            entered = Entered(manager, item.context_expr.lineno, item.context_expr.col_offset + 1)
            if item.optional_vars is None:
                self._current.steps.append(Evaluate(entered))
            else:
                self.bind_target(item.optional_vars, entered, How.ASSIGN)
        self._block(node.body)

    def _try(self, node: Any) -> None:
        self._region(RegionKind.TRY, node, node.body, None)
        self._block(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                kind = self._lower(handler.type)
                if handler.name:
                    bind = Bind(handler.name, Instance(kind), None, How.ASSIGN, handler.lineno, handler.col_offset + 1)
                    self._current.steps.append(bind)
                else:
                    self._current.steps.append(Evaluate(kind))
            self._otherwise(handler.body)
            self._block(handler.body)
        self._otherwise(node.orelse)
        self._block(node.orelse)
        self._block(node.finalbody)

    def _raise(self, node: Any) -> None:
        for part in (node.exc, node.cause):
            if part is not None:
                self._current.steps.append(Evaluate(self._lower(part), Use.RAISE))

    def _assert(self, node: Any) -> None:
        self._current.steps.append(Evaluate(self._lower(node.test), Use.TEST))
        if node.msg is not None:
            self._current.steps.append(Evaluate(self._lower(node.msg)))

    def _match(self, node: Any) -> None:
        subject = self._lower(node.subject)
        self._current.steps.append(Evaluate(subject))
        for case in node.cases:
            self._pattern(case.pattern, subject)
            if case.guard is not None:
                self._current.steps.append(Evaluate(self._lower(case.guard), Use.TEST))
            self._otherwise(case.body)
            self._block(case.body)

    def _pattern(self, pattern: Any, subject: Expression) -> None:
        waiting: list[tuple[Any, Expression]] = [(pattern, subject)]
        while waiting:
            node, value = waiting.pop()
            match node:
                case ast.MatchAs(pattern=inner, name=name):
                    if inner is not None:
                        waiting.append((inner, value))
                        if isinstance(inner, ast.MatchClass):
                            value = Instance(self._lower(inner.cls))
                    if name is not None:
                        bind = Bind(name, value, None, How.ASSIGN, node.lineno, node.col_offset + 1)
                        self._current.steps.append(bind)
                case ast.MatchValue(value=tested):
                    place = node.lineno, node.col_offset + 1
                    compared = Comparison(("Eq",), (value, self._lower(tested)), *place)
                    self._current.steps.append(Evaluate(compared))
                case ast.MatchSequence(patterns=patterns):
                    waiting.extend(reversed(list(_parts(patterns, value))))
                case ast.MatchStar(name=name) if name is not None:
                    bind = Bind(name, value, None, How.ASSIGN, node.lineno, node.col_offset + 1)
                    self._current.steps.append(bind)
                case ast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
                    line, column = node.lineno, node.col_offset + 1
                    if rest is not None:
                        copied = Dictionary(((None, value),), line, column)
                        self._current.steps.append(Bind(rest, copied, None, How.ASSIGN, line, column))
                    waiting.extend(
                        (inner, Subscript(value, self._lower(key), inner.lineno, inner.col_offset + 1))
                        for key, inner in zip(keys, patterns, strict=True)
                    )
                case ast.MatchOr(patterns=options):
                    waiting.extend((inner, value) for inner in options)
                case ast.MatchClass(cls=kind):
                    matched = Instance(self._lower(kind))
                    waiting.extend(
                        (inner, Attribute(matched, attr, inner.lineno, inner.col_offset + 1))
                        for attr, inner in zip(node.kwd_attrs, node.kwd_patterns, strict=True)
                    )
                    # Which attributes are meant by position stands in the class.
                    waiting.extend((inner, Opaque("other", ())) for inner in node.patterns)
                case _:
                    pass

    def _function(self, node: Any) -> None:
        decorators = tuple([self._lower(decorator) for decorator in node.decorator_list])
        parameters = self._parameters(node.args)
        returns = self._lowering.annotation(node.returns)
        building = self._open(node.name)
        self._current.steps.append(Define(node.name, building.index))
        is_async = type(node) is ast.AsyncFunctionDef

        def read() -> None:
            self._current = building
            self._block(node.body)
            self._scopes[building.index] = self._finish(
                building,
                ScopeKind.FUNCTION,
                node.lineno,
                node.end_lineno,
                node.col_offset + 1,
                decorators=decorators,
                parameters=parameters,
                returns=returns,
                is_async=is_async,
            )

        self._pending.append(read)

    def _class(self, node: Any) -> None:
        decorators = tuple([self._lower(decorator) for decorator in node.decorator_list])
        bases = tuple([self._lower(base) for base in node.bases])
        keywords = tuple([(keyword.arg, self._lower(keyword.value)) for keyword in node.keywords])
        building = self._open(node.name, is_class=True)
        self._current.steps.append(Define(node.name, building.index))

        def read() -> None:
            self._current = building
            self._block(node.body)
            self._scopes[building.index] = self._finish(
                building,
                ScopeKind.CLASS,
                node.lineno,
                node.end_lineno,
                node.col_offset + 1,
                decorators=decorators,
                bases=bases,
                keywords=keywords,
            )

        self._pending.append(read)

    def _other(self, node: ast.stmt) -> None:
        """A statement of a later Python than this extractor knows: its expressions and blocks are still read."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._current.steps.append(Evaluate(self._lower(child)))
            elif isinstance(child, ast.stmt):
                self._block([child])

    def _type_alias(self, node: Any) -> None:
        self.bind_target(node.name, self._lower(node.value), How.ASSIGN)

    # Parts

    def _open(self, name: str, *, is_class: bool = False) -> _Building:
        outer = self._current
        joint = "." if outer.is_class else ".<locals>."
        qualified = f"{outer.name}{joint}{name}" if outer.name else name
        index = len(self._scopes)
        self._scopes.append(None)
        return _Building(index, outer.index, qualified, is_class=is_class)

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        positional = [*arguments.posonlyargs, *arguments.args]
        if not (positional or arguments.vararg or arguments.kwonlyargs or arguments.kwarg):
            return ()
        annotation, lower = self._lowering.annotation, self._lower
        result: list[Parameter] = []
        first_default = len(positional) - len(arguments.defaults)
        for index, argument in enumerate(positional):
            default = lower(arguments.defaults[index - first_default]) if index >= first_default else None
            kind = ParameterKind.POSITIONAL if index < len(arguments.posonlyargs) else ParameterKind.STANDARD
            result.append(Parameter(argument.arg, kind, annotation(argument.annotation), default))
        if arguments.vararg is not None:
            kind = ParameterKind.VARIADIC
            result.append(Parameter(arguments.vararg.arg, kind, annotation(arguments.vararg.annotation), None))
        for argument, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            default = None if value is None else lower(value)
            result.append(Parameter(argument.arg, ParameterKind.KEYWORD, annotation(argument.annotation), default))
        if arguments.kwarg is not None:
            kind = ParameterKind.MAPPING
            result.append(Parameter(arguments.kwarg.arg, kind, annotation(arguments.kwarg.annotation), None))
        return tuple(result)

    def _unpack(self, target: Any, value: Expression, how: How) -> None:
        waiting: list[tuple[Any, Expression]] = [(target, value)]
        while waiting:
            node, source = waiting.pop()
            if type(node) not in (ast.Tuple, ast.List):
                self.bind_target(node.value if type(node) is ast.Starred else node, source, how)
                continue
            for item, part in reversed(list(_parts(node.elts, source))):
                waiting.append((item, part))

    def _store(self, target: Any, value: Expression | None, how: How, operator: str = "") -> None:
        place: Any = self._lower(target)
        step = Store(place, value, how, target.end_lineno, target.col_offset + 1, operator)
        self._current.steps.append(step)

    def _region(self, kind: RegionKind, node: Any, body: list[ast.stmt], head: Expression | None) -> None:
        end = body[-1].end_lineno or node.lineno
        leaves = isinstance(body[-1], ast.Return | ast.Raise)
        self._current.regions.append(Region(kind, node.lineno, body[0].lineno, end, head, leaves))

    def _otherwise(self, body: list[ast.stmt]) -> None:
        """A branch without a test of its own: `else`, `except`, `case`."""
        if body:
            self._region(RegionKind.BRANCH, body[0], body, None)

    def _finish(
        self,
        building: _Building,
        kind: ScopeKind,
        line: int,
        end_line: int,
        column: int,
        **more: Any,
    ) -> Scope:
        return Scope(
            building.name,
            kind,
            building.parent,
            line,
            end_line,
            column,
            steps=tuple(building.steps),
            regions=tuple(building.regions),
            globals=frozenset(building.globals) or _NO_NAMES,
            nonlocals=frozenset(building.nonlocals) or _NO_NAMES,
            is_generator=building.is_generator,
            **more,
        )


def _parts(targets: list[Any], source: Expression) -> Iterator[tuple[Any, Expression]]:
    """What each of several targets gets of a value; one with a star gets a list of what is left for it."""
    star = next((at for at, target in enumerate(targets) if type(target) in _STARRED), len(targets))
    for index, target in enumerate(targets):
        line, column = target.lineno, target.col_offset + 1
        if index < star:
            yield target, Subscript(source, Constant(index), line, column)
        elif index > star:
            yield target, Subscript(source, Constant(index - len(targets)), line, column)
        elif star == 0 and len(targets) == 1:
            yield target, Collection("list", (Starred(source),), line, column)
        else:
            upper = Constant(star + 1 - len(targets) or None)
            bounds = Opaque("slice", (Constant(star), upper, Constant(None)))
            yield target, Subscript(Collection("list", (Starred(source),), line, column), bounds, line, column)


_STARRED = (ast.Starred, ast.MatchStar)


def _leaves(body: list[ast.stmt]) -> bool:
    """Whether a loop's body has a way out: `break` of this loop, `return`, or `raise`."""
    waiting: list[tuple[ast.AST, bool]] = [(statement, True) for statement in body]
    while waiting:
        node, breaks = waiting.pop()
        kind = type(node)
        if kind in (ast.Return, ast.Raise) or (breaks and kind is ast.Break):
            return True
        if kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            continue
        inner_loop = kind in (ast.For, ast.AsyncFor, ast.While)
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            # `break` in the else branch of an inner loop belongs to the outer one.
            still = breaks and not (inner_loop and field == "body")
            waiting.extend((child, still) for child in getattr(node, field, ()))
    return False


_STATEMENTS: dict[type, Callable[[_Extractor, Any], None]] = {
    ast.Expr: _Extractor._expression,
    ast.Assign: _Extractor._assign,
    ast.AnnAssign: _Extractor._annotated,
    ast.AugAssign: _Extractor._augmented,
    ast.Delete: _Extractor._delete,
    ast.Return: _Extractor._return,
    ast.Import: _Extractor._import,
    ast.ImportFrom: _Extractor._import_from,
    ast.Global: _Extractor._global,
    ast.Nonlocal: _Extractor._nonlocal,
    ast.If: _Extractor._if,
    ast.While: _Extractor._while,
    ast.For: _Extractor._for,
    ast.AsyncFor: _Extractor._for,
    ast.With: _Extractor._with,
    ast.AsyncWith: _Extractor._with,
    ast.Try: _Extractor._try,
    ast.TryStar: _Extractor._try,
    ast.Raise: _Extractor._raise,
    ast.Assert: _Extractor._assert,
    ast.Match: _Extractor._match,
    ast.FunctionDef: _Extractor._function,
    ast.AsyncFunctionDef: _Extractor._function,
    ast.ClassDef: _Extractor._class,
    ast.Pass: lambda extractor, node: None,
    ast.Break: lambda extractor, node: None,
    ast.Continue: lambda extractor, node: None,
}

# `type X = ...` exists from Python 3.12 on.
if hasattr(ast, "TypeAlias"):
    _STATEMENTS[ast.TypeAlias] = _Extractor._type_alias
