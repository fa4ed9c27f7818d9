"""The file that a report is written to: its format by its name, and what of other people's is never written over.

In: a path, a text. Out: the file, whole or not at all. What stands in it is made by `migrator.cli.formats`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from migrator.errors import InputError, Refused, UsageError

STDOUT = Path("-")
"""Stands for standard output."""

_HEAD = 64 * 1024  # bytes of a file in which its mark is looked for; each format has it near the beginning


class Kind(StrEnum):
    """How a report is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    SARIF = "sarif"
    JSON = "json"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class _File:
    """How files of one kind are known.

    Attributes:
        endings: of names, in lower case; the longest that fits counts.
        mark: text that each file of this program has, and hardly another one; empty where there is none.
    """

    endings: tuple[str, ...]
    mark: str = ""


_FILES: Mapping[Kind, _File] = {
    Kind.HTML: _File((".html", ".htm"), '<meta name="generator" content="migrator'),
    Kind.MARKDOWN: _File((".md", ".markdown"), "<!-- written by migrator report -->"),
    Kind.SARIF: _File((".sarif", ".sarif.json"), '"name": "migrator analyze"'),
    Kind.JSON: _File((".json",), '"schema": "migrator.'),
    Kind.TEXT: _File((".txt",)),
}


def kind_of(stated: Kind | None, output: Path | None) -> Kind:
    """The format that is wanted: the stated one, else the one that the file's name says, else a page.

    Raises:
        UsageError: the name says nothing.
    """
    if stated is not None:
        return stated
    if output is None or output == STDOUT:
        return Kind.HTML
    name = output.name.lower()
    fits = [(ending, kind) for kind, file in _FILES.items() for ending in file.endings if name.endswith(ending)]
    if not fits:
        raise UsageError(
            f"the name of {output} does not say which format is wanted",
            hint=f"give --format: {', '.join(Kind)}",
        )
    return max(fits, key=lambda fit: len(fit[0]))[1]


def require_writable(output: Path, *, force: bool) -> None:
    """Look before the long work whether its result can be written.

    Raises:
        InputError: there is no folder for it, or a folder in its place.
        Refused: a file is there that this program did not write.
    """
    if output.is_dir():
        raise InputError("is a folder", hint="name the file that is to be written", location=str(output))
    if not output.parent.is_dir():
        raise InputError("there is no folder for it", hint=f"make it: mkdir -p {output.parent}", location=str(output))
    if output.is_file() and not force and not _is_ours(output):
        raise Refused(
            "there is a file that `migrator report` did not write", hint="--force replaces it", location=str(output)
        )


def write_report_file(output: Path, kind: Kind, text: str) -> int:
    """Write the file in one step, by way of a link where it is one; its size in bytes.

    Raises:
        InputError: the disk is full, or the folder is not to be written to; the file is as it was.
    """
    from migrator.replacing import replace_file

    if kind is Kind.MARKDOWN:
        text = f"{_FILES[kind].mark}\n\n{text}"
    data = text.encode("utf-8", "backslashreplace")
    try:
        if output.exists() and not output.is_file():  # a pipe, a terminal, /dev/null
            output.write_bytes(data)
        else:
            replace_file(output.resolve(), data)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", location=str(output)) from error
    return len(data)


def _is_ours(path: Path) -> bool:
    """Whether a report, of whichever kind, was written there; an empty file is nobody's."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD).decode("utf-8", "replace")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=str(path)) from error
    return not head or any(file.mark in head for file in _FILES.values() if file.mark)
