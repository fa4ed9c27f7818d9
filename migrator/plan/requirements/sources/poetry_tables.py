"""`[tool.poetry]`: dependencies, groups, and their constraints with `^`, `~`, `*` and markers.

In: the table. Out: pins of the `pyproject.toml` that holds it. What a constraint means is poetry-core's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.plan.requirements.pins import Group, Kind
from migrator.plan.requirements.reading import Collected, group_of
from migrator.plan.requirements.references import table_reference
from migrator.plan.requirements.sources.tables import listed, table


def read(found: Collected, poetry: Mapping[str, object]) -> None:
    """Add the pins of Poetry's tables."""
    for header, group, entries in _sections(poetry):
        begins = found.line_with(header)
        for name, wanted in entries.items():
            if name.lower() == "python":
                continue
            line = found.line_with(f"{name} =", f"{name}=", f'"{name}"', after=begins)
            for each in wanted if isinstance(wanted, list) else [wanted]:
                _dependency(found, name, each, line, group)


def _sections(poetry: Mapping[str, object]) -> Iterator[tuple[str, Group, Mapping[str, object]]]:
    yield "[tool.poetry.dependencies", Group.MAIN, table(poetry, "dependencies")
    yield "[tool.poetry.dev-dependencies", Group.DEVELOPMENT, table(poetry, "dev-dependencies")
    for name, group in table(poetry, "group").items():
        if isinstance(group, Mapping):
            # A group of Poetry is installed unless it is optional, so only its name tells whom it is for.
            who = group_of(name, Group.OPTIONAL if group.get("optional") is True else Group.MAIN)
            yield f"[tool.poetry.group.{name}.dependencies", who, table(group, "dependencies")


def _dependency(found: Collected, name: str, wanted: object, line: int, group: Group) -> None:
    if not isinstance(wanted, str | Mapping):
        found.problem(line, f"{name}: neither a constraint nor a table")
        return
    if isinstance(wanted, Mapping):
        group = max(group, Group.OPTIONAL) if wanted.get("optional") is True else group
        if (reference := table_reference(wanted)) is not None:
            extras = frozenset(listed(wanted.get("extras")))
            found.reference(name, reference, line, Kind.MANIFEST, group, extras)
            return
    text, problem = pep508(name, wanted)
    if problem:
        found.problem(line, problem)
    found.line(text, line, kind=Kind.MANIFEST, group=group)


def pep508(name: str, wanted: str | Mapping[str, object]) -> tuple[str, str]:
    """A Poetry constraint as PEP 508 writes it, and what of it could not be said, or an empty string."""
    from poetry.core.constraints.version import VersionRange, VersionUnion
    from poetry.core.factory import Factory

    try:
        dependency = Factory.create_dependency(name, dict(wanted) if isinstance(wanted, Mapping) else wanted)
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # it does not check what it is given
        return name, f"{name}: {error}"
    if isinstance(dependency.constraint, VersionUnion) and "||" in str(dependency.to_pep_508()):
        dependency.constraint = VersionRange()
        return dependency.to_pep_508(), f"{name}: {wanted} allows versions on both sides of a gap, taken for any"
    return dependency.to_pep_508(), ""
