"""Whether code that runs around a view may answer a request in the view's place.

In: a function or class as `ast` has it, or None where its code is not in the tree. Out: yes or no. The question is which
of two headings a person finds it under, so that doubt means yes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What makes an answer or ends a request, by its last name.
_ANSWERS = frozenset({"abort", "redirect", "PermissionDenied", "SuspiciousOperation"})
_ANSWER_ENDS = ("Response", "Redirect", "Forbidden", "Unauthorized", "BadRequest", "NotAllowed", "NotFound")


def returns_answers(hook: ast.AST | None) -> bool:
    """Of a function whose answer, where it gives one, is taken for the view's: Flask's `before_request`."""
    if hook is None:
        return True
    given = (node.value for node in _own(hook) if isinstance(node, ast.Return))
    return makes_answers(hook) or any(
        value is not None and not (isinstance(value, ast.Constant) and value.value is None) for value in given
    )


def makes_answers(layer: ast.AST | None) -> bool:
    """Of a function or class around the view, which gives the view's answer on: middleware."""
    if layer is None:
        return True
    for node in ast.walk(layer):
        match node:
            case ast.Raise(exc=ast.expr()):
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _ANSWERS or name.endswith(
                _ANSWER_ENDS
            ):
                return True
    return False


def _own(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    for child in ast.iter_child_nodes(function):
        yield child
        if not isinstance(child, (*_FUNCTIONS, ast.Lambda, ast.ClassDef)):
            yield from _own(child)
