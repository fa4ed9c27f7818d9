"""Comments in the analyzed code that override the analysis.

In: a `SourceTree`. Out: what the comments state, and a finding for each that states nothing usable. Only files that
hold the words are read, with libcst. Whether an override applies is the model's business.

    # migrator: allow EFFECT -- reason
    # migrator: effect EFFECT -- reason

On the `def` line, between decorators, or on the lines right above them, a comment speaks of the whole function. Inside
the body it speaks of its own line, or, where it stands alone, of the next line of code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from migrator.domain.assessments import Finding, FindingKind
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.domain.overrides import Override, OverrideKind, Stated
from migrator.facts.depth import is_shallow, with_room
from migrator.source import SourceFile, SourceTree

_WORD = "migrator:"
_COMMENT = re.compile(r"#\s*migrator:\s*(?P<rest>.*)")
_STATEMENT = re.compile(r"(?P<kind>\S+)\s+(?P<effect>[^\s]+)\s*(?:--\s*(?P<reason>.*))?$")
# Said to whoever removes legacy code; it is nothing about effects.
_KEEP = re.compile(r"keep\b")
_FORM = "write it as `# migrator: allow EFFECT -- reason` or `# migrator: effect EFFECT -- reason`"


def read_overrides(tree: SourceTree) -> tuple[tuple[Stated, ...], tuple[Finding, ...]]:
    """What the comments of a tree state, and the comments that state nothing usable, by place."""
    stated: list[Stated] = []
    findings: list[Finding] = []
    for file in sorted(tree.modules.values(), key=lambda item: item.path):
        if _WORD in file.text and _COMMENT.search(file.text):
            for found in _in_file(file):
                (stated if isinstance(found, Stated) else findings).append(found)  # type: ignore[arg-type]
    return tuple(stated), tuple(findings)


def _in_file(file: SourceFile) -> Iterator[Stated | Finding]:
    places = _Places(file.text.splitlines())
    try:
        if not is_shallow(file.text):
            raise RecursionError
        with_room(lambda: MetadataWrapper(cst.parse_module(file.text), unsafe_skip_copy=True).visit(places))
    except Exception:  # what libcst cannot read, and what its native parser reports in its own way
        line = file.text[: file.text.index(_WORD)].count("\n") + 1
        yield _finding(Location(file.path, line), "the comment stands in a file that libcst cannot read")
        return
    for line, column, text in places.comments:
        match = _COMMENT.match(text)
        if match is not None and not _KEEP.match(match["rest"]):
            yield _stated(Location(file.path, line, column=column), match["rest"].strip(), places, line, column)


def _stated(place: Location, text: str, places: _Places, line: int, column: int) -> Stated | Finding:
    match = _STATEMENT.match(text)
    if match is None or match["kind"] not in tuple(OverrideKind):
        return _finding(place, f"the comment is not understood; {_FORM}")
    if match["effect"] not in tuple(Effect):
        return _finding(place, f"there is no effect {match['effect']!r}; the effects are {', '.join(Effect)}")
    reason = (match["reason"] or "").strip()
    if not reason:
        return _finding(place, f"the comment gives no reason; {_FORM}")
    override = Override(OverrideKind(match["kind"]), Effect(match["effect"]), "", place, reason)
    header = places.header(line)
    if header:
        return Stated(override, (place.path, header))
    inner = places.body(line)
    if inner:
        return Stated(override, (place.path, inner), places.code_line(line))
    return _finding(place, "the comment stands at no function; put it on the line of a `def` or right above it")


def _finding(place: Location, reason: str) -> Finding:
    return Finding(FindingKind.OVERRIDE, place, reason)


class _Places(cst.CSTVisitor):
    """Comments, and which lines belong to which function."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines
        self.comments: list[tuple[int, int, str]] = []
        self._headers: dict[int, int] = {}
        self._bodies: list[tuple[int, int, int]] = []

    def visit_Comment(self, node: cst.Comment) -> None:
        start = self.get_metadata(PositionProvider, node).start
        self.comments.append((start.line, start.column + 1, node.value))

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        definition = self.get_metadata(PositionProvider, node.name).start.line
        top = min([definition, *(self.get_metadata(PositionProvider, item).start.line for item in node.decorators)])
        end = self.get_metadata(PositionProvider, node).end.line
        body = node.body.body
        first = self.get_metadata(PositionProvider, body[0]).start.line if body else definition
        while first - 1 > definition and self._alone(first - 1):
            first -= 1  # comments that stand alone above the first statement speak of it
        while top > 1 and self._alone(top - 1) and self._lines[top - 2].strip():
            top -= 1
        for line in range(top, max(first, definition + 1)):
            self._headers[line] = definition
        self._bodies.append((definition, end, definition))

    def _alone(self, line: int) -> bool:
        """Whether a line holds nothing but a comment or blanks."""
        text = self._lines[line - 1].strip()
        return not text or text.startswith("#")

    def header(self, line: int) -> int:
        """The line of the `def` to whose head a line belongs, or 0."""
        return self._headers.get(line, 0)

    def body(self, line: int) -> int:
        """The line of the `def` of the innermost function that a line stands in, or 0."""
        around = [found for found in self._bodies if found[0] <= line <= found[1]]
        return max(around)[2] if around else 0

    def code_line(self, line: int) -> int:
        """The line itself, or the next one that holds code where it holds none."""
        while line < len(self._lines) and self._alone(line):
            line += 1
        return line
