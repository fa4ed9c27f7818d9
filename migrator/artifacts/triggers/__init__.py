"""Handlers by trigger: one small file each, listed once here, independent of each other.

In: a `PlannedSlice`. Out: the plug-in that says which templates make its handler, and what they are told.
A plug-in knows one way in which events come; everything that holds for every service stands in
`migrator.artifacts.service`.
"""

from __future__ import annotations

from migrator.artifacts.handlers import HandlerPlugin
from migrator.errors import Refused
from migrator.plan import PlannedSlice


def plugins() -> tuple[HandlerPlugin, ...]:
    """Every plug-in there is."""
    from migrator.artifacts.triggers import aws_event, called, http_asgi, http_django, http_flask, task_queue

    return (
        http_flask.FlaskHandler(),
        http_django.DjangoHandler(),
        http_asgi.AsgiHandler(),
        task_queue.TaskHandler(),
        called.CallHandler(),
        aws_event.EventHandler(),
    )


def plugin_for(planned: PlannedSlice) -> HandlerPlugin:
    """The plug-in for the triggers of a slice.

    Raises:
        Refused: none knows them.
    """
    for plugin in plugins():
        if planned.registrations and plugin.fits(planned):
            return plugin
    triggers = [registration.trigger for registration in planned.registrations]
    asked = ", ".join(sorted({f"{trigger.framework} ({trigger.kind.value})" for trigger in triggers})) or "no trigger"
    raise Refused(
        f"there is no handler for {asked} yet",
        hint=f"handlers are made for: {', '.join(plugin.serves for plugin in plugins())}",
        location=str(planned.assessment.location),
    )
