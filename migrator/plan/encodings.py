"""The encoding that a file says of itself, where its text is written in another one.

In: the text of a module. Out: the same text, saying UTF-8 where it said something else: services are written in it.
"""

from __future__ import annotations

import codecs
import re

# PEP 263: in the first line, or in the second after a line of blanks or a comment.
_SAID = re.compile(r"\A((?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*)([-\w.]+)")


def saying_utf8(text: str) -> str:
    """The text, fit to be written as UTF-8."""
    said = _SAID.match(text)
    if said is None or _is_utf8(said[2]):
        return text
    return f"{said[1]}utf-8{text[said.end() :]}"


def _is_utf8(name: str) -> bool:
    try:
        return codecs.lookup(name).name in ("utf-8", "ascii")
    except LookupError:
        return False
