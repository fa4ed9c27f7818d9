"""Collects what a reader of one file finds, and does what all readers need.

In: requirement texts, tables, addresses with their line. Out: a `Reading`. Which files there are is `discovery`.
"""

from __future__ import annotations

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Specified
from packaging.specifiers import SpecifierSet

from migrator.domain.locations import Location
from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Follow, Group, Kind, Pin, PinFile, Problem, Reading
from migrator.plan.requirements.references import Reference, read_reference

# Words that name a group, or a file, that only developers install.
_DEVELOPERS = frozenset(
    [
        "bench",
        "benchmark",
        "ci",
        "debug",
        "dev",
        "devel",
        "develop",
        "development",
        "doc",
        "docs",
        "documentation",
        "lint",
        "linting",
        "local",
        "mypy",
        "profiling",
        "qa",
        "quality",
        "style",
        "test",
        "testing",
        "tests",
        "tool",
        "tools",
        "tox",
        "type",
        "types",
        "typing",
    ]
)
_SOMEBODY = frozenset(["all", "extra", "extras", "full", "optional"])


def group_of(name: str, otherwise: Group = Group.MAIN) -> Group:
    """Who a group or a file is for, by the words of its name."""
    words = set(name.lower().replace("-", " ").replace("_", " ").replace(".", " ").replace("/", " ").split())
    if words & _DEVELOPERS:
        return Group.DEVELOPMENT
    return Group.OPTIONAL if words & _SOMEBODY else otherwise


class Collected:
    """What has been found in one file so far."""

    def __init__(self, file: PinFile, environment: TargetEnvironment) -> None:
        self.file = file
        self.environment = environment
        self._pins: list[Pin] = []
        self._problems: list[Problem] = []
        self._follows: list[Follow] = []

    def reading(self) -> Reading:
        """All of it."""
        return Reading(tuple(self._pins), tuple(self._problems), tuple(self._follows))

    def line(
        self, text: str, line: int, *, kind: Kind, group: Group = Group.MAIN, extras: tuple[str, ...] = ()
    ) -> None:
        """A requirement as PEP 508 writes it; left out where its marker does not hold on the target.

        Args:
            extras: the extras of the monolith for which a marker may hold.
        """
        try:
            wanted = Specified(text)
        except InvalidRequirement:
            self.problem(line, f"is not a requirement: {_shown(text)}")
            return
        if not self.environment.holds(wanted.marker, extras):
            return
        if wanted.url is not None:
            self.reference(wanted.name, read_reference(wanted.url), line, kind, group, frozenset(wanted.extras))
        else:
            self.pin(wanted.name, wanted.specifier, line, kind, group, frozenset(wanted.extras))

    def pin(
        self,
        name: str,
        specifier: SpecifierSet,
        line: int,
        kind: Kind,
        group: Group = Group.MAIN,
        extras: frozenset[str] = frozenset(),
    ) -> None:
        """A distribution of an index."""
        self._pins.append(Pin(name, specifier, self._at(line), kind, group, extras))

    def reference(
        self,
        name: str,
        reference: Reference,
        line: int,
        kind: Kind,
        group: Group = Group.MAIN,
        extras: frozenset[str] = frozenset(),
    ) -> None:
        """A distribution that comes from elsewhere."""
        if not reference.address or not name:
            self.problem(
                line, "has an address that cannot be read" if name else "has no name: say it with `NAME @ ADDRESS`"
            )
            return
        self._pins.append(
            Pin(
                name,
                SpecifierSet(),
                self._at(line),
                kind,
                group,
                extras | reference.extras,
                reference.address,
                reference.had_credentials,
            )
        )

    def problem(self, line: int, message: str) -> None:
        """Something that could not be read."""
        self._problems.append(Problem(self._at(line), message))

    def follow(self, path: str, line: int, *, kind: Kind, group: Group) -> None:
        """Another file to read."""
        self._follows.append(Follow(path, kind, group, self._at(line)))

    def line_with(self, *texts: str, after: int = 1) -> int:
        """The first line, not before `after`, that holds one of the texts; `after` where none does."""
        for number, line in enumerate(self.file.text.splitlines(), 1):
            if number >= after and any(text in line for text in texts):
                return number
        return after

    def _at(self, line: int) -> Location:
        return self.file.at(max(1, line))


def _shown(text: str) -> str:
    """A broken line as it may be printed: an address in it may hold a password."""
    return "an address that cannot be read" if "://" in text else repr(text[:80])
