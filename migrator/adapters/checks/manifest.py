"""Whether the files are as they were generated. Hand edits are told, not held against anybody."""

from __future__ import annotations

from pathlib import Path

from migrator.artifacts.write import edited_files, load_manifest
from migrator.domain.checks import Check, CheckFinding, CheckOutcome
from migrator.errors import MigratorError


def check(folder: Path) -> Check:
    """Compare each generated file with the hash in the manifest."""
    name = "manifest"
    try:
        manifest = load_manifest(folder)
        found = edited_files(folder, manifest) if manifest is not None else {}
    except MigratorError as error:
        return Check(
            name, CheckOutcome.FAILED, error.message, (CheckFinding(error.message, error.location, error.hint),)
        )
    if manifest is None:
        lost = CheckFinding("there is no migrator-manifest.json", hint="extract the function again into this folder")
        return Check(name, CheckOutcome.FAILED, "no manifest", (lost,))
    missing = [path for path, state in found.items() if state == "missing"]
    findings = tuple(
        CheckFinding("is missing", path, "extract the function again")
        if state == "missing"
        else CheckFinding("edited by hand since it was generated", path)
        for path, state in found.items()
    )
    edited = len(found) - len(missing)
    summary = f"{len(manifest.files)} files, {edited} edited by hand, {len(missing)} missing"
    return Check(name, CheckOutcome.FAILED if missing else CheckOutcome.PASSED, summary, findings)
