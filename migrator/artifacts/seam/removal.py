"""Takes the seam out of a file again: its own text and nothing else.

In: the bytes of a file, a name or None for all. Out: `Removed`: the bytes without the seam's text, and what somebody
had changed of it. What nobody touched comes out byte for byte, whatever happened around it; what was reformatted is
undone and told; what cannot be told from hand-written code stays and is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from migrator.artifacts.seam.insertions import MODULE, decorator, import_statement, prefix
from migrator.artifacts.seam.reading import LINE_END, Lines, Parsed
from migrator.artifacts.seam.sites import nodes

_WRAPPERS = frozenset({"task", "function"})
_DECORATORS = frozenset({"routed", "flask_view", "schedule"})


@dataclass(frozen=True, slots=True)
class Told:
    """Something about the seam in a file that a person should look at."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A file without the seam.

    Attributes:
        count: how many places were undone, imports not among them.
        left: lines, in the new text, that still speak of the seam though no name of it is left.
    """

    data: bytes
    count: int
    told: tuple[Told, ...]
    left: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One place where the seam is in a file.

    Attributes:
        cuts: the spans of text that are the seam's, in the order of the text.
        exact: whether they read as they were put in.
    """

    name: str
    line: int
    cuts: tuple[tuple[int, int], ...]
    exact: bool


def uses(parsed: Parsed) -> tuple[Use, ...]:
    """Every place where the seam is in a file."""
    if MODULE not in parsed.text:
        return ()
    return tuple(sorted((*_wrapped(parsed), *_decorated(parsed)), key=lambda use: use.cuts[0]))


def remove(data: bytes, name: str | None, package: str, *, keep_lines: bool = False) -> Removed:
    """Take the seam out.

    Args:
        name: of the candidate; None takes out every one's.
        package: where the seam is imported from.
        keep_lines: leave the line ends of what is taken out, so that each line stays at its number.

    Raises:
        Unreadable: the file cannot be parsed any more.
    """
    if MODULE.encode() not in data:  # every encoding of Python source has these letters where ASCII has them
        return Removed(data, 0, (), ())
    parsed = Parsed(data)
    everything = uses(parsed)
    found = [use for use in everything if name in (None, use.name)]
    text = _without(parsed.text, [cut for use in found for cut in use.cuts], keep_lines)
    told = [Told(use.line, "was edited since; what it stands around was kept") for use in found if not use.exact]
    left: tuple[int, ...] = ()
    if len(found) == len(everything):
        text, left = _without_import(Lines(text), package, keep_lines)
    return Removed(parsed.source.encode(text), len(found), tuple(told), left)


def _wrapped(parsed: Parsed) -> Iterator[Use]:
    for node in nodes(parsed.module, cst.Call):
        named = _seam_call(node, _WRAPPERS)
        if named is None or len(node.args) != 2:
            continue
        function, name = named
        (start, end), (inner, inner_end) = parsed.span(node), parsed.span(node.args[1].value)
        before, behind = parsed.text[start:inner], parsed.text[inner_end:end]
        exact = before == prefix(function, name) and behind == ")"
        yield Use(name, parsed.line(start), ((start, inner), (inner_end, end)), exact)


def _decorated(parsed: Parsed) -> Iterator[Use]:
    for node in nodes(parsed.module, cst.Decorator):
        if not isinstance(node.decorator, cst.Call):
            continue
        named = _seam_call(node.decorator, _DECORATORS)
        if named is None or len(node.decorator.args) != 1:
            continue
        start, end = parsed.span(node)
        behind = parsed.next_line(end)
        if behind is None:
            continue
        exact = parsed.line_text(start).lstrip(" \t\f") == decorator(*named)
        yield Use(named[1], parsed.line(start), ((parsed.line_start(start), behind),), exact)


def _seam_call(node: cst.Call, functions: frozenset[str]) -> tuple[str, str] | None:
    """The function of the seam and the name that it is called with."""
    match node:
        case cst.Call(
            func=cst.Attribute(value=cst.Name(value=module), attr=cst.Name(value=function)),
            args=[cst.Arg(value=cst.SimpleString(value=text), keyword=None, star=""), *_],
        ) if module == MODULE and function in functions:
            name = ast.literal_eval(text)
            return (function, name) if isinstance(name, str) else None
    return None


def _without_import(lines: Lines, package: str, keep_lines: bool) -> tuple[str, tuple[int, ...]]:
    """The text without the import, if nothing else speaks of the seam; else the lines that do."""
    mentions = tuple(_mentions(lines.text))
    # Branches that put it behind other imports each, once merged, leave it twice.
    imports = [at for at in mentions if lines.line_text(at) == import_statement(package)]
    if len(imports) < len(mentions):
        return lines.text, tuple(sorted({lines.line(at) for at in mentions}))
    cuts = [(lines.line_start(at), lines.next_line(at) or len(lines.text)) for at in imports]
    return _without(lines.text, cuts, keep_lines), ()


def _mentions(text: str) -> Iterator[int]:
    at = text.find(MODULE)
    while at >= 0:
        yield at
        at = text.find(MODULE, at + 1)


def _without(text: str, cuts: list[tuple[int, int]], keep_lines: bool) -> str:
    parts: list[str] = []
    at = 0
    for start, end in sorted(cuts):
        parts.append(text[at:start])
        if keep_lines:
            parts += LINE_END.findall(text[start:end])
        at = end
    return "".join((*parts, text[at:]))
