"""Paths of routes: how frameworks write variables in them, and how a prefix and a rule become one path.

In: the text of a rule. Out: its variables in order, each as `{name, converter}`. Whose prefix applies is left to the
plug-ins.
"""

from __future__ import annotations

import re

from migrator.domain.json import JsonValue

UNKNOWN_PATH = "…"
"""Stands for a part of a path that only the running program knows."""

_ANGLED = re.compile(r"<(?:(?P<converter>[A-Za-z_]\w*)(?:\((?P<arguments>[^>]*?)\))?:)?(?P<name>[A-Za-z_]\w*)>")
_TRAILING = re.compile(r"<(?P<name>[A-Za-z_]\w*)(?::(?P<converter>(?:[^<>]|<[^<>]*>)+))?>")
_BRACED = re.compile(r"\{\*?(?P<name>[A-Za-z_]\w*)(?::(?P<converter>(?:[^{}]|\{[^{}]*\})+))?\}")
_NAMED_GROUP = re.compile(r"\(\?P<(?P<name>[A-Za-z_]\w*)>(?P<converter>(?:[^()]|\([^()]*\))*)\)")


def angled_parameters(path: str) -> list[JsonValue]:
    """Variables written as `<converter(arguments):name>`; `default` where there is no converter."""
    result: list[JsonValue] = []
    for found in _ANGLED.finditer(path):
        arguments = f"({found['arguments']})" if found["arguments"] is not None else ""
        converter = f"{found['converter']}{arguments}" if found["converter"] else "default"
        result.append({"name": found["name"], "converter": converter})
    return result


def trailing_parameters(path: str) -> list[JsonValue]:
    """Variables written as `<name:converter>`."""
    return _named(_TRAILING, path)


def braced_parameters(path: str) -> list[JsonValue]:
    """Variables written as `{name:converter}`; the converter may be a regular expression."""
    return _named(_BRACED, path)


def grouped_parameters(path: str) -> list[JsonValue]:
    """Variables that are named groups of a regular expression, which stands as the converter."""
    return _named(_NAMED_GROUP, path)


def joined(prefix: str, rule: str) -> str:
    """A rule below a prefix, with one slash between them."""
    if not prefix:
        return rule
    return f"{prefix.rstrip('/')}/{rule.lstrip('/')}" if rule else prefix


def _named(pattern: re.Pattern[str], path: str) -> list[JsonValue]:
    return [{"name": found["name"], "converter": found["converter"] or "default"} for found in pattern.finditer(path)]
