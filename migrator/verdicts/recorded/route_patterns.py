"""The route of a trigger, in the syntax of its framework, as something that paths can be looked up in.

In: an HTTP trigger. Out: `RoutePattern`s: segments that are texts or expressions, and what may span the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from migrator.domain.triggers import Trigger
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.verdicts.recorded.route_variables import ANYTHING, PERHAPS, PLAIN, Variable, of_expression, variable_of

_EXPRESSIONS: Final = frozenset({"tornado", "django-urls", "django-rest"})
"""Frameworks whose routes may be regular expressions; of a Django route it is not known which function made it."""

_ANGLED: Final = r"<(?:[^<>]|<[^<>]*>)*>"
_BRACED: Final = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_STARRED: Final = r"(?<=/)\*\w*\Z"
_GROUP: Final = r"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\))*\)[?*+]?"
_CLASS: Final = r"(?:\[(?:[^\]\\]|\\.)+\]|\\[dwDWsS])(?:\{[0-9]+(?:,[0-9]*)?\}|[+*?])?"
_TOKENS: Final = re.compile(f"{_ANGLED}|{_BRACED}|{_STARRED}|{UNKNOWN_PATH}")
_TOKENS_OF_EXPRESSIONS: Final = re.compile(rf"{_GROUP}|{_CLASS}|{_TOKENS.pattern}", re.DOTALL)
_NAMED_GROUP: Final = re.compile(r"\((?:\?P<\w+>|\?:)?(.*?)\)[?*+]?\Z", re.DOTALL)
_TYPE: Final = re.compile(r"\w+(?:\([^()]*\))?\Z")
"""A converter that is the name of a type, rather than an expression."""
_ESCAPED: Final = re.compile(r"\\([^\w])")
_ANCHORS: Final = re.compile(r"(?<!\\)[\^$]|\\[AZ]")

Token: TypeAlias = str | Variable


@dataclass(frozen=True, slots=True)
class RoutePattern:
    """One route.

    Attributes:
        segments: texts, and expressions for segments with variables; None for any text.
        rest: expression for all that follows, where something in it spans slashes.
        slash: whether it ends with one.
        floating: whether an unknown prefix stands before it.
        literal: letters of it that are no variable; the more, the more particular it is.
    """

    segments: tuple[str | re.Pattern[str] | None, ...]
    rest: re.Pattern[str] | None
    slash: bool
    floating: bool
    literal: int


def pattern_of(trigger: Trigger) -> RoutePattern | None:
    """The pattern of a route; None where nothing of its path is known."""
    path = trigger.detail.get("path")
    if not isinstance(path, str):
        return None
    expressions = trigger.framework in _EXPRESSIONS
    return _pattern(list(_tokens(path, expressions, _groups(trigger) if expressions else {})))


def _groups(trigger: Trigger) -> Mapping[str, Variable]:
    """The variables that were named groups of an expression, of which the path has kept only the names."""
    variables = trigger.detail.get("parameters")
    return {
        str(each["name"]): PLAIN if converter == PLAIN.pattern else of_expression(converter)
        for each in (variables if isinstance(variables, list | tuple) else ())
        if isinstance(each, Mapping) and "name" in each and isinstance(converter := each.get("converter"), str)
        if not _TYPE.match(converter)
    }


def _tokens(path: str, expressions: bool, groups: Mapping[str, Variable]) -> Iterator[Token]:
    position = 0
    text = _ANCHORS.sub("", path) if expressions else path
    for found in (_TOKENS_OF_EXPRESSIONS if expressions else _TOKENS).finditer(text):
        yield _plain(text[position : found.start()], expressions)
        yield groups.get(found[0][1:-1]) or _variable(found[0])
        position = found.end()
    yield _plain(text[position:], expressions)


def _plain(text: str, expressions: bool) -> str:
    # A slash that may be missing is one: a path without it is found all the same.
    return _ESCAPED.sub(r"\1", text.replace("/?", "/")) if expressions else text


def _variable(text: str) -> Variable:
    if text == UNKNOWN_PATH:
        return PERHAPS
    if text.startswith(("<", "{")):
        return variable_of(text[1:-1])
    if text.startswith("*"):
        return ANYTHING
    group = _NAMED_GROUP.match(text)
    if group is None:
        return of_expression(text)
    return PERHAPS if text.endswith(("?", "*")) else of_expression(group[1])


def _pattern(tokens: Sequence[Token]) -> RoutePattern | None:
    texts = [token for token in tokens if isinstance(token, str)]
    literal = sum(len(text.replace("/", "")) for text in texts)
    written = [token for token in tokens if token not in ("", "/")]
    floating = bool(written) and written[0] is PERHAPS
    if floating:
        if not literal:
            return None
        at = tokens.index(PERHAPS)
        tokens = tokens[at + 1 :]
    segments: list[list[Token]] = [[]]
    spanning = False
    for token in tokens:
        if isinstance(token, Variable) or spanning:
            segments[-1].append(token)
            spanning = spanning or (isinstance(token, Variable) and token.many)
            continue
        first, *more = token.split("/")
        segments[-1].append(first)
        segments += [[part] for part in more]
    cleaned = [kept for segment in segments if (kept := [token for token in segment if token != ""])]
    rest = cleaned.pop() if spanning else []
    ends = str(tokens[-1]) if tokens and isinstance(tokens[-1], str) and tokens[-1] else ""
    return RoutePattern(
        tuple(_segment(segment) for segment in cleaned),
        re.compile(_expression(_without_slash(rest)), re.DOTALL) if rest else None,
        ends.endswith("/"),
        floating,
        literal,
    )


def _segment(tokens: Sequence[Token]) -> str | re.Pattern[str] | None:
    if all(isinstance(token, str) for token in tokens):
        return "".join(str(token) for token in tokens)
    return None if list(tokens) == [PLAIN] else re.compile(_expression(tokens), re.DOTALL)


def _without_slash(tokens: Sequence[Token]) -> list[Token]:
    *before, last = tokens
    return [*before, last.rstrip("/")] if isinstance(last, str) else [*before, last]


def _expression(tokens: Sequence[Token]) -> str:
    return "".join(re.escape(token) if isinstance(token, str) else token.pattern for token in tokens)
