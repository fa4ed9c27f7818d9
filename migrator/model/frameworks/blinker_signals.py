"""Blinker: functions connected to a signal, by decorator or by call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.registrations import Example, Program, Registration, Start

_CONNECT = ("blinker.Signal.connect", "blinker.NamedSignal.connect")
_CONNECT_VIA = ("blinker.Signal.connect_via", "blinker.NamedSignal.connect_via")


@dataclass(frozen=True, slots=True)
class _Blinker:
    name: str = "blinker"
    interests: tuple[str, ...] = (*_CONNECT, *_CONNECT_VIA)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.calls(*_CONNECT, *_CONNECT_VIA):
            targets = set(call.decorated)
            if call.dotted in _CONNECT:
                targets |= call.argument(0, "receiver")
            for info, receiver in program.functions(targets):
                trigger = Trigger(TriggerKind.SIGNAL, self.name, call.location)
                runs = (Start(info, receiver),)
                signals = tuple(sorted({value.home for value in call.receivers if value.home}))
                yield Registration(info.name, info.location, trigger, runs, answers=signals)


FRAMEWORK = _Blinker(
    examples=(
        Example(
            """
from blinker import signal
placed = signal("placed")
@placed.connect
def one(sender): ...
def two(sender): ...
placed.connect(two)
@placed.connect_via("shop")
def three(sender): ...
""",
            {"app.one": ("signal",), "app.two": ("signal",), "app.three": ("signal",)},
        ),
    )
)
