"""Generated files that do not lie in the manifest of a service, such as its runbook, its route and its workflow.

In: their texts as generated now, what lies in the checkout, and what was generated last. Out: new bytes by path, and the
archive that keeps what was generated. What people changed since is merged; where both changed the same lines that is said.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from migrator.artifacts.writing.base import pack
from migrator.artifacts.writing.merging import merge

KEPT = ".migrator/beside.zip"
"""In the service's folder; what was generated last, by path from the repository's top."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, KeyError)


@dataclass(frozen=True, slots=True)
class Beside:
    """What becomes of the files.

    Attributes:
        files: path to new bytes, of those that change.
        kept: the archive for the next run.
        disagree: files on which a hand and the generator changed the same lines; they stay as the hand left them.
    """

    files: Mapping[str, bytes]
    kept: bytes
    disagree: tuple[str, ...] = ()


def settle(texts: Mapping[str, str], present: Mapping[str, bytes | None], archive: bytes | None) -> Beside:
    """Settle each file.

    Args:
        texts: as they are generated now.
        present: the bytes of each in the checkout; None for no file.
        archive: of the run before.
    """
    before = _unpacked(archive)
    files: dict[str, bytes] = {}
    disagree: list[str] = []
    for path, text in sorted(texts.items()):
        theirs, ours, base = text.encode(), present[path], before.get(path)
        match ours:
            case None if base is None:
                files[path] = theirs
            case None:
                pass  # somebody has deleted it
            case _ if base is None or ours == theirs or base == theirs:
                pass  # theirs from before this tool came, or nothing new
            case _:
                merged = merge(path, base, ours, theirs)
                if merged.hunks or merged.broken:
                    disagree.append(path)
                elif merged.text != ours:
                    files[path] = merged.text
    # Where a hand stands against it, the next run still has to see the same difference.
    generated = {path: before.get(path, b"") if path in disagree else text.encode() for path, text in texts.items()}
    packed = archive if archive is not None and before == generated else pack(generated)
    return Beside(files, packed, tuple(disagree))


def _unpacked(archive: bytes | None) -> Mapping[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive or b"")) as found:
            return {name: found.read(name) for name in found.namelist()}
    except _DAMAGE:
        return {}
