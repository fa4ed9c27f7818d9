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
    # Without captures: the type checker takes minutes over captures from a union as wide as this one.
    match expression:
        case Name():
            return expression.id
        case Attribute():
            return f"{_written(expression.value, depth + 1)}.{expression.attr}"
        case Call():
            given = "…" if expression.arguments or expression.keywords else ""
            return f"{_written(expression.func, depth + 1)}({given})"
        case Subscript():
            return f"{_written(expression.value, depth + 1)}[…]"
        case Constant():
            return repr(expression.value)[:20]
        case Await():
            return f"await {_written(expression.value, depth + 1)}"
        case _:
            return "…"


def source_of(expression: Expression) -> str:
    """The expression as source, for schedules and the like; what has no short form is an ellipsis."""
    match expression:
        case Name():
            return expression.id
        case Constant():
            return repr(expression.value)
        case Attribute():
            return f"{source_of(expression.value)}.{expression.attr}"
        case Call():
            given = [source_of(argument) for argument in expression.arguments]
            for name, value in expression.keywords:
                given.append(f"{name}={source_of(value)}" if name else f"**{source_of(value)}")
            return f"{source_of(expression.func)}({', '.join(given)})"
        case _:
            return "…"
