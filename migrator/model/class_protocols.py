"""Classes that a project's own factory turns into functions: which of their methods the event runs, and by what name.

A factory makes a nested function that instantiates the class it was given and calls a method of it:
`def make(cls): def run(**kwargs): return cls().process(); return run`. In: the class and the nested functions. Out:
the methods that are entered, and the handlers among the methods that these call:

- where a base class looks a method up by a computed name (`getattr(self, "_process_" + method)`), the methods that
  begin so and end in an HTTP verb, and the looking method itself where a class overrides it;
- else the methods that a base leaves to its subclasses by raising `NotImplementedError` or by `abstractmethod`;
- else the method that is entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrator.facts.expressions import Binary, Call, Constant, Expression, Name, Opaque, calls_in
from migrator.facts.records import Bind, Evaluate, Return, Scope
from migrator.model.class_handlers import CONSTRUCTORS, VERBS, Handled, class_handlers
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.registrations import Program, Start
from migrator.model.solver import Body
from migrator.model.values import Fn, Inst

_MOST_METHODS = 200
"""Methods of one class that are followed from the entered one."""


class ClassProtocols:
    """Finds the handlers of classes that first-party factories turn into functions."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._entered: dict[Body, dict[ClassInfo, list[FunctionInfo]]] = {}
        self._prefixes: dict[FunctionInfo, str | None] = {}

    def handlers(self, owner: ClassInfo, made: Iterable[Fn]) -> list[Handled]:
        """The candidates of a class that the made functions run; none where they do not run it."""
        entered = list(dict.fromkeys(info for function in made for info in self._entries(function, owner)))
        if not entered:
            return []
        receiver = self._program.tables.universe.inst(owner)
        around = tuple(Start(info, receiver, around=True) for info in entered)
        names, prefixes = self._looked_up(owner, entered)
        wanted = [("", name) for name in sorted(names) if not self._looks_up(self._program.method(owner, name))]
        for prefix in sorted(prefixes):
            wanted.extend((verb.upper(), f"{prefix}{form}") for verb in VERBS for form in (verb, verb.upper()))
        if not prefixes:
            wanted = [("", name) for name in self._left_to_subclasses(owner, entered)]
        found = class_handlers(self._program, owner, wanted, around=CONSTRUCTORS, more=around)
        if found:
            return found
        own = [("", _simple(info)) for info in entered]
        return class_handlers(self._program, owner, own, around=CONSTRUCTORS, more=around)

    def _entries(self, function: Fn, owner: ClassInfo) -> list[FunctionInfo]:
        """Methods, without the constructor, that a made function calls on instances of a class."""
        body = self._program.tables.solver.body(function.info, function.outer)
        table = self._entered.get(body)
        if table is None:
            table = self._entered[body] = {}
            for target in body.told.edges:
                if isinstance(target.receiver, Inst) and _simple(target.info) not in ("__init__", "__new__"):
                    table.setdefault(target.receiver.info, []).append(target.info)
        return sorted(table.get(owner, []), key=lambda info: (info.scope.line, info.name))

    def _reached(self, owner: ClassInfo, entered: Iterable[FunctionInfo]) -> list[FunctionInfo]:
        """The entered methods and those that they call on the same object."""
        solver, receiver = self._program.tables.solver, self._program.tables.universe.inst(owner)
        waiting = [solver.body(info, receiver) for info in entered]
        found = dict.fromkeys(waiting)
        while waiting and len(found) < _MOST_METHODS:
            for target in waiting.pop(0).told.edges:
                own = isinstance(target.receiver, Inst) and target.receiver.info is owner
                if own and target.info.owner is not None and target not in found:
                    found[target] = None
                    waiting.append(target)
        return [body.info for body in found]

    def _looked_up(self, owner: ClassInfo, entered: Iterable[FunctionInfo]) -> tuple[set[str], set[str]]:
        """Names of the methods that look others up by a computed name, and the prefixes of those."""
        order = self._order(owner)
        names: set[str] = set()
        prefixes: set[str] = set()
        for name in {_simple(info) for info in self._reached(owner, entered)}:
            for base in order:
                info = base.methods.get(name)
                prefix = self._prefix(info) if info is not None else None
                if prefix is not None:
                    names.add(name)
                    prefixes.add(prefix)
        return names, prefixes

    def _looks_up(self, info: FunctionInfo | None) -> bool:
        return info is not None and self._prefix(info) is not None

    def _prefix(self, info: FunctionInfo) -> str | None:
        """With what the computed names begin under which a method looks others up on its object, if it does."""
        if info not in self._prefixes:
            self._prefixes[info] = next(_computed_names(info.scope), None)
        return self._prefixes[info]

    def _left_to_subclasses(self, owner: ClassInfo, entered: Iterable[FunctionInfo]) -> list[str]:
        names: list[str] = []
        order = self._order(owner)
        for info in self._reached(owner, entered):
            name = _simple(info)
            bases = [base.methods[name] for base in order if name in base.methods and base.methods[name] is not info]
            if any(base.is_abstract or _only_refuses(base.scope) for base in bases) and name not in names:
                names.append(name)
        return names

    def _order(self, owner: ClassInfo) -> list[ClassInfo]:
        order = self._program.frame(owner.body).resolution_order(owner)
        return [entry for entry in order if isinstance(entry, ClassInfo)]


def _simple(info: FunctionInfo) -> str:
    return info.scope.name.rpartition(".")[2]


def _computed_names(scope: Scope) -> Iterator[str]:
    """Prefixes of computed names in `getattr(self, prefix + ...)`."""
    receiver = scope.parameters[0].name if scope.parameters else ""
    bound = {step.name: step.value for step in scope.steps if isinstance(step, Bind) and step.value is not None}
    for call in (call for step in scope.steps if isinstance(step, Bind | Evaluate | Return) for call in calls_in(step)):
        if not (isinstance(call.func, Name) and call.func.id == "getattr" and len(call.arguments) > 1):
            continue
        target, name = call.arguments[:2]
        if not (isinstance(target, Name) and target.id == receiver):
            continue
        if isinstance(name, Name):
            name = bound.get(name.id, name)
        prefix = _prefix_of(name)
        if prefix is not None:
            yield prefix


def _prefix_of(name: Expression) -> str | None:
    """The constant that a computed text begins with; nothing where it is not computed."""
    if isinstance(name, Binary) and name.operator in ("Add", "Mod"):
        left = name.left
        if not isinstance(left, Constant) or not isinstance(left.value, str):
            return None
        return left.value.partition("%")[0] if name.operator == "Mod" else left.value
    if isinstance(name, Opaque) and name.kind == "text" and len(name.parts) > 1:
        first = name.parts[0]
        return first.value if isinstance(first, Constant) and isinstance(first.value, str) else ""
    if isinstance(name, Call) and "method" in _words(name):
        return ""  # `request.method.lower()`
    return None


def _words(expression: object) -> set[str]:
    found: set[str] = set()
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            found.add(node)
        elif isinstance(node, tuple):
            waiting.extend(node)
    return found


def _only_refuses(scope: Scope) -> bool:
    """Whether a method does nothing but raise `NotImplementedError`."""
    steps = [step for step in scope.steps if not (isinstance(step, Evaluate) and isinstance(step.value, Constant))]
    return len(steps) == 1 and isinstance(steps[0], Evaluate) and "NotImplementedError" in _words(steps[0].value)
