"""Text from analyzed code, made inert for the Markdown of GitHub and GitLab: it can be read and does nothing.

In: any text. Out: a part of one line that shows the text and is neither markup, nor a mention, a reference, a link that
nobody made, a quick action, nor the end of what it stands in. Where it stands in a page is for the templates.

Neither forge looks for mentions, references or commands within code, while a backslash does not keep them off
(`\\@name` still calls that person). So what is not plain words is shown as code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from urllib.parse import quote, urlsplit

_NOT_PRINTED = re.compile(r"\s+")
# Letters and digits of any script, joined by signs that mean nothing within a word, with sentence signs about them.
_PLAIN = re.compile(r"[(\"']{0,2}[^\W_]+(?:[.,'’/+-][^\W_]+)*%?[.,;:?)\"'’]{0,3}")
# A link without being written as one (GFM, "Autolinks (extension)"), and references by a prefix (GitHub: `GH-26`).
_LINKED = re.compile(r"www\.|gh-\d|[0-9a-f]{7,64}[^\w]*$", re.IGNORECASE)
# What begins a list where it stands first in a line.
_NUMBERED = re.compile(r"\d+[.)]$")
# A name with dots in it: plain, but better read as code.
_DOTTED = re.compile(r"[^\W\d_]{2,}\.[^\W\d]")
_ALONE = frozenset({"-", "–", "—", "=", "+"})
# RFC 3986, without what ends the destination of a link in Markdown, and the percent sign of what is quoted already.
_SAFE_IN_URL = ":/?#@!$&*+,;=%~-._[]"


def code_span(text: str) -> str:
    """An inline code span of Markdown, on one line, that no backtick inside can end; a blank one for no text."""
    line = "".join(char if char.isprintable() else " " for char in text) or " "
    fence = "`"
    while fence in line:
        fence += "`"
    # Markdown takes one space off where both ends have one, and a backtick at an end needs one beside it.
    stripped = line.startswith(" ") and line.endswith(" ") and bool(line.strip())
    pad = " " if stripped or line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def inline_code(text: str) -> str:
    """A code span on one line that nothing inside can end."""
    return code_span(text)


def cell_code(text: str) -> str:
    """The same within a cell of a table, where a pipe would end the cell, in a code span too."""
    return code_span(text).replace("|", "\\|")


def inline_text(text: str) -> str:
    """A sentence of this program with names from the code in it: words stay words, all else becomes code."""
    pieces: list[tuple[str, str, str]] = []
    for number, word in enumerate(_NOT_PRINTED.sub(" ", _printed(text)).split()):
        if _is_plain(word, first=number == 0):
            pieces.append((word, "", ""))
        else:
            pieces.append(_peeled(word))
    return " ".join(_joined(pieces))


def cell_text(text: str) -> str:
    """The same within a cell of a table."""
    return inline_text(text).replace("|", "\\|")


def code_link(text: str, url: str) -> str:
    """A code span that leads to an address; the span alone where the address is none of `http` or `https`."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        return code_span(text)
    return f"[{code_span(text)}]({quote(url, safe=_SAFE_IN_URL)})".replace("|", "\\|")


def file_link(path: PurePath, line: int, *, cell: bool = False) -> str:
    """`path:line` as a code span that leads to the line, as files beside a page have it; the span alone for a path that
    does not begin in the folder of the page.

    Args:
        cell: within a cell of a table.
    """
    text = f"{path.as_posix()}:{line}"
    span = cell_code(text) if cell else code_span(text)
    if path.is_absolute() or ".." in path.parts:
        return span
    return f"[{span}]({quote(path.as_posix(), safe='/-._~', errors='replace')}#L{line})"


def code_block(text: str, language: str = "") -> str:
    """Lines in a fence that none of them can end, without a line end after it; what is not printable becomes a space."""
    lines = [_printed(line.expandtabs(4)) for line in text.splitlines()]
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{language}", *lines, fence])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; the cells are Markdown already."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def one_line(text: str) -> str:
    """Text where nothing is Markdown, such as a title: one line, what cannot be seen left out."""
    return _NOT_PRINTED.sub(" ", _printed(text)).strip()


def _printed(text: str) -> str:
    """Control characters and those that turn the direction of writing become spaces, as `str.isprintable` has them."""
    return "".join(char if char.isprintable() else " " for char in text)


def _is_plain(word: str, *, first: bool) -> bool:
    if word in _ALONE:
        return not first
    if first and _NUMBERED.fullmatch(word):
        return False
    if _PLAIN.fullmatch(word) is None or _DOTTED.search(word):
        return False
    return _LINKED.match(word.lstrip("(\"'")) is None


def _peeled(word: str) -> tuple[str, str, str]:
    """What stands before the code of a word, the code, and what stands behind it: signs of the sentence."""
    core = word.rstrip(".,;:?\"'")
    before = "(" if core.startswith("(") and (core.endswith(")") or ")" not in core) else ""
    core = core.removeprefix(before)
    if core.endswith(")") and core.count(")") > core.count("("):
        core = core[:-1].rstrip(".,;:?\"'")
    return (before, core, word[len(before) + len(core) :]) if core else ("", word, "")


def _joined(pieces: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    """Words and code; code that follows code is one span."""
    before, code = "", ""
    for opened, core, closed in pieces:
        if code and (opened or not core):
            yield f"{before}{code_span(code)}"
            before, code = "", ""
        if not core:
            yield opened
            continue
        before, code = (before, f"{code} {core}") if code else (opened, core)
        if closed:
            yield f"{before}{code_span(code)}{closed}"
            before, code = "", ""
    if code:
        yield f"{before}{code_span(code)}"
