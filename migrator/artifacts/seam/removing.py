"""Takes the seam out of a monolith, for one candidate or for all, and shows what is in it.

In: the monolith's root with the record of the seam. Out: a `SeamChange`, or `Shown`; nothing is written. Edits of other
people stay; where they touched the seam's own text it is undone as far as it can be told, and said.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from migrator.artifacts.seam.changes import Place, SeamChange, present
from migrator.artifacts.seam.lines import line_not_given_back
from migrator.artifacts.seam.narrowing import narrowed
from migrator.artifacts.seam.reading import Parsed, Unreadable
from migrator.artifacts.seam.record import RECORD, SeamRecord, load_record, record_files, record_path
from migrator.artifacts.seam.removal import remove, uses
from migrator.artifacts.seam.sites import At
from migrator.artifacts.seam.weights import weight_of, without_route
from migrator.errors import InputError, MigratorError, UsageError


@dataclass(frozen=True, slots=True)
class Routed:
    """A candidate whose calls are routed.

    Attributes:
        weight: percent, as it stands in the weights file.
        places: where, in the files as they are now; a reason where the seam's text was edited.
    """

    name: str
    at: At
    weight: float
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """The seam of a monolith.

    Attributes:
        unreadable: files that cannot be looked into.
    """

    module: str
    weights: str
    routed: tuple[Routed, ...]
    unreadable: tuple[Place, ...]


def remove_seam(root: Path, name: str | None) -> SeamChange:
    """The change that takes the seam out.

    Args:
        name: of the candidate; None takes it out for every one.

    Raises:
        UsageError: there is no seam, or none for the name.
        InputError: the record or the weights cannot be read.
    """
    record = _record(root)
    if name is not None and name not in record.names:
        raise UsageError(
            f"there is no seam for {name}", hint=f"there is one for: {', '.join(sorted(record.names)) or 'nobody'}"
        )
    gone = frozenset(record.names) if name is None else frozenset({name})
    record = narrowed(root, record)
    before: dict[str, bytes | None] = {}
    changed: dict[str, bytes | None] = {}
    kept: set[str] = set()
    places: list[Place] = []
    told: list[Place] = []
    for path in sorted({path for each in gone for path in record.candidates[each].files}):
        data = present(root, path)
        if data is None:
            told.append(Place(path, 1, "this file is no longer there"))
            continue
        known = [line for each in gone for line in record.candidates[each].files.get(path, ())]
        try:
            found = remove(data, name, record.package)
            lost = line_not_given_back(data, name, record.package, known)
            places += [Place(path, use.line) for use in uses(Parsed(data)) if use.name in gone]
        except Unreadable as error:
            told.append(Place(path, 1, f"this file {error}; the seam is still in it"))
            kept.add(path)
            continue
        if lost is not None:
            raise MigratorError(
                "would not be as it was before the seam; nothing was changed", location=f"{root / path}:{lost}"
            )
        before[path], changed[path] = data, found.data
        told += [Place(path, each.line, each.reason) for each in found.told]
        told += [Place(path, line, "still speaks of the seam; take it out by hand") for line in found.left]
        if found.left:
            kept.add(path)
    rest = _rest(root, record, gone, kept, before, told)
    return SeamChange(root, {**changed, **rest}, before, tuple(places), tuple(told))


def show_seam(root: Path) -> Shown:
    """What is routed, where, and at which weight.

    Raises:
        UsageError: there is no seam.
        InputError: the record or the weights cannot be read.
    """
    record = _record(root)
    places: dict[str, list[Place]] = {name: [] for name in record.names}
    unreadable: list[Place] = []
    for path in record.files:
        data = present(root, path)
        try:
            found = uses(Parsed(data)) if data is not None else ()
        except Unreadable as error:
            unreadable.append(Place(path, 1, f"this file {error}"))
            continue
        for use in found:
            places.setdefault(use.name, []).append(Place(path, use.line, "" if use.exact else "was edited since"))
    weights = present(root, record.weights)
    routed = tuple(
        Routed(name, at, weight_of(weights, name, location=str(root / record.weights)), tuple(places[name]))
        for name, at in sorted(record.names.items())
    )
    return Shown(record.module, record.weights, routed, tuple(unreadable))


def _record(root: Path) -> SeamRecord:
    record = load_record(root)
    if record is None:
        raise UsageError(
            "there is no seam in this monolith", hint=f"put one in with: migrator seam add NAME --root {root}"
        )
    return record


def _rest(
    root: Path,
    record: SeamRecord,
    gone: frozenset[str],
    kept: set[str],
    before: dict[str, bytes | None],
    told: list[Place],
) -> dict[str, bytes | None]:
    """The files of the seam itself, after those that import it.

    Args:
        kept: files that still speak of the seam; what is gone stays recorded there, so that it can be taken out later.
    """
    before |= {path: present(root, path) for path in (record.module, record.weights)}
    weights = before[record.weights]
    try:
        for name in sorted(gone):
            weights = without_route(weights, name, location=str(root / record.weights))
    except InputError as error:
        told.append(Place(record.weights, 1, f"{error.message}; it stays as it is"))
    left = {
        name: replace(each, files={path: each.files[path] for path in each.files if path in kept or name not in gone})
        for name, each in record.candidates.items()
        if name not in gone or kept & set(each.files)
    }
    said: dict[str, bytes | None] = {record_path(name): None for name in record.candidates}
    rest: dict[str, bytes | None] = {record.weights: weights}
    if left:
        said |= record_files(replace(record, candidates=left))
    else:
        said |= {RECORD: None}
        module = before[record.module]
        if module is not None and _sha256(module) != record.common.module_sha256:
            told.append(Place(record.module, 1, "was edited since, and stays"))
        else:
            rest[record.module] = None
    there = {path: present(root, path) for path in said}
    before |= there
    return {**rest, **{path: data for path, data in said.items() if data != there[path]}}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
