"""The seam: how legacy code asks, call by call, whether the canary takes over, and how it is put in and taken out.

In: a source tree and an assessment, or a monolith with a seam. Out: a `SeamChange`, shown as a diff and applied as a
whole. The decision itself is in the generated module (`templates/seam`); weights are the router's matter.
"""

from migrator.artifacts.seam.adding import AlreadyRouted, Choices, add, default_at
from migrator.artifacts.seam.changes import Place, SeamChange, apply, diff, settle
from migrator.artifacts.seam.joining import joined_seams
from migrator.artifacts.seam.places import SeamPlaces, shared_folder
from migrator.artifacts.seam.removing import Routed, Shown, remove_seam, show_seam
from migrator.artifacts.seam.sites import At
from migrator.artifacts.seam.unseamed import sha256_without_seam, without_seam

__all__ = [
    "AlreadyRouted",
    "At",
    "Choices",
    "Place",
    "Routed",
    "SeamChange",
    "SeamPlaces",
    "Shown",
    "add",
    "apply",
    "default_at",
    "diff",
    "joined_seams",
    "remove_seam",
    "settle",
    "sha256_without_seam",
    "shared_folder",
    "show_seam",
    "without_seam",
]
