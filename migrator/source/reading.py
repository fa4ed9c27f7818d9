"""Reads a folder, or one file, into a `SourceTree`.

In: a path. Out: a `SourceTree` with the text, the dotted name and the hash of every module. A file that cannot
be read or decoded is a `Skipped` entry; only a missing path is an error. What the text means is left to `facts`.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from migrator.domain.assessments import Finding, FindingKind, Skipped
from migrator.domain.locations import Location
from migrator.errors import InputError
from migrator.source.discovery import find_files, printable
from migrator.source.naming import Names, name_files
from migrator.source.snapshot import Unreadable, bytes_of
from migrator.source.tree import SourceFile, SourceTree

_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))", re.MULTILINE)
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=]")


def read_tree(root: Path, *, roots: Sequence[str] = (), exclude: Sequence[str] = ()) -> SourceTree:
    """Every Python file below a folder, or the one file.

    Args:
        root: a folder or a `.py` file.
        roots: folders, relative to `root`, that stand on the monolith's `sys.path`; found where not given. With
            them given, only what lies below one of them is read.
        exclude: shell patterns of names or relative paths to leave out, beside environments, build output, tests.

    Raises:
        InputError: the path, or one of `roots`, is not there.
    """
    if root.is_file():
        return _single_file(root)
    if not root.is_dir():
        raise InputError("there is no such file or folder", hint="name the folder of the monolith", location=str(root))
    for folder in roots:
        if not (root / folder).is_dir():
            raise InputError(f"the source root {folder!r} is not a folder", location=str(root / folder))
    base = root.resolve()
    paths, skipped = find_files(base, exclude)
    if roots:
        wanted = tuple("" if folder in (".", "") else f"{folder.strip('/').removeprefix('./')}/" for folder in roots)
        paths = [path for path in paths if path.startswith(wanted)]
    texts: dict[str, tuple[str, str]] = {}
    for path in paths:
        try:
            texts[path] = _read(base / path)
        except (OSError, UnicodeError, SyntaxError, LookupError) as error:
            skipped.append(_refused(printable(path), error))
    prefix = _packages_above(base) if "__init__.py" in texts else ()
    names = name_files(tuple(texts), _imports(texts.values()), prefix=prefix, roots=roots)
    modules: dict[str, SourceFile] = {}
    for path, name in sorted(names.by_path.items(), key=lambda item: item[1]):
        text, digest = texts[path]
        modules[name] = SourceFile(name, printable(path), text, path.rsplit("/", 1)[-1] == "__init__.py", digest)
    skipped.extend(
        Skipped(printable(path), 1, "another file has the same module name")
        for path in texts
        if path not in names.by_path
    )
    ordered = tuple(sorted(skipped, key=lambda entry: (entry.path, entry.line)))
    return SourceTree(base, modules, ordered, tuple(_shared(names)))


def _shared(names: Names) -> Iterator[Finding]:
    """A finding for each file that goes by its whole path because another one has the name that it is imported by."""
    for path, other in sorted(names.shared.items()):
        if path in names.by_path:
            yield Finding(
                FindingKind.MODULE_NAME,
                Location(printable(path), 1),
                f"{printable(other)} is imported as {names.by_path[other]} too; this file is called "
                f"{names.by_path[path]} here, and an import of the name means the other one "
                "(roots in migrator.toml says which folders count)",
            )


def _single_file(path: Path) -> SourceTree:
    absolute = path.resolve()
    try:
        text, digest = _read(absolute)
    except (OSError, UnicodeError, SyntaxError, LookupError) as error:
        return SourceTree(absolute.parent, {}, (_refused(printable(absolute.name), error),))
    package = _packages_above(absolute.parent) if (absolute.parent / "__init__.py").is_file() else ()
    is_package = absolute.name == "__init__.py"
    name = ".".join(package if is_package and package else (*package, absolute.stem))
    return SourceTree(absolute.parent, {name: SourceFile(name, absolute.name, text, is_package, digest)})


def _packages_above(folder: Path) -> tuple[str, ...]:
    """The packages that a folder with an `__init__.py` stands in, itself last."""
    parts: list[str] = []
    while (folder / "__init__.py").is_file() and folder.name:
        parts.append(folder.name)
        folder = folder.parent
    return tuple(reversed(parts))


def _read(path: Path) -> tuple[str, str]:
    """Text and hash; honors a byte order mark and PEP 263."""
    data = bytes_of(path)
    digest = hashlib.sha256(data).hexdigest()
    head = data.removeprefix(codecs.BOM_UTF8).split(b"\n", 2)[:2]
    if not any(_CODING.match(line) for line in head):
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8"), digest
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8" if encoding == "utf-8-sig" else encoding), digest


def _imports(texts: Iterable[tuple[str, str]]) -> Counter[str]:
    """Every dotted name that is imported, and its prefixes, with how often."""
    counted: Counter[str] = Counter()
    for text, _ in texts:
        counted.update(first or second for first, second in _IMPORT.findall(text))
    total: Counter[str] = Counter()
    for name, times in counted.items():
        parts = name.split(".")
        for depth in range(1, len(parts) + 1):
            total[".".join(parts[:depth])] += times
    return total


def _refused(path: str, error: Exception) -> Skipped:
    line, column = 1, 1
    if isinstance(error, UnicodeDecodeError):
        lines = bytes(error.object[: error.start]).split(b"\n")
        line, column = len(lines), len(lines[-1].decode(error.encoding, "replace")) + 1
    return Skipped(path, line, _reason(error), column)


def _reason(error: Exception) -> str:
    match error:
        case UnicodeDecodeError():
            return f"is not {error.encoding}: byte 0x{error.object[error.start]:02x} at position {error.start}"
        case Unreadable():
            return str(error.strerror)
        case OSError():
            return f"cannot be read: {error.strerror}"
        case _:
            return f"cannot be decoded: {error}"
