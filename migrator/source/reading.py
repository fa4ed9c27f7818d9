"""Reads a folder, or one file, into a `SourceTree`.

In: a path. Out: first the `SourceBytes`, of which the digest says whether anything has changed; of them a `SourceTree`
with the text, the dotted name and the hash of every module. A file that cannot be read or decoded is a `Skipped` entry;
only a missing path is an error. What the text means is left to `facts`.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class SourceBytes:
    """What was read below a root, before anything is made of it.

    Attributes:
        base: the absolute folder that paths are relative to.
        files: path to the bytes of the file, or to the error that reading it has raised.
        skipped: what could not be listed.
        roots: folders that stand on the monolith's `sys.path`, where they are given.
        is_file: whether the root is the one file itself.
    """

    base: Path
    files: Mapping[str, bytes | OSError]
    skipped: tuple[Skipped, ...] = ()
    roots: tuple[str, ...] = ()
    is_file: bool = False

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of all that a `SourceTree` is made of: equal ones give equal trees."""
        whole = hashlib.sha256()
        above = self._packages_above()
        whole.update(repr((self.is_file, self.roots, self.skipped, above)).encode())
        for path, data in self.files.items():
            told = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else repr(_refused(path, data))
            whole.update(f"{printable(path)}\0{told}\n".encode())
        return whole.hexdigest()

    def _packages_above(self) -> tuple[str, ...]:
        """The packages that the root stands in."""
        return _packages_above(self.base) if "__init__.py" in self.files or self.is_file else ()

    def tree(self) -> SourceTree:
        """The files as modules: decoded, each by the name that it is imported under."""
        texts: dict[str, tuple[str, str]] = {}
        skipped = list(self.skipped)
        for path, data in self.files.items():
            try:
                if isinstance(data, OSError):
                    raise data
                texts[path] = _decoded(data)
            except (OSError, UnicodeError, SyntaxError, LookupError) as error:
                skipped.append(_refused(printable(path), error))
        return _of_one_file(self.base, texts, skipped) if self.is_file else self._of_folder(texts, skipped)

    def _of_folder(self, texts: Mapping[str, tuple[str, str]], skipped: list[Skipped]) -> SourceTree:
        names = name_files(tuple(texts), _imports(texts.values()), prefix=self._packages_above(), roots=self.roots)
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
        return SourceTree(self.base, modules, ordered, tuple(_shared(names)))


def read_tree(root: Path, *, roots: Sequence[str] = (), exclude: Sequence[str] = ()) -> SourceTree:
    """Every Python file below a folder, or the one file, as modules; for the arguments see `read_bytes`."""
    return read_bytes(root, roots=roots, exclude=exclude).tree()


def read_bytes(root: Path, *, roots: Sequence[str] = (), exclude: Sequence[str] = ()) -> SourceBytes:
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
        absolute = root.resolve()
        return SourceBytes(absolute.parent, {absolute.name: _read(absolute)}, is_file=True)
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
    return SourceBytes(base, {path: _read(base / path) for path in paths}, tuple(skipped), tuple(roots))


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


def _of_one_file(base: Path, texts: Mapping[str, tuple[str, str]], skipped: Sequence[Skipped]) -> SourceTree:
    modules: dict[str, SourceFile] = {}
    for path, (text, digest) in texts.items():
        package = _packages_above(base)
        is_package = path == "__init__.py"
        name = ".".join(package if is_package and package else (*package, path.removesuffix(Path(path).suffix)))
        modules[name] = SourceFile(name, path, text, is_package, digest)
    return SourceTree(base, modules, tuple(skipped))


def _packages_above(folder: Path) -> tuple[str, ...]:
    """The packages that a folder with an `__init__.py` stands in, itself last."""
    parts: list[str] = []
    while (folder / "__init__.py").is_file() and folder.name:
        parts.append(folder.name)
        folder = folder.parent
    return tuple(reversed(parts))


def _read(path: Path) -> bytes | OSError:
    try:
        return bytes_of(path)
    except OSError as error:
        return error


def _decoded(data: bytes) -> tuple[str, str]:
    """Text and hash; honors a byte order mark and PEP 263."""
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
