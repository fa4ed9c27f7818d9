"""Expressions as a reader would write them, shortened: for messages only."""

from __future__ import annotations

from migrator.facts.expressions import Attribute, Await, Call, Constant, Expression, Name, Subscript

_LONGEST = 80


def written(expression: Expression) -> str:
    """The expression as text, at most 80 characters; parts that do not matter are an ellipsis."""
    text = _written(expression, 0)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _written(expression: Expression, depth: int) -> str:
    if depth > 12:
        return "…"
    match expression:
        case Name(id=name):
            return name
        case Attribute(value=value, attr=attr):
            return f"{_written(value, depth + 1)}.{attr}"
        case Call(func=func, arguments=arguments, keywords=keywords):
            return f"{_written(func, depth + 1)}({'…' if arguments or keywords else ''})"
        case Subscript(value=value):
            return f"{_written(value, depth + 1)}[…]"
        case Constant(value=value):
            return repr(value)[:20]
        case Await(value=value):
            return f"await {_written(value, depth + 1)}"
        case _:
            return "…"


def source_of(expression: Expression) -> str:
    """The expression as source, for schedules and the like; what has no short form is an ellipsis."""
    match expression:
        case Name(id=name):
            return name
        case Constant(value=value):
            return repr(value)
        case Attribute(value=value, attr=attr):
            return f"{source_of(value)}.{attr}"
        case Call(func=func, arguments=arguments, keywords=keywords):
            given = [source_of(argument) for argument in arguments]
            given += [f"{name}={source_of(value)}" if name else f"**{source_of(value)}" for name, value in keywords]
            return f"{source_of(func)}({', '.join(given)})"
        case _:
            return "…"
