"""`Pipfile` and `Pipfile.lock`.

In: the text of one. Out: pins of `packages` and of the groups beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of
from migrator.plan.requirements.references import table_reference
from migrator.plan.requirements.sources.tables import listed, parse_json, parse_toml, table, text

# Tables of a Pipfile that hold no packages.
_OTHERS = frozenset({"_meta", "pipenv", "pipfile", "requires", "scripts", "source"})
_DEFAULT = ("packages", "default")
# What environment markers are called where they stand as keys of a table.
_MARKERS = ("sys_platform", "platform_machine", "platform_system", "python_version", "python_full_version", "os_name")


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `Pipfile`."""
    found = Collected(file, environment)
    for name, group, packages in _groups(parse_toml(found)):
        begins = found.line_with(f"[{name}]")
        for distribution, wanted in packages.items():
            line = found.line_with(f"{distribution} =", f"{distribution}=", f'"{distribution}"', after=begins)
            _package(found, distribution, wanted, line, Kind.MANIFEST, group)
    return found.reading()


def read_lock(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `Pipfile.lock`."""
    found = Collected(file, environment)
    for name, group, packages in _groups(parse_json(found)):
        begins = found.line_with(f'"{name}":')
        for distribution, wanted in packages.items():
            line = found.line_with(f'"{distribution}":', after=begins)
            _package(found, distribution, wanted, line, Kind.LOCK, group)
    return found.reading()


def _groups(document: Mapping[str, object]) -> Iterator[tuple[str, Group, Mapping[str, object]]]:
    for name in document:
        if name not in _OTHERS:
            group = Group.MAIN if name in _DEFAULT else group_of(name, Group.OPTIONAL)
            yield name, group, table(document, name)


def _package(found: Collected, name: str, wanted: object, line: int, kind: Kind, group: Group) -> None:
    if isinstance(wanted, Mapping):
        extras = listed(wanted.get("extras"))
        version = text(wanted, "version")
        reference = table_reference(wanted)
        if reference is not None and reference.address not in (".", "./"):
            found.reference(name, reference, line, kind, group, frozenset(extras))
        if reference is not None:
            return
        conditions = [f"({marker})"] if (marker := text(wanted, "markers")) else []
        conditions += [f"{key} {condition}" for key in _MARKERS if (condition := text(wanted, key))]
    elif isinstance(wanted, str):
        extras, version, conditions = (), wanted, []
    else:
        found.problem(line, f"{name}: neither a version nor a table")
        return
    version = "" if version.strip() == "*" else version
    asked = f"{name}[{','.join(extras)}]{version}" if extras else f"{name}{version}"
    found.line(asked + (f" ; {' and '.join(conditions)}" if conditions else ""), line, kind=kind, group=group)
