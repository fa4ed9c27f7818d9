"""What runs once, when the process starts, before any event: as good as import.

In: the solved program and its registrations. Out: bodies. What they fill is no state that changes at run time.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.model.registrations import Program, Registration
from migrator.model.solver import Body

_READY = (("django.apps.AppConfig", "ready"),)
"""Library classes whose subclasses are asked once, by a method."""

_SET_UP = frozenset({"init_app", "includeme"})
"""Names by which the extensions of Flask and its like, and the modules of a Pyramid application, are set up: the
application calls them once, often by a list of names in its settings."""

APPLICATIONS = frozenset(
    {
        "flask.Flask",
        "fastapi.FastAPI",
        "starlette.applications.Starlette",
        "pyramid.config.Configurator",
        "sanic.Sanic",
        "aiohttp.web.Application",
        "celery.Celery",
        "falcon.App",
        "bottle.Bottle",
        "tornado.web.Application",
    }
)
"""A function that makes one of these is an application factory."""


def startup_bodies(program: Program, registrations: Iterable[Registration]) -> set[Body]:
    """Bodies that the start of the process runs."""
    solver, universe = program.tables.solver, program.tables.universe
    made = (*APPLICATIONS, *(f"{name}.__init__" for name in APPLICATIONS))
    found = {call.body for call in program.calls(*made)}
    found.update(body for body in solver.bodies.values() if body.info.scope.name.rpartition(".")[2] in _SET_UP)
    for registration in registrations:
        if registration.at_start:
            found.update(solver.body(start.info, start.receiver) for start in registration.runs)
    for owner in program.classes():
        for base, name in _READY:
            method = owner.methods.get(name)
            if method is not None and base in program.ancestors(owner):
                found.add(solver.body(method, universe.inst(owner)))
    return found
