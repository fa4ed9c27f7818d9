"""Text from analyzed code, made inert for the language that it is written into.

In: any text. Out: a literal or a line of that language that says the same and can do nothing else. The
templates use these as filters at the place where the text stands.
"""

from __future__ import annotations

import textwrap


def python_literal(value: object) -> str:
    """A Python literal; strings, numbers, and tuples or dictionaries of them."""
    return repr(value)


def regex_literal(pattern: str) -> str:
    """A Python literal of a regular expression, raw where that says the same."""
    raw = "\\" in pattern and pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\")
    return f'r"{pattern}"' if raw else repr(pattern)


def quoted(text: str) -> str:
    """A double-quoted string that YAML, TOML and JSON read alike."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"  # half of a character, which none of the three languages can say
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def prose(text: str) -> str:
    """One line for a docstring or a comment; what follows it in the template must not be a quote."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return line.replace("\\", "\\\\").replace('"""', "'''")


def markdown_line(text: str) -> str:
    """Words of this program with names from the code in them, on one line, as Markdown shows them: nothing is markup."""
    line = "".join(char if char.isprintable() else " " for char in text)
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|~&" else char for char in line)


def comment_lines(text: str, width: int = 108) -> tuple[str, ...]:
    """Lines of a comment; nothing in the text can end one."""
    return tuple(textwrap.wrap(prose(text), width, break_long_words=False, break_on_hyphens=False))
