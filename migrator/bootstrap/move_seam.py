"""The seam of a move, put into the checkout of the monolith.

In: the checkout, the plan, what was asked for. Out: the files that change, where the seam is, and where its weights will
be. The weights themselves are not for a repository: whoever shifts traffic changes them where legacy runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts.pull_request import Seam
from migrator.artifacts.seam import AlreadyRouted, Choices, Place, add, shared_folder, show_seam
from migrator.artifacts.seam.places import places_below
from migrator.artifacts.seam.record import load_record
from migrator.bootstrap import analyze
from migrator.bootstrap.around import Around
from migrator.config import configuration
from migrator.domain.assessments import Analysis
from migrator.errors import Refused
from migrator.plan import PlannedSlice
from migrator.source import SourceTree, read_tree
from migrator.verdicts import find

_ROUTED_ELSEWHERE = frozenset({"http", "none"})
"""What the data plane routes, and what has an event source that somebody else switches."""


@dataclass(frozen=True, slots=True)
class SeamFiles:
    """What the seam does to the monolith.

    Attributes:
        files: by path from its repository's top.
        routed: None where it is not put in.
        weights: path of the file that it reads its weights from, from the top; also where there is no seam as yet.
    """

    files: Mapping[str, bytes | None]
    routed: Seam | None
    weights: str


def seam_of(around: Around, root: Path, planned: PlannedSlice, analysis: Analysis) -> SeamFiles:
    """Put it in.

    Args:
        analysis: of the monolith, with lines as they would be without the seam.

    Raises:
        Refused: the calls cannot be routed from legacy code, or nothing was found to route.
        UsageError: the seam's module cannot be imported from where others have it.
        InputError: what an earlier move left cannot be read.
    """
    asked, name = around.asked, planned.plan.candidate
    settings = configuration(root, config=asked.config)
    tree = read_tree(root, roots=settings.roots, exclude=settings.exclude)
    record = load_record(root)
    folder = shared_folder(tree, name, (each.name for each in analysis.candidates)) if record is None else None
    if not asked.routed or (asked.at is None and planned.plan.seam in _ROUTED_ELSEWHERE):
        weights = record.weights if record is not None else _weights(tree, name, folder)
        return SeamFiles({}, None, f"{around.prefix}{weights}")
    on_disk = analysis if record is None else analyze(root, jobs=asked.jobs, config=asked.config)
    choices = Choices(asked.at, folder, asked.sticky, weights=False)
    try:
        change = add(tree, find(on_disk.candidates, name, on_disk.skipped), choices)
    except AlreadyRouted:
        files: Mapping[str, bytes | None] = {}
        left: tuple[Place, ...] = ()
    except Refused as refused:
        hint = "leave legacy code as it is with --no-seam"
        raise Refused(
            refused.message, hint=f"{refused.hint}; or {hint}" if refused.hint else hint, location=refused.location
        ) from refused
    else:
        files, left = change.files, change.left
        for path, data in files.items():
            put(root / path, data)
    shown = show_seam(root)
    [now] = [each for each in shown.routed if each.name == name]
    return SeamFiles(
        {f"{around.prefix}{path}": data for path, data in files.items()},
        Seam(now.at, now.places, left, shown.weights),
        f"{around.prefix}{shown.weights}",
    )


def put(path: Path, data: bytes | None) -> None:
    """Write a file of a checkout, and the folders above it; None takes it away."""
    if data is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _weights(tree: SourceTree, name: str, folder: str | None) -> str:
    """Where they will be, once something is routed from legacy code."""
    module = max((each for each in tree.modules if name.startswith(f"{each}.")), key=len)
    return places_below(tree, tree.modules[module], folder).weights
