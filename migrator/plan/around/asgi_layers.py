"""What applications of FastAPI and Starlette put around their routes: dependencies, middleware, answers to errors.

In: the modules of a tree, what travels, the candidate's module. Out: `Around` values, each with its place. What travels
is carried out as before: the handler takes over the router or the application of the candidate's own module. Which
router includes which is not followed: what is told may be another router's.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from migrator.plan.around.turning_away import makes_answers
from migrator.plan.around.values import Around, around
from migrator.plan.looking.imported_names import absolute_name, dotted_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.carried import Carried
from migrator.source import SourceFile

_WORDS = ("fastapi", "starlette")
_MAKERS = frozenset({"APIRouter", "FastAPI", "Starlette"})
# Middleware of libraries that changes requests and answers and turns nobody away.
_HARMLESS = frozenset(
    [
        "BrotliMiddleware",
        "CORSMiddleware",
        "CorrelationIdMiddleware",
        "ForwardedMiddleware",
        "GZipMiddleware",
        "OpenTelemetryMiddleware",
        "PrometheusMiddleware",
        "ProxyHeadersMiddleware",
        "RawContextMiddleware",
        "SentryAsgiMiddleware",
        "ServerErrorMiddleware",
        "SessionMiddleware",
    ]
)
_DEPENDS = "holds for the routes below it and may turn requests away; put it on the route itself first"
_ERRORS = "answers errors in its own way; it stays with the legacy application"
_LAYER = "stands around every route and stays with the legacy application"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def layers_left_behind(imports: ImportTree, carried: Mapping[str, Carried], home: str) -> Iterator[Around]:
    """Each of them, in the order of modules and lines."""
    own = imports.tree.by_path[home].name
    for file in imports.tree.modules.values():
        module = imports.module(file.name) if any(word in file.text for word in _WORDS) else None
        if module is None:
            continue
        names = imports.names(file.name)
        code = carried.get(file.name)
        definitions = {each.name: each for each in module.body if isinstance(each, (*_FUNCTIONS, ast.ClassDef))}
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and not _elsewhere(node, names, file, own):
                if code is None or (code.lines is not None and node.lineno not in code.lines):
                    yield from _of_call(node, file, definitions)
            elif isinstance(node, _FUNCTIONS):
                yield from _of_decorators(node, file, code)


def _of_call(node: ast.Call, file: SourceFile, definitions: Mapping[str, ast.stmt]) -> Iterator[Around]:
    called = dotted_name(node.func)
    last = called.rpartition(".")[2]
    for word in node.keywords:
        if word.arg == "dependencies" and last in {*_MAKERS, "include_router"} and not _is_empty(word.value):
            yield around(
                file, word.value, f"{called}(dependencies={ast.unparse(word.value)})", _DEPENDS, turns_away=True
            )
        elif word.arg == "middleware" and last in _MAKERS and isinstance(word.value, ast.List):
            for each in word.value.elts:
                if isinstance(each, ast.Call) and each.args:
                    yield _layer(file, each, each.args[0], definitions)
    if last == "add_middleware" and node.args:
        yield _layer(file, node, node.args[0], definitions)
    elif last == "add_exception_handler" and node.args:
        yield around(file, node, ast.unparse(node), _ERRORS)


def _layer(file: SourceFile, node: ast.expr, layer: ast.expr, definitions: Mapping[str, ast.stmt]) -> Around:
    name = dotted_name(layer)
    turns_away = name.rpartition(".")[2] not in _HARMLESS and makes_answers(definitions.get(name))
    reason = f"{_LAYER}; it may turn requests away" if turns_away else _LAYER
    return around(file, node, f"middleware {name or ast.unparse(layer)}", reason, turns_away=turns_away)


def _of_decorators(
    function: ast.FunctionDef | ast.AsyncFunctionDef, file: SourceFile, code: Carried | None
) -> Iterator[Around]:
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        word = called.attr if isinstance(called, ast.Attribute) else ""
        travels = code is not None and (code.lines is None or function.lineno in code.lines)
        if travels or word not in ("middleware", "exception_handler"):
            continue
        if word == "exception_handler":
            yield around(file, decorator, ast.unparse(decorator), _ERRORS)
            continue
        turns_away = makes_answers(function)
        reason = f"{_LAYER}; it may turn requests away" if turns_away else _LAYER
        yield around(file, decorator, f"middleware {function.name}", reason, turns_away=turns_away)


def _elsewhere(node: ast.Call, names: Mapping[str, str], file: SourceFile, home: str) -> bool:
    """Whether a router is included that is seen to be imported from elsewhere than the candidate's module.

    Args:
        home: dotted name of the candidate's module.
    """
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "include_router" or not node.args:
        return False
    if dotted_name(node.args[0]).partition(".")[0] not in names:
        return False
    module = absolute_name(node.args[0], names, file).rpartition(".")[0]
    # A package may hand the router on.
    return not f"{home}.".startswith(f"{module}.")


def _is_empty(value: ast.expr) -> bool:
    return isinstance(value, ast.List | ast.Tuple) and not value.elts
