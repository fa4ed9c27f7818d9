"""The values of a removal: what goes with a candidate, what stays and why, what has to be settled first.

In: nothing. Out: `Removal` and its parts. What is dead is `dying`; how a file reads without it is
`migrator.artifacts.removal`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from migrator.domain.locations import Location
from migrator.plan.slicing.syntax import ModuleSyntax, Unit
from migrator.source import SourceFile


@dataclass(frozen=True, slots=True)
class Gone:
    """A definition, an import, a registration or a test that goes.

    Attributes:
        name: dotted, or the words for what has none.
        reason: why nothing needs it any more.
    """

    name: str
    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A definition that the candidate used, and that stays.

    Attributes:
        location: of the definition.
        reason: what keeps it.
        place: where that stands; None where it is the definition itself.
    """

    name: str
    location: Location
    reason: str
    place: Location | None = None


class Question(StrEnum):
    """Reasons that a person may take on, with a reason of their own."""

    NOT_PROMOTED = "not-promoted"  # the rollout's record does not say that legacy is no longer asked
    NAMED = "named-elsewhere"  # a text somewhere is the candidate's name
    HANDLERS = "other-handlers"  # its class answers other events too, and goes as a whole
    TESTS = "tests"  # a test of living code uses the candidate too


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that would break, so that nothing is changed.

    Attributes:
        question: under which word it may be accepted; None where it has to be mended.
    """

    location: Location
    reason: str
    question: Question | None = None


class Shape(StrEnum):
    """What a registration is in the text."""

    STATEMENT = "statement"
    ELEMENT = "element"  # of a list, a tuple or a set
    ENTRY = "entry"  # of a dictionary


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration that stands apart from the candidate.

    Attributes:
        location: of its text; columns in characters from 1.
        end_column: of its end, from 1.
        what: in words.
    """

    location: Location
    end_column: int
    shape: Shape
    what: str


@dataclass(frozen=True, slots=True)
class Scattered:
    """Modules with the units of them that go.

    Attributes:
        syntax: module to its units.
        going: module to the units that go.
        files: modules that go whole.
    """

    syntax: Mapping[str, ModuleSyntax]
    going: Mapping[str, frozenset[Unit]]
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing a candidate comes to.

    Attributes:
        candidate: its dotted name.
        unit: its definition.
        home: its module's file.
        parts: what goes, module by module, tests too.
        gone: the same for people.
        kept: what it used and what stays, by name.
        registrations: those that stand apart from it.
        users: module to the living units that name the candidate: what they do with it is for the edit to say.
        around: the modules of the users and of the registrations, of which nothing else may go.
        named_tests: tests that also test living code; they are left to a person.
        perhaps_unused: files that no code names any more.
        obstacles: what has to be settled first.
        notes: what else a person should know, a sentence each.
    """

    candidate: str
    unit: Unit
    home: SourceFile
    parts: Scattered
    gone: tuple[Gone, ...]
    kept: tuple[Kept, ...]
    registrations: tuple[Registered, ...]
    users: Mapping[str, tuple[Unit, ...]]
    around: Mapping[str, ModuleSyntax]
    named_tests: tuple[Kept, ...]
    perhaps_unused: tuple[Kept, ...]
    obstacles: tuple[Obstacle, ...]
    notes: tuple[str, ...] = ()

    @property
    def definition(self) -> str:
        """The dotted name of the definition that goes: the candidate's, or that of the class that it is a method of."""
        return f"{self.home.name}.{next(iter(self.unit.binds))}"
