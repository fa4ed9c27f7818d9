"""Texts of the code as patterns: what is known only when it runs becomes `*`, a setting its parameter.

In: a `Text` and what the template says of settings. Out: a `Pattern`. What it names is decided by `names`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from migrator.artifacts.permissions.settings import SettingsShown
from migrator.domain.sdk_calls import PartKind, Text, TextPart


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text as `Fn::Sub` and IAM read it.

    Attributes:
        text: `${Name}` for parameters, `*` for what is not known.
        known: whether its beginning is known.
        needs: conditions of the template that have to be true.
        setting: the setting that it is as a whole, or an empty string.
    """

    text: str
    known: bool
    needs: frozenset[str] = frozenset()
    setting: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing of it is left open."""
        return "*" not in self.text


def pattern_of(text: Text, settings: SettingsShown) -> Pattern:
    """A text as a pattern."""
    parts = tuple(_shown(part, settings) for part in text)
    needs = frozenset(
        settings.optional[settings.parameters[part.text]]
        for part in parts
        if part.kind is PartKind.SETTING and settings.parameters[part.text] in settings.optional
    )
    written = "".join(_written(part, settings) for part in parts)
    first = parts[0].kind if parts else PartKind.RUNTIME
    alone = parts[0].text if len(parts) == 1 and first is PartKind.SETTING else ""
    return Pattern(re.sub(r"\*+", "*", written), first is not PartKind.RUNTIME, needs, alone)


def source_of(text: Text) -> str:
    """How the code says a text, for people."""
    return "".join(part.text if part.kind is PartKind.LITERAL else f"{{{part.text}}}" for part in text)


def setting_without_parameter(text: Text, settings: SettingsShown) -> str:
    """The setting that a text is, where the template does not set it; else an empty string."""
    if len(text) == 1 and text[0].kind is PartKind.SETTING and text[0].text not in settings.parameters:
        return text[0].text
    return ""


def literal_of(text: Text) -> str | None:
    """The characters of a text that stands in the code as a whole."""
    return "".join(part.text for part in text) if all(part.kind is PartKind.LITERAL for part in text) else None


def without_beginning(text: Text, beginnings: Sequence[str]) -> Text:
    """A text without the first of some beginnings that it has in the code."""
    if text and text[0].kind is PartKind.LITERAL:
        for beginning in beginnings:
            if text[0].text.startswith(beginning):
                rest = text[0].text.removeprefix(beginning)
                return ((TextPart(PartKind.LITERAL, rest),) if rest else ()) + text[1:]
    return text


def divided(text: Text, sign: str) -> tuple[Text, Text] | None:
    """A text before and behind a sign that stands in the code; None where it does not."""
    for number, part in enumerate(text):
        before, found, behind = part.text.partition(sign)
        if part.kind is PartKind.LITERAL and found:
            first, second = (((TextPart(PartKind.LITERAL, piece),) if piece else ()) for piece in (before, behind))
            return text[:number] + first, second + text[number + 1 :]
    return None


def _shown(part: TextPart, settings: SettingsShown) -> TextPart:
    if part.kind is PartKind.SETTING and part.text not in settings.parameters:
        return TextPart(PartKind.RUNTIME, part.text)
    return part


def _written(part: TextPart, settings: SettingsShown) -> str:
    match part.kind:
        case PartKind.LITERAL:
            # `Fn::Sub` would take a brace after a dollar for a name; `${!x}` stands for `${x}`.
            return part.text.replace("${", "${!")
        case PartKind.SETTING:
            return f"${{{settings.parameters[part.text]}}}"
        case PartKind.RUNTIME:
            return "*"
