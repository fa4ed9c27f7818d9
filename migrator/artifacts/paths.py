"""HTTP paths with variables, free of any framework: how one is matched, written for AWS, and exercised.

In: parts of a path, as a framework's plug-in reads them. Out: a `PathRule` with the regular expression that
the generated handler uses, the path in API Gateway's and the router's syntax, and example paths.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from migrator.domain.json import JsonValue

Value: TypeAlias = "str | int | float | UUID"


class Conversion(StrEnum):
    """What becomes of the text of a variable."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    UUID = "uuid"


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of a path that a caller fills in.

    Attributes:
        name: the argument of the view.
        pattern: regular expression of the text, without groups that capture.
        conversion: how the text becomes the argument.
        digits: exact number of characters, or 0.
        low: least value, or None.
        high: greatest value, or None.
        many: whether it spans slashes.
        hits: texts that match, the usual one first.
        misses: texts that do not.
    """

    name: str
    pattern: str
    hits: tuple[str, ...]
    misses: tuple[str, ...] = ()
    conversion: Conversion = Conversion.TEXT
    digits: int = 0
    low: float | None = None
    high: float | None = None
    many: bool = False
    weight: int = 100

    def convert(self, text: str) -> Value | None:
        """The argument, or None where the text is out of bounds."""
        if self.digits and len(text) != self.digits:
            return None
        match self.conversion:
            case Conversion.TEXT:
                return text
            case Conversion.UUID:
                return UUID(text)
            case Conversion.INTEGER | Conversion.NUMBER:
                value = int(text) if self.conversion is Conversion.INTEGER else float(text)
                below = self.low is not None and value < self.low
                return None if below or (self.high is not None and value > self.high) else value

    @property
    def checked(self) -> bool:
        """Whether the handler has to do more than take the text."""
        return self.conversion is not Conversion.TEXT


Part: TypeAlias = str | Variable


@dataclass(frozen=True, slots=True)
class PathRule:
    """One rule of a router.

    Attributes:
        text: as the framework writes it.
        parts: literal text and variables, in order, without the slash at the end.
        methods: upper case, sorted.
        branch: whether the rule ends with a slash.
        strict: whether a path has to have that slash, and may have no other.
        defaults: arguments that the rule adds.
    """

    text: str
    parts: tuple[Part, ...]
    methods: tuple[str, ...]
    branch: bool = False
    strict: bool = True
    defaults: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in order."""
        return tuple(part for part in self.parts if isinstance(part, Variable))

    @property
    def redirects(self) -> bool:
        """Whether a path without the slash at the end is sent to the one with it; `pattern` takes it without."""
        return self.branch and self.strict

    @property
    def pattern(self) -> str:
        """The regular expression that a whole path has to match, less the last slash where the rule redirects."""
        pieces = [
            re.escape(part) if isinstance(part, str) else f"(?P<{part.name}>{part.pattern})" for part in self.parts
        ]
        # re.escape puts a backslash before a dash, which a reader of the handler can do without
        body = "".join(pieces).replace("\\-", "-")
        return body + self._tail

    @property
    def _tail(self) -> str:
        spans_slashes = any(variable.many for variable in self.variables)
        match self.branch, self.strict, spans_slashes:
            case True, True, True:
                return "(?<!/)"
            case True, False, True:
                return "(?<!/)/?"
            case True, False, False:
                # As Werkzeug does it: a rule that ends with a slash takes none, its own, and one more.
                return "/{0,2}"
            case False, False, False:
                return "/?"
            case _:
                return ""

    def match(self, path: str) -> dict[str, Value | JsonValue] | None:
        """The arguments that a decoded path gives, or None (out of bounds too)."""
        found = re.fullmatch(self.pattern + ("/" if self.redirects else ""), path)
        if found is None:
            return None
        arguments: dict[str, Value | JsonValue] = {}
        for variable in self.variables:
            value = variable.convert(found[variable.name])
            if value is None:
                return None
            arguments[variable.name] = value
        return {**arguments, **self.defaults}

    def path(self, texts: Mapping[str, str]) -> str:
        """The decoded path with these texts in place of the variables."""
        filled = "".join(part if isinstance(part, str) else texts[part.name] for part in self.parts)
        return filled + ("/" if self.branch else "")

    def template(self, *, greedy: bool) -> str:
        """The path with `{name}` for each whole part that holds a variable.

        Args:
            greedy: write the last part as `{name+}` where its variable spans slashes (API Gateway's syntax).
        """
        written: list[str] = []
        for segment in self._segments:
            variables = [part for part in segment if isinstance(part, Variable)]
            many = any(variable.many for variable in variables)
            name = "_".join(variable.name for variable in variables)
            if not variables:
                written.append("".join(part for part in segment if isinstance(part, str)))
            elif many and greedy:
                # what follows is swallowed too; the handler looks at the whole path again
                return "/".join([*written, f"{{{name}+}}"])
            elif many:
                tail = "".join(part if isinstance(part, str) else "{}" for part in segment).split("{}")[-1]
                written.append(f"{{{name}}}" + (tail if tail.startswith("/") else ""))
            else:
                written.append(f"{{{name}}}")
        return "/".join(written) + ("/" if self.branch else "") or "/"

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts rules as Werkzeug tries them; equal for two that are tried in the order of their registration.

        Part by part of the path: a literal one first, then the one with more literal text beside its variables,
        then with more variables, then with lighter ones (a number before a text before a path).
        """
        key: list[tuple[object, ...]] = []
        for segment in self._segments:
            variables = [part for part in segment if isinstance(part, Variable)]
            if not variables:
                key.append((0,))
                continue
            literals = [part for piece in segment if isinstance(piece, str) for part in piece.split("/") if part]
            weights = [variable.weight for variable in variables]
            lengths = [(index, -len(text)) for index, text in enumerate(literals)]
            key.append((1, -len(literals), lengths, -len(weights), weights))
        # Without its slash a path belongs to the rule without one, if there is such a rule beside.
        return tuple(key), self.branch and not any(variable.many for variable in self.variables)

    @property
    def _segments(self) -> list[list[Part]]:
        """The parts between slashes; from a variable that spans slashes on, everything is one."""
        segments: list[list[Part]] = [[]]
        spanning = False
        for part in self.parts:
            if isinstance(part, Variable):
                segments[-1].append(part)
                spanning = spanning or part.many
            elif spanning:
                segments[-1].append(part)
            else:
                first, *rest = part.split("/")
                segments[-1].append(first)
                segments.extend([piece] for piece in rest)
        return segments


def example_texts(rule: PathRule, most: int) -> Sequence[Mapping[str, str]]:
    """Texts for the variables of a rule: the usual ones first, then each variable's others in turn."""
    variables = rule.variables
    rounds = max((len(variable.hits) for variable in variables), default=1)
    return [
        {variable.name: variable.hits[turn % len(variable.hits)] for variable in variables}
        for turn in range(min(rounds, most))
    ]


def missing_texts(rule: PathRule) -> Sequence[Mapping[str, str]]:
    """Texts of which exactly one does not match, one set for each variable that can be missed."""
    usual = {variable.name: variable.hits[0] for variable in rule.variables}
    return [{**usual, variable.name: miss} for variable in rule.variables for miss in variable.misses[:1]]
