"""Secrets read from a store in place of the environment or the framework's settings.

In: the modules of a slice, the secrets that the plan names. Out: the modules, with `lambda_secrets.secret("NAME")` at
each place that reads one, and the names of those that are read in a way that is not among the tables below.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor, RemoveImportsVisitor
from libcst.metadata import (
    ExpressionContext,
    ExpressionContextProvider,
    MetadataWrapper,
    PositionProvider,
    QualifiedNameProvider,
)

from migrator.artifacts.rewriting.rewritten import Edit
from migrator.domain.plans import Plan, SettingKind
from migrator.plan.looking.parsed import parsed_text

MODULE = "lambda_secrets"
# Mappings whose items are read, and functions whose first argument is the name; the second is the default.
_MAPPINGS = {"os.environ": SettingKind.ENVIRONMENT, "flask.current_app.config": SettingKind.FRAMEWORK}
_READERS = {
    "os.getenv": SettingKind.ENVIRONMENT,
    "os.environ.get": SettingKind.ENVIRONMENT,
    "flask.current_app.config.get": SettingKind.FRAMEWORK,
}
# Objects whose attributes are settings.
_OBJECTS = {"django.conf.settings": SettingKind.FRAMEWORK}


@dataclass(frozen=True, slots=True)
class SecretsRead:
    """What became of the reads.

    Attributes:
        elsewhere: secrets of the environment that something still reads from there.
    """

    modules: Mapping[str, str]
    edits: tuple[Edit, ...]
    elsewhere: tuple[str, ...]


def read_from_store(modules: Mapping[str, str], plan: Plan) -> SecretsRead:
    """Change every read that can be told."""
    kinds = {setting.name: setting.kind for setting in plan.settings}
    wanted = {secret.name: kinds.get(secret.name, SettingKind.ENVIRONMENT) for secret in plan.secrets}
    settings_path = ""
    if plan.boot is not None and plan.boot.settings_module:
        stem = plan.boot.settings_module.replace(".", "/")
        settings_path = next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if path in modules), "")
    texts: dict[str, str] = {}
    edits: list[Edit] = []
    for path, text in modules.items():
        if not any(name in text for name in wanted):
            texts[path] = text
            continue
        # Where the settings come along, they are what reads the store, and whoever reads them finds it there.
        here = {
            name: kind
            for name, kind in wanted.items()
            if kind is SettingKind.ENVIRONMENT or not settings_path or path == settings_path
        }
        texts[path], found = _changed(path, text, here, assigned=path == settings_path)
        edits += found
    read = {edit.what for edit in edits}
    elsewhere = tuple(
        name
        for name, kind in sorted(wanted.items())
        if kind is SettingKind.ENVIRONMENT and (name not in read or any(_named(text, name) for text in texts.values()))
    )
    return SecretsRead(texts, tuple(edits), elsewhere)


def _changed(path: str, text: str, wanted: Mapping[str, SettingKind], *, assigned: bool) -> tuple[str, list[Edit]]:
    wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    context = CodemodContext(wrapper=wrapper)
    transformer = _Reads(path, wanted, assigned=assigned)
    changed = wrapper.visit(transformer)
    if not transformer.edits:
        return text, []
    AddImportsVisitor.add_needed_import(context, MODULE)
    changed = AddImportsVisitor(context).transform_module(changed)
    again = CodemodContext()
    for module, name in (("os", None), ("os", "environ"), ("os", "getenv"), ("django.conf", "settings")):
        RemoveImportsVisitor.remove_unused_import(again, module, name)
    return RemoveImportsVisitor(again).transform_module(changed).code, transformer.edits


class _Reads(cst.CSTTransformer):
    METADATA_DEPENDENCIES = (QualifiedNameProvider, ExpressionContextProvider, PositionProvider)

    def __init__(self, path: str, wanted: Mapping[str, SettingKind], *, assigned: bool) -> None:
        super().__init__()
        self._path = path
        self._wanted = wanted
        self._assigned = assigned
        self._depth = 0
        self.edits: list[Edit] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._depth += 1

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self._depth -= 1
        return updated_node

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:
        """A setting whose value stands in the code of the settings module."""
        if not self._assigned or self._depth:
            return updated_node
        names = [target.target.value for target in original_node.targets if isinstance(target.target, cst.Name)]
        name = next((each for each in names if self._wanted.get(each) is SettingKind.FRAMEWORK), "")
        if name and _text_of(original_node.value) is not None:
            return updated_node.with_changes(value=self._secret(original_node, name, None))
        return updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        kind = _one(_MAPPINGS, self._names(original_node.value))
        index = original_node.slice[0].slice if len(original_node.slice) == 1 else None
        if kind is None or not isinstance(index, cst.Index) or not self._loaded(original_node):
            return updated_node
        name = _text_of(index.value)
        return self._secret(original_node, name, None) if self._wants(name, kind) else updated_node

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        kind = _one(_OBJECTS, self._names(original_node.value))
        name = original_node.attr.value
        if kind is None or not self._wants(name, kind) or not self._loaded(original_node):
            return updated_node
        return self._secret(original_node, name, None)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        given = original_node.args
        names = self._names(original_node.func)
        kind = _one(_READERS, names)
        if "builtins.getattr" in names and len(given) in (2, 3):
            kind, given = _one(_OBJECTS, self._names(given[0].value)), given[1:]
        elif kind is not None and len(given) == 1:
            given = (*given, cst.Arg(cst.Name("None")))
        if kind is None or len(given) not in (1, 2) or any(argument.star for argument in given):
            return updated_node
        name = _text_of(given[0].value)
        if given[0].keyword is not None or not self._wants(name, kind):
            return updated_node
        # What stands in place of a secret that is not set may read another one.
        default = updated_node.args[-1].value if len(updated_node.args) == len(original_node.args) > 1 else None
        if "builtins.getattr" in names:
            default = updated_node.args[2].value if len(updated_node.args) == 3 else None
        elif default is None:
            default = cst.Name("None")
        return self._secret(original_node, name, default)

    def _wants(self, name: str | None, kind: SettingKind) -> bool:
        return name is not None and self._wanted.get(name) is kind

    def _names(self, node: cst.CSTNode) -> set[str]:
        return {found.name for found in self.get_metadata(QualifiedNameProvider, node, set())}

    def _loaded(self, node: cst.CSTNode) -> bool:
        return self.get_metadata(ExpressionContextProvider, node, None) is ExpressionContext.LOAD

    def _secret(self, node: cst.CSTNode, name: str | None, default: cst.BaseExpression | None) -> cst.Call:
        assert name is not None
        line = self.get_metadata(PositionProvider, node).start.line
        self.edits.append(Edit(self._path, line, name, f"{MODULE}.secret({name!r}): read from the store of secrets"))
        arguments = [cst.Arg(cst.SimpleString(_quoted(name)))]
        if default is not None:
            arguments = [arguments[0].with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))]
            arguments.append(cst.Arg(default))
        return cst.Call(cst.Attribute(cst.Name(MODULE), cst.Name("secret")), arguments)


def _quoted(text: str) -> str:
    return f'"{text}"' if text.isprintable() and '"' not in text and "\\" not in text else repr(text)


def _one(table: Mapping[str, SettingKind], names: set[str]) -> SettingKind | None:
    return next((table[name] for name in sorted(names) if name in table), None)


def _text_of(node: cst.BaseExpression) -> str | None:
    if isinstance(node, cst.SimpleString | cst.ConcatenatedString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def _named(text: str, name: str) -> bool:
    """Whether a name still stands in a text as a string that is not asked of the store."""
    nodes = tuple(ast.walk(parsed_text(text)))
    asked = {
        id(node.args[0])
        for node in nodes
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"{MODULE}.secret" and node.args
    }
    return any(isinstance(node, ast.Constant) and node.value == name and id(node) not in asked for node in nodes)
