"""Handlers by trigger: one small file each, listed once here, independent of each other.

In: a `PlannedSlice`. Out: a `HandlerArtifacts`: which templates make the handler, and what they are told.
A plug-in knows one framework; everything that holds for every service stands in `migrator.artifacts.service`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from migrator.artifacts.paths import PathRule
from migrator.domain.json import JsonValue
from migrator.domain.plans import Requirement
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice


@dataclass(frozen=True, slots=True)
class EventExample:
    """An event that the service is tested and tried with.

    Attributes:
        name: file name without `.json`.
        event: the payload.
        arguments: what the function is called with, as Python source by name; None where the answer is a 404.
        method: of the request, upper case.
    """

    name: str
    event: Mapping[str, JsonValue]
    arguments: Mapping[str, str] | None
    method: str


@dataclass(frozen=True, slots=True)
class HandlerArtifacts:
    """What a trigger's plug-in says of a service.

    Attributes:
        templates: path in the service folder to the template that makes it.
        context: what the templates of the trigger are told beside what all are told.
        rules: the HTTP rules, in the order in which they are tried.
        events: examples.
        requirements: distributions that the handler itself needs.
    """

    templates: Mapping[str, str]
    context: Mapping[str, object]
    rules: tuple[PathRule, ...]
    events: tuple[EventExample, ...]
    requirements: tuple[Requirement, ...] = ()


class HandlerPlugin(Protocol):
    """A framework's triggers of one kind."""

    @property
    def kind(self) -> TriggerKind:
        """The kind of event."""
        ...

    @property
    def framework(self) -> str:
        """As the analyzer names it."""
        ...

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """What the service of a slice needs for its triggers.

        Raises:
            Refused: the registration asks for something that a handler cannot do yet.
        """
        ...


def plugins() -> tuple[HandlerPlugin, ...]:
    """Every plug-in there is."""
    from migrator.artifacts.triggers import http_flask

    return (http_flask.FlaskHandler(),)


def plugin_for(planned: PlannedSlice) -> HandlerPlugin:
    """The plug-in for the triggers of a slice.

    Raises:
        Refused: none knows them.
    """
    triggers = [registration.trigger for registration in planned.registrations]
    for plugin in plugins():
        if triggers and all(t.kind is plugin.kind and t.framework == plugin.framework for t in triggers):
            return plugin
    asked = ", ".join(sorted({f"{trigger.framework} ({trigger.kind.value})" for trigger in triggers})) or "no trigger"
    known = ", ".join(f"{plugin.framework} ({plugin.kind.value})" for plugin in plugins())
    raise Refused(
        f"there is no handler for {asked} yet",
        hint=f"handlers are made for: {known}",
        location=str(planned.assessment.location),
    )
