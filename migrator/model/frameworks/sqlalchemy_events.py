"""SQLAlchemy: listeners of its events, by decorator or by call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.registrations import Example, Program, Registration, Start, texts

_LISTENS_FOR = "sqlalchemy.event.listens_for"
_LISTEN = "sqlalchemy.event.listen"


@dataclass(frozen=True, slots=True)
class _SqlalchemyEvents:
    name: str = "sqlalchemy"
    interests: tuple[str, ...] = (_LISTENS_FOR, _LISTEN)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.calls(_LISTENS_FOR, _LISTEN):
            targets = call.decorated if call.dotted == _LISTENS_FOR else call.argument(2, "fn")
            event = next(iter(texts(call.argument(1, "identifier"))), "")
            for info, receiver in program.functions(targets):
                trigger = Trigger(TriggerKind.SIGNAL, self.name, call.location, {"event": event})
                yield Registration(info.name, info.location, trigger, (Start(info, receiver),))


FRAMEWORK = _SqlalchemyEvents(
    examples=(
        Example(
            """
from sqlalchemy import event
from sqlalchemy.engine import Engine
@event.listens_for(Engine, "connect")
def one(connection, record): ...
def two(*args): ...
event.listen(Engine, "close", two)
""",
            {"app.one": ("signal connect",), "app.two": ("signal close",)},
        ),
    )
)
