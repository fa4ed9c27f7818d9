"""What a runbook is put together from: commands with the words around them, topics, rows of tables.

In: nothing. Out: frozen values. What they say is decided beside them; how they look is the templates'.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

_SPECIAL = frozenset('"$`\\!')
"""Signs that mean something between double quotes, `!` only where a person types."""
_LANGUAGE = "console"
_APART = "# In a terminal of its own: it runs until the rollout has ended."


@dataclass(frozen=True, slots=True)
class Block:
    """Commands that are typed one after the other.

    Attributes:
        lead: Markdown before them: what they do; no text from analyzed code.
        commands: of a POSIX shell or bash, each on one line.
        after: Markdown after them: what is to be seen, and what it means.
        apart: whether they go on while others are typed.
    """

    lead: str
    commands: tuple[str, ...]
    after: str = ""
    apart: bool = False

    @property
    def console(self) -> str:
        """The commands as a fenced block, without a line end after it."""
        lines = [*([_APART] if self.apart else []), *(f"$ {command}" for command in self.commands)]
        fence = "`" * 3
        while any(fence in line for line in lines):
            fence += "`"
        return "\n".join((f"{fence}{_LANGUAGE}", *lines, fence))


@dataclass(frozen=True, slots=True)
class Need:
    """Something that has to be there.

    Attributes:
        what, why: Markdown.
        command: that fails where it is not there.
    """

    what: str
    why: str
    command: str


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to look after.

    Attributes:
        title: Markdown, unique in a runbook.
        why: Markdown; may be empty.
    """

    title: str
    why: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the decision table.

    Attributes:
        symptom, meaning: Markdown without a pipe.
        command: one command, or an empty text.
        see: Markdown after the command, such as a link to a section.
    """

    symptom: str
    meaning: str
    command: str = ""
    see: str = ""


@dataclass(frozen=True, slots=True)
class PlaneText:
    """What a data plane means for one route, without the tool.

    Attributes:
        title: what it is and where, in Markdown.
        calls: which calls are meant, as plain text; may come from analyzed code.
        acts: how soon a weight acts, in Markdown.
        stays: what keeps a caller on a side, as plain text; may come from analyzed code.
        saves: what happens to a call whose canary try fails, in Markdown.
        needs: programs and access that the commands below take.
        alive: shows that the plane answers.
        live: shows the weight that is live.
        back: sends every call to legacy.
        taken: shows that the canary gets no calls any more; None where `live` is all there is.
        cautions: what else has to be known when it is done by hand, in Markdown.
        figures: a command that shows whether figures still come; empty where `alive` shows it.
    """

    title: str
    calls: str
    acts: str
    stays: str
    saves: str
    needs: tuple[Need, ...]
    alive: Block
    live: Block
    back: Block
    taken: Block | None = None
    cautions: tuple[str, ...] = ()
    figures: str = ""


def shell(text: str) -> str:
    """One word of a command that is this text, on one line, whatever it holds."""
    if text.isprintable():
        # Two kinds of quotes in turn, as shlex writes an apostrophe, are hard to read and to mend by night.
        plain = "'" in text and not _SPECIAL & set(text)
        return f'"{text}"' if plain else shlex.quote(text)
    escaped = "".join(_escaped(char) for char in text)
    return f"$'{escaped}'"


def _escaped(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
