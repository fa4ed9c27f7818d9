"""What a variable in a route may match: the types that frameworks know, and expressions that people write.

In: the text of a variable, without its brackets. Out: a regular expression for it, and whether it spans slashes. Texts
of logs are strangers' texts, so an expression of the analyzed code is run only where it cannot take for ever: without
groups and with few repetitions. Where one is not run, anything matches, and a more particular route comes first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable.

    Attributes:
        pattern: regular expression, without groups that capture.
        many: whether it spans slashes.
    """

    pattern: str
    many: bool = False


PLAIN: Final = Variable("[^/]+")
ANYTHING: Final = Variable(".+", many=True)
PERHAPS: Final = Variable(".*", many=True)

# Types of Werkzeug, Django, Starlette, Bottle, Falcon, Sanic, Litestar. How great a number may be is left out: it decides
# between routes of the same shape only, which hardly anyone has.
TYPES: Final[Mapping[str, Variable]] = {
    **dict.fromkeys(
        ("default", "str", "string", "unicode", "date", "time", "datetime", "timedelta", "dt", "ymd"), PLAIN
    ),
    **dict.fromkeys(("int", "integer"), Variable("-?[0-9]+")),
    **dict.fromkeys(("float", "number", "decimal"), Variable(r"-?[0-9]+(?:\.[0-9]+)?")),
    "slug": Variable("[-a-zA-Z0-9_]+"),
    "alpha": Variable("[A-Za-z]+"),
    "uuid": Variable("[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}"),
    "strorempty": Variable("[^/]*"),
    "ext": PLAIN,
    "path": ANYTHING,
}
_LENGTHS: Final = re.compile(r"(?:default|string)\((?=.*length)(.*)\)\Z", re.DOTALL)
_LENGTH: Final = re.compile(r"\b(min|max|)length\s*=\s*([0-9]{1,3})\b")
_ONE_OF: Final = re.compile(r"any\((.*)\)\Z", re.DOTALL)
_EXPRESSION: Final = re.compile(r"(?:re:|regex\(\s*r?[\"']|re\(\s*r?[\"'])(.*?)(?:[\"']\s*\))?\Z", re.DOTALL)
_NAME: Final = re.compile(r"\w+\Z")
_WORDS: Final = re.compile(r"[\w.-]+(?:\|[\w.-]+)+\Z")
_ATOM: Final = r"(?:\[\^?\]?(?:[^\]\\\[]|\\.)*\]|\\[dwDWsS.\-_/]|\.|[\w\-/])"
_REPEATED: Final = r"(?:\{[0-9]{1,4}(?:,[0-9]{0,4})?\}|[+*?])?"
_SIMPLE: Final = re.compile(rf"(?:{_ATOM}{_REPEATED}){{1,8}}\Z")
_PARTS: Final = re.compile(rf"({_ATOM}){_REPEATED}")
_UNBOUNDED: Final = re.compile(r"[+*]|,\}")
_MOST_UNBOUNDED: Final = 2


def variable_of(text: str) -> Variable:
    """What `name`, `type:name`, `name:type` and `name:expression` match."""
    left, colon, right = text.partition(":")
    if not colon:
        return ANYTHING if text.startswith("*") or text.endswith(("*", "+", "...")) else PLAIN
    for said in (left, right):
        if known := _known(said.strip()):
            return known
    expression = _EXPRESSION.match(right)
    if expression:
        return of_expression(expression[1])
    # A single word is a type of the application's own, which may match anything.
    return ANYTHING if _NAME.match(right) else of_expression(right)


def of_expression(expression: str) -> Variable:
    """What a regular expression matches, as far as it may be run."""
    if _WORDS.match(expression):
        return Variable(f"(?:{'|'.join(map(re.escape, expression.split('|')))})")
    if not _SIMPLE.match(expression) or len(_UNBOUNDED.findall(expression)) > _MOST_UNBOUNDED:
        return ANYTHING
    try:
        re.compile(expression)
        many = any(re.fullmatch(atom, "/") for atom in _PARTS.findall(expression))
    except re.error:
        return ANYTHING
    return Variable(f"(?:{expression})", many)


def _known(said: str) -> Variable | None:
    items = _ONE_OF.match(said)
    if items:
        words = [word.strip().strip("\"'") for word in items[1].split(",")]
        return Variable(f"(?:{'|'.join(re.escape(word) for word in words if word)})")
    lengths = _LENGTHS.match(said)
    if lengths:
        given = {kind: int(number) for kind, number in _LENGTH.findall(lengths[1])}
        least, most = given.get("", given.get("min", 1)), given.get("", given.get("max", ""))
        return Variable(f"[^/]{{{least},{most}}}")
    return TYPES.get(said.partition("(")[0])
