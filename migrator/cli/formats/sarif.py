"""The parts of SARIF 2.1.0 that every log of this program is made of.

In: texts, paths and places. Out: plain JSON values. What a log says is left to the formats of results.

GitHub rejects a whole file for one result without a place, and for what is beyond the limits below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from migrator.domain.json import JsonValue

_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

# docs.github.com, "SARIF results exceed one or more limits" (read 2026-11). Of more results GitHub keeps 5,000, and
# refuses the file from 25,000 on; of locations it shows 100 and takes 1,000, of steps of code flows 1,000 and 10,000.
MOST_RUNS: Final = 20
MOST_RESULTS: Final = 5_000
MOST_LOCATIONS: Final = 100

_LONGEST: Final = 1_000  # characters of a message; ours: a person reads no more of it in a list
_LINK: Final = re.compile(r"[\\\[\]]")


def log_of(runs: Sequence[JsonValue]) -> dict[str, JsonValue]:
    """A log of these runs."""
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": list(runs)}


def told(text: str, *, longest: int = _LONGEST) -> str:
    """Text with names from analyzed code in it, as part of a message: one line, no link, nothing that cannot be seen.

    A message may have links, `[text](target)`; what is no link has its brackets escaped (SARIF 2.1.0, 3.11.6).
    """
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return _LINK.sub(r"\\\g<0>", line if len(line) <= longest else line[: longest - 1] + "…")


def place(uri: str, line: int = 0, column: int = 0, end_line: int = 0) -> dict[str, JsonValue]:
    """A physical location.

    Args:
        line: from 1; 0 for the file as a whole.
        column: from 1; 0 where it is not known.
        end_line: 0 for one line.
    """
    artifact: dict[str, JsonValue] = {"uri": uri}
    if line < 1:
        return {"artifactLocation": artifact}
    region: dict[str, JsonValue] = {"startLine": line}
    if column > 0:
        region["startColumn"] = column
    if end_line > line:
        region["endLine"] = end_line
    return {"artifactLocation": artifact, "region": region}


def uri_of(path: PurePath) -> str:
    """A path as a URI: relative as it is, absolute with its scheme; any name of a file is one."""
    name = path.as_posix().encode("utf-8", "surrogateescape" if _from_disk(path) else "replace")
    return ("file://" if path.is_absolute() else "") + quote(name)


def _from_disk(path: PurePath) -> bool:
    """Whether what is no character in it is a byte of a name; else it is half of a character, from a document."""
    return all(not 0xD800 <= ord(char) <= 0xDFFF or 0xDC80 <= ord(char) <= 0xDCFF for char in str(path))
