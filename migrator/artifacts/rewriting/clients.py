"""Clients and engines that a function makes for itself on each call, made once when its module is imported.

In: the modules of a slice. Out: the modules, and each place that was changed. Lambda keeps what a module holds from one
run to the next, so connections and what was read from disk to make a client are paid for once.

Only where nothing can tell the difference but the clock: the arguments are constants of the module, the name is bound
once and used for nothing but calls of methods, and nobody closes the client or enters it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import libcst as cst
from libcst import matchers as m
from libcst.metadata import (
    Assignment,
    FunctionScope,
    GlobalScope,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedNameProvider,
    Scope,
    ScopeProvider,
)

from migrator.artifacts.rewriting.module_constants import bound_once, dotted
from migrator.artifacts.rewriting.rewritten import Edit


@dataclass(frozen=True, slots=True)
class _Factory:
    """What makes a client.

    Attributes:
        handed_on: whether the client may be an argument: others use it, and do not close it.
        keeps: what a client that lives on keeps from one run to the next.
    """

    handed_on: bool = False
    keeps: str = "its connections"


_COOKIES = "its connections and cookies"
_FACTORIES: Mapping[str, _Factory] = {
    "boto3.client": _Factory(),
    "boto3.resource": _Factory(),
    "requests.Session": _Factory(keeps=_COOKIES),
    "requests.session": _Factory(keeps=_COOKIES),
    "requests.sessions.Session": _Factory(keeps=_COOKIES),
    "httpx.Client": _Factory(keeps=_COOKIES),
    "sqlalchemy.create_engine": _Factory(handed_on=True, keeps="its pool of connections"),
    "redis.Redis": _Factory(),
    "redis.StrictRedis": _Factory(),
    "redis.from_url": _Factory(),
    "redis.Redis.from_url": _Factory(),
    "pymongo.MongoClient": _Factory(),
}
# Methods that end a client, or change it for whoever uses it next.
_ENDING = frozenset({"close", "dispose", "shutdown", "aclose", "mount", "__enter__", "__exit__", "execution_options"})
# A database that lives as long as its engine: to keep the engine would keep its contents.
_IN_MEMORY = ('sqlite://"', "sqlite://'", ":memory:", "mode=memory")


def hoist_clients(
    modules: Mapping[str, str], only: tuple[str, str] | None = None
) -> tuple[Mapping[str, str], tuple[Edit, ...]]:
    """Move what can be moved.

    Args:
        only: path of a module and the name of a definition in it, where others may never be run; None for all.
    """
    likely = [
        path
        for path, text in modules.items()
        if any(name.split(".")[0] in text and f"{name.rpartition('.')[2]}(" in text for name in _FACTORIES)
        and (only is None or only[0] == path)
    ]
    constants = frozenset(bound_once(modules)) if likely else frozenset()
    texts = dict(modules)
    edits: list[Edit] = []
    for path in likely:
        texts[path], found = _hoisted(path, modules[path], constants, only[1] if only is not None else "")
        edits += found
    return texts, tuple(edits)


@dataclass
class _Moves:
    """What is to be done to one module.

    Attributes:
        before: statement of the module's body to the lines that come before it.
        replaced: node to the name that stands in its place.
        removed: statements that go.
    """

    before: dict[cst.CSTNode, list[cst.SimpleStatementLine]] = field(default_factory=dict)
    replaced: dict[cst.CSTNode, str] = field(default_factory=dict)
    removed: set[cst.CSTNode] = field(default_factory=set)


def _hoisted(path: str, text: str, constants: Set[str], only: str) -> tuple[str, list[Edit]]:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    finder = _Finder(path, wrapper.module, constants, only)
    wrapper.visit(finder)
    if not finder.edits:
        return text, []
    return wrapper.module.visit(_Mover(finder.moves)).code, finder.edits


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (QualifiedNameProvider, ParentNodeProvider, PositionProvider, ScopeProvider)

    def __init__(self, path: str, module: cst.Module, constants: Set[str], only: str) -> None:
        super().__init__()
        self._path = path
        self._module = module
        self._only = only
        self._dotted = dotted(path)
        self._constants = constants
        self._names = {node.value for node in m.findall(module, m.Name()) if isinstance(node, cst.Name)}
        self._made: dict[str, str] = {}
        self.moves = _Moves()
        self.edits: list[Edit] = []

    def visit_Call(self, node: cst.Call) -> None:
        factory = next((_FACTORIES[name] for name in sorted(self._dotted_names(node.func)) if name in _FACTORIES), None)
        scope = self.get_metadata(ScopeProvider, node, None)
        if factory is None or not isinstance(scope, FunctionScope):
            return
        top = self._top(node)
        if self._only and not (isinstance(top, cst.FunctionDef | cst.ClassDef) and top.name.value == self._only):
            return
        code = self._module.code_for_node(node)
        if top is None or not self._constant(node, scope, top) or any(each in code for each in _IN_MEMORY):
            return
        parent = self.get_metadata(ParentNodeProvider, node)
        if isinstance(parent, cst.Attribute) and self._harmless(node):
            self._move(node, (node,), factory, top, code, leading=())
            return
        line = self.get_metadata(ParentNodeProvider, parent, None)
        if not (isinstance(parent, cst.Assign) and isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1):
            return
        target = parent.targets[0].target
        if len(parent.targets) != 1 or not isinstance(target, cst.Name):
            return
        found = scope[target.value]
        if len(found) != 1 or (assignment := next(iter(found))).scope is not scope:
            return
        uses = [access.node for access in assignment.references]
        if not uses or not all(self._harmless(use, handed_on=factory.handed_on) for use in uses):
            return
        self.moves.removed.add(line)
        self._move(node, uses, factory, top, code, leading=line.leading_lines, wanted=f"_{target.value.lstrip('_')}")

    def _move(
        self,
        node: cst.Call,
        uses: Sequence[cst.CSTNode],
        factory: _Factory,
        top: cst.CSTNode,
        code: str,
        *,
        leading: Sequence[cst.EmptyLine],
        wanted: str = "_client",
    ) -> None:
        name = self._made.get(code)
        if name is None:
            name = self._made[code] = self._free(wanted)
            assign = cst.Assign([cst.AssignTarget(cst.Name(name))], node)
            first = not self.moves.before.get(top)
            space = [cst.EmptyLine(), cst.EmptyLine()] if first and self._module.body[0] is not top else []
            comments = [line.with_changes(indent=False) for line in leading if line.comment is not None]
            made = cst.SimpleStatementLine([assign], leading_lines=[*space, *comments])
            self.moves.before.setdefault(top, []).append(made)
        self.moves.replaced.update(dict.fromkeys(uses, name))
        line = self.get_metadata(PositionProvider, node).start.line
        self.edits.append(
            Edit(self._path, line, code, f"{name}, made once at import, so that it keeps {factory.keeps} between runs")
        )

    def _dotted_names(self, node: cst.CSTNode) -> set[str]:
        return {found.name for found in self.get_metadata(QualifiedNameProvider, node, set())}

    def _top(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """The statement of the module's body that it stands in."""
        inside: cst.CSTNode | None = node
        while inside is not None:
            parent = self.get_metadata(ParentNodeProvider, inside, None)
            if parent is self._module:
                return inside
            inside = parent
        return None

    def _constant(self, node: cst.Call, scope: Scope, top: cst.CSTNode) -> bool:
        if any(argument.star for argument in node.args):
            return False
        if not all(_literal(argument.value) or self._known(argument.value) for argument in node.args):
            return False
        names = [name for name in m.findall(node, m.Name()) if isinstance(name, cst.Name)]
        keywords = {id(argument.keyword) for argument in node.args}
        attributes = {id(each.attr) for each in m.findall(node, m.Attribute()) if isinstance(each, cst.Attribute)}
        return all(
            self._bound_before(name.value, scope, top)
            for name in names
            if id(name) not in keywords and id(name) not in attributes and name.value not in ("True", "False", "None")
        )

    def _known(self, node: cst.BaseExpression) -> bool:
        """A name that is bound once, in this module or another one of the slice."""
        if not isinstance(node, cst.Name | cst.Attribute):
            return False
        names = self._dotted_names(node)
        return any(name in self._constants or f"{self._dotted}.{name}" in self._constants for name in names)

    def _bound_before(self, name: str, scope: Scope, top: cst.CSTNode) -> bool:
        found = scope[name]
        if not found or any(not isinstance(each.scope, GlobalScope) for each in found):
            return False
        body: list[cst.CSTNode] = list(self._module.body)
        lines = {id(line) for line in body[: body.index(top)]}
        return all(isinstance(each, Assignment) and id(self._top(each.node)) in lines for each in found)

    def _harmless(self, use: cst.CSTNode, *, handed_on: bool = False) -> bool:
        parent = self.get_metadata(ParentNodeProvider, use, None)
        outer = self.get_metadata(ParentNodeProvider, parent, None) if parent is not None else None
        match parent:
            case cst.Attribute() if parent.value is use:
                return isinstance(outer, cst.Call) and outer.func is parent and parent.attr.value not in _ENDING
            case cst.Arg():
                return (
                    handed_on
                    and isinstance(outer, cst.Call)
                    and not any(name.startswith("contextlib.") for name in self._dotted_names(outer.func))
                )
            case _:
                return False

    def _free(self, wanted: str) -> str:
        name, number = wanted, 2
        while name in self._names:
            name, number = f"{wanted}_{number}", number + 1
        self._names.add(name)
        return name


def _literal(node: cst.BaseExpression) -> bool:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString() | cst.Integer() | cst.Float():
            return not isinstance(node, cst.ConcatenatedString) or isinstance(node.evaluated_value, str)
        case cst.Name():
            return node.value in ("True", "False", "None")
        case cst.UnaryOperation(expression=inner):
            return _literal(inner)
        case cst.Tuple(elements=elements):
            return all(isinstance(each, cst.Element) and _literal(each.value) for each in elements)
        case _:
            return False


class _Mover(cst.CSTTransformer):
    def __init__(self, moves: _Moves) -> None:
        super().__init__()
        self._moves = moves

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        if original_node in self._moves.removed:
            return cst.RemoveFromParent()
        if (name := self._moves.replaced.get(original_node)) is not None:
            return cst.Name(name)  # type: ignore[return-value]
        if (lines := self._moves.before.get(original_node)) is not None:
            return cst.FlattenSentinel([*lines, updated_node])  # type: ignore[list-item]
        return super().on_leave(original_node, updated_node)
