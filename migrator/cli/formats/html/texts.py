"""Text of analyzed code as a page shows it: every character can be seen, and none does anything.

In: any text. Out: text for a value of JSON or an escaped place of a template. Escaping for HTML is left to Jinja,
and in the browser to `textContent`.
"""

from __future__ import annotations

import json
from typing import Final

_TAB: Final = "    "
# Ends the element that holds JSON, or begins a comment in it (HTML, "Restrictions for contents of script elements").
_SCRIPT: Final = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def shown(text: str) -> str:
    """The text with control characters, bidirectional marks, line ends and half characters written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def code_line(text: str) -> str:
    """The same for a line of code: tabs are four blanks."""
    return shown(text.rstrip("\r\n").replace("\t", _TAB))


def compact_json(value: object) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_in_html(value: object) -> str:
    """JSON for the inside of a script element: nothing in it ends the element."""
    text = compact_json(value)
    for char, escape in _SCRIPT.items():
        text = text.replace(char, escape)
    return text
