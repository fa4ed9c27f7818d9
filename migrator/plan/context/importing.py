"""Imports of a file after its functions were edited: what is needed now comes in, what nothing uses any more goes.

In: edited text, what it wants. Out: text. Only names that an edit took away the use of are looked at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor

from migrator.plan.context.modules import Module, Modules
from migrator.plan.imported_names import absolute_names
from migrator.plan.parsed import parsed


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
    for dotted in sorted(wanted.imports):
        owner, _, name = dotted.rpartition(".")
        AddImportsVisitor.add_needed_import(context, owner, name)
    if wanted.any and bound.get("Any") != "typing.Any":
        AddImportsVisitor.add_needed_import(context, "typing", "Any")
    for name in sorted(wanted.spared):
        if name in bound and not _handed_on(module, name, modules):
            _spare(context, module, name)
    if not context.scratch:
        return text
    tree = AddImportsVisitor(context).transform_module(cst.parse_module(text))
    return RemoveImportsVisitor(context).transform_module(tree).code


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
