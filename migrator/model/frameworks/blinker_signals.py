"""Blinker: functions connected to a signal, by decorator or by call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.frames import LibraryCall
from migrator.model.job_rules import unwrapped
from migrator.model.registrations import Example, Program, Registration
from migrator.model.signal_arguments import passed_by_sends

_CONNECT = ("blinker.Signal.connect", "blinker.NamedSignal.connect")
_SENDS = ("blinker.Signal.send", "blinker.NamedSignal.send", "blinker.Signal.send_async")
_CONNECT_VIA = ("blinker.Signal.connect_via", "blinker.NamedSignal.connect_via")


@dataclass(frozen=True, slots=True)
class _Blinker:
    name: str = "blinker"
    interests: tuple[str, ...] = (*_CONNECT, *_CONNECT_VIA, *_SENDS)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        sends: dict[str, list[LibraryCall]] = {}
        for call in program.calls(*_SENDS):
            for home in {value.home for value in call.receivers if value.home}:
                sends.setdefault(home, []).append(call)
        for call in program.calls(*_CONNECT, *_CONNECT_VIA):
            targets = set(call.decorated)
            if call.dotted in _CONNECT:
                targets |= call.argument(0, "receiver")
            for job in unwrapped(program, program.functions(targets)):
                connected = job.runs[-1].info
                trigger = Trigger(TriggerKind.SIGNAL, self.name, call.location)
                signals = tuple(sorted({value.home for value in call.receivers if value.home}))
                passes = passed_by_sends(program, connected, (send for name in signals for send in sends.get(name, ())))
                yield Registration(job.info.name, job.info.location, trigger, job.runs, passes=passes, answers=signals)


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
