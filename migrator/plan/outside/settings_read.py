"""What a slice reads from outside of its code: variables of the process, settings of its framework.

In: the carried code. Out: `Setting` values by name, each with the first place that reads it, and the expressions that
read them, for `secrets`. A function of the slice that hands its argument on to the environment counts as reading what
it is called with.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.domain.plans import Setting, SettingKind
from migrator.knowledge.setting_readers import DJANGO, ENVIRONMENT, FLASK, READER_CLASSES, READERS, SETTINGS_CLASSES
from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.carried import Carried

# A module that reads a variable has one of the first, one that reads any setting one of all of them.
_ENVIRONMENT = ("environ", "getenv", "decouple")
_WORDS = (*_ENVIRONMENT, "django.conf", "current_app", "BaseSettings")
# The nodes that may read a setting: see `_readings`.
_READING: tuple[type[ast.AST], ...] = (ast.Call, ast.Subscript, ast.Attribute, ast.ClassDef)
_DEFAULT_WORDS = ("default", "fallback")


@dataclass(frozen=True, slots=True)
class SettingRead:
    """One place that reads a setting."""

    setting: Setting
    module: str
    node: ast.expr


def settings_read(carried: Mapping[str, Carried]) -> tuple[SettingRead, ...]:
    """Every reading, in the order of modules and lines."""
    readers = {**dict.fromkeys(READERS, 0), **_own_readers(carried)}
    objects = _reader_objects(carried)
    found: list[SettingRead] = []
    own = (name.rpartition(".")[2] for name in (*readers, *objects) if name not in READERS)
    words = (*_WORDS, *own)
    for each in carried.values():
        if not any(word in each.file.text for word in words):
            continue
        asked = _Asked(each.file.name, tuple(sorted(readers.items())), objects)
        found.extend(reading for reading in each.imports.once(_in_module, asked) if each.holds(reading.node))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A module, and what besides the known functions reads a setting: names with positions, objects."""

    module: str
    readers: tuple[tuple[str, int], ...]
    objects: frozenset[str]


def _in_module(imports: ImportTree, asked: _Asked) -> tuple[SettingRead, ...]:
    """Every reading of a module, in the order of its lines."""
    whole = Carried(
        imports.tree.modules[asked.module], imports.module(asked.module) or ast.Module([], []), None, imports
    )
    readers = dict(asked.readers)
    found = [
        reading
        for kind in _READING
        for node in whole.nodes(kind)
        for reading in _readings(whole, node, readers, asked.objects)
    ]
    return tuple(sorted(found, key=lambda reading: reading.setting.location))


def settings_assigned(carried: Carried) -> tuple[SettingRead, ...]:
    """Settings of a framework's settings module whose value stands in it as a text."""
    found: list[SettingRead] = []
    for statement in carried.statements():
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text)) as value) if (
                text and name.isupper()
            ):
                found.append(_read(carried, value, name, SettingKind.FRAMEWORK, ""))
    return tuple(found)


def settings_of(read: tuple[SettingRead, ...]) -> tuple[Setting, ...]:
    """One setting a name, sorted; required where no place has a default."""
    first: dict[str, Setting] = {}
    for reading in read:
        known = first.get(reading.setting.name)
        if known is None or (known.required and not reading.setting.required):
            first[reading.setting.name] = reading.setting
    return tuple(first[name] for name in sorted(first))


