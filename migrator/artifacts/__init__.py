"""Sixth stage: a `PlannedSlice` becomes the files of a service folder.

In: a `PlannedSlice`. Out: `Artifacts` (path to text, with the manifest), written by `write`. What travels
is decided in `migrator.plan`; running and checking what was written is left to `migrator.adapters`.
"""

from migrator.artifacts.deployment import deployed
from migrator.artifacts.service import Artifacts, describe_handler, make_artifacts
from migrator.artifacts.writing import (
    OnConflict,
    WriteResult,
    check_apart,
    check_folder,
    conflict_lines,
    load_manifest,
    preview,
    write,
)

__all__ = [
    "Artifacts",
    "OnConflict",
    "WriteResult",
    "check_apart",
    "check_folder",
    "conflict_lines",
    "deployed",
    "describe_handler",
    "load_manifest",
    "make_artifacts",
    "preview",
    "write",
]
