"""What the seam did to a monolith, kept below `.migrator` so that it can be undone and shown.

In: a monolith's root, or a record. Out: the record, or the files that say it. What holds for all candidates is in one
file, equal whichever of them came first; what was done for each is in a file of its own: branches that each route
another candidate merge. The files are to be committed with the code that they speak of.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from migrator.artifacts.seam.places import SeamPlaces
from migrator.artifacts.seam.sites import At
from migrator.artifacts.writing.journal import Pending
from migrator.documents.codec import Codec
from migrator.errors import InputError

RECORD = ".migrator/seam.json"
CANDIDATES = ".migrator/seam"

_SAFE = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
# Of a file's name, with room for what file systems and git add to it (255 bytes on most).
_MOST = 150


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that the seam was put into, by hashes of its text without the line end; it holds whatever moves it.

    Attributes:
        before: SHA-256 of it as it was; of an empty text for a line that was put in as a whole.
        after: SHA-256 of it with the seam.
    """

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SeamCandidate:
    """What was done for one candidate.

    Attributes:
        at: where its calls are routed.
        files: path to the lines that were changed there.
    """

    name: str
    at: At
    files: Mapping[str, tuple[ChangedLine, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SeamModule:
    """What is the same for all candidates.

    Attributes:
        module: path of the generated module, relative to the monolith's root.
        module_sha256: of its bytes as they were written.
        weights: path of the file with the weights; it need not be there.
        package: dotted name of the package that the module is imported from, or an empty string.
    """

    module: str
    module_sha256: str
    weights: str
    package: str


@dataclass(frozen=True, slots=True)
class SeamRecord:
    """Everything that the seam did.

    Attributes:
        candidates: by name.
        old: the record was read from one file as earlier versions wrote it: who has which line is not known.
    """

    common: SeamModule
    candidates: Mapping[str, SeamCandidate] = field(default_factory=dict)
    old: bool = False

    @property
    def module(self) -> str:
        """Path of the generated module."""
        return self.common.module

    @property
    def weights(self) -> str:
        """Path of the file with the weights."""
        return self.common.weights

    @property
    def package(self) -> str:
        """The package that the module is imported from."""
        return self.common.package

    @property
    def names(self) -> Mapping[str, At]:
        """Candidate to where its calls are routed."""
        return {name: each.at for name, each in self.candidates.items()}

    @property
    def files(self) -> tuple[str, ...]:
        """The files that the seam is in, sorted."""
        return tuple(sorted({path for each in self.candidates.values() for path in each.files}))


def unwritten(places: SeamPlaces) -> SeamRecord:
    """A record of nothing yet."""
    return SeamRecord(SeamModule(places.module, "", places.weights, places.package))


def record_path(name: str) -> str:
    """The file of a candidate: its name where that is plain, else what is plain of it and a part of its hash."""
    if _SAFE.fullmatch(name) and len(name) <= _MOST:
        return f"{CANDIDATES}/{name}.json"
    plain = re.sub(r"[^a-z0-9_.]+", "", name.lower())[:_MOST].strip(".")
    # No plain name has a dash, so no other candidate has this one.
    return f"{CANDIDATES}/{plain}-{hashlib.sha256(name.encode()).hexdigest()[:12]}.json"


def record_files(record: SeamRecord) -> Mapping[str, bytes]:
    """The files that say a record, by path."""
    return {
        RECORD: _MODULE.dump_text(record.common).encode(),
        **{
            record_path(name): _CANDIDATE.dump_text(_sorted(each)).encode()
            for name, each in sorted(record.candidates.items())
        },
    }


def load_record(root: Path) -> SeamRecord | None:
    """The record of a monolith, or None where it has no seam; a change that was cut off counts as finished.

    Raises:
        InputError: it is there and cannot be read, or a part of it is missing.
    """
    pending = Pending(root)
    parts = sorted(
        {path for path in pending.steps if PurePosixPath(path).parent == PurePosixPath(CANDIDATES)}
        | {f"{CANDIDATES}/{path.name}" for path in (root / CANDIDATES).glob("*.json")}
    )
    texts = {path: text for path in (RECORD, *parts) if (text := _text(pending, root, path)) is not None}
    if not texts:
        return None
    if RECORD not in texts:
        raise InputError(
            "what all records of the seam have in common is missing",
            hint=f"take {RECORD} back from version control",
            location=str(root / RECORD),
        )
    if f'"{_OLD.schema}"' in texts[RECORD] and len(texts) == 1:
        return _read_old(_OLD.load_text(texts[RECORD], source=str(root / RECORD)))
    common = _MODULE.load_text(texts[RECORD], source=str(root / RECORD))
    found = [_CANDIDATE.load_text(texts[path], source=str(root / path)) for path in parts if path in texts]
    return SeamRecord(common, {each.name: each for each in found})


@dataclass(frozen=True, slots=True)
class _OldFile:
    original: str
    written: str


@dataclass(frozen=True, slots=True)
class _OldRecord:
    module: str
    module_sha256: str
    weights: str
    package: str
    names: Mapping[str, At] = field(default_factory=dict)
    files: Mapping[str, _OldFile] = field(default_factory=dict)


_MODULE = Codec("migrator.seam/2", SeamModule)
_CANDIDATE = Codec("migrator.seam-candidate/1", SeamCandidate)
_OLD = Codec("migrator.seam/1", _OldRecord)


def _read_old(old: _OldRecord) -> SeamRecord:
    """Any of its candidates may be in any of its files."""
    files: Mapping[str, tuple[ChangedLine, ...]] = dict.fromkeys(old.files, ())
    return SeamRecord(
        SeamModule(old.module, old.module_sha256, old.weights, old.package),
        {name: SeamCandidate(name, at, files) for name, at in old.names.items()},
        old=True,
    )


def _sorted(each: SeamCandidate) -> SeamCandidate:
    return SeamCandidate(each.name, each.at, dict(sorted(each.files.items())))


def _text(pending: Pending, root: Path, path: str) -> str | None:
    try:
        data = pending.read(path)
        return data.decode() if data is not None else None
    except UnicodeDecodeError as error:
        raise InputError(
            "the record of the seam cannot be read",
            hint="take it back from version control",
            location=str(root / path),
        ) from error
