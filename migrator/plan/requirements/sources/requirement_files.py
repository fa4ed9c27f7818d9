"""`requirements*.txt`, `*.in` and constraints files, as pip reads them.

In: the text of one. Out: pins, and the files that `-r` and `-c` name. Options that say where to install from are
left alone: they may hold credentials.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of
from migrator.plan.requirements.references import is_reference, read_reference

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTION = re.compile(r"^(?P<name>-[a-zA-Z]|--[a-z-]+)(?:\s*=\s*|\s+|(?<=^-[rce]))(?P<value>.*)$")
# Options that pip allows behind a requirement.
_BEHIND = re.compile(r"\s+--?[a-z].*$")
_MARKER = re.compile(r"\s+;\s*(?P<marker>.+)$")
_FILES = {"-r": Kind.REQUIREMENT, "--requirement": Kind.REQUIREMENT, "-c": Kind.CONSTRAINT, "--constraint": Kind.CONSTRAINT}  # fmt: skip
_EDITABLE = ("-e", "--editable")


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a requirements or constraints file."""
    found = Collected(file, environment)
    for number, text in logical_lines(file.text):
        option = _OPTION.match(text)
        if option is not None and option["name"] in _FILES:
            kind = max(_FILES[option["name"]], file.kind)
            found.follow(option["value"].strip("\"' "), number, kind=kind, group=file.group)
        elif option is not None and option["name"] in _EDITABLE:
            _reference(found, option["value"].strip("\"' "), number)
        elif not text.startswith("-"):
            _requirement(found, _BEHIND.sub("", text), number)
    return found.reading()


def requirement_lines(text: str) -> Iterator[tuple[int, str]]:
    """The requirements of a file with their line, without options and hashes, whether they can be read or not."""
    for number, line in logical_lines(text):
        if not line.startswith("-"):
            yield number, _BEHIND.sub("", line)


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their number, continued ones joined, without comments and blank ones."""
    joined, began = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        began = began or number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            joined += line[:-1]
            continue
        if plain := _COMMENT.sub("", joined + line).strip():
            yield began, plain
        joined, began = "", 0
    if plain := _COMMENT.sub("", joined).strip():
        yield began, plain


def _requirement(found: Collected, text: str, line: int) -> None:
    if is_reference(text):
        _reference(found, text, line)
    else:
        found.line(text, line, kind=found.file.kind, group=found.file.group)


def _reference(found: Collected, text: str, line: int) -> None:
    marker = _MARKER.search(text)
    address = text[: marker.start()] if marker is not None else text
    if address.split("[", 1)[0] in (".", "./"):
        return  # the monolith itself
    reference = read_reference(address)
    if marker is not None and reference.name:
        found.line(
            f"{reference.name} @ {address} ; {marker['marker']}", line, kind=found.file.kind, group=found.file.group
        )
    else:
        found.reference(reference.name, reference, line, found.file.kind, found.file.group)


def kind_and_group(name: str) -> tuple[Kind, Group]:
    """What a requirements file holds, by its name, such as `requirements/dev.txt`."""
    kind = Kind.CONSTRAINT if "constraint" in name.lower() else Kind.REQUIREMENT
    return kind, group_of(name.rpartition(".")[0])
