"""An index in memory."""

from __future__ import annotations

from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from migrator.plan.requirements import Answer, AvailableWheel, IndexAnswer, MissingWheel, Platform
from tests.support.wheels import Release, unzipped


class MemoryPackages:
    """Implements `PackageIndex`: of each distribution the newest release that fits, without looking back."""

    def __init__(self, releases: Sequence[Release], *, unreachable: str = "") -> None:
        self._releases = releases
        self._unreachable = unreachable

    def wheels(self, requirements: Sequence[str], platform: Platform) -> IndexAnswer:
        """See `PackageIndex`."""
        found: dict[str, AvailableWheel] = {}
        missing: list[MissingWheel] = []
        for line in requirements:
            try:
                wanted = Requirement(line)
            except InvalidRequirement:
                missing.append(MissingWheel(line, Answer.UNKNOWN, f"{line.split(' ', 1)[0]} is not a requirement"))
                continue
            if self._unreachable:
                missing.append(MissingWheel(line, Answer.UNKNOWN, self._unreachable))
                continue
            chosen: dict[str, AvailableWheel] = {}
            problem = self._add(wanted, ("", *wanted.extras), platform, chosen, "")
            if problem is not None:
                missing.append(MissingWheel(line, *problem))
            else:
                for key, wheel in chosen.items():
                    found.setdefault(key, wheel)
        asked = {canonicalize_name(Requirement(line).name) for line in requirements if _valid(line)}
        wheels = (
            AvailableWheel(each.distribution, each.version, each.unzipped_bytes, key in asked)
            for key, each in sorted(found.items())
        )
        return IndexAnswer(tuple(wheels), tuple(missing))

    def _add(
        self,
        wanted: Requirement,
        extras: tuple[str, ...],
        platform: Platform,
        chosen: dict[str, AvailableWheel],
        needed_by: str,
    ) -> tuple[Answer, str] | None:
        key = canonicalize_name(wanted.name)
        releases = [
            each
            for each in self._releases
            if canonicalize_name(each.name) == key and wanted.specifier.contains(each.version, prereleases=True)
        ]
        releases = [each for each in releases if not Version(each.version).is_prerelease] or releases
        if not releases:
            return Answer.UNKNOWN, f"the index has no {wanted}"
        fitting = [each for each in releases if _fits(each, platform)]
        if not fitting:
            return Answer.NO, f"{f'{needed_by} needs ' if needed_by else ''}{wanted} has no wheel for {platform}"
        best = max(fitting, key=lambda each: Version(each.version))
        chosen[key] = AvailableWheel(best.name, best.version, unzipped(best), False)
        for text in best.needs:
            need = Requirement(text)
            if platform.environment.holds(need.marker, extras) and canonicalize_name(need.name) not in chosen:
                need.marker = None
                problem = self._add(need, ("", *need.extras), platform, chosen, needed_by or wanted.name)
                if problem is not None:
                    return problem
        return None


def _valid(line: str) -> bool:
    try:
        Requirement(line)
    except InvalidRequirement:
        return False
    return True


def _fits(release: Release, platform: Platform) -> bool:
    if not SpecifierSet(release.python).contains(f"{platform.python}.0"):
        return False
    plain = f"cp{platform.python.replace('.', '')}"
    for tag in release.tags:
        interpreter, abi, machine = tag.split("-")
        if machine != "any" and not set(machine.split(".")) & set(platform.tags):
            continue
        if interpreter.startswith("py3") or interpreter == plain or abi == "abi3":
            return True
    return False
