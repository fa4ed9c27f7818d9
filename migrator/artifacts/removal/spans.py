"""Which text of a file belongs to what goes: whole lines where it stands alone on them, else up to its neighbor.

In: a parsed file, nodes or places of it. Out: `Cut`s. A comment right above a definition is about it and goes along, as do
the blank lines before it; every other comment stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import libcst as cst

from migrator.artifacts.seam.reading import Parsed

_COMMENT = re.compile(r"[ \t\f]*#")
_BLANK = re.compile(r"[ \t\f]*\Z")
# Comments that speak to tools, or part a file, and are not about what comes next.
_APART = re.compile(
    r"#\s*(?:!|-{3,}|={3,}|#{2,}|fmt:|isort:|mypy:|pylint:|noqa|ruff:|type:|region|endregion|.*coding[:=])"
)
_BEHIND = re.compile(r"[ \t]*,")
_REST = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_BEFORE = re.compile(r",\s*\Z")


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """Text that goes, and what comes into its place.

    Attributes:
        start, end: offsets in the text.
    """

    start: int
    end: int
    instead: str = ""


def without(text: str, cuts: Iterable[Cut]) -> str:
    """The text after the cuts; of two that overlap, the outer one counts."""
    parts: list[str] = []
    at = 0
    for cut in sorted(cuts, key=lambda each: (each.start, -each.end)):
        if cut.end <= at and cut.end > cut.start:
            continue
        parts += [text[at : max(cut.start, at)], cut.instead]
        at = max(cut.end, at)
    return "".join((*parts, text[at:]))


def statement_cut(parsed: Parsed, node: cst.CSTNode, *, commented: bool) -> Cut:
    """The lines of a statement.

    Args:
        commented: whether the comment right above goes along.
    """
    decorators = getattr(node, "decorators", ())
    first = min(parsed.span(each)[0] for each in (node, *decorators))
    start = parsed.line_start(first)
    behind = parsed.next_line(parsed.span(node)[1])
    if commented:
        start = _with_comment(parsed, start)
    return Cut(start, len(parsed.text) if behind is None else behind)


def emptied(parsed: Parsed, node: cst.CSTNode) -> Cut:
    """A statement that is the last of its block, with `pass` in its place."""
    decorators = getattr(node, "decorators", ())
    start = min(parsed.span(each)[0] for each in (node, *decorators))
    return Cut(start, parsed.span(node)[1], "pass")


def alias_cuts(parsed: Parsed, aliases: Sequence[cst.ImportAlias], going: Sequence[cst.ImportAlias]) -> tuple[Cut, ...]:
    """Some names of an import that keeps others."""
    found: list[Cut] = []
    kept_behind = False
    for turn in range(len(aliases) - 1, -1, -1):
        alias = aliases[turn]
        if not any(alias is each for each in going):
            kept_behind = True
            continue
        start, end = parsed.span(alias)
        lines = own_lines(parsed, start, end)
        if lines is not None:
            found.append(lines)
        elif kept_behind:
            found.append(Cut(start, parsed.span(aliases[turn + 1])[0]))
        else:
            # The last names of the import: with the comma before them.
            kept = max((at for at in range(turn) if not any(aliases[at] is each for each in going)), default=turn - 1)
            found.append(Cut(parsed.span(aliases[kept])[1], end))
    return tuple(found)


def own_lines(parsed: Parsed, start: int, end: int) -> Cut | None:
    """The whole lines of a part of a list that has them for itself; None where it shares one."""
    text = parsed.text
    comma = _BEHIND.match(text, end)
    rest = _REST.match(text, comma.end() if comma else end)
    if not _BLANK.match(text[parsed.line_start(start) : start]) or rest is None:
        return None
    behind = parsed.next_line(rest.end())
    return Cut(parsed.line_start(start), behind) if behind is not None else None


def part_cut(parsed: Parsed, start: int, end: int) -> Cut:
    """An element of a list or an entry of a table."""
    lines = own_lines(parsed, start, end)
    if lines is not None:
        return lines
    text = parsed.text
    if comma := _BEHIND.match(text, end):
        rest = comma.end()
        while rest < len(text) and text[rest] in " \t":
            rest += 1
        # The blank behind the comma belongs to the next one, unless nothing comes next.
        return Cut(start, rest if text[rest : rest + 1] not in ")]}" else comma.end())
    before = _BEFORE.search(text[:start])
    return Cut(before.start() if before else start, end)


def with_blank_lines(parsed: Parsed, cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """Cuts of whole lines, joined, with the blank lines before them where blank lines, or nothing, follow."""
    joined: list[Cut] = []
    for cut in sorted(cuts):
        if joined and _only_blank(parsed.text[joined[-1].end : cut.start]) and _whole(parsed, joined[-1], cut):
            joined[-1] = Cut(joined[-1].start, max(joined[-1].end, cut.end))
        else:
            joined.append(cut)
    return tuple(_widened(parsed, cut) for cut in joined)


def _whole(parsed: Parsed, *cuts: Cut) -> bool:
    return all(
        not cut.instead
        and cut.start == parsed.line_start(cut.start)
        and (cut.end == len(parsed.text) or cut.end == parsed.line_start(cut.end))
        for cut in cuts
    )


def _widened(parsed: Parsed, cut: Cut) -> Cut:
    text = parsed.text
    if not _whole(parsed, cut):
        return cut
    start, end = cut.start, cut.end
    if start == 0:
        while end < len(text) and _only_blank(parsed.line_text(end)):
            end = parsed.next_line(end) or len(text)
        return Cut(start, end)
    if end < len(text) and not _only_blank(parsed.line_text(end)):
        return cut
    while start > 0:
        above = parsed.line_start(start - 1)
        if not _only_blank(text[above:start]):
            break
        start = above
    return Cut(start, end)


def _only_blank(text: str) -> bool:
    return not text.strip(" \t\f\r\n")


def _with_comment(parsed: Parsed, start: int) -> int:
    """Where the comment right above a line begins; the line itself where there is none that is about it."""
    text = parsed.text
    found, at = start, start
    while at > 0:
        above = parsed.line_start(at - 1)
        if not _COMMENT.match(text[above:at]):
            break
        if _APART.match(text[above:at].lstrip()):
            return start
        at = found = above
    # At the head of a file it is about the file.
    return start if found == 0 else found
