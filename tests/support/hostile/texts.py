"""Texts that mean something in the languages that are generated, and sources with places for them.

In: a source with marks, and what stands at each. Out: the source. A mark is `<<kind:name>>`; the kind says how Python
takes the text there, and what its place cannot hold at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

PRODUCT: Final = str(7919 * 7907)
"""What stands in an output if a template of Jinja was evaluated."""

TRICKS: Final[Mapping[str, str]] = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onload='alert(1)",
    "comment of html": "--><b>",
    "entity": "&lt;b&gt;&#60;",
    "ansi": "\x1b[31mred\x1b]0;title\x07",
    "yaml": "x: !!python/object:os.system\n- y: *z",
    "yaml value": ": # - ? | >",
    "jinja": "{{ 7919 * 7907 }}{% raw %}{# gone #}",
    "shell": "$(touch owned)`touch owned`; touch owned & | \\",
    "make": "$(shell touch owned)\n\t@touch owned",
    "path": "../../../../owned",
    "markdown": "[x](javascript:alert(1)) ![y](http://evil.example/y) **z** | a |\n# heading\n```\n",
    "fence": "````` ~~~~",
    "mention": "@octocat @org/team #1 GH-1 closes #2",
    "command of a workflow": "\n::add-mask::x\n##[error]x",
    "expression of a workflow": "${{ github.token }}",
    "substitution": "${AWS::Region}${Stage}!Sub",
    "newline": "one\r\ntwo\u2028three\x85four\x0b",
    "quotes": "'''\"\"\"'\"",
    "null": "\x00",
    "bidi": "\u202egnp.\u2066x\u2069\u200f",
    "surrogate": "\ud800",
    "percent": "%0A%s %(x)s",
}
"""What a text may be by accident or by design, by the language that it speaks."""

_MARK = re.compile(r"<<(\w+):(\w+)>>")
LOOKED_UP: Final = "{{resolve:ssm:/somebody/else:1}}"
"""What CloudFormation would look up, and there is no way to write it so that it does not."""


def _any(text: str) -> str:
    return text


def _comment(text: str) -> str:
    # What ends a line ends a comment; a source has no null, and no surrogate.
    return re.sub(r"[\n\r\x00\x0b\x0c\x85\u2028\ud800]", " ", text)


def _path(text: str) -> str:
    # Variable parts are the route's own language; API Gateway takes these characters beside
    # them, and a router no dots that lead elsewhere; the rest is refused.
    return "/" + re.sub(r"[^A-Za-z0-9\-._~!$&'(),;=@/]", "", text).strip("/").replace("..", "")


def _printed(text: str) -> str:
    return re.sub(r"[\x00\ud800]", "", text)


_TAKES: Final[Mapping[str, Callable[[str], str]]] = {
    "text": _any,
    "printed": _printed,
    "comment": _comment,
    "path": _path,
}
_BARE: Final = frozenset({"comment"})


def filled(source: str, texts: Callable[[str], str]) -> str:
    """The source with a text at each mark, as a literal, or as it is in a comment.

    Args:
        texts: by the name of the mark.
    """

    def put(found: re.Match[str]) -> str:
        kind, name = found[1], found[2]
        text = _TAKES[kind](name + texts(name))
        return text if kind in _BARE else ascii(text)

    return _MARK.sub(put, source)
