"""Registrations inside functions of the analyzed program, seen from the calls of those functions.

A project often wraps a registration: `def expose(path): return app.route("/v1" + path)`, or a subclass that overrides
`add_url_rule`. One call of the library then stands for many registrations. In: such a call. Out: one call for each
call of the wrapper, with what is passed there in the place of the wrapper's parameters. Which functions are wrappers
is found out on demand; their calls are noted in the next round of the solver.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from migrator.facts.expressions import Attribute, Call, Constant, Expression, Name, Starred, Subscript
from migrator.facts.records import Bind, Evaluate, ParameterKind, RegionKind, ScopeKind, Store
from migrator.model.evaluation import Evaluation
from migrator.model.frames import LibraryCall, Tables, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.model.spelling import NeverMade, Spelling, stored_texts, stores_of
from migrator.model.values import NOTHING, Cls, Const, Fn, Method, Param, Value

_DEEPEST = 4
"""Wrappers around wrappers that are followed."""

_PLAIN = (ParameterKind.POSITIONAL, ParameterKind.STANDARD)
_NAMED = (ParameterKind.STANDARD, ParameterKind.KEYWORD)


class WrappedCalls:
    """Replaces calls in wrappers by the calls of the wrappers."""

    def __init__(
        self,
        tables: Tables,
        frame: Callable[[FunctionInfo], Evaluation],
        taken_apart: Callable[[LibraryCall], list[LibraryCall]],
    ) -> None:
        self._tables = tables
        self._frame = frame
        self._taken_apart = taken_apart
        self._wanted: set[FunctionInfo] = set()
        self._handed_on: dict[FunctionInfo, frozenset[str]] = {}

    def seen_from_outside(self, call: LibraryCall, depth: int = 0) -> list[LibraryCall]:
        """The call itself where it is no wrapper's, or is called by nobody."""
        around = list(_functions_around(call.body.info))
        outer = self._wrapper(call, around)
        if outer is None or depth >= _DEEPEST:
            return [call]
        self._wanted.update(around[: around.index(outer) + 1])
        found: list[LibraryCall] = []
        made = True
        sites = self._tables.sites.get(outer, {})
        for key in sorted(sites):
            if sites[key].body.info not in around:
                for seen in self.seen_from_outside(sites[key], depth + 1):
                    for site in self._taken_apart(seen):
                        try:
                            found.append(self._substituted(call, around, outer, site))
                        except NeverMade:
                            made = False
        return found if found or not made else [call]

    def calls_of(self, info: FunctionInfo) -> list[LibraryCall]:
        """The calls of a function, or of the outermost function around it where it is nested; from the next round on."""
        around = list(_functions_around(info))
        self._wanted.update(around)
        sites = self._tables.sites.get(around[-1], {})
        return [sites[key] for key in sorted(sites)]

    def classes_named(self, call: LibraryCall) -> list[ClassInfo]:
        """The classes that a registration's arguments name, or hand on, for a factory: `view_of(Order)`."""
        found: dict[ClassInfo, None] = {}
        seen = call.site or call
        for values in (*seen.arguments, *seen.keywords.values()) if call.site is not None else ():
            found.update((value.info, None) for value in values if isinstance(value, Cls))
        if seen.node is not None:
            index, module = self._tables.index, seen.body.info.module
            for name in _read_names((*seen.node.arguments, *(value for _, value in seen.node.keywords))):
                owner = index.classes.get(index.dotted(module, name))
                if owner is not None:
                    found[owner] = None
        return sorted(found, key=lambda info: info.name)

    def follow(self) -> bool:
        """Have the calls of newly wanted wrappers noted; says whether there are any."""
        news = self._wanted - self._tables.followed
        if not news:
            return False
        self._tables.followed |= news
        for body in self._tables.solver.bodies.values():
            if any(target.info in news for target in body.told.edges):
                self._tables.solver.queue(body)
        return True

    def _wrapper(self, call: LibraryCall, around: list[FunctionInfo]) -> FunctionInfo | None:
        """The outermost function around a call whose parameters the call hands on."""
        if call.node is None or not around:
            return None
        used = set(_names(call.node.arguments)) | set(_names(value for _, value in call.node.keywords))
        return next((info for info in reversed(around) if used & self._handing_on(info)), None)

    def _handing_on(self, info: FunctionInfo) -> frozenset[str]:
        """Parameters of a function, without the receiver, and local names that are made of them."""
        found = self._handed_on.get(info)
        if found is None:
            first = 1 if info.owner is not None and not info.is_static else 0
            names = {parameter.name for parameter in info.scope.parameters[first:]}
            for step in info.scope.steps:
                if isinstance(step, Bind) and step.value is not None and names & set(_names((step.value,))):
                    names.add(step.name)
            found = self._handed_on[info] = frozenset(names)
        return found

    # One call of the wrapper

    def _substituted(
        self, call: LibraryCall, around: list[FunctionInfo], outer: FunctionInfo, site: LibraryCall
    ) -> LibraryCall:
        binding = _Binding(self._tables, self._frame, outer, around, site, call.location.line)
        assert call.node is not None
        written = call.node.arguments
        single = sum(not isinstance(item, Starred) for item in written)
        # What a `partial` was given in advance stands before what is written; the receiver of a method that is taken
        # from its class, `Base.__init__(self, prefix)`, is written and no argument.
        position = max(0, len(call.arguments) - single)
        arguments = call.arguments[:position]
        for expression in (
            written[single - len(call.arguments) :] if len(written) == single > len(call.arguments) else written
        ):
            if isinstance(expression, Starred):
                if isinstance(expression.value, Name) and binding.is_rest(expression.value.id):
                    arguments.extend(binding.rest)
                continue
            given = call.arguments[position] if position < len(call.arguments) else NOTHING
            arguments.append(binding.applied(given, expression))
            position += 1
        keywords: dict[str, Values] = {}
        for name, expression in call.node.keywords:
            if name is not None:
                keywords[name] = binding.applied(call.keywords.get(name, NOTHING), expression)
            elif isinstance(expression, Name) and expression.id == binding.mapping_name:
                keywords.update(binding.mapping)
        return replace(
            call,
            location=site.location,
            receivers=(call.receivers & site.receivers) or set(call.receivers),
            arguments=arguments,
            keywords=keywords,
            decorated=binding.decorated(call.decorated),
            site=site.site or site,
        )


