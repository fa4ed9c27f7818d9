"""The call graph of a solved program, by the lines that make the calls.

In: the bodies and what was noted of their calls. Out: a `CallGraph`. A call of a decorated function is one of what the
decorator made of it; what is handed over as an argument is called by whoever calls the parameter. Imports are no calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from migrator.domain.call_graphs import CallGraph, GraphCall, GraphNode, NodeKind, UnfollowedCall
from migrator.domain.locations import Location
from migrator.facts.records import Scope, ScopeKind
from migrator.model.call_notes import CallNotes, Slot, Spot
from migrator.model.frames import Decoration
from migrator.model.index import ClassInfo, FunctionInfo, Index, ModuleInfo
from migrator.model.registrations import Program
from migrator.model.solver import Body
from migrator.model.values import DATA, Cls, Fn, Inst, Lib, Method, Param, Partial, Value

_KINDS: Final = {
    ScopeKind.MODULE: NodeKind.MODULE,
    ScopeKind.CLASS: NodeKind.CLASS,
    ScopeKind.FUNCTION: NodeKind.FUNCTION,
    ScopeKind.LAMBDA: NodeKind.LAMBDA,
}
_BUILTINS: Final = "builtins."


def make_call_graph(program: Program, notes: CallNotes) -> CallGraph:
    """Put together what was noted; the graph names no root."""
    return _Graph(program, notes).made()


class _Graph:
    def __init__(self, program: Program, notes: CallNotes) -> None:
        self._program = program
        self._index: Index = program.tables.index
        self._decorations: Mapping[FunctionInfo, Decoration] = program.tables.decorations
        self._solver = program.tables.solver
        self._notes = notes
        self._names = {module: _names(module) for module in self._index.modules.values()}
        self._nodes: dict[str, GraphNode] = {}
        self._calls: dict[tuple[str, str], Location] = {}

    def made(self) -> CallGraph:
        unfollowed: dict[tuple[str, str, Location], UnfollowedCall] = {}
        for module in self._index.modules.values():
            for info in module.functions.values():
                # A class is a node only where its body calls something, or where it is called itself.
                if info.scope.kind is not ScopeKind.CLASS:
                    self._name(info)
        for body in filter(self._is_in_text, self._solver.bodies.values()):
            for callee, spot in self._callees(body):
                self._note(self._name(body.info), callee, _place(body, spot))
            for call in body.told.unresolved.values():
                found = UnfollowedCall(self._name(body.info), call.call, call.reason, call.location)
                unfollowed[found.caller, found.call, found.location] = found
        calls = [GraphCall(*pair, location) for pair, location in sorted(self._calls.items())]
        nodes = sorted(self._nodes.values(), key=lambda node: node.name)
        return CallGraph("", tuple(nodes), tuple(calls), tuple(unfollowed[key] for key in sorted(unfollowed)))

    def _is_in_text(self, body: Body) -> bool:
        """Whether the function is one of the tree's, rather than what stands for a library's dispatch to a class."""
        return id(body.info.scope) in self._names[body.info.module]

    def _note(self, caller: str, callee: str, location: Location) -> None:
        known = self._calls.get((caller, callee))
        if known is None or location < known:
            self._calls[caller, callee] = location

    def _callees(self, body: Body) -> Iterator[tuple[str, Spot]]:
        for target, spot in self._notes.functions_of(body).items():
            if not target.info.runs_on_import:
                for called in self._made_of(target.info, by=body):
                    yield self._name(called), spot
        for name, spot in self._notes.outside_of(body).items():
            shown = self._outside(name)
            if shown:
                yield shown, spot
        for slot, spot in self._notes.parameters_of(body).items():
            for value in self._passed(slot):
                for name in self._called(value, body):
                    yield name, spot

    def _made_of(self, info: FunctionInfo, *, by: Body) -> Iterable[FunctionInfo]:
        """What runs first where a function is called: the outermost wrapper around it that the caller is not in."""
        decoration = self._decorations.get(info)
        wrappers = [target.info for target in decoration.edges] if decoration is not None else []
        inner = next((number for number, wrapper in enumerate(wrappers) if wrapper.scope is by.info.scope), None)
        outside = wrappers if inner is None else wrappers[:inner]
        return (outside[-1],) if outside else (info,)

    def _passed(self, slot: Slot) -> frozenset[Value]:
        """Everything that is handed over for a parameter, also by way of other parameters."""
        found: set[Value] = set()
        seen: set[Slot] = set()
        waiting = [slot]
        while waiting:
            info, index = waiting.pop()
            if (info, index) in seen:
                continue
            seen.add((info, index))
            for what in ("argument", "decorated"):
                for value in self._solver.cell(what, info, index).values:
                    if isinstance(value, Param):
                        waiting.append((value.info, value.index))
                    else:
                        found.add(value)
        return frozenset(found)

    def _called(self, value: Value, body: Body) -> Iterator[str]:
        match value:
            case Partial(target=target):
                yield from self._called(target, body)
            case Fn(info=info) | Method(info=info):
                for called in self._made_of(info, by=body):
                    yield self._name(called)
            case Cls(info=info):
                yield from self._constructors(info)
            case Inst(info=info):
                found = self._method(info, "__call__")
                if found is not None:
                    yield self._name(found)
            case Lib(dotted=dotted, instance=instance):
                shown = self._outside(f"{dotted}.__call__" if instance else dotted)
                if shown and not instance:
                    yield shown
            case _:
                return

    def _constructors(self, info: ClassInfo) -> Iterator[str]:
        found = self._method(info, "__init__")
        if found is not None:
            yield self._name(found)

    def _method(self, info: ClassInfo, name: str) -> FunctionInfo | None:
        order = self._program.tables.orders.get(info, ())
        classes = [entry for entry in order if isinstance(entry, ClassInfo)] or [info]
        return next((entry.methods[name] for entry in classes if name in entry.methods), None)

    def _outside(self, dotted: str) -> str:
        """The name of something of a library, entered as a node; an empty text where it has none that says anything."""
        if dotted.startswith(DATA) or not dotted:
            return ""
        builtin = dotted.startswith(_BUILTINS)
        if builtin and dotted.endswith(".__init__"):
            return ""
        name = f"<builtin>.{dotted.removeprefix(_BUILTINS)}" if builtin else dotted
        self._nodes.setdefault(name, GraphNode(name, NodeKind.BUILTIN if builtin else NodeKind.LIBRARY))
        return name

    def _name(self, info: FunctionInfo) -> str:
        name = self._names[info.module][id(info.scope)]
        self._nodes.setdefault(name, GraphNode(name, _KINDS[info.scope.kind], info.location))
        return name


def _place(body: Body, spot: Spot) -> Location:
    return Location(body.info.module.facts.path, spot[0], spot[0], spot[1])


def _names(module: ModuleInfo) -> dict[int, str]:
    """Names of the scopes of a module, by the identity of the scope."""
    scopes: tuple[Scope, ...] = module.facts.scopes
    found: list[str] = []
    lambdas: dict[int, int] = {}
    for scope in scopes:
        if scope.parent < 0:
            found.append(module.name)
            continue
        simple = scope.name.rpartition(".")[2]
        if scope.kind is ScopeKind.LAMBDA:
            lambdas[scope.parent] = lambdas.get(scope.parent, 0) + 1
            simple = f"<lambda{lambdas[scope.parent]}>"
        found.append(f"{found[scope.parent]}.{simple}")
    return {id(scope): name for scope, name in zip(scopes, found, strict=True)}
