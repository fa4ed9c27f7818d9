"""Registrations that speak for themselves, on objects that nobody could follow: `@app.task`, `@api.get("/orders")`.

Where an application is made by a class that the settings name, or is of a library without a description, the method's
name, a function and, for a route, a path with a slash are what is left, and they are enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.class_handlers import VERBS
from migrator.model.frames import LibraryCall
from migrator.model.job_rules import JobRule, detail_of, registered_by
from migrator.model.mounting import Prefixes
from migrator.model.registrations import Example, Program, Registration, texts
from migrator.model.route_rules import RouteLibrary, RouteRule
from migrator.model.undescribed import undescribed_calls, undescribed_decorators

_NAME = "undescribed"
_VIEWS = RouteLibrary(name=_NAME, rules=())

_ROUTE_DECORATORS: Mapping[str, RouteRule] = {
    **{verb: RouteRule((), methods=(verb.upper(),)) for verb in VERBS if verb not in ("head", "options", "trace")},
    "route": RouteRule(()),
    "api_route": RouteRule(()),
    "websocket": RouteRule(()),
}
_ROUTE_CALLS: Mapping[str, RouteRule] = {
    "add_url_rule": RouteRule((), path=(0, "rule"), view=(2, "view_func")),
    "add_api_route": RouteRule((), view=(1, "endpoint")),
    "add_resource": RouteRule((), path=(1, "url"), view=(0, "resource")),
}
_JOB_DECORATORS: Mapping[str, JobRule] = {
    "task": JobRule((), TriggerKind.QUEUE, key="task", says=((-1, "name"),)),
    "actor": JobRule((), TriggerKind.QUEUE, key="task"),
    "periodic_task": JobRule((), TriggerKind.SCHEDULE, key="expression", says=((-1, "run_every"),)),
    "scheduled_job": JobRule((), TriggerKind.SCHEDULE, key="expression", says=((0, "trigger"),)),
    "command": JobRule((), TriggerKind.COMMAND, key="command", says=((0, "name"),)),
    "connect": JobRule((), TriggerKind.SIGNAL),
    "connect_via": JobRule((), TriggerKind.SIGNAL),
    "before_request": JobRule((), TriggerKind.SIGNAL),
    "after_request": JobRule((), TriggerKind.SIGNAL),
    "teardown_request": JobRule((), TriggerKind.SIGNAL),
    "teardown_appcontext": JobRule((), TriggerKind.SIGNAL),
    "errorhandler": JobRule((), TriggerKind.SIGNAL, key="event", says=((0, ""),)),
    "exception_handler": JobRule((), TriggerKind.SIGNAL, key="event", says=((0, ""),)),
    "on_event": JobRule((), TriggerKind.SIGNAL, key="event", says=((0, ""),)),
}
_JOB_CALLS: Mapping[str, JobRule] = {
    "connect": JobRule((), TriggerKind.SIGNAL, functions=((0, "receiver"),)),
    "enqueue": JobRule((), TriggerKind.QUEUE, functions=((0, "f"),), key="task"),
    "add_job": JobRule((), TriggerKind.SCHEDULE, functions=((0, "func"),), key="expression", says=((1, "trigger"),)),
    "add_periodic_task": JobRule((), TriggerKind.SCHEDULE, functions=((1, "sig"),), key="expression", says=((0, ""),)),
}


@dataclass(frozen=True, slots=True)
class _Undescribed:
    name: str = _NAME
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for method, call in undescribed_decorators(program, {*_ROUTE_DECORATORS, *_JOB_DECORATORS}):
            if method in _ROUTE_DECORATORS:
                yield from _routes(program, _ROUTE_DECORATORS[method], call)
            else:
                yield from _jobs(program, _JOB_DECORATORS[method], call)
        for method, route in _ROUTE_CALLS.items():
            for call in undescribed_calls(program, method):
                yield from _routes(program, route, call)
        for method, job in _JOB_CALLS.items():
            for call in undescribed_calls(program, method):
                yield from _jobs(program, job, call)


def _routes(program: Program, rule: RouteRule, call: LibraryCall) -> Iterator[Registration]:
    paths = texts(call.argument(*rule.path))
    if rule.view is None and not any(path.startswith("/") or not path for path in paths):
        return  # `@cache.get("key")` and the like
    for view in _VIEWS.views(program, rule, call):
        yield from _VIEWS.registered(program, Prefixes(), rule, call, view)


def _jobs(program: Program, rule: JobRule, call: LibraryCall) -> Iterator[Registration]:
    for job in registered_by(program, call, rule.functions):
        trigger = Trigger(rule.kind, _NAME, call.location, detail_of(rule, call, job.info))
        yield Registration(job.info.name, job.info.location, trigger, job.runs)


FRAMEWORK = _Undescribed(
    examples=(
        Example(
            """
from flask_principal import identity_loaded
from nowhere import broker, load, router, signals
app = load("settings.APPLICATION")(main="shop")
@app.task(ignore_result=True)
def job(): ...
@router.get("/orders/{number}")
def show(number): ...
@app.command("tidy")
def tidy(): ...
@identity_loaded.connect
def loaded(sender, identity): ...
@identity_loaded.connect_via("x")
def via(sender, identity): ...
def kept(sender): ...
signals.saved.connect(kept)
signals.Client().connect("localhost", kept)
def sent(): ...
broker.enqueue(sent, 1)
@router.get("key")
def no_route(): ...
class Page:
    def get(self): ...
def init(app):
    app.add_url_rule("/added", "added", added)
    app.api.add_resource(Page, "/page")
def added(): ...
""",
            {
                "app.job": ("queue app.job",),
                "app.show": ("http GET /orders/{number}",),
                "app.tidy": ("command tidy",),
                "app.loaded": ("signal",),
                "app.via": ("signal",),
                "app.kept": ("signal",),
                "app.sent": ("queue app.sent",),
                "app.added": ("http GET /added",),
                "app.Page.get": ("http GET /page",),
            },
        ),
    )
)
