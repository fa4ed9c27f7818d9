"""One file's text becomes its facts.

In: a `SourceFile`. Out: `ModuleFacts`, or the reason why there are none. The running Python's parser comes first;
what it refuses is parsed by libcst and lowered (`older_syntax`); both end in the same extractor.
"""

from __future__ import annotations

import ast
import warnings

from migrator.domain.assessments import Skipped
from migrator.facts.extraction import extract
from migrator.facts.records import ModuleFacts
from migrator.source import SourceFile


def facts_of(file: SourceFile) -> ModuleFacts | Skipped:
    """Facts of one module, or why it could not be read."""
    try:
        tree = parse(file.text)
    except (SyntaxError, ValueError) as error:
        return _through_libcst(file, error)
    except (RecursionError, MemoryError):
        return Skipped(file.path, 1, "is nested more deeply than the parser can follow")
    return extract(tree, name=file.name, path=file.path, is_package=file.is_package)


def facts_through_libcst(file: SourceFile) -> ModuleFacts | Skipped:
    """The same facts by the second way in: parsed and written out again by libcst, then extracted."""
    from migrator.facts.older_syntax import CannotLower, lowered_text, rewritten_text

    try:
        text = rewritten_text(file.text)
        try:
            tree = parse(text)
        except SyntaxError:
            tree = parse(lowered_text(text))
    except (CannotLower, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Skipped(file.path, getattr(error, "lineno", None) or 1, f"libcst cannot read it: {error}")
    return extract(tree, name=file.name, path=file.path, is_package=file.is_package)


def parse(text: str) -> ast.Module:
    """The text as `ast`; warnings about the analyzed code's escapes are not ours to print."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _through_libcst(file: SourceFile, error: SyntaxError | ValueError) -> ModuleFacts | Skipped:
    from migrator.facts.older_syntax import CannotLower, lowered_text

    line = getattr(error, "lineno", None) or 1
    reason = f"syntax error: {getattr(error, 'msg', None) or error}"
    if "\0" in file.text:
        return Skipped(file.path, file.text[: file.text.index("\0")].count("\n") + 1, "contains a null byte")
    try:
        tree = parse(lowered_text(file.text))
    except (CannotLower, SyntaxError, ValueError, RecursionError, MemoryError):
        return Skipped(file.path, line, reason)
    return extract(tree, name=file.name, path=file.path, is_package=file.is_package)
