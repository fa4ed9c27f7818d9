"""The texts of a router configuration: the main file and those that it includes.

In: the main file's path. Out: `RouterFiles`, with what keeps a file from being read. What the texts say is left to
`load`, what is changed in them to `edit`.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from migrator.domain.json import JsonValue
from migrator.errors import InputError
from migrator.router.including import Included, included
from migrator.router.mistakes import Mistake, RouterError
from migrator.router.models.words import include_pattern
from migrator.router.yaml_nodes import YamlMistakes
from migrator.router.yaml_tree import MAX_BYTES, YamlTree, read_tree


@dataclass(frozen=True, slots=True)
class RouterText:
    """One file.

    Attributes:
        source: its path, as messages name it.
        text: without a byte order mark.
    """

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class RouterFiles:
    """All files.

    Attributes:
        included: sorted by path.
        mistakes: why further files could not be read.
    """

    main: RouterText
    included: tuple[RouterText, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def every(self) -> tuple[RouterText, ...]:
        """The main file first."""
        return (self.main, *self.included)


def read_files(path: Path) -> RouterFiles:
    """The files of a configuration.

    Raises:
        InputError: the main file cannot be read.
        RouterError: the main file is too large, or no text.
    """
    try:
        raw = _bytes(path, MAX_BYTES)
    except OSError as error:
        raise InputError(
            f"cannot read the router configuration: {error.strerror or error}",
            hint="name it with --router FILE; migrator extract writes one beside the service",
            location=str(path),
        ) from error
    read = _Reading()
    main = read.text(raw, "")
    if main is None:
        raise RouterError(str(path), read.mistakes)
    files = []
    tree = _tree(main)
    found = included(path, patterns_of(tree)) if tree is not None else Included()
    if tree is not None:
        read.mistakes += [tree.mistake(("include", number), why) for number, why in found.refused]
    for name in found.names:
        source = str(path.parent / name)
        try:
            text = read.text(_bytes(path.parent / name, max(MAX_BYTES - read.size, 0)), source)
        except FileNotFoundError:
            continue  # gone since the folder was listed
        except OSError as error:
            read.mistakes.append(Mistake(1, 1, "", f"cannot be read: {error.strerror}", source))
            continue
        if text is not None:
            files.append(RouterText(source, text))
    return RouterFiles(RouterText(str(path), main), tuple(files), tuple(read.mistakes))


def patterns_of(tree: YamlTree) -> tuple[str, ...]:
    """What a main file includes, pattern by pattern; an empty text for one that its model refuses."""
    listed = tree.value.get("include") if isinstance(tree.value, dict) else None
    return tuple(map(_pattern, listed if isinstance(listed, list) else ()))


def _pattern(value: JsonValue) -> str:
    with suppress(ValueError):
        return include_pattern(value) if isinstance(value, str) else ""
    return ""


class Watched:
    """Tells whether the files of a configuration are others than before. Never raises.

    Args:
        path: the main file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._main = b""
        self._patterns: tuple[str, ...] = ()

    def print(self) -> str:
        """Equal for equal files under equal names; empty while the main file cannot be read."""
        try:
            main = _bytes(self._path, MAX_BYTES)
        except OSError:
            return ""
        if main != self._main:
            self._main, self._patterns = main, _patterns(main)
        found = included(self._path, self._patterns)
        digest = hashlib.sha256(main)
        for name in found.names:
            digest.update(f"\0{name}\0".encode())
            with suppress(OSError):
                digest.update(hashlib.sha256(_bytes(self._path.parent / name, MAX_BYTES)).digest())
        digest.update(repr(found.refused).encode())
        return digest.hexdigest()


class _Reading:
    """Makes texts of bytes, and remembers what was wrong with them and how much there was."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.size = 0

    def text(self, raw: bytes, source: str) -> str | None:
        self.size += len(raw)
        if self.size > MAX_BYTES:
            what = "with what is read before it larger" if source else "larger"
            self.mistakes.append(Mistake(1, 1, "", f"{what} than {MAX_BYTES // 1024 // 1024} MiB", source))
            return None
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = raw[: error.start]
            line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
            message = f"not UTF-8: byte 0x{raw[error.start]:02x}; save the file as UTF-8"
            self.mistakes.append(Mistake(line, column, "", message, source))
            return None


def _bytes(path: Path, most: int) -> bytes:
    """At most one byte more than is allowed."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _tree(text: str) -> YamlTree | None:
    """What a main file says, if it includes anything: no other one is read twice. Its mistakes are told by `load`."""
    if "include" in text:
        with suppress(YamlMistakes):
            return read_tree(text)
    return None


def _patterns(raw: bytes) -> tuple[str, ...]:
    with suppress(UnicodeDecodeError):
        tree = _tree(raw.decode("utf-8-sig"))
        return patterns_of(tree) if tree is not None else ()
    return ()
