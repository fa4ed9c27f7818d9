"""`uv.lock`, `poetry.lock`, `pdm.lock`: TOML files with a table for each locked distribution.

In: the text of one. Out: an exact pin for each distribution that is locked for the target's Python and platform.
The three differ in how a table says for whom and from where; `pylock.toml` has a standard and its own reader.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from packaging.markers import InvalidMarker, Marker
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of
from migrator.plan.requirements.references import Reference, table_reference
from migrator.plan.requirements.sources.tables import listed, parse_toml, table, tables, text

_OWN = object()


def read_uv(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `uv.lock`; the members of its workspace are the monolith itself."""
    return _read(file, environment, _uv_source, "resolution-markers")


def read_poetry(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `poetry.lock`."""
    return _read(file, environment, _poetry_source, "markers")


def read_pdm(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `pdm.lock`."""
    return _read(file, environment, _pdm_source, "marker")


def header_lines(lock: str, name: str) -> Sequence[int]:
    """The line of each `[[name]]`, in the order of the file."""
    header = re.compile(rf"^\s*\[\[\s*{name}\s*\]\]")
    return [number for number, line in enumerate(lock.splitlines(), 1) if header.match(line)]


def _read(
    file: PinFile,
    environment: TargetEnvironment,
    source_of: Callable[[Mapping[str, object]], Reference | object | None],
    marker: str,
) -> Reading:
    found = Collected(file, environment)
    lines = header_lines(file.text, "package")
    for number, package in enumerate(tables(parse_toml(found), "package")):
        line = lines[number] if number < len(lines) else 1
        name, version = text(package, "name"), text(package, "version")
        source = source_of(package)
        if not name or source is _OWN or not _for_target(found, package, marker, line):
            continue
        group, extras = _group(package), frozenset(listed(package.get("extras")))
        if isinstance(source, Reference):
            found.reference(name, source, line, Kind.LOCK, group, extras)
            continue
        try:
            found.pin(name, SpecifierSet(f"=={version}"), line, Kind.LOCK, group, extras)
        except InvalidSpecifier:
            found.problem(line, f"{name} has no version that can be read")
    return found.reading()


def _for_target(found: Collected, package: Mapping[str, object], marker: str, line: int) -> bool:
    """Whether one of the markers holds on the target, and its Python is allowed."""
    value = package.get(marker)
    # Poetry has one marker, or one for each group; uv a list; PDM one.
    markers = (
        [each for each in value.values() if isinstance(each, str)] if isinstance(value, Mapping) else listed(value)
    )
    python = text(package, "requires_python") or (text(package, "python-versions") if marker == "markers" else "")
    try:
        if markers and not any(found.environment.holds(Marker(each)) for each in markers):
            return False
        return not python or python == "*" or found.environment.allows(python)
    except InvalidMarker:
        found.problem(line, f"{text(package, 'name')} has a marker that cannot be read")
    except InvalidSpecifier:
        pass  # Poetry's own way to write a range of Pythons; what is locked is taken
    return True


def _group(package: Mapping[str, object]) -> Group:
    groups = listed(package.get("groups"))
    if text(package, "category"):
        groups = (text(package, "category"),)
    main = {"main", "default"}
    found = min((Group.MAIN if name in main else group_of(name, Group.OPTIONAL) for name in groups), default=Group.MAIN)
    return max(found, Group.OPTIONAL) if package.get("optional") is True else found


def _uv_source(package: Mapping[str, object]) -> Reference | object | None:
    source = table(package, "source")
    if "virtual" in source or "editable" in source:
        return _OWN
    if "git" in source:
        # uv writes what was asked for behind the question mark and what it got behind the hash.
        address, _, revision = text(source, "git").partition("#")
        return table_reference({"git": address.partition("?")[0], "rev": revision})
    if folder := text(source, "directory"):
        return table_reference({"path": folder})
    return table_reference(source)


def _poetry_source(package: Mapping[str, object]) -> Reference | object | None:
    source = table(package, "source")
    kind, address = text(source, "type"), text(source, "url")
    revision = text(source, "resolved_reference") or text(source, "reference")
    kinds = {"git": "git", "url": "url", "file": "path", "directory": "path"}
    return table_reference({kinds[kind]: address, "rev": revision}) if kind in kinds and address else None


def _pdm_source(package: Mapping[str, object]) -> Reference | object | None:
    if text(package, "path") in (".", "./"):
        return _OWN
    revision = text(package, "revision") or text(package, "ref")
    return (
        table_reference({**package, "rev": revision} if revision else package)
        if not package.get("files") or "git" in package
        else None
    )
