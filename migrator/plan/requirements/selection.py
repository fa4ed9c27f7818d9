"""Which distributions a slice needs, at the versions that the monolith pins.

In: the imports that leave the monolith, and the monolith's root. Out: `SliceRequirements`. Nothing is installed, no
index is asked. Whether what comes out fits its target is `fit`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from migrator.domain.locations import Location
from migrator.domain.plans import Dropped, Requirement
from migrator.plan.looking.guards import Guard
from migrator.plan.requirements.choice import choose, group_of
from migrator.plan.requirements.discovery import read_pins
from migrator.plan.requirements.distributions import Named, Removed, distribution_of, environments_of, knowledge
from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Pin, Pins
from migrator.plan.slicing.third_party import ThirdParty

_MOST_PROBLEMS = 10
# As the core metadata specification has it; a line that starts with a dash would be an option of pip.
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class SliceRequirements:
    """What a slice needs of others.

    Attributes:
        requirements: one for each distribution, sorted by its normalized name. Extras stand behind the name
            (`celery[redis]`); the version is bare for an exact one, a range, `@ ADDRESS` for what does not come from
            an index, or empty; the reason names the import, the deciding place and the places that say otherwise.
        findings: what has to be looked at by a person, with its place.
    """

    requirements: tuple[Requirement, ...]
    findings: tuple[Dropped, ...]


def requirements_of(
    external: Iterable[ThirdParty],
    root: Path,
    environment: TargetEnvironment | None = None,
    guard: Callable[[Location], Guard] = lambda _: Guard.NONE,
) -> SliceRequirements:
    """One requirement for each distribution that the imports need, and for what these load without an import.

    Args:
        external: imports of the slice that leave the monolith; the standard library's are left out.
        root: the monolith; which files are read is said in `discovery`.
        environment: where the slice will run; environment markers are judged for it.
        guard: what stands around the import at a place.
    """
    external = tuple(external)
    environment = environment or TargetEnvironment()
    pins = read_pins(root, (imported.location.path for imported in external), environment)
    selection = _Selection(root, environment, pins, guard)
    for imported in external:
        selection.add(imported)
    selection.add_companions()
    return selection.result()


class _Selection:
    def __init__(
        self, root: Path, environment: TargetEnvironment, pins: Pins, guard: Callable[[Location], Guard]
    ) -> None:
        self._guard = guard
        self._environment = environment
        self._pins = pins.by_name
        self._environments = tuple(environments_of([root]))
        self._found: dict[NormalizedName, Requirement] = {}
        self._findings: dict[Dropped, None] = {}
        self._aside: dict[NormalizedName, Dropped] = {}
        self._problems = pins.problems

    def result(self) -> SliceRequirements:
        told = [Dropped(f"{problem.place}: what it pins", problem.message) for problem in self._problems]
        if len(told) > _MOST_PROBLEMS:
            rest = Dropped(f"{len(told) - _MOST_PROBLEMS} more places", "could not be read either")
            told = [*told[:_MOST_PROBLEMS], rest]
        requirements = tuple(self._found[key] for key in sorted(self._found))
        aside = (finding for key, finding in self._aside.items() if key not in self._found)
        return SliceRequirements(requirements, (*self._findings, *aside, *told))

    def add(self, imported: ThirdParty) -> None:
        """Add the distribution of an import, unless it is the standard library's or may be missing."""
        top = imported.module.split(".", 1)[0]
        guard = self._guard(imported.location)
        if guard is Guard.TYPES_ONLY:
            return
        removed = knowledge().removed.get(top)
        if removed is not None and Version(self._environment.python) >= Version(removed.since):
            if guard in (Guard.NONE, Guard.CONDITIONAL) or canonicalize_name(removed.distribution) in self._pins:
                self._add_removed(imported, top, removed)
            return
        if top in sys.stdlib_module_names:
            return
        named = distribution_of(imported.module, imported.attribute, self._pins, self._environments)
        key = canonicalize_name(named.distribution)
        if key not in self._pins:
            if guard is Guard.MAY_FAIL:
                self._tell(
                    imported.location,
                    f"import of {imported.module}",
                    "may fail, and the monolith pins nothing that provides it; it is left out",
                )
                return
            if named.guessed and not _NAME.fullmatch(named.distribution):
                self._tell(
                    imported.location, f"import of {imported.module}", "no distribution can have this name; left out"
                )
                return
            if named.guessed and (imported.aside or guard is Guard.CONDITIONAL):
                # A wrong name ends every build; what a condition or one function asks for is most often a plug-in.
                self._aside[key] = Dropped(
                    f"{imported.location}: import of {imported.module}",
                    "hangs on a condition or on one function, and the monolith names nothing that provides it; "
                    "it is left out, add it where it is used",
                )
                return
            if named.guessed and key not in self._found:
                self._tell(
                    imported.location,
                    f"import of {imported.module}",
                    f"no distribution is known to provide it; {named.distribution} is asked for by its name alone",
                )
        self._require(named, f"{imported.location}: import of {_shown(imported, named)}", imported.location)

    def _add_removed(self, imported: ThirdParty, top: str, removed: Removed) -> None:
        distribution = removed.distribution
        self._tell(
            imported.location,
            f"import of {imported.module}",
            f"left the standard library with Python {removed.since}; "
            + (f"{distribution} brings it back" if distribution else "nothing brings it back, change the code"),
        )
        if distribution:
            named = Named(distribution, f"brings back {top}")
            self._require(named, f"{imported.location}: import of {imported.module}", imported.location)

    def add_companions(self) -> None:
        """Add what the distributions load without an import, where the monolith pins it for its running system.

        Of several that only some installations have, nobody can say here which one is meant: they are told.
        """
        for companions in knowledge().companions:
            owner = next((key for key in self._found if key in companions.of), None)
            groups = {
                name: group_of(self._pins[canonicalize_name(name)])
                for name in companions.needs
                if canonicalize_name(name) in self._pins
            }
            wanted = min(groups.values(), default=Group.DEVELOPMENT)
            if owner is None or wanted is Group.DEVELOPMENT:
                continue
            names = [name for name, group in groups.items() if group is wanted]
            because = f"{self._found[owner].distribution} may load it: {companions.why}"
            if wanted is Group.OPTIONAL and len(names) > 1:
                place = self._pins[canonicalize_name(names[0])][0].place
                self._tell(place, ", ".join(names), f"{because}; all are optional, add the one that is used")
                continue
            for name in names:
                self._require(Named(name), because, self._pins[canonicalize_name(name)][0].place)

    def _require(self, named: Named, because: str, place: Location) -> None:
        key = canonicalize_name(named.distribution)
        if key in self._found:
            return
        how = f" ({named.distribution} {named.how})" if named.how and _shows(named) else ""
        if key not in self._pins:
            self._found[key] = Requirement(named.distribution, "", f"{because}{how}; the monolith names no version")
            return
        chosen = choose(self._pins[key])
        extras = f"[{','.join(chosen.extras)}]" if chosen.extras else ""
        self._found[key] = Requirement(f"{chosen.name}{extras}", chosen.version, f"{because}{how}; {chosen.reason}")
        if chosen.reference is not None:
            self._tell(
                chosen.reference.place,
                f"{chosen.name} from {chosen.reference.reference}",
                _about(chosen.reference),
            )

    def _tell(self, place: Location, what: str, reason: str) -> None:
        self._findings[Dropped(f"{place}: {what}", reason)] = None


def _shows(named: Named) -> bool:
    """Whether how a distribution is known says more than its name does."""
    return canonicalize_name(named.distribution) not in (canonicalize_name(word) for word in named.how.split())


def _about(pin: Pin) -> str:
    """What to do about a distribution that comes from elsewhere than an index."""
    secret = "; its credentials were left out and have to be given to pip" if pin.with_credentials else ""
    if "://" not in pin.reference:
        return f"is a path of the monolith; copy it into the service or publish it as a wheel{secret}"
    if pin.reference.partition("#")[0].endswith(".whl"):
        return f"is fetched from there on each build{secret}"
    return f"is built from source on each build; publish it as a wheel for the target{secret}"


def _shown(imported: ThirdParty, named: Named) -> str:
    """The import as far as it decides: with the attribute where that is the module of a namespace."""
    full = f"{imported.module}.{imported.attribute}"
    return full if named.how == f"provides {full}" else imported.module