class _Binding:
    """What one call of a wrapper passes for its parameters."""

    def __init__(
        self,
        tables: Tables,
        frame: Callable[[FunctionInfo], Evaluation],
        outer: FunctionInfo,
        around: list[FunctionInfo],
        site: LibraryCall,
        line: int,
    ) -> None:
        self._tables = tables
        self._frame = frame
        self._outer = outer
        self._around = around
        self._site = site
        self._line = line
        parameters = outer.scope.parameters
        first = 1 if outer.owner is not None and not outer.is_static else 0
        plain = [at for at, item in enumerate(parameters) if at >= first and item.kind in _PLAIN]
        self._given: dict[int, Values] = dict(zip(plain, site.arguments, strict=False))
        self.rest = site.arguments[len(plain) :]
        named = {item.name: at for at, item in enumerate(parameters) if item.kind in _NAMED}
        self.mapping = {name: values for name, values in site.keywords.items() if name not in named}
        self._given.update({named[name]: values for name, values in site.keywords.items() if name in named})
        for at, item in enumerate(parameters):
            if at >= first and at not in self._given and isinstance(item.default, Constant):
                self._given[at] = frozenset((tables.universe.const(item.default.value),))
        self.rest_name = next((item.name for item in parameters if item.kind is ParameterKind.VARIADIC), "")
        self.mapping_name = next((item.name for item in parameters if item.kind is ParameterKind.MAPPING), "")
        self._names = {item.name: at for at, item in enumerate(parameters)}
        self._bound = {step.name for step in outer.scope.steps if isinstance(step, Bind)}
        self._spelling = Spelling(
            frame,
            outer,
            {item.name: self._given.get(at, NOTHING) for at, item in enumerate(parameters) if at >= first},
            self.mapping,
            self._attribute,
        )
        self._fill_mapping()

    def _fill_mapping(self) -> None:
        """What the wrapper itself puts into its `**options`: by `setdefault`, or as an item."""
        for step in self._outer.scope.steps:
            match step:
                case Evaluate(
                    Call(
                        func=Attribute(value=Name(id=name), attr="setdefault"),
                        arguments=(Constant(value=str(key)), value),
                    )
                ):
                    keeps = True
                case Store(target=Subscript(value=Name(id=name), key=Constant(value=str(key)))) if (
                    step.value is not None
                ):
                    keeps, value = False, step.value
                case _:
                    continue
            if name == self.mapping_name and not (keeps and key in self.mapping):
                texts = self._spelling.texts(value, self._line)
                self.mapping[key] = frozenset(self._tables.universe.const(text) for text in texts or [UNKNOWN_PATH])

    def applied(self, values: Values, expression: Expression) -> Values:
        """An argument of the inner call, as this call of the wrapper makes it."""
        if isinstance(expression, Name) and expression.id in self._names and expression.id not in self._bound:
            passed_on = self._given.get(self._names[expression.id])
            if passed_on:
                return passed_on
        own = frozenset(value for value in values if isinstance(value, Param) and value.info in self._around)
        if own:
            passed: set[Value] = set()
            merged: set[Value] = set()
            for value in own:
                assert isinstance(value, Param)
                if value.info is self._outer:
                    passed |= self._given.get(value.index, NOTHING)
                elif self._takes_decorated(value.info, value.info.scope.parameters[value.index].name):
                    passed |= self._site.decorated
                merged |= self._tables.solver.cell("argument", value.info, value.index).values
            general = {self._tables.universe.general(value) for value in merged}
            values = frozenset(passed | (values - own - merged - general))
        if not any(is_view(value) for value in values) or all(
            isinstance(value, Fn) and _is_nested(value.info) for value in values if is_view(value)
        ):
            values |= self._callables_behind(expression)
        if any(isinstance(value, Const) and isinstance(value.value, str) for value in values):
            return values
        spelled = self._spelling.texts(expression, self._line)
        if not spelled:
            return values
        return values | {self._tables.universe.const(text) for text in spelled}

    def _callables_behind(self, expression: Expression) -> Values:
        """The functions and classes that this call gives for the parameters of which an expression is made.

        What a wrapper makes of a function (`view = checked(view)`) stands for the function.
        """
        found: set[Value] = set()
        waiting, seen = [*_names((expression,))], set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            at = self._names.get(name)
            if at is not None:
                found |= {value for value in self._given.get(at, NOTHING) if is_view(value)}
            for info in self._around:
                if at is None and self._takes_decorated(info, name):
                    found |= {value for value in self._site.decorated if is_view(value)}
                for step in info.scope.steps:
                    if isinstance(step, Bind) and step.name == name and step.value is not None:
                        waiting.extend(_names((step.value,)))
        return frozenset(found)

    def is_rest(self, name: str) -> bool:
        """Whether a name holds the wrapper's `*args`, or a list made of them."""
        if not self.rest_name or name == self.rest_name:
            return bool(self.rest_name)
        return any(
            isinstance(step, Bind) and step.name == name and self.rest_name in _names((step.value,))
            for step in self._outer.scope.steps
        )

    def _takes_decorated(self, info: FunctionInfo, name: str) -> bool:
        """Whether a name is the parameter for what the wrapper's result is applied to: `def decorator(function)`."""
        level = self._around.index(self._outer) - 1
        parameters = info.scope.parameters
        return level >= 0 and info is self._around[level] and bool(parameters) and parameters[0].name == name

    def decorated(self, values: set[Value]) -> set[Value]:
        """The functions that this call of the wrapper registers as a decorator."""
        symbols = {value for value in values if isinstance(value, Param)}
        found = set(self._site.decorated) if symbols else set()
        others = values - symbols
        if not self._site.decorated:
            sites = self._tables.sites.get(self._outer, {}).values()
            return found | {value for value in others if not any(value in site.decorated for site in sites)}
        if any(isinstance(value, Fn) and value.info.enclosing in self._around for value in others):
            found |= self._site.decorated  # what the wrapper makes of a function stands for the function
        return found | (others & self._site.decorated)

    def _attribute(self, name: str) -> list[str] | None:
        """The texts that an attribute of the wrapper's object has at the place of this call."""
        owner = self._outer.owner
        if owner is None:
            return None
        within = [
            (method, step)
            for method in owner.methods.values()
            if method.scope.is_generator
            for step in stores_of(method, name)
        ]
        if not within:
            return stored_texts(owner, name) or None
        # Set by a context manager: for the calls inside of its `with` alone.
        made = self._site.site or self._site
        for call in _entered_around(made):
            for method, step in within:
                if isinstance(call.func, Attribute) and call.func.attr == method.scope.name.rpartition(".")[2]:
                    return self._given_to(call, method, step.value, made)
        started = [
            step.value
            for method in owner.methods.values()
            if method.scope.name.endswith(".__init__")
            for step in stores_of(method, name)
        ]
        if not all(isinstance(value, Constant) for value in started):
            return [UNKNOWN_PATH]
        return [value.value for value in started if isinstance(value, Constant) and isinstance(value.value, str)]

    def _given_to(self, call: Call, method: FunctionInfo, value: Expression | None, made: LibraryCall) -> list[str]:
        """What a call of a context manager sets: the constant or the argument that it keeps."""
        if isinstance(value, Name):
            parameters = method.scope.parameters
            at = next((at for at, item in enumerate(parameters) if item.name == value.id), 0)
            written = call.arguments[at - 1] if 0 < at <= len(call.arguments) else dict(call.keywords).get(value.id)
            value = written if written is not None or not at else parameters[at].default
        if value is None:
            return [UNKNOWN_PATH]
        if isinstance(value, Constant):
            return [value.value] if isinstance(value.value, str) else []
        return Spelling(self._frame, made.body.info).texts(value, call.line) or [UNKNOWN_PATH]


