"""What a plug-in for a trigger says of a service: the values between the plug-ins and what every service has.

In: nothing. Out: `HandlerArtifacts` and its parts, and the form of a plug-in. The plug-ins are in `triggers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from migrator.artifacts.paths import PathRule
from migrator.domain.effects import Effect
from migrator.domain.json import JsonValue
from migrator.domain.plans import Dropped, Requirement
from migrator.plan import PlannedSlice

# Effects that a second run of one event would repeat: the handler remembers what it has done.
_REPEATED = frozenset({Effect.EMAIL, Effect.HTTP_OUT, Effect.DATABASE, Effect.OBJECT_STORAGE, Effect.ENQUEUE})


@dataclass(frozen=True, slots=True)
class EventExample:
    """An event that the service is tested and tried with.

    Attributes:
        name: file name without `.json`.
        event: the payload.
        arguments: of a request: what the function is called with, as Python source by name; None where the answer
            is a 404.
        method: of the request, upper case; empty for any other event.
    """

    name: str
    event: Mapping[str, JsonValue]
    arguments: Mapping[str, str] | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class HandlerArtifacts:
    """What a trigger's plug-in says of a service.

    Attributes:
        templates: path in the service folder to the template that makes it.
        context: what the templates of the trigger are told beside what all are told.
        behind: what the function stands behind, for its README.
        sam: folders below `templates/sam` that the template is put together from.
        readme: template of the trigger's own section of the README.
        rules: the HTTP rules, in the order in which they are tried; none for any other event.
        events: examples, at least one.
        requirements: distributions that the handler itself needs.
        dev_requirements: lines for the service's own tests.
        findings: what a handler leaves out, or does otherwise, beside what the plan says.
    """

    templates: Mapping[str, str]
    context: Mapping[str, object]
    behind: str
    sam: tuple[str, ...]
    readme: str
    events: tuple[EventExample, ...]
    rules: tuple[PathRule, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    dev_requirements: tuple[str, ...] = ()
    findings: tuple[Dropped, ...] = ()


class HandlerPlugin(Protocol):
    """One way in which events come."""

    @property
    def serves(self) -> str:
        """What it serves, in words."""
        ...

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether the triggers of a slice are its own."""
        ...

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """What the service of a slice needs for its triggers.

        Raises:
            Refused: the registration asks for something that a handler cannot do yet.
        """
        ...


def writes(planned: PlannedSlice) -> bool:
    """Whether a second run of an event would do again what the first one did."""
    return bool(planned.assessment.effect_names & _REPEATED)
