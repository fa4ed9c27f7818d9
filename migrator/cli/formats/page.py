"""Lines of text for a person: wrapped, indented and colored on a terminal, whole and plain on a pipe.

In: parts of text with a style each. Out: lines on the console. All text is made inert first, so that names and
source lines of the analyzed code cannot drive the terminal or break the layout.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from migrator.cli.terminal import inert
from migrator.domain.assessments import Confidence, Verdict
from migrator.domain.locations import Location
from migrator.domain.wording import count, listed

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = [
    "CONFIDENCE_STYLE",
    "VERDICT_STYLE",
    "Page",
    "Part",
    "count",
    "listed",
    "one_line",
    "place",
    "stdout_page",
]

Part: TypeAlias = str | tuple[str, str]
"""Text, or text with the name of a rich style."""

VERDICT_STYLE: Mapping[Verdict, str] = {
    Verdict.READY: "bold green",
    Verdict.WITH_NETWORK: "bold cyan",
    Verdict.REFACTOR: "bold yellow",
    Verdict.KEEP: "bold red",
}
CONFIDENCE_STYLE: Mapping[Confidence, str] = {
    Confidence.PROVEN: "green",
    Confidence.LIKELY: "yellow",
    Confidence.UNPROVEN: "bold magenta",
}
_NARROWEST = 40  # columns below which wrapping makes things worse


class Page:
    """A console that is written to line by line.

    Args:
        console: from `migrator.cli.terminal.console`.
        wraps: whether lines are folded to the console's width; they are on a terminal, never on a pipe.
    """

    def __init__(self, console: Console, *, wraps: bool) -> None:
        self._console = console
        self._wraps = wraps
        self.drawn = wraps and (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf8")
        """Whether lines may be drawn with box characters."""

    @property
    def width(self) -> int:
        """Columns, or a width that nothing reaches where lines are not folded."""
        return max(_NARROWEST, self._console.width) if self._wraps else sys.maxsize

    def line(self, *parts: Part, indent: str = "", hang: str | None = None) -> None:
        """One paragraph.

        Args:
            indent: what the first line begins with.
            hang: what the folded lines begin with; as many blanks as `indent` has characters if left out.
        """
        from rich.text import Text

        text = Text()
        for part in parts:
            content, style = part if isinstance(part, tuple) else (part, "")
            text.append(one_line(content), style=style or None)
        if not self._wraps:
            text.rstrip()
            self._print(Text.assemble(indent, text))
            return
        follow = " " * len(indent) if hang is None else hang
        room = max(self.width - max(len(indent), len(follow)), _NARROWEST // 2)
        for number, folded in enumerate(text.wrap(self._console, room) or [Text()]):
            folded.rstrip()
            self._print(Text.assemble((indent if number == 0 else follow, "dim"), folded))

    def code(self, number: int, source: str, *, indent: str) -> None:
        """A source line with its number, cut rather than folded where it is too long for a terminal."""
        text = one_line(source.strip())
        prefix = f"{indent}{number:>5} | "
        room = self.width - len(prefix)
        if len(text) > room:
            text = text[: max(room - 1, 1)] + "…"
        self._print_parts((prefix, "dim"), (text, "italic"))

    def command(self, text: str) -> None:
        """A command to type: never folded, so that it can be copied whole."""
        self._print_parts(f"  {one_line(text)}")

    def gap(self) -> None:
        """An empty line."""
        self._print_parts("")

    def heading(self, title: str, *rest: Part) -> None:
        """An empty line and a title."""
        self.gap()
        self.line((title, "bold"), *rest)

    def _print_parts(self, *parts: Part) -> None:
        from rich.text import Text

        text = Text()
        for part in parts:
            content, style = part if isinstance(part, tuple) else (part, "")
            text.append(content, style=style or None)
        text.rstrip()
        self._print(text)

    def _print(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)


def stdout_page(*, no_color: bool = False) -> Page:
    """The page that results go to."""
    from migrator.cli.terminal import console

    return Page(console(no_color=no_color), wraps=sys.stdout.isatty())


def one_line(text: str) -> str:
    """The text made inert, on one line."""
    return inert(text).replace("\n", "\\n").replace("\t", " ")


def place(location: Location) -> Part:
    """A location as terminals and editors follow it: `path:line:column`."""
    return (str(location), "underline")
