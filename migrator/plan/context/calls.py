"""Where one function of the chain calls another by a name that can only mean that one, and who else names it.

In: definitions, the tree. Out: `Call`s, and whether a function is named anywhere else. What is reached in another way
(through a property, a decorator, a stored value) is no call here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from migrator.plan.context.modules import Definition, Module, Modules
from migrator.source import SourceTree


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one function of the chain in another.

    Attributes:
        callee: qualified name.
        name: the node that names it: the whole function expression's last name.
        alias: the import that binds the name, where it is called by an imported name.
    """

    callee: str
    node: cst.Call
    name: cst.Name
    alias: cst.ImportAlias | None


@dataclass(frozen=True, slots=True)
class Callee:
    """A function that calls are looked for.

    Attributes:
        is_method: whether it is called on the object that it belongs to.
    """

    name: str
    definition: Definition
    is_method: bool


def find_calls(modules: Modules, caller: Definition, callees: Iterable[Callee]) -> tuple[Call, ...]:
    """The calls in the body of a function, those in nested functions left out, in the order of the text.

    A function that is imported under another name is not found: the new one would have none like it.
    """
    wanted = {callee.definition.node.name.value: callee for callee in callees if not callee.definition.nested}
    module = caller.module
    found: list[Call] = []
    for node in _own_calls(caller.node):
        match node.func:
            case cst.Name(value=value) as name if value in wanted:
                callee = _named(modules, module, node.func, wanted.values())
                alias = module.import_of(name)
                local = callee is not None and callee.definition.module is module
                if callee is not None and (local or (alias is not None and not alias.evaluated_alias)):
                    found.append(Call(callee.name, node, name, None if local else alias))
            case cst.Attribute(value=holder, attr=attr) if attr.value in wanted:
                callee = _named(modules, module, node.func, wanted.values()) or _own(caller, holder, attr, wanted)
                if callee is not None:
                    found.append(Call(callee.name, node, attr, None))
    return tuple(sorted(found, key=lambda call: module.span(call.node)[1]))


def _own_calls(function: cst.FunctionDef) -> Iterator[cst.Call]:
    waiting: list[cst.CSTNode] = [function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            continue
        if isinstance(node, cst.Call):
            yield node
        waiting.extend(node.children)


def _named(modules: Modules, module: Module, node: cst.CSTNode, callees: Iterable[Callee]) -> Callee | None:
    absolute = module.absolute(node)
    if not absolute:
        return None
    defined = modules.defining(absolute)
    return next((callee for callee in callees if not callee.is_method and callee.name == defined), None)


def _own(caller: Definition, value: cst.BaseExpression, attr: cst.Name, wanted: dict[str, Callee]) -> Callee | None:
    """A method of the caller's own class that is called on its first parameter."""
    callee = wanted.get(attr.value)
    own = (
        callee is not None
        and callee.is_method
        and caller.owner == callee.definition.owner
        and caller.module is callee.definition.module
        and isinstance(value, cst.Name)
        and value.value == caller.first
    )
    return callee if own else None


class Mentions:
    """How often a name stands anywhere in the monolith's code, its tests included.

    Args:
        others: texts of Python files that the tree leaves out, read when they are first asked for.
    """

    def __init__(self, tree: SourceTree, others: Callable[[], Iterable[str]]) -> None:
        self._tree = tree
        self._read = others
        self._others: tuple[str, ...] | None = None

    def count(self, name: str) -> int:
        """How often the word stands in the tree, comments and strings included."""
        word = re.compile(rf"\b{re.escape(name)}\b")
        return sum(len(word.findall(file.text)) for file in self._tree.modules.values() if name in file.text)

    def outside(self, name: str) -> bool:
        """Whether the word stands in a file that the tree leaves out."""
        if self._others is None:
            self._others = tuple(self._read())
        word = re.compile(rf"\b{re.escape(name)}\b")
        return any(word.search(text) for text in self._others if name in text)

    def is_taken(self, module: Module, name: str) -> bool:
        """Whether a module uses a name in any way."""
        return bool(re.search(rf"\b{re.escape(name)}\b", module.text))


def expected_mentions(definition: Definition, calls: Collection[tuple[Module, Call]]) -> int:
    """How often a function's name stands where only its `def`, the calls, and their imports name it."""
    aliases = {id(call.alias) for _, call in calls if call.alias is not None}
    return 1 + len(calls) + len(aliases)
