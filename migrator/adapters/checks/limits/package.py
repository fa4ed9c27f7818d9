"""How large the package is: measured where `sam build` has made it, else estimated from what is installed here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from migrator.adapters.checks.installed import size_of, with_dependencies
from migrator.adapters.checks.limits.subject import FUNCTION, Subject
from migrator.cloud_facts.facts import fact, most
from migrator.domain.checks import CheckFinding, Severity
from migrator.plan.requirements import requirement_lines

_FACT = "lambda.unzipped_bytes"
_BUILT = Path(".aws-sam") / "build"
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Size:
    """Of one function's package.

    Attributes:
        bytes: unzipped.
        built: whether it was measured; else it is an estimate from this machine's installation.
        missing: requirements of which nothing is known here.
    """

    bytes: int
    built: bool
    missing: tuple[str, ...] = ()


def sizes(subject: Subject) -> Mapping[str, Size]:
    """By the function's logical id; functions that are container images are left out."""
    estimate: Size | None = None
    found = {}
    for logical, properties in subject.of_type(FUNCTION):
        if properties.get("PackageType") == "Image":
            continue
        built = subject.folder / _BUILT / logical
        if built.is_dir():
            found[logical] = Size(_tree(built), built=True)
        else:
            estimate = estimate or _estimated(subject.folder)
            found[logical] = estimate
    return found


def findings(subject: Subject, found: Mapping[str, Size]) -> Iterator[CheckFinding]:
    """Packages that do not fit; an estimate is no more than a warning."""
    for logical, size in found.items():
        if size.bytes > most(_FACT):
            yield CheckFinding(
                f"{logical}: its package has {'' if size.built else 'about '}{size.bytes / _MB:.0f} MB unzipped; "
                f"Lambda takes {most(_FACT) / _MB:.0f}",
                subject.place(logical, "CodeUri"),
                f"make it a container image, or leave a dependency out; {fact(_FACT).source}",
                Severity.ERROR if size.built else Severity.WARNING,
                _FACT,
            )


def summary(found: Mapping[str, Size]) -> str:
    """One clause on the largest package."""
    if not found:
        return "no package"
    largest = max(found.values(), key=lambda size: size.bytes)
    told = f"{largest.bytes / _MB:.0f} of {most(_FACT) / _MB:.0f} MB"
    if largest.built:
        return f"package {told} as built"
    unknown = f" without {', '.join(largest.missing)}" if largest.missing else ""
    return f"package about {told} by what is installed here{unknown}"


def _estimated(folder: Path) -> Size:
    own = _tree(folder / "src")
    wanted, missing, total = [], [], 0
    try:
        lines = [line for _, line in requirement_lines((folder / "src" / "requirements.txt").read_text("utf-8"))]
    except (OSError, UnicodeDecodeError):
        lines = []
    for line in lines:
        try:
            wanted.append(Requirement(line))
        except InvalidRequirement:
            continue  # another check's matter
    direct = {canonicalize_name(requirement.name) for requirement in wanted}
    for name in sorted(with_dependencies(wanted)):
        size = size_of(name)
        total += size or 0
        if size is None and name in direct:
            missing.append(name)
    return Size(own + total, built=False, missing=tuple(missing))


def _tree(folder: Path) -> int:
    total = 0
    for base, _, files in os.walk(folder):
        for file in files:
            path = Path(base) / file
            if path.is_file() and path.suffix != ".pyc":
                total += path.stat().st_size
    return total
