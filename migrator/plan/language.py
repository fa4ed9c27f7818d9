"""Syntax that the Python of the service does not know.

In: the modules of a slice. Out: the first place of syntax that is newer than the service's Python, as a refusal. Older
code is no matter here: what no Python parses is refused where it is read.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from migrator.errors import Refused


@dataclass(frozen=True, slots=True)
class _Feature:
    """A form of syntax.

    Attributes:
        since: the first Python that has it.
        looks: what a text that may hold it has in it; a look by libcst decides.
        instead: what to write in its place.
    """

    what: str
    since: tuple[int, int]
    looks: re.Pattern[str]
    instead: str


# Sources: PEP 758 and PEP 750, both of Python 3.14. libcst has no syntax that is newer.
_BARE_EXCEPT = _Feature(
    "except with several classes and no parentheses",
    (3, 14),
    re.compile(r"^[ \t]*except\b\*?[ \t]*[^(\s:#][^#\n]*,", re.MULTILINE),
    "except (A, B):",
)
_TEMPLATE = _Feature(
    "a template string",
    (3, 14),
    re.compile(r"""(?<![\w"'])(?:[tT][rR]?|[rR][tT])["']"""),
    "an f-string, or string.Template",
)
_FEATURES = (_BARE_EXCEPT, _TEMPLATE)


def newer_syntax(modules: Mapping[str, str], runtime: str) -> Refused | None:
    """The first place that the service's Python cannot parse, or None.

    Args:
        modules: path to text.
        runtime: as Lambda calls it, `python3.13`.
    """
    has = tuple(int(part) for part in runtime.removeprefix("python").split("."))
    unknown = [feature for feature in _FEATURES if feature.since > has]
    for path, text in modules.items():
        for line, column, feature in _features(text):
            if feature in unknown:
                version = ".".join(map(str, feature.since))
                return Refused(
                    f"{feature.what} is syntax of Python {version}, and services run on {runtime}",
                    hint=f"write it in a way that {runtime} knows: {feature.instead}",
                    location=f"{path}:{line}:{column}",
                )
    return None


# Plans of one run look at the same texts.
@lru_cache(8192)
def _features(text: str) -> tuple[tuple[int, int, _Feature], ...]:
    """Line, column and feature, in the order of the text."""
    if not any(feature.looks.search(text) for feature in _FEATURES) or _runs_here(text):
        return ()
    return tuple(sorted(_found(text), key=lambda each: each[:2]))


def _runs_here(text: str) -> bool:
    """Whether the running Python, which does not know these features either, parses a text."""
    if any(sys.version_info[:2] >= feature.since for feature in _FEATURES):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _found(text: str) -> Iterator[tuple[int, int, _Feature]]:
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError):
        return
    looking = _Looking()
    wrapper.visit(looking)
    yield from looking.found


class _Looking(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, int, _Feature]] = []

    def visit_TemplatedString(self, node: cst.TemplatedString) -> None:
        self._note(node, _TEMPLATE)

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        self._except(node, node.type)

    def visit_ExceptStarHandler(self, node: cst.ExceptStarHandler) -> None:
        self._except(node, node.type)

    def _except(self, handler: cst.CSTNode, types: cst.BaseExpression | None) -> None:
        if isinstance(types, cst.Tuple) and not types.lpar:
            self._note(handler, _BARE_EXCEPT)

    def _note(self, node: cst.CSTNode, feature: _Feature) -> None:
        start = self.get_metadata(PositionProvider, node).start
        self.found.append((start.line, start.column + 1, feature))
