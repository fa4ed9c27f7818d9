"""Rules by which libraries register jobs: what is called, which argument is the function, what runs it.

In: the solved program and rows of a plug-in's table. Out: registrations. A plug-in for a library whose jobs are made
by a decorator or a call is a table of `JobRule` and its examples; what needs more than that has code of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Call, Constant, Expression, Name, calls_in
from migrator.facts.records import Bind
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.registrations import Example, Program, Registration, Start, texts
from migrator.model.rendering import source_of
from migrator.model.values import Value

Target = tuple[FunctionInfo, Value | None]


@dataclass(frozen=True, slots=True)
class Job:
    """A registered function, its receiver, and everything that runs with it."""

    info: FunctionInfo
    receiver: Value | None
    runs: tuple[Start, ...]


@dataclass(frozen=True, slots=True)
class JobRule:
    """One way to register jobs.

    Attributes:
        names: canonical names of the decorators or functions.
        kind: what runs the job.
        functions: arguments that are the function, or several of them, by position and keyword; a decorated
            function is always one.
        key: what `detail` calls the argument that describes the event: `task`, `expression`, `event`.
        says: positions and keywords of that argument, the first that is given.
        passes: types of what the library passes as the first parameters.
        at_start: as for `Registration`.
    """

    names: tuple[str, ...]
    kind: TriggerKind
    functions: tuple[tuple[int, str], ...] = ()
    key: str = ""
    says: tuple[tuple[int, str], ...] = ()
    passes: tuple[str, ...] = ()
    at_start: bool = False


@dataclass(frozen=True, slots=True)
class JobLibrary:
    """A plug-in that is nothing but a table of rules; see `Framework` for the rest."""

    name: str
    rules: tuple[JobRule, ...]
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    @property
    def interests(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.names))

    def find(self, program: Program) -> Iterable[Registration]:
        for rule in self.rules:
            for call in program.registering_calls(*rule.names):
                for job in registered_by(program, call, rule.functions):
                    trigger = Trigger(rule.kind, self.name, call.location, detail_of(rule, call, job.info))
                    passes = _passed(program, rule.passes, job)
                    yield Registration(
                        job.info.name, job.info.location, trigger, job.runs, passes=passes, at_start=rule.at_start
                    )


def registered_by(program: Program, call: LibraryCall, functions: tuple[tuple[int, str], ...]) -> list[Job]:
    """The functions that a call registers: decorated, given as arguments, listed in them, or named by dotted text."""
    given: set[Value] = set(call.decorated)
    for position, keyword in functions:
        values = call.argument(position, keyword)
        given |= values | program.contents(values)
    found = dict.fromkeys(program.functions(given))
    for text in texts(frozenset(given)):
        named = named_function(program, text)
        if named is not None:
            found.setdefault((named, program.default_receiver(named)))
    return unwrapped(program, [(info, _received(program, info, receiver)) for info, receiver in found])


def _received(program: Program, info: FunctionInfo, receiver: Value | None) -> Value | None:
    """The receiver of a job; a decorator in the body of a class has seen none."""
    return receiver if receiver is not None or info.owner is None else program.default_receiver(info)


def named_function(program: Program, text: str) -> FunctionInfo | None:
    """The function that `package.module.function` or `package.module:function` names."""
    return program.function_named(text.replace(":", "."))


def unwrapped(program: Program, targets: Iterable[Target]) -> list[Job]:
    """The targets as jobs; wrappers stand for the functions that they wrap, and run with them."""
    result: dict[Target, Job] = {}
    for info, receiver in targets:
        inner = [
            target
            for target in wrapped_by(program, info)
            if target[0] is not info and not target[0].name.startswith(f"{info.name}.")
        ]
        for own, bound in inner:
            result[own, bound] = Job(own, bound, (Start(own, bound), Start(info, receiver)))
        if not inner:
            result.setdefault((info, receiver), Job(info, receiver, (Start(info, receiver),)))
    return list(result.values())


def wrapped_by(program: Program, info: FunctionInfo) -> list[Target]:
    """The functions that a closure wraps: by `functools.wraps(parameter)`, or, undecorated, by calling the parameter."""
    outer = info.enclosing
    if outer is None or outer.runs_on_import:
        return []
    wrapped = _wrapped_names(program, info) if info.scope.decorators else _called_names(info)
    if not wrapped:
        return []
    found: dict[Target, None] = {}
    for index, parameter in enumerate(outer.scope.parameters):
        if parameter.name in wrapped:
            found.update(dict.fromkeys(program.functions({program.tables.universe.param(outer, index)})))
    return list(found)


def _wrapped_names(program: Program, info: FunctionInfo) -> set[str]:
    return {
        decorator.arguments[0].id
        for decorator in info.scope.decorators
        if isinstance(decorator, Call) and decorator.arguments and isinstance(decorator.arguments[0], Name)
        if program.tables.index.dotted(info.module, decorator) == "functools.wraps"
    }


def _called_names(info: FunctionInfo) -> set[str]:
    """Names of the functions around it that a closure calls: `def send(_, **more): return hook(**more)`."""
    own = {parameter.name for parameter in info.scope.parameters}
    own.update(step.name for step in info.scope.steps if isinstance(step, Bind))
    called = (
        call.func.id
        for step in info.scope.steps
        for call in calls_in(getattr(step, "value", None))
        if isinstance(call.func, Name)
    )
    return set(called) - own


def decorator_argument(info: FunctionInfo, *keywords: str) -> Expression | None:
    """The first of the named arguments among a function's own decorators: a wrapper hides it from the call within."""
    for decorator in info.scope.decorators:
        if isinstance(decorator, Call):
            for name, value in decorator.keywords:
                if name in keywords:
                    return value
    return None


def dotted_text(expression: Expression | None) -> str:
    """A constant text, or an empty string."""
    return expression.value if isinstance(expression, Constant) and isinstance(expression.value, str) else ""


def written_argument(call: LibraryCall, places: tuple[tuple[int, str], ...]) -> str:
    """The source of the first of the arguments that the call gives, or an empty string."""
    node = call.node
    if node is None:
        return ""
    named = {name: value for name, value in node.keywords if name is not None}
    for position, keyword in places:
        found = named.get(keyword)
        if found is None and 0 <= position < len(node.arguments):
            found = node.arguments[position]
        if found is not None:
            return dotted_text(found) or source_of(found)
    return ""


def _passed(program: Program, types: tuple[str, ...], job: Job) -> tuple[tuple[FunctionInfo, int, Value], ...]:
    first = 1 if job.info.owner is not None and not job.info.is_static else 0
    values = [program.tables.universe.lib(type_, instance=True) for type_ in types]
    return tuple((job.info, first + position, value) for position, value in enumerate(values))


def detail_of(rule: JobRule, call: LibraryCall, info: FunctionInfo) -> dict[str, JsonValue]:
    """What a trigger says of the event, by a rule."""
    if not rule.key:
        return {}
    said = written_argument(call, rule.says)
    if not said and rule.says:
        own = decorator_argument(info, *(keyword for _, keyword in rule.says if keyword))
        said = dotted_text(own) or (source_of(own) if own is not None else "")
    if not said and rule.key == "task":
        said = info.name
    return {rule.key: said}
