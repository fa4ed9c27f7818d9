"""Annotations of GitHub Actions: lines of a log that GitHub shows beside the lines of files they speak of.

In: `Annotation` values, the most important first. Out: lines of commands for the runner on stdout, and a page for the
step's summary where the runner has given a file for it. What is worth one is decided by the modules that make them.

Syntax and escapes are those of GitHub's own toolkit (actions/toolkit, `packages/core/src/command.ts`, read 2026-11). Of
each kind GitHub shows ten a step, and leaves out the rest without a word (actions/toolkit, `docs/problem-matchers.md`,
read 2026-11): so the tenth line says here how many more there are.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from migrator.cli.terminal import inert
from migrator.domain.wording import count

SHOWN: Final = 10
"""Annotations of one kind that GitHub shows of a step."""

_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}
_WORKSPACE: Final = "GITHUB_WORKSPACE"
_SUMMARY: Final = "GITHUB_STEP_SUMMARY"


class Level(StrEnum):
    """How an annotation is shown; the command's name."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark.

    Attributes:
        title: the line above the message, in bold; empty for GitHub's own.
        path: of the file, as it is reached from the current folder; empty where it is about no file.
        line: counted from 1; 0 where it is about the file as a whole.
        column: counted from 1; 0 where it is not known.
        end_line: the last line; 0 for one line.
    """

    level: Level
    message: str
    title: str = ""
    path: str = ""
    line: int = 0
    column: int = 0
    end_line: int = 0


def print_annotations(annotations: Iterable[Annotation], *, rest: str) -> None:
    """The lines on stdout, where the runner reads them.

    Args:
        rest: the command that shows those of which GitHub shows none.
    """
    for line in annotation_lines(annotations, rest=rest, workspace=os.environ.get(_WORKSPACE, "")):
        sys.stdout.write(line + "\n")


def annotation_lines(annotations: Iterable[Annotation], *, rest: str, workspace: str = "") -> Iterator[str]:
    """A line each; of each level the first ones, and what they are too many for is counted.

    Args:
        rest: the command that shows the others.
        workspace: the folder of the checkout, which paths in annotations are relative to.
    """
    by_level: dict[Level, list[Annotation]] = {level: [] for level in Level}
    for annotation in dict.fromkeys(annotations):
        by_level[annotation.level].append(annotation)
    for level, found in by_level.items():
        shown = found if len(found) <= SHOWN else found[: SHOWN - 1]
        yield from (_line(annotation, workspace) for annotation in shown)
        if len(found) > len(shown):
            more = count(len(found) - len(shown), f"more {level.value}")
            yield _line(Annotation(level, f"GitHub shows {SHOWN} of a kind; all of them: {rest}", title=more), "")


def write_summary(markdown: str) -> None:
    """Add a page to the step's summary, where the runner has given a file for it; where that fails there is none."""
    path = os.environ.get(_SUMMARY, "")
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown.rstrip("\n") + "\n")
    except OSError as error:
        sys.stderr.write(inert(f"the step's summary was not written: {error}") + "\n")


def _line(annotation: Annotation, workspace: str) -> str:
    properties: Mapping[str, str] = {
        "file": _relative(annotation.path, workspace),
        "line": str(annotation.line or ""),
        "endLine": str(annotation.end_line or "") if annotation.end_line > annotation.line else "",
        "col": str(annotation.column or ""),
        "title": annotation.title,
    }
    said = ",".join(f"{name}={_escaped(text, _PROPERTY)}" for name, text in properties.items() if text)
    return f"::{annotation.level.value}{' ' if said else ''}{said}::{_escaped(annotation.message, _DATA)}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    # Inert too: what a terminal would act on is no part of a message either, and a tab no part of a property.
    return inert("".join(escapes.get(char, char) for char in text)).replace("\t", " ")


def _relative(path: str, workspace: str) -> str:
    if not path or not workspace:
        return path
    whole = Path(path).absolute()
    parts = os.path.normpath(whole)
    return Path(parts).relative_to(workspace).as_posix() if Path(parts).is_relative_to(workspace) else path
