"""What was generated last, kept so that the next run can merge.

In: texts by path. Out: one compressed file, and the texts again. Each text is checked against the hash in the manifest,
so a file that does not belong to it is the same as none. Why it is kept so: `docs/adr/0010-kept-base.md`.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from migrator.domain.plans import Manifest

BASE = ".migrator/base.zip"
# The same bytes whenever the same is packed by the same release of zlib.
_WHEN = (1980, 1, 1, 0, 0, 0)

# All that `zipfile` raises over bytes that are no archive, or a damaged one.
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error, OverflowError)


def pack(texts: Mapping[str, bytes]) -> bytes:
    """The texts as a zip archive, sorted, without times or owners."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, text in sorted(texts.items()):
            entry = zipfile.ZipInfo(path, _WHEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return packed.getvalue()


def unpack(packed: bytes | None, manifest: Manifest) -> Mapping[str, bytes]:
    """The texts that the manifest names; what is not there, or is another text, is left out."""
    if packed is None:
        return {}
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for file in manifest.files:
                try:
                    text = archive.read(file.path)
                except (KeyError, *_DAMAGE):
                    continue
                if hashlib.sha256(text).hexdigest() == file.sha256:
                    found[file.path] = text
    except _DAMAGE:
        return {}
    return found
