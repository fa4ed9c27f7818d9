"""Whether the files are as they were generated, and the monolith as it was when they were.

Hand edits are told, not held against anybody. A file of the monolith that has changed since fails the check: the
service may answer otherwise than legacy does, and only generating it again tells.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator
from pathlib import Path

from migrator.artifacts.seam import sha256_without_seam
from migrator.artifacts.writing import edited_files, load_manifest, origin_of, unfinished
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity
from migrator.domain.plans import Manifest
from migrator.errors import MigratorError

_NAME = "manifest"


def check(folder: Path, root: Path | None = None) -> Check:
    """Compare each generated file, and each file of the monolith that was sliced, with its hash in the manifest.

    Args:
        root: the monolith; the default is where it lay when the service was generated.
    """
    try:
        manifest = load_manifest(folder)
        found = edited_files(folder, manifest) if manifest is not None else {}
        cut_off = unfinished(folder)
        monolith = root or origin_of(folder)
    except MigratorError as error:
        return Check(
            _NAME, CheckOutcome.FAILED, error.message, (CheckFinding(error.message, error.location, error.hint),)
        )
    if manifest is None:
        lost = CheckFinding("there is no migrator-manifest.json", hint="extract the function again into this folder")
        return Check(_NAME, CheckOutcome.FAILED, "no manifest", (lost,))
    again = _again(manifest, folder, monolith)
    failures, notes = [], []
    if cut_off:
        failures.append(CheckFinding("the last extraction was cut off in the middle", hint=f"finish it with: {again}"))
    for path, state in found.items():
        if state == "edited":
            notes.append(
                CheckFinding("edited by hand since it was generated", path, severity=Severity.NOTE, rule="edited")
            )
            continue
        # Without a file of `src` the function does not run; any other may have been left out on purpose.
        needed = path.startswith("src/")
        (failures if needed else notes).append(
            CheckFinding(
                "is missing",
                path,
                f"take it back from version control, or: {again} --force",
                Severity.ERROR if needed else Severity.NOTE,
                "missing",
            )
        )
    drifted, compared = _drift(manifest, monolith)
    failures += [CheckFinding(message, hint=f"{again} --dry-run, then with --yes", rule="drift") for message in drifted]
    edited = sum(state == "edited" for state in found.values())
    summary = f"{len(manifest.files)} files, {edited} edited by hand, {len(found) - edited} missing; {compared}"
    return Check(_NAME, CheckOutcome.FAILED if failures else CheckOutcome.PASSED, summary, (*failures, *notes))


def _drift(manifest: Manifest, root: Path | None) -> tuple[tuple[str, ...], str]:
    """What is to be said of each file that has changed, and of the comparison as a whole."""
    count = len(manifest.source_hashes)
    if root is None:
        return (), "the monolith was not compared (say where it is with --root)"
    if not root.is_dir():
        return (), f"the monolith was not compared: it is not at {root} (say where it is with --root)"
    messages = tuple(_changed(manifest, root))
    return messages, f"{len(messages)} of {count} source files changed since"


def _changed(manifest: Manifest, root: Path) -> Iterator[str]:
    for path, digest in sorted(manifest.source_hashes.items()):
        try:
            data = (root / path).read_bytes()
        except FileNotFoundError:
            yield f"{root / path}: the monolith no longer has it"
            continue
        except OSError as error:
            yield f"{root / path}: cannot be read: {error.strerror}"
            continue
        if not _is_as_it_was(root, path, data, digest):
            yield f"{root / path}: changed since the service was generated from it"


def _is_as_it_was(root: Path, path: str, data: bytes, digest: str) -> bool:
    """Whether a file has the hash, with the seam or without: the seam is ours, a file that only got it has not changed."""
    if hashlib.sha256(data).hexdigest() == digest:
        return True
    try:
        return sha256_without_seam(root, path, data) == digest
    except MigratorError:
        return False  # whose record cannot be read has no seam that could be told from the rest


def _again(manifest: Manifest, folder: Path, root: Path | None) -> str:
    """The command that generates the service again."""
    known = str(root) if root is not None else "MONOLITH"
    return shlex.join(["migrator", "extract", manifest.candidate, "--root", known, "-o", str(folder)])
