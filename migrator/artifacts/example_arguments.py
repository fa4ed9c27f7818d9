"""Arguments that a function can be called with, made up from its signature.

In: the text of a module and the name of a function in it. Out: keyword arguments as JSON has them: by annotation
where there is one, by the default otherwise. They are examples of form: nobody knows which keys a store holds.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.json import JsonValue
from migrator.plan.looking.parsed import parsed_text

_BY_TYPE: Mapping[str, JsonValue] = {
    "str": "sample",
    "int": 7,
    "float": 7.5,
    "bool": True,
    "list": [],
    "List": [],
    "Sequence": [],
    "Iterable": [],
    "tuple": [],
    "set": [],
    "dict": {},
    "Dict": {},
    "Mapping": {},
    "bytes": "sample",
    "Any": "sample",
    "UUID": "2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77",
    "date": "2026-01-31",
    "datetime": "2026-01-31T12:00:00+00:00",
    "Decimal": "19.99",
}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LISTS = frozenset({"list", "List", "Sequence", "Iterable", "tuple", "set"})


@dataclass(frozen=True, slots=True)
class ExampleCall:
    """Arguments of a call."""

    args: tuple[JsonValue, ...]
    kwargs: Mapping[str, JsonValue]


def example_call(text: str, function: str, *, skip: int = 0, every: bool = False) -> ExampleCall:
    """A call that fits the function's signature.

    Args:
        skip: leading parameters that the handler itself fills in.
        every: give the parameters with a default too.
    """
    node = next(
        (each for each in ast.walk(parsed_text(text)) if isinstance(each, _FUNCTIONS) and each.name == function),
        None,
    )
    if node is None:
        return ExampleCall((), {})
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    required = len(positional) - len(given.defaults)
    args: list[JsonValue] = []
    kwargs: dict[str, JsonValue] = {}
    for number, parameter in enumerate(positional):
        default = given.defaults[number - required] if number >= required else None
        if number < skip or (default is not None and not every):
            continue
        value = _example(parameter, default)
        if number < len(given.posonlyargs):
            args.append(value)
        else:
            kwargs[parameter.arg] = value
    for parameter, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is None or every:
            kwargs[parameter.arg] = _example(parameter, default)
    return ExampleCall(tuple(args), kwargs)


def _example(parameter: ast.arg, default: ast.expr | None) -> JsonValue:
    if parameter.annotation is not None:
        return _of_type(parameter.annotation)
    if isinstance(default, ast.Constant) and isinstance(default.value, str | int | float | bool):
        return default.value
    return "sample"


def _of_type(annotation: ast.expr) -> JsonValue:
    match annotation:
        case ast.Constant(value=str(text)):
            try:
                return _of_type(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return "sample"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _of_type(right if isinstance(left, ast.Constant) and left.value is None else left)
        case ast.Subscript(value=outer, slice=inner):
            name = ast.unparse(outer).rpartition(".")[2]
            if name in _LISTS:
                first = inner.elts[0] if isinstance(inner, ast.Tuple) and inner.elts else inner
                return [_of_type(first)]
            return _of_type(inner) if name in ("Optional", "Annotated") else _BY_TYPE.get(name, "sample")
        case _:
            return _BY_TYPE.get(ast.unparse(annotation).rpartition(".")[2], "sample")