def _readings(
    carried: Carried, node: ast.AST, readers: Mapping[str, int], objects: frozenset[str]
) -> Iterator[SettingRead]:
    match node:
        case ast.Call(func=func, args=args):
            called = absolute_name(func, carried.names, carried.file)
            position = readers.get(called)
            if position is None and called and (called in objects or called.rpartition(".")[0] in objects):
                position = 0
            if position is not None and len(args) > position and (name := _text(args[position])):
                default = _default(node, position)
                required = default is None and called.rpartition(".")[2] not in ("get", "getenv", "pop")
                yield _read(carried, node, name, SettingKind.ENVIRONMENT, default or "", required=required)
            elif called == f"{FLASK}.get" and args and (name := _text(args[0])):
                yield _read(carried, node, name, SettingKind.FRAMEWORK, _default(node, 0) or "")
            elif (
                isinstance(func, ast.Name)
                and func.id == "getattr"
                and len(args) > 1
                and absolute_name(args[0], carried.names, carried.file) == DJANGO
                and (name := _text(args[1]))
            ):
                default = ast.unparse(args[2]) if len(args) > 2 else ""
                yield _read(carried, node, name, SettingKind.FRAMEWORK, default)
        case ast.Subscript(value=value, slice=key, ctx=ast.Load()):
            owner = absolute_name(value, carried.names, carried.file)
            if name := _text(key):
                if owner == ENVIRONMENT:
                    yield _read(carried, node, name, SettingKind.ENVIRONMENT, "", required=True)
                elif owner == FLASK:
                    yield _read(carried, node, name, SettingKind.FRAMEWORK, "")
        case ast.Attribute(value=value, attr=attr, ctx=ast.Load()) if attr.isupper():
            if absolute_name(value, carried.names, carried.file) == DJANGO:
                yield _read(carried, node, attr, SettingKind.FRAMEWORK, "")
        case ast.ClassDef(bases=bases, body=body):
            if any(absolute_name(base, carried.names, carried.file) in SETTINGS_CLASSES for base in bases):
                yield from _fields(carried, body)


def _fields(carried: Carried, body: list[ast.stmt]) -> Iterator[SettingRead]:
    """Fields of a pydantic settings class: variables of their names, behind the class's prefix, in upper case."""
    prefix = ""
    for node in (inner for statement in body for inner in ast.walk(statement)):
        match node:
            case (
                ast.keyword(arg="env_prefix", value=ast.Constant(value=str(text)))
                | ast.Assign(targets=[ast.Name(id="env_prefix")], value=ast.Constant(value=str(text)))
            ):
                prefix = text
    for statement in body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if name != "model_config":
                default = ast.unparse(value) if value is not None else ""
                kind = SettingKind.ENVIRONMENT
                node = statement.target
                yield _read(carried, node, f"{prefix}{name}".upper(), kind, default, required=value is None)


def _own_readers(carried: Mapping[str, Carried]) -> dict[str, int]:
    """Functions of the slice that hand a parameter on as the name of a variable, with the parameter's position."""
    found: dict[str, int] = {}
    for each in carried.values():
        if any(word in each.file.text for word in _ENVIRONMENT):
            for function, position in each.imports.once(_handing_on, each.file.name):
                if each.holds(function):
                    found[f"{each.file.name}.{function.name}"] = position
    return found


def _handing_on(imports: ImportTree, module: str) -> tuple[tuple[ast.FunctionDef, int], ...]:
    """Functions of a module that hand a parameter on as the name of a variable, with its position."""
    names, file = imports.names(module), imports.tree.modules[module]
    found: list[tuple[ast.FunctionDef, int]] = []
    for node in imports.nodes(module)[ast.FunctionDef]:
        assert isinstance(node, ast.FunctionDef)
        parameters = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        for inner in ast.walk(node) if parameters else ():
            match inner:
                case ast.Call(func=func, args=[ast.Name(id=handed), *_]) if absolute_name(func, names, file) in READERS:
                    pass
                case ast.Subscript(value=value, slice=ast.Name(id=handed)) if (
                    absolute_name(value, names, file) == ENVIRONMENT
                ):
                    pass
                case _:
                    continue
            if handed in parameters:
                found.append((node, parameters.index(handed)))
    return tuple(found)


def _reader_objects(carried: Mapping[str, Carried]) -> frozenset[str]:
    """Absolute names of the slice's own objects that read variables when they are called."""
    return frozenset(
        f"{each.file.name}.{target.id}"
        for each in carried.values()
        if "Env" in each.file.text or "Config(" in each.file.text
        for node in each.nodes(ast.Assign)
        if isinstance(node.value, ast.Call) and absolute_name(node.value.func, each.names, each.file) in READER_CLASSES
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _default(call: ast.Call, position: int) -> str | None:
    """Source of the default that a call is given, or None."""
    if len(call.args) > position + 1:
        return ast.unparse(call.args[position + 1])
    return next((ast.unparse(word.value) for word in call.keywords if word.arg in _DEFAULT_WORDS), None)


def _read(
    carried: Carried, node: ast.expr, name: str, kind: SettingKind, default: str, *, required: bool = False
) -> SettingRead:
    return SettingRead(Setting(name, kind, carried.at(node), default, required), carried.file.name, node)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
