"""The text of a pull request: ours between two hidden marks, people's around it.

In: what a run says, and what stands there. Out: what is to stand there, and what was left as people have it. Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

_MARKS: Final = re.compile(
    r"<!-- migrator:begin(?: title=(?P<title>[0-9a-f]{16}))? -->.*?<!-- migrator:end -->", re.DOTALL
)
_FENCE: Final = re.compile(r"^ {0,3}(?P<fence>`{3,}|~{3,})(?P<rest>.*)$")
_CUT: Final = "\n\n*The rest does not fit here; the files of the branch have it.*\n"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is to stand in a pull request.

    Attributes:
        notes: what was not done as asked, a sentence each.
    """

    title: str
    body: str
    notes: tuple[str, ...] = ()


def fresh(title: str, body: str, longest_title: int, longest_body: int) -> Texts:
    """The texts of a pull request that is not there yet; lengths in characters."""
    title = _short(title, longest_title)
    part, notes = _part(title, body, longest_body)
    return Texts(title, part, notes)


def merged(title: str, body: str, there_title: str, there_body: str, longest_title: int, longest_body: int) -> Texts:
    """The texts of one that is there: what people wrote around our part stays, and so does a title that they changed.

    Args:
        there_title: as it stands there.
        there_body: as it stands there.
    """
    title = _short(title, longest_title)
    there_body = lines_of_one_kind(there_body)
    found = _MARKS.search(there_body)
    before, after = (there_body[: found.start()], there_body[found.end() :]) if found else (there_body.rstrip(), "")
    if found is None and before:
        before += "\n\n"
    ours = found is not None and found["title"] == _hash(there_title)
    notes: tuple[str, ...] = ()
    if not ours and _plain(there_title) != title:
        # The mark keeps the hash of what we would have written, which is not what stands there: it stays theirs.
        notes = ("the title stays as it was changed by hand",)
    part, cut = _part(title, body, longest_body - len(before) - len(after))
    return Texts(title if ours else there_title, f"{before}{part}{after}", (*notes, *cut))


def lines_of_one_kind(text: str) -> str:
    """A text whose lines end as here, wherever they come from."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def same(one: str, other: str) -> bool:
    """Whether two texts are one to a forge, which keeps neither the kind of line ends nor blanks at the end."""
    return _lines(one) == _lines(other)


def _part(title: str, body: str, room: int) -> tuple[str, tuple[str, ...]]:
    body = lines_of_one_kind(body).replace("<!-- migrator:", "<!-- migrator :").strip("\n")
    frame = f"<!-- migrator:begin title={_hash(title)} -->\n{{}}\n<!-- migrator:end -->"
    left = room - len(frame)
    if len(body) <= left:
        return frame.replace("{}", body), ()
    return frame.replace("{}", _cut(body, left)), ("the text is longer than the forge takes, and was cut",)


def _cut(body: str, room: int) -> str:
    """The first lines of a text, with what they open closed again."""
    kept: list[str] = []
    fence, details, used = "", 0, len(_CUT)
    for line in body.split("\n"):
        found = _FENCE.match(line)
        opened, within = fence, details
        if found and not fence:
            opened = found["fence"]
        elif found and fence and found["fence"].startswith(fence) and not found["rest"].strip():
            opened = ""
        elif not fence:
            within += line.count("<details") - line.count("</details>")
        closing = len(opened) + 1 + max(0, within) * len("\n</details>")
        if used + len(line) + 1 + closing > room:
            break
        kept.append(line)
        used += len(line) + 1
        fence, details = opened, within
    closed = [fence] if fence else []
    return "\n".join((*kept, *closed, *(["</details>"] * max(0, details)))) + _CUT


def _short(title: str, longest: int) -> str:
    title = _plain(title)
    return title if len(title) <= longest else title[: longest - 1] + "…"


def _plain(title: str) -> str:
    return " ".join(title.split())


def _hash(title: str) -> str:
    return hashlib.sha256(_plain(title).encode("utf-8", "replace")).hexdigest()[:16]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