def _entered_around(made: LibraryCall) -> Iterator[Call]:
    """The calls on the same object as a call's that the `with` statements around it enter."""
    node = made.node
    if node is None or not isinstance(node.func, Attribute) or not isinstance(node.func.value, Name):
        return
    for region in reversed(made.body.info.scope.regions):
        head = region.head
        if region.kind is not RegionKind.WITH or not region.body_line <= made.location.line <= region.end_line:
            continue
        match head:
            case Call(func=Attribute(value=Name(id=name))) if name == node.func.value.id:
                yield head
            case _:
                pass


def is_view(value: Value) -> bool:
    """Whether a value is a function or a class of the analyzed code."""
    return isinstance(value, Fn | Method | Cls)


def made_functions(values: Values) -> list[Fn]:
    """The nested functions among values, in a fixed order: what factories have made of other callables."""
    found = [value for value in values if isinstance(value, Fn) and _is_nested(value.info)]
    return sorted(found, key=lambda value: (value.info.name, value.info.scope.line))


def handed_over(call: LibraryCall, values: Values) -> Values:
    """Of the values of an argument in a wrapper those that the wrapper was given; all where it was given none."""
    if call.site is None:
        return values
    site = call.site
    given = frozenset().union(site.decorated, *site.arguments, *site.keywords.values())
    return frozenset(value for value in values & given if is_view(value)) or values


def _is_nested(info: FunctionInfo) -> bool:
    return info.enclosing is not None and info.enclosing.scope.kind is not ScopeKind.MODULE


def _functions_around(info: FunctionInfo) -> Iterator[FunctionInfo]:
    """The function itself and those that it is nested in, without modules and classes."""
    step: FunctionInfo | None = info
    while step is not None:
        if not step.runs_on_import:
            yield step
        step = step.enclosing


def _names(expressions: Iterable[object]) -> Iterator[str]:
    """Names that are read anywhere in expressions."""
    for found in _read_names(expressions):
        if isinstance(found, Name):
            yield found.id


def _read_names(expressions: Iterable[object]) -> Iterator[Name | Attribute]:
    """Names, and attributes of names, that are read anywhere in expressions."""
    waiting: list[object] = [*expressions]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Name):
            yield node
        elif isinstance(node, Attribute):
            yield node
            waiting.append(node.value)
        elif isinstance(node, tuple) and not isinstance(node, Constant):
            waiting.extend(node)
