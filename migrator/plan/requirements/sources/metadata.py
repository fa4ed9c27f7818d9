"""Metadata of a monolith that is itself a distribution: `METADATA` of a `*.dist-info`, `PKG-INFO`.

In: the text. Out: what its `Requires-Dist` ask for. Those for an extra are optional.
"""

from __future__ import annotations

from email.parser import HeaderParser

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Specified

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `METADATA` or `PKG-INFO`."""
    found = Collected(file, environment)
    headers = HeaderParser().parsestr(file.text)
    extras = tuple(headers.get_all("Provides-Extra", []))
    line = 1
    for text in headers.get_all("Requires-Dist", []):
        line = found.line_with(f"Requires-Dist: {text}", after=line)
        found.line(text, line, kind=Kind.MANIFEST, group=_group(text, extras, environment), extras=extras)
    return found.reading()


def _group(text: str, extras: tuple[str, ...], environment: TargetEnvironment) -> Group:
    try:
        marker: Marker | None = Specified(text).marker
    except InvalidRequirement:
        return Group.MAIN  # told by whoever reads the line
    if environment.holds(marker):
        return Group.MAIN
    return min(
        (group_of(extra, Group.OPTIONAL) for extra in extras if environment.holds(marker, (extra,))),
        default=Group.OPTIONAL,
    )
