"""The machine that the slice will run on, in the words of environment markers (PEP 508).

In: a Python version and an architecture. Out: whether a marker holds there. The machine that this program runs on
has no say.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.specifiers import SpecifierSet

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True, slots=True)
class TargetEnvironment:
    """CPython on Linux.

    Attributes:
        python: such as `3.13`.
        architecture: `arm64` or `x86_64`.
    """

    python: str = "3.13"
    architecture: str = "arm64"

    def holds(self, marker: Marker | None, extras: tuple[str, ...] = ()) -> bool:
        """Whether a marker is true there, for one of the extras or without any.

        A marker that cannot be judged counts as true: what it guards may be needed.
        """
        if marker is None:
            return True
        try:
            return any(marker.evaluate({**self._names(), "extra": extra}) for extra in ("", *extras))
        except (UndefinedComparison, UndefinedEnvironmentName):
            return True

    def holds_locked(self, marker: Marker | None) -> bool:
        """The same for a marker of a lock file, which may ask for extras and groups: any of them counts.

        A package that is locked for an extra is only taken where code imports it, so the extra was installed.
        """
        if marker is None:
            return True
        named = frozenset(re.findall(r"[\"\']([^\"\']+)[\"\']", str(marker)))
        wanted: dict[str, str | AbstractSet[str]] = {**self._names(), "extras": named, "dependency_groups": named}
        try:
            return marker.evaluate(wanted, context="lock_file")
        except (UndefinedComparison, UndefinedEnvironmentName):
            return True

    def allows(self, requires_python: str | SpecifierSet) -> bool:
        """Whether its Python is one of those that a `requires-python` names."""
        specifier = requires_python if isinstance(requires_python, SpecifierSet) else SpecifierSet(requires_python)
        return specifier.contains(self._full_version(), prereleases=True)

    def _full_version(self) -> str:
        return f"{self.python}.0"

    def _names(self) -> dict[str, str]:
        return {
            "implementation_name": "cpython",
            "implementation_version": self._full_version(),
            "os_name": "posix",
            "platform_machine": _MACHINES.get(self.architecture, self.architecture),
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": self._full_version(),
            "python_version": self.python,
            "sys_platform": "linux",
        }
