"""Imports of a file after its functions were edited: what is needed now comes in, what nothing uses any more goes.

In: edited text, what it wants. Out: text. Only names that an edit took away the use of are looked at.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor
from libcst.helpers import get_full_name_for_node

from migrator.plan.context.modules import Module, Modules
from migrator.plan.looking.imported_names import absolute_names
from migrator.plan.looking.parsed import parsed


@dataclass(slots=True)
class Wanted:
    """What the edits of one file ask of its imports; filled while they are made.

    Attributes:
        imports: dotted names to import.
        any: whether `typing.Any` is written.
        spared: names that may have lost their last use.
    """

    imports: set[str] = field(default_factory=set)
    any: bool = False
    spared: set[str] = field(default_factory=set)


def bound_name(module: Module, modules: Modules, dotted: str) -> str:
    """How the top level of a module names something, or an empty string."""
    for name, absolute in absolute_names(parsed(module.file), module.file).items():
        if modules.defining(absolute) == dotted:
            return name
        owner, _, last = dotted.rpartition(".")
        if absolute == owner:
            return f"{name}.{last}"
    owner, _, last = dotted.rpartition(".")
    return last if owner == module.file.name else ""


def with_imports(text: str, module: Module, wanted: Wanted, modules: Modules) -> str:
    """The text with the imports that it needs, and without those that lost their use."""
    package = module.file.name if module.file.is_package else module.file.name.rpartition(".")[0]
    context = CodemodContext(full_module_name=module.file.name, full_package_name=package)
    bound = absolute_names(parsed(module.file), module.file)
    added: list[tuple[str, str]] = []
    for dotted in sorted(wanted.imports):
        owner, _, name = dotted.rpartition(".")
        added.append((owner, name))
    if wanted.any and bound.get("Any") != "typing.Any":
        added.append(("typing", "Any"))
    for name in sorted(wanted.spared):
        if name in bound and not _handed_on(module, name, modules):
            _spare(context, module, name)
    if not context.scratch and not added:
        return text
    tree = cst.parse_module(text)
    for owner, name in added:
        joined = _Joined(owner, name)
        tree = tree.visit(joined)
        if not joined.done and owner in sys.stdlib_module_names:
            tree, joined.done = _beside_others(tree, owner, name)
        if not joined.done:
            AddImportsVisitor.add_needed_import(context, owner, name)
    tree = AddImportsVisitor(context).transform_module(tree)
    return RemoveImportsVisitor(context).transform_module(tree).code


class _Joined(cst.CSTTransformer):
    """Puts a name into the import that takes others from the same module, in its place where they are sorted."""

    def __init__(self, owner: str, name: str) -> None:
        self._owner = owner
        self._name = name
        self.done = False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_If(self, node: cst.If) -> bool:
        return False

    def visit_Try(self, node: cst.Try) -> bool:
        return False

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:
        names = updated_node.names
        if self.done or isinstance(names, cst.ImportStar) or updated_node.relative or updated_node.module is None:
            return updated_node
        if get_full_name_for_node(updated_node.module) != self._owner:
            return updated_node
        self.done = True
        order = [_rank(each.evaluated_name) for each in names]
        at = len(names)
        if order == sorted(order):
            at = next((number for number, rank in enumerate(order) if rank > _rank(self._name)), len(names))
        return updated_node.with_changes(names=_inserted(names, at, self._name))


def _beside_others(tree: cst.Module, owner: str, name: str) -> tuple[cst.Module, bool]:
    """The module with an import of the standard library, behind the first block's others that come before it."""
    at = None
    for number, statement in enumerate(tree.body):
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import(names=[cst.ImportAlias(name=source), *_])]):
                pass
            case cst.SimpleStatementLine(body=[cst.ImportFrom(module=cst.Name() | cst.Attribute() as source)]):
                pass
            case _:
                continue
        module = get_full_name_for_node(source) or ""
        if module.partition(".")[0] in sys.stdlib_module_names - {"__future__"} and module <= owner:
            at = number + 1
    if at is None:
        return tree, False
    statement = cst.parse_statement(f"from {owner} import {name}\n")
    return tree.with_changes(body=[*tree.body[:at], statement, *tree.body[at:]]), True


def _rank(name: str) -> tuple[int, str]:
    """The order of isort and ruff: constants, classes, the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2), name


def _inserted(names: Sequence[cst.ImportAlias], at: int, name: str) -> list[cst.ImportAlias]:
    usual: cst.Comma | cst.MaybeSentinel = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
    if len(names) > 1:
        usual = names[0].comma
    added = cst.ImportAlias(cst.Name(name), comma=usual)
    if at < len(names):
        return [*names[:at], added, *names[at:]]
    last = names[-1]
    return [*names[:-1], last.with_changes(comma=usual), added.with_changes(comma=last.comma)]


def _spare(context: CodemodContext, module: Module, name: str) -> None:
    for statement in _imports(module.tree):
        if isinstance(statement.names, cst.ImportStar):
            continue
        for alias in statement.names:
            if (alias.evaluated_alias or alias.evaluated_name) == name:
                only = statement.with_changes(names=[alias])
                RemoveImportsVisitor.remove_unused_import_by_node(context, only)


def _imports(tree: cst.Module) -> list[cst.ImportFrom]:
    return [
        small
        for statement in tree.body
        if isinstance(statement, cst.SimpleStatementLine)
        for small in statement.body
        if isinstance(small, cst.ImportFrom)
    ]


def _handed_on(module: Module, name: str, modules: Modules) -> bool:
    """Whether another module takes the name from this one."""
    last = module.file.name.rpartition(".")[2]
    word = re.compile(rf"\b{re.escape(name)}\b")
    return any(
        f"{module.file.name}.{name}" in absolute_names(parsed(file), file).values()
        for file in modules.tree.modules.values()
        if file is not module.file and last in file.text and word.search(file.text)
    )
