"""`pyproject.toml`: PEP 621, dependency groups (PEP 735), what setuptools, uv, PDM and flit add, Poetry's tables.

In: the text. Out: pins, and the requirements files that setuptools is told to read.
"""

from __future__ import annotations

from collections.abc import Mapping

from packaging.dependency_groups import DependencyGroupResolver
from packaging.errors import ExceptionGroup

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of
from migrator.plan.requirements.references import table_reference
from migrator.plan.requirements.sources import poetry_tables
from migrator.plan.requirements.sources.tables import listed, parse_toml, table


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `pyproject.toml`."""
    found = Collected(file, environment)
    document = parse_toml(found)
    project, tool = table(document, "project"), table(document, "tool")
    sources = _uv_sources(table(tool, "uv", "sources"))
    _lines(found, project.get("dependencies"), "dependencies", Group.MAIN, sources)
    for extra, lines in table(project, "optional-dependencies").items():
        _lines(found, lines, extra, group_of(extra, Group.OPTIONAL), sources)
    _groups(found, table(document, "dependency-groups"))
    _lines(found, table(tool, "uv").get("dev-dependencies"), "dev-dependencies", Group.DEVELOPMENT, sources)
    for key in ("constraint-dependencies", "override-dependencies"):
        _lines(found, table(tool, "uv").get(key), key, Group.MAIN, sources, Kind.CONSTRAINT)
    for name, lines in table(tool, "pdm", "dev-dependencies").items():
        _lines(found, lines, name, Group.DEVELOPMENT, sources)
    _lines(found, table(tool, "flit", "metadata").get("requires"), "requires", Group.MAIN, sources)
    _dynamic(found, table(tool, "setuptools", "dynamic"))
    poetry_tables.read(found, table(tool, "poetry"))
    return found.reading()


def _lines(
    found: Collected,
    lines: object,
    section: str,
    group: Group,
    sources: Mapping[str, Mapping[str, object]],
    kind: Kind = Kind.MANIFEST,
) -> None:
    if lines is None:
        return
    begins = found.line_with(f"{section} =", f"{section}=", f'"{section}"')
    if not isinstance(lines, list):
        found.problem(begins, f"{section} is not a list")
        return
    for text in lines:
        if not isinstance(text, str):
            continue
        line = found.line_with(f'"{text}"', f"'{text}'", after=begins)
        name = text.split(";", 1)[0].split("[", 1)[0].split(" ", 1)[0].rstrip("<>=!~0123456789.,*").lower()
        reference = table_reference(sources.get(name, {}))
        if reference is not None:
            found.reference(name, reference, line, kind, group)
        else:
            found.line(text, line, kind=kind, group=group)


def _uv_sources(sources: Mapping[str, object]) -> Mapping[str, Mapping[str, object]]:
    """Where uv fetches what it does not take from an index; members of its workspace are the monolith's own."""
    return {name.lower(): source for name, source in sources.items() if isinstance(source, Mapping)}


def _groups(found: Collected, groups: Mapping[str, object]) -> None:
    if not groups:
        return
    begins = found.line_with("[dependency-groups")
    for name in groups:
        try:
            resolver = DependencyGroupResolver(groups)  # type: ignore[arg-type]  # it checks them itself
            wanted = resolver.resolve(name)
        except (ValueError, TypeError, LookupError, ExceptionGroup) as error:
            found.problem(begins, f"group {name}: {_first(error)}")
            continue
        for each in wanted:
            line = found.line_with(f'"{each.name}', f"'{each.name}", after=begins)
            found.line(str(each), line, kind=Kind.MANIFEST, group=group_of(name, Group.DEVELOPMENT))


def _first(error: BaseException) -> str:
    while (inner := getattr(error, "exceptions", ())) and isinstance(inner[0], BaseException):
        error = inner[0]
    return str(error)


def _dynamic(found: Collected, dynamic: Mapping[str, object]) -> None:
    files = [(table(dynamic, "dependencies").get("file"), Group.MAIN)]
    files += [
        (value.get("file"), group_of(extra, Group.OPTIONAL))
        for extra, value in table(dynamic, "optional-dependencies").items()
        if isinstance(value, Mapping)
    ]
    for value, group in files:
        for path in listed(value):
            found.follow(path, found.line_with(path), kind=Kind.REQUIREMENT, group=group)
