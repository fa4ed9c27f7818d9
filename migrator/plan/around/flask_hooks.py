"""What a web application does around every view, which a slice leaves behind: hooks, settings of its answers.

In: the modules of a tree and the place of a candidate. Out: `Around` values, each with its place. Found by the
words that Flask uses for them, in every module that mentions Flask, one pass of `ast` each.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from migrator.plan.around.turning_away import returns_answers
from migrator.plan.around.values import Around, around
from migrator.plan.looking.imports import ImportTree
from migrator.source import SourceFile

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BEFORE = frozenset({"before_request", "before_app_request"})
# Registered on an application they hold for every view; on a blueprint for the views of that blueprint.
_HOOKS = {
    "before_request": "runs before the view",
    "after_request": "may change every answer",
    "teardown_request": "runs after the view",
    "errorhandler": "answers errors in its own way",
    "register_error_handler": "answers errors in its own way",
    "url_value_preprocessor": "may change the view's arguments",
}
# Registered on a blueprint, they hold for every view all the same.
_EVERYWHERE = {
    "before_app_request": _HOOKS["before_request"],
    "after_app_request": _HOOKS["after_request"],
    "teardown_app_request": _HOOKS["teardown_request"],
    "app_errorhandler": _HOOKS["errorhandler"],
    "app_url_value_preprocessor": _HOOKS["url_value_preprocessor"],
}
# What an application is called where it is handed to a function.
_USUAL_NAMES = frozenset({"app", "application", "current_app", "flask_app"})
_SETTINGS = {
    "json": "changes how answers are written as JSON",
    "json_provider_class": "changes how answers are written as JSON",
    "json_encoder": "changes how answers are written as JSON",
    "response_class": "changes every answer",
    "make_response": "changes every answer",
    "wsgi_app": "wraps the application",
    "url_map_class": "changes how paths are matched",
    "url_rule_class": "changes how paths are matched",
}
_NESTED_SETTINGS = {
    ("json", "*"),
    ("url_map", "strict_slashes"),
    ("url_map", "merge_slashes"),
    ("url_map", "converters"),
}


def hooks_left_behind(imports: ImportTree, home: str) -> tuple[Around, ...]:
    """Hooks and settings that apply to a candidate's view and do not travel with it.

    Args:
        home: path of the module that holds the candidate; blueprint hooks of other modules do not apply.
    """
    found: list[Around] = []
    for file in imports.tree.modules.values():
        if "flask" in file.text.lower() or any(word in file.text for word in _EVERYWHERE):
            module = imports.module(file.name) or ast.Module([], [])
            found.extend(_in_module(file, module, at_home=file.path == home))
    return tuple(dict.fromkeys(found))


def _in_module(file: SourceFile, module: ast.Module, *, at_home: bool) -> Iterator[Around]:
    blueprints = _made_by(module, "Blueprint")
    applications = _made_by(module, "Flask") | _USUAL_NAMES
    answering = _answering(module)
    for node in ast.walk(module):
        match node:
            case ast.Attribute(value=ast.Name(id=owner), attr=word, ctx=ast.Load()) if word in _HOOKS:
                if owner not in blueprints or at_home:
                    yield _around(file, node, f"{owner}.{word}", _HOOKS[word], turns_away=id(node) in answering)
            case ast.Attribute(value=ast.Name(id=owner), attr=word, ctx=ast.Load()) if word in _EVERYWHERE:
                yield _around(file, node, f"{owner}.{word}", _EVERYWHERE[word], turns_away=id(node) in answering)
            case ast.Attribute(value=ast.Name(id=owner), attr=word, ctx=ast.Store()) if (
                word in _SETTINGS and owner in applications
            ):
                yield _around(file, node, f"{owner}.{word}", _SETTINGS[word])
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=owner), attr=middle), attr=word) if (
                middle,
                word,
            ) in _NESTED_SETTINGS or ((middle, "*") in _NESTED_SETTINGS and isinstance(node.ctx, ast.Store)):
                yield _around(file, node, f"{owner}.{middle}.{word}", "changes how the application answers")


def _made_by(module: ast.Module, name: str) -> frozenset[str]:
    """Names that are given what a call of this name gives back."""
    return frozenset(
        target.id
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _last(node.value.func) == name
        for target in node.targets
        if isinstance(target, ast.Name)
    )


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _answering(module: ast.Module) -> frozenset[int]:
    """The places, by node, where a function is put before the view that may answer in its place."""
    functions = {each.name: each for each in ast.walk(module) if isinstance(each, _FUNCTIONS)}
    found: set[int] = set()
    for node in ast.walk(module):
        pairs: list[tuple[ast.expr, ast.AST | None]] = []
        if isinstance(node, _FUNCTIONS):
            pairs = [(each.func if isinstance(each, ast.Call) else each, node) for each in node.decorator_list]
        elif isinstance(node, ast.Call) and node.args:
            hook = node.args[0]
            pairs = [(node.func, functions.get(hook.id) if isinstance(hook, ast.Name) else None)]
        for way, hook_ in pairs:
            if isinstance(way, ast.Attribute) and way.attr in _BEFORE and returns_answers(hook_):
                found.add(id(way))
    return frozenset(found)


def _around(file: SourceFile, node: ast.expr, what: str, reason: str, *, turns_away: bool = False) -> Around:
    told = f"{reason}, and may turn the request away" if turns_away else reason
    return around(file, node, what, f"{told}; it stays with the legacy application", turns_away=turns_away)
