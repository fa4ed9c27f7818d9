"""Regular expressions of Django's routes, read as paths.

In: an expression, or what a variable of it matches. Out: a path with variables, and texts that these match. Which
routes have them, and what becomes of those that cannot be read, is left to the rules.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from migrator.artifacts.paths import Variable

_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")
# Texts of which one or another fits most expressions that people write for a part of a path.
_TEXTS = ("sample", "7", "2024", "12", "a-1", "abc", "AB", "2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77", "a@example.com")


def named_groups(expression: str) -> int:
    """How many there are."""
    return len(_NAMED_GROUP.findall(expression))


def read_expression(expression: str) -> tuple[str, Mapping[str, str]] | None:
    """An expression as a path with its named groups as `<name>`, and what each of them matches.

    None where something else in it is no plain text.
    """
    patterns: dict[str, str] = {}
    written = ""
    position = 0
    text = expression.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
    while found := _NAMED_GROUP.search(text, position):
        end = _closing(text, found.end())
        if end < 0:
            return None
        written += f"{text[position : found.start()]}<{found[1]}>"
        patterns[found[1]] = text[found.end() : end]
        position = end + 1
    written += text[position:]
    plain = re.sub(r"\\([-./_])", r"\1", written)
    return (plain, patterns) if re.fullmatch(r"[\w\-./<>~:@]*", plain, re.ASCII) else None


def _closing(text: str, start: int) -> int:
    depth, position, within = 1, start, False
    while position < len(text):
        match text[position]:
            case "\\":
                position += 1
            case "[":
                within = True
            case "]":
                within = False
            case "(" if not within:
                depth += 1
            case ")" if not within:
                depth -= 1
                if depth == 0:
                    return position
            case _:
                pass
        position += 1
    return -1


def fitted(variable: Variable, pattern: str) -> Variable:
    """The variable with what it matches, and texts that do and do not."""
    hits = tuple(text for text in _TEXTS if re.fullmatch(pattern, text))
    misses = tuple(text for text in ("no-number", "no such text", "0") if not re.fullmatch(pattern, text))
    many = re.fullmatch(pattern, "a/b") is not None
    return Variable(variable.name, f"(?:{pattern})", hits=hits or ("sample",), misses=misses[:1], many=many)
