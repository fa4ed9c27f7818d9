"""Facts that are kept from run to run, by file: a file that says the same as last time is not read again.

In: the files of a tree, and a store of bytes by key. Out: outlines, and facts of those modules that they are asked of. A key
is the SHA-256 of all that the facts of a file are made of: its name, place and text, and whoever reads it. Where the bytes
lie, and what may be wrong with that place, is the store's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from migrator.domain.assessments import Skipped
from migrator.facts.outlines import PACKAGES, Outline, Packed
from migrator.packing import Unpackable, packed, unpacked
from migrator.source import SourceFile


class FactStore(Protocol):
    """Two rows of bytes by key, an outline and facts.

    Nothing that it does fails: what it cannot give is left out, what it cannot keep is not kept, and it tells why.
    """

    def outlines(self, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The outlines that are kept, of these keys."""
        ...

    def facts(self, keys: Collection[bytes]) -> Mapping[bytes, bytes]:
        """The facts that are kept, of these keys."""
        ...

    def refuse(self, keys: Collection[bytes], reason: str) -> None:
        """What was given under these keys is not what was kept: it is to be told, and to go."""
        ...

    def keep(self, rows: Iterable[tuple[bytes, bytes, bytes]], used: Collection[bytes]) -> None:
        """Keep an outline and facts by key, for the next run; `used` are all keys that this one has used."""
        ...


class KeptFacts:
    """What is kept of the files of one tree, and what is to be.

    Args:
        store: where it lies.
        reader: says who reads files: facts by another one are others.
    """

    def __init__(self, store: FactStore, reader: str) -> None:
        self._store = store
        self._reader = hashlib.sha256(reader.encode())
        self._keys: dict[str, bytes] = {}
        self._fresh: dict[str, Packed | Skipped] = {}

    def outlines(self, files: Sequence[SourceFile]) -> dict[str, Packed | Skipped]:
        """What is known of files without reading them, by module name: outlines, and why there are no facts."""
        self._keys = {file.name: self._key(file) for file in files}
        rows = self._store.outlines(self._keys.values())
        found: dict[str, Packed | Skipped] = {}
        for file in files:
            data = rows.get(self._keys[file.name])
            if data is not None:
                try:
                    found[file.name] = _outlined(data, file)
                except Unpackable as error:
                    self.refuse([file.name], str(error))
        return found

    def facts(self, modules: Mapping[str, Packed], files: Mapping[str, SourceFile]) -> dict[str, Packed]:
        """Those of the modules whose facts are kept, with them."""
        rows = self._store.facts([self._keys[name] for name in modules])
        found = ((name, module, rows.get(self._keys[name])) for name, module in modules.items())
        return {name: Packed(module.outline, data, files[name]) for name, module, data in found if data is not None}

    def add(self, results: Mapping[str, Packed | Skipped]) -> None:
        """What was read of files is to be kept, by module name."""
        self._fresh.update(results)

    def refuse(self, names: Collection[str], reason: str) -> None:
        """What is kept of modules is no outline or no facts of them."""
        if names:
            self._store.refuse([self._keys[name] for name in names], reason)

    def keep(self) -> None:
        """Keep what was read for the next run, and say what this one has used."""
        self._store.keep(self._rows(), self._keys.values())

    def _rows(self) -> Iterable[tuple[bytes, bytes, bytes]]:
        for name, result in self._fresh.items():
            key = self._keys[name]
            if isinstance(result, Skipped):
                yield key, packed(result), b""
            elif isinstance(result.data, bytes):
                yield key, packed(result.outline), result.data
            else:
                try:
                    yield key, packed(result.outline), packed(result.data)
                except RecursionError:
                    continue  # too deeply nested to be kept

    def _key(self, file: SourceFile) -> bytes:
        whole = self._reader.copy()
        whole.update(f"\n{file.name!r} {file.path!r} {file.is_package}\n".encode())
        whole.update(file.text.encode("utf-8", "surrogatepass"))
        return whole.digest()


def _outlined(data: bytes, file: SourceFile) -> Packed | Skipped:
    match unpacked(data, *PACKAGES):
        case Skipped() as skipped if skipped.path == file.path:
            return skipped
        case Outline() as outline if (outline.name, outline.path) == (file.name, file.path):
            return Packed(outline, None)
    raise Unpackable(f"it holds no outline of {file.name}")
