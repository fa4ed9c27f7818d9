"""What makes the monolith run an event-shaped function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location


class TriggerKind(StrEnum):
    """The kind of event."""

    QUEUE = "queue"
    SCHEDULE = "schedule"
    HTTP = "http"
    STREAM = "stream"
    OBJECT = "object"
    SIGNAL = "signal"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One registration of a function with a framework.

    Attributes:
        kind: the kind of event.
        framework: the plug-in that found it, such as `flask` or `celery`.
        location: the registration itself: a decorator, a call, a settings entry.
        detail: what the framework says of the event. For `http`: `methods` (list of str, upper case),
            `path` (the full path with the prefixes of blueprints and routers, in the syntax of the framework; a named
            group of a regular expression as `<name>`, a part that only the running program knows as `…`),
            `parameters` (list of `{name, converter}`; of a named group its expression). For `queue`: `task` (the wire name).
            For `schedule`: `expression`. For `command`: `command`.
    """

    kind: TriggerKind
    framework: str
    location: Location
    detail: Mapping[str, JsonValue] = field(default_factory=dict)
