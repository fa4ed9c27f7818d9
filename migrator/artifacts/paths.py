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


class Slash(StrEnum):
    """How a rule takes the slash at the end of a path."""

    EXACT = "exact"
    REDIRECT = "redirect"
    OPTIONAL = "optional"


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
        parts: literal text and variables, in order, without the final slash where `slash` is not exact.
        methods: upper case, sorted.
        defaults: arguments that the rule adds.
    """

    text: str
    parts: tuple[Part, ...]
    methods: tuple[str, ...]
    slash: Slash = Slash.EXACT
    defaults: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in order."""
        return tuple(part for part in self.parts if isinstance(part, Variable))

    @property
    def pattern(self) -> str:
        """The regular expression that a whole path has to match, without the final slash where that is free."""
        pieces = [
            re.escape(part) if isinstance(part, str) else f"(?P<{part.name}>{part.pattern})" for part in self.parts
        ]
        if (
            self.slash is not Slash.EXACT
            and self.parts
            and isinstance(self.parts[-1], Variable)
            and self.parts[-1].many
        ):
            pieces.append("(?<!/)")
        # re.escape puts a backslash before a dash, which a reader of the handler can do without
        return "".join(pieces).replace("\\-", "-")

    def match(self, path: str) -> dict[str, Value | JsonValue] | None:
        """The arguments that a decoded path gives, or None (out of bounds too)."""
        tail = {Slash.EXACT: "", Slash.REDIRECT: "/", Slash.OPTIONAL: "/?"}[self.slash]
        found = re.fullmatch(self.pattern + tail, path)
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
        return filled + ("/" if self.slash is Slash.REDIRECT else "")

    def template(self, *, greedy: bool) -> str:
        """The path with `{name}` for each whole part that holds a variable.

        Args:
            greedy: write the last part as `{name+}` where its variable spans slashes (API Gateway's syntax).
        """
        segments: list[list[Part]] = [[]]
        for part in self.parts:
            if isinstance(part, Variable):
                segments[-1].append(part)
                continue
            first, *rest = part.split("/")
            segments[-1].append(first)
            segments.extend([piece] for piece in rest)
        written: list[str] = []
        for segment in segments:
            variables = [part for part in segment if isinstance(part, Variable)]
            if not variables:
                written.append("".join(part for part in segment if isinstance(part, str)))
                continue
            many = any(variable.many for variable in variables)
            name = "_".join(variable.name for variable in variables)
            if many and greedy:
                # what follows is swallowed too; the handler looks at the whole path again
                written.append(f"{{{name}+}}")
                return "/".join(written)
            written.append(f"{{{name}}}")
        return "/".join(written) + ("/" if self.slash is Slash.REDIRECT else "") or "/"

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts rules as a router tries them: literal parts first, then variables by weight."""
        key: list[tuple[int, str | int]] = []
        for segment in self.template(greedy=False).split("/")[1:]:
            names = re.findall(r"\{(\w+)\}", segment)
            weights = [variable.weight for variable in self.variables if variable.name in names]
            key.append((1, sum(weights)) if names else (0, 0))
        return tuple(key), self.text


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
