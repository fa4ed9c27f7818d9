"""A first `migrator.toml`, with comments, from what a survey has found; and whether one may be replaced.

In: a `Survey`. Out: the text. The last line holds a hash of what stands above it, so that hand edits are noticed and
never overwritten.
"""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from pathlib import Path

from migrator.config.survey import Survey
from migrator.errors import InputError
from migrator.replacing import replace_file

_SEAL = "# made by `migrator init`; edited since, if this is not the hash of what stands above: "


class State(StrEnum):
    """What writing would do to the file that is there."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    EDITED = "edited"  # somebody has changed it, or written it by hand


def draft(found: Survey) -> str:
    """The text of the file; it says nothing that the analyzer does not find by itself, but for what it leaves out."""
    lines = [
        "# What migrator cannot know of this monolith, or should not have to find again. Every key may be left out.",
        "# A flag wins over the environment, that over this file.",
        "#",
        f"# Found: {found.files} files; packages: {_listed(found.packages)}.",
    ]
    if found.frameworks:
        lines.append(f"# Frameworks: {_listed([f'{name} ({number} files)' for name, number in found.frameworks])}.")
    if found.python[0]:
        lines.append(f"# Python {found.python[0]}, says {_comment(found.python[1])}.")
    lines += ["", "[source]", "# Folders that stand on sys.path; only what lies below one of them is read."]
    stated = found.roots != (".",)
    lines.append(f"{'' if stated else '# '}roots = {_array(found.roots)}")
    lines += ["", "# Names and paths to leave out, beside environments, build output and tests."]
    lines += [
        f"# {_comment(item.pattern)}: {item.files} files, {item.reason}"
        + (f"; left in, since {item.importers} files outside import it" if item.importers else "")
        for item in found.exclude
    ]
    excluded = tuple(item.pattern for item in found.exclude if not item.importers)
    lines.append(f"{'' if excluded else '# '}exclude = {_array(excluded)}")
    if found.settings_module:
        lines += ["", f"# Django's settings, named in {_comment(found.settings_place)}."]
        lines.append(f"settings_module = {json.dumps(found.settings_module)}")
    lines += [
        "",
        "[effects]",
        "# Own knowledge files about libraries, relative to this file.",
        "# knowledge = []",
        "",
        "# What you know better than the analysis, function by function; shown with each verdict that rests on it.",
        "# [[effects.override]]",
        '# function = "package.module.function"',
        '# allow = ["memoize"]       # it does not count, whatever is found',
        '# effect = ["database"]     # it counts, though it is not found',
        '# reason = "why"',
    ]
    text = "\n".join(lines) + "\n"
    return f"{text}{_SEAL}{_digest(text)}\n"


def state_of(path: Path, text: str) -> State:
    """What writing the text would do.

    Raises:
        InputError: what is there is not a file that can be read.
    """
    try:
        present = path.read_bytes()
    except FileNotFoundError:
        return State.CREATED
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", location=str(path)) from error
    if present == text.encode():
        return State.UNCHANGED
    above, seal, digest = present.decode("utf-8", "replace").rpartition(_SEAL)
    return State.CHANGED if seal and digest.strip() == _digest(above) else State.EDITED


def write(path: Path, text: str) -> None:
    """Replace the file at once.

    Raises:
        InputError: it cannot be written.
    """
    try:
        replace_file(path, text.encode())
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", location=str(path)) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _array(items: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(item) for item in items) + "]"


def _quoted(text: str) -> str:
    """A basic string of TOML; a lone surrogate, which TOML cannot say, becomes a wildcard of one character."""
    return json.dumps(text, ensure_ascii=False).encode("utf-8", "replace").decode().replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _listed(items: list[str] | tuple[str, ...]) -> str:
    shown = [_comment(item) for item in items[:12]]
    return ", ".join(shown) + (f" and {len(items) - 12} more" if len(items) > 12 else "") if items else "none"
