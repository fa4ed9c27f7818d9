"""Trees to analyze: the real monoliths, and a million lines made of copies of them under other names.

In: folders of monoliths. Out: a folder with their Python files, as an analysis reads them. A copy has its own name for each
top-level package, in its imports and in what names them in texts (`"pretix.base.tasks"`), so that copies know nothing of
each other and of the first.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from migrator.source import read_tree


@dataclass(frozen=True, slots=True)
class Written:
    """A folder of source.

    Attributes:
        lines: of all files that were written.
    """

    folder: Path
    files: int
    lines: int


def parseable(roots: Sequence[Path], into: Path) -> Written:
    """The files that `ast.parse` of the running Python takes."""
    texts = {path: text for root in roots for path, text in _texts(root).items() if _parses(text)}
    return _write(texts, into)


def repeated(roots: Sequence[Path], lines: int, into: Path) -> Written:
    """Copies of the monoliths by turns, the first of each under its own name, until there are so many lines."""
    originals = [_texts(root) for root in roots]
    texts: dict[str, str] = {}
    held = 0
    for number in count():
        for original in originals:
            if held >= lines:
                return _write(texts, into)
            copy = dict(_renamed(original, number)) if number else original
            texts.update(copy)
            held += sum(text.count("\n") for text in copy.values())
    raise AssertionError("copies never end")


def renamed(text: str, names: Mapping[str, str]) -> str:
    """A module in which top-level packages have other names.

    A name is one of a package unless it is an attribute; a text is one if it is the package or begins with it and a dot
    or a colon.
    Below Python 3.12 a formatted text is one token, and names in its braces stay: they name nothing then.
    """
    lines = text.split("\n")
    found = _places(text, names)
    for (row, column), old in sorted(found, reverse=True):
        line = lines[row - 1]
        lines[row - 1] = line[:column] + names[old] + line[column + len(old) :]
    return "\n".join(lines)


def _places(text: str, names: Mapping[str, str]) -> Iterator[tuple[tuple[int, int], str]]:
    """Where a package is named, by line (from 1) and column (from 0)."""
    in_text = re.compile(rf"""[a-zA-Z]*(?:'''|\"\"\"|['"])?({"|".join(map(re.escape, names))})(?=[.:'"]|$)""")
    before = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        row, column = token.start
        if token.type == tokenize.NAME:
            if token.string in names and before != ".":
                yield (row, column), token.string
        elif token.type == tokenize.STRING or tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
            named = in_text.match(token.string)
            if named is not None:
                yield (row, column + named.start(1)), named[1]
        before = token.string


def _renamed(texts: Mapping[str, str], number: int) -> Iterator[tuple[str, str]]:
    names = {package: f"{package}_{number}" for package in {path.partition("/")[0] for path in texts}}
    for path, text in texts.items():
        package, _, rest = path.partition("/")
        try:
            yield f"{names[package]}/{rest}", renamed(text, names)
        except (tokenize.TokenError, SyntaxError):  # syntax that is newer than the running Python
            pattern = rf"(?<![\w.])({'|'.join(map(re.escape, names))})(?!\w)"
            yield f"{names[package]}/{rest}", re.sub(pattern, lambda found: names[found[1]], text)


def _texts(root: Path) -> dict[str, str]:
    """The text of each file that an analysis reads, by path."""
    return {file.path: file.text for file in read_tree(root).modules.values() if "/" in file.path}


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the analyzed code's own escapes and the like
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return False
    return True


def _write(texts: Mapping[str, str], into: Path) -> Written:
    for path, text in texts.items():
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        (into / path).write_text(text, encoding="utf-8", newline="")
    return Written(into, len(texts), sum(text.count("\n") for text in texts.values()))
