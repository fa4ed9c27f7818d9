"""Calls to hosts that the user named, through a circuit breaker.

In: the modules of a slice, hosts. Out: the modules, with `lambda_breakers.call(HOST, FUNCTION, ...)` in place of
`FUNCTION(...)` where its address is at such a host, and each place that was changed. What a breaker does is a template.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider, QualifiedNameProvider

from migrator.artifacts.rewriting.hosts import host_of
from migrator.artifacts.rewriting.module_constants import bound_once, dotted
from migrator.artifacts.rewriting.rewritten import Edit

MODULE = "lambda_breakers"
# Functions and methods that send a request, and where among their arguments the address stands.
_SENDING = {
    **dict.fromkeys(("get", "post", "put", "patch", "delete", "head", "options", "urlopen"), 0),
    "request": 1,
}


def guard_calls(modules: Mapping[str, str], hosts: frozenset[str]) -> tuple[Mapping[str, str], tuple[Edit, ...]]:
    """Change the calls."""
    texts = dict(modules)
    edits: list[Edit] = []
    constants = bound_once(modules) if hosts else {}
    for path, text in modules.items() if hosts else ():
        if not any(f".{name}(" in text or f"{name}(" in text for name in _SENDING):
            continue
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        guard = _Guard(path, wrapper.module, constants, hosts)
        changed = wrapper.visit(guard)
        if guard.edits:
            context = CodemodContext(wrapper=wrapper)
            AddImportsVisitor.add_needed_import(context, MODULE)
            texts[path] = AddImportsVisitor(context).transform_module(changed).code
            edits += guard.edits
    return texts, tuple(edits)


class _Guard(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (QualifiedNameProvider, ParentNodeProvider, PositionProvider)

    def __init__(self, path: str, module: cst.Module, constants: Mapping[str, ast.expr], hosts: frozenset[str]) -> None:
        super().__init__()
        self._path = path
        self._module = module
        self._constants = constants
        self._hosts = hosts
        self.edits: list[Edit] = []

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        function = original_node.func
        name = function.attr.value if isinstance(function, cst.Attribute) else getattr(function, "value", "")
        address = self._address(original_node, _SENDING.get(name))
        waited_for = isinstance(self.get_metadata(ParentNodeProvider, original_node, None), cst.Await)
        if address is None or waited_for:
            return updated_node
        host = self._host(address)
        if host not in self._hosts:
            return updated_node
        line = self.get_metadata(PositionProvider, original_node).start.line
        self.edits.append(
            Edit(
                self._path, line, self._module.code_for_node(function), f"a call through the circuit breaker of {host}"
            )
        )
        space = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        ahead = [cst.Arg(cst.SimpleString(f'"{host}"'), comma=space), cst.Arg(updated_node.func, comma=space)]
        return updated_node.with_changes(
            func=cst.Attribute(cst.Name(MODULE), cst.Name("call")), args=[*ahead, *updated_node.args]
        )

    def _address(self, node: cst.Call, position: int | None) -> cst.BaseExpression | None:
        if position is None:
            return None
        for argument in node.args:
            if argument.keyword is not None and argument.keyword.value == "url":
                return argument.value
        if len(node.args) <= position or any(each.star or each.keyword for each in node.args[: position + 1]):
            return None
        return node.args[position].value

    def _host(self, address: cst.BaseExpression) -> str:
        try:
            read = ast.parse(self._module.code_for_node(address).strip(), mode="eval").body
        except SyntaxError:
            return ""
        return host_of(read, self._constants, self._meaning(address))

    def _meaning(self, address: cst.BaseExpression) -> Callable[[ast.expr], frozenset[str]]:
        """What names within an address stand for: read off this module for its own text, off constants elsewhere."""
        here = {
            self._module.code_for_node(node): frozenset(
                each
                for found in self.get_metadata(QualifiedNameProvider, node, set())
                for each in (found.name, f"{dotted(self._path)}.{found.name}")
            )
            for node in _names(address)
        }
        return lambda expression: here.get(ast.unparse(expression), frozenset())


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[cst.CSTNode] = []

    def visit_Name(self, node: cst.Name) -> None:
        self.found.append(node)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        self.found.append(node)


def _names(address: cst.BaseExpression) -> list[cst.CSTNode]:
    names = _Names()
    address.visit(names)
    return names.found
