"""`pylock.toml` and `pylock.NAME.toml` (PEP 751).

In: the text of one. Out: an exact pin for each package that is locked for the target.
"""

from __future__ import annotations

from packaging.pylock import Package, Pylock, PylockValidationError
from packaging.specifiers import SpecifierSet

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected
from migrator.plan.requirements.references import Reference, read_reference, table_reference
from migrator.plan.requirements.sources.locks import header_lines
from migrator.plan.requirements.sources.tables import parse_toml


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `pylock.toml`."""
    found = Collected(file, environment)
    document = parse_toml(found)
    if not document:
        return found.reading()
    try:
        lock = Pylock.from_dict(document)
    except PylockValidationError as error:
        found.problem(1, f"is not a lock file: {error}")
        return found.reading()
    lines = header_lines(file.text, "packages")
    for number, package in enumerate(lock.packages):
        line = lines[number] if number < len(lines) else 1
        if not _for_target(package, environment):
            continue
        reference = _reference(package)
        if reference is not None:
            found.reference(package.name, reference, line, Kind.LOCK)
        elif package.version is not None:
            found.pin(package.name, SpecifierSet(f"=={package.version}"), line, Kind.LOCK, _group(package))
    return found.reading()


def _for_target(package: Package, environment: TargetEnvironment) -> bool:
    if package.requires_python is not None and not environment.allows(package.requires_python):
        return False
    return environment.holds_locked(package.marker)


def _group(package: Package) -> Group:
    marker = str(package.marker or "")
    return Group.OPTIONAL if "extras" in marker or "dependency_groups" in marker else Group.MAIN


def _reference(package: Package) -> Reference | None:
    if package.vcs is not None:
        revision = package.vcs.commit_id or package.vcs.requested_revision or ""
        return table_reference({package.vcs.type: package.vcs.url or package.vcs.path or "", "rev": revision})
    if package.directory is not None:
        return read_reference(package.directory.path)
    if package.archive is not None:
        return read_reference(package.archive.url or package.archive.path or "")
    return None
