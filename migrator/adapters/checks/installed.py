"""What is installed here of a service's requirements.

In: requirements. Out: names of distributions, and how much room they take. It is this machine's installation: another
platform's wheels have other sizes.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name


def with_dependencies(wanted: Iterable[Requirement]) -> set[NormalizedName]:
    """The requirements and all that they pull in, with the extras that are asked for, as installed here."""
    covered: set[tuple[NormalizedName, str]] = set()
    queue = [(each, extra) for each in wanted for extra in ("", *sorted(each.extras))]
    while queue:
        requirement, extra = queue.pop()
        key = (canonicalize_name(requirement.name), extra)
        if key in covered:
            continue
        covered.add(key)
        try:
            needs = [Requirement(need) for need in metadata.requires(requirement.name) or []]
        except (metadata.PackageNotFoundError, InvalidRequirement):
            continue
        queue.extend(
            (need, inner)
            for need in needs
            if need.marker is None or need.marker.evaluate({"extra": extra})
            for inner in ("", *sorted(need.extras))
        )
    return {name for name, _ in covered}


def size_of(distribution: str) -> int | None:
    """Bytes of the files of an installed distribution, or None where it is not installed or has no list of them."""
    try:
        files = metadata.distribution(distribution).files
    except metadata.PackageNotFoundError:
        return None
    if files is None:
        return None
    paths = (Path(str(file.locate())) for file in files if not file.name.endswith(".pyc"))
    return sum(path.stat().st_size for path in paths if path.is_file())
