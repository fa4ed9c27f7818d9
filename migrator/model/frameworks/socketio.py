"""python-socketio and Flask-SocketIO: handlers of what clients send, by decorator, by call, or in a namespace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example, Program, Registration, Start

_SERVERS = ("socketio.Server", "socketio.AsyncServer", "flask_socketio.SocketIO")
_NAMESPACES = frozenset({"socketio.Namespace", "socketio.AsyncNamespace", "flask_socketio.Namespace"})
_HANDLERS = JobLibrary(
    name="socketio",
    rules=(
        JobRule(
            tuple(f"{server}.on" for server in _SERVERS),
            TriggerKind.HTTP,
            functions=((1, "handler"),),
            key="event",
            says=((0, "event"), (0, "message")),
        ),
        JobRule(tuple(f"{server}.event" for server in _SERVERS), TriggerKind.HTTP),
        JobRule(
            ("flask_socketio.SocketIO.on_event",),
            TriggerKind.HTTP,
            functions=((1, "handler"),),
            key="event",
            says=((0, "message"),),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class _SocketIo:
    name: str = "socketio"
    interests: tuple[str, ...] = _HANDLERS.interests
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        yield from _HANDLERS.find(program)
        for owner in program.classes():
            handlers = {name: info for name, info in owner.methods.items() if name.startswith("on_")}
            if handlers and not _NAMESPACES.isdisjoint(program.ancestors(owner)):
                for name, info in handlers.items():
                    detail = {"event": name.removeprefix("on_")}
                    trigger = Trigger(TriggerKind.HTTP, self.name, info.location, detail)
                    yield Registration(
                        info.name, info.location, trigger, (Start(info, program.tables.universe.inst(owner)),)
                    )


FRAMEWORK = _SocketIo(
    examples=(
        Example(
            """
import socketio
from flask_socketio import Namespace, SocketIO
sio = socketio.AsyncServer()
own = SocketIO()
@sio.event
async def connect(sid, environ): ...
@sio.on("paid")
async def paid(sid, data): ...
def left(): ...
own.on_event("left", left)
class Shop(Namespace):
    def on_order(self, data): ...
    def helper(self): ...
""",
            {
                "app.connect": ("http",),
                "app.paid": ("http paid",),
                "app.left": ("http left",),
                "app.Shop.on_order": ("http order",),
            },
        ),
    )
)
