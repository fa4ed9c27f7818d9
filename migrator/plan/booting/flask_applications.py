"""Which Flask application a slice makes: by a function without arguments, or the one that a module holds.

In: an `ImportTree`, the `NeedsBoot` that says what asked for it. Out: a `Started`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Dropped
from migrator.errors import Refused
from migrator.plan.booting.boot_rules import NeedsBoot
from migrator.plan.booting.mapped_classes import mapped_modules
from migrator.plan.booting.started import START, Started
from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.looking.subclasses import subclasses

# How likely it is the one, its module, its place, the module again, its name, whether it has to be called.
_Application: TypeAlias = tuple[int, str, Location, str, str, bool]


def start_flask(imports: ImportTree, needed: NeedsBoot) -> Started:
    """The application of the running system, made.

    Raises:
        Refused: none can be made without arguments.
    """
    found = imports.once(_applications, "")
    if not found:
        raise Refused(
            f"the code works inside a Flask application, and none was found that can be made without arguments: "
            f"{needed.reason}",
            hint="give the tree a function that makes the application and can be called without arguments, "
            "or cut the function out alone: --strategy function",
            location=str(needed.location),
        )
    _, _, place, module, name, called = found[0]
    dropped = tuple(
        Dropped(f"{other[2]}: {other[3]}.{other[4]}", f"makes an application too; {module}.{name} is started")
        for other in found[1:]
    )
    factory = f"{module}.{name}" + ("()" if called else "")
    boot = Boot(BootKind.FLASK, START, f"{needed.told}; made at {place}", factory=factory, application="application")
    # An application may look for its models by itself, folder by folder, so that no import names them.
    mapped = mapped_modules(imports)
    return Started(boot, (module, *sorted(mapped - {module})), dropped)


def _applications(imports: ImportTree, _: str) -> Sequence[_Application]:
    """Functions that make and give back an application, and applications that a module holds; the likeliest first."""
    return sorted(_applications_in(imports), key=lambda each: each[:2])


def _applications_in(imports: ImportTree) -> Iterator[_Application]:
    makers = _flask_classes(imports)
    for module_name, file in imports.tree.modules.items():
        if not any(maker.rpartition(".")[2] in file.text for maker in makers):
            continue
        module = imports.module(module_name)
        if module is None:
            continue
        names = imports.names(module_name)
        for statement in module.body:
            match statement:
                case ast.FunctionDef(name=name, args=arguments):
                    required = len(arguments.args) + len(arguments.posonlyargs) - len(arguments.defaults)
                    made = {
                        target.id
                        for node in ast.walk(statement)
                        if isinstance(node, ast.Assign)
                        and isinstance(node.value, ast.Call)
                        and absolute_name(node.value.func, names, file) in makers
                        for target in node.targets
                        if isinstance(target, ast.Name)
                    }
                    gives = any(
                        isinstance(node, ast.Return) and isinstance(node.value, ast.Name) and node.value.id in made
                        for node in ast.walk(statement)
                    )
                    if gives and required == 0 and None not in arguments.kw_defaults:
                        yield 0, module_name, _place(file.path, statement), module_name, name, True
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)):
                    if absolute_name(called, names, file) in makers:
                        yield 1, module_name, _place(file.path, statement), module_name, name, False


def _flask_classes(imports: ImportTree) -> frozenset[str]:
    return frozenset({"flask.Flask", "flask.app.Flask"}) | subclasses(imports, {"flask.Flask", "flask.app.Flask"})


def _place(path: str, node: ast.stmt) -> Location:
    return Location(path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
