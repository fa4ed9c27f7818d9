"""What the seam did to a monolith, kept in `.migrator/seam.json` so that it can be undone and shown.

In: a record, or its text. Out: the other. The file is to be committed with the code that it speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from migrator.artifacts.seam.sites import At
from migrator.artifacts.writing.journal import Pending
from migrator.documents.codec import Codec
from migrator.errors import InputError

RECORD = ".migrator/seam.json"


@dataclass(frozen=True, slots=True)
class SeamFile:
    """A file that the seam is in.

    Attributes:
        original: SHA-256 of its bytes without the seam, when the seam was last put in.
        written: SHA-256 of its bytes with it.
    """

    original: str
    written: str


@dataclass(frozen=True, slots=True)
class SeamRecord:
    """Everything that the seam did.

    Attributes:
        module: path of the generated module, relative to the monolith's root.
        module_sha256: of its bytes as they were written.
        weights: path of the file with the weights.
        package: dotted name of the package that the module is imported from, or an empty string.
        names: candidate to where its calls are routed.
        files: path to what was done to it.
    """

    module: str
    module_sha256: str
    weights: str
    package: str
    names: Mapping[str, At] = field(default_factory=dict)
    files: Mapping[str, SeamFile] = field(default_factory=dict)


CODEC = Codec("migrator.seam/1", SeamRecord)


def load_record(root: Path) -> SeamRecord | None:
    """The record of a monolith, or None where it has no seam; a change that was cut off counts as finished.

    Raises:
        InputError: it is there and cannot be read.
    """
    path = root / RECORD
    try:
        data = Pending(root).read(RECORD)
        text = data.decode() if data is not None else None
    except UnicodeDecodeError as error:
        raise InputError(
            "the record of the seam cannot be read", hint="take it back from version control", location=str(path)
        ) from error
    return CODEC.load_text(text, source=str(path)) if text is not None else None
