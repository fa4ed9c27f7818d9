"""Django: functions connected to signals, by decorator or `connect`, of the framework, of libraries or of one's own.

A signal that a clock sends makes its receivers jobs of that clock. Two things say so: its own name, or that only
management commands send it whose name or help speaks of a clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.json import JsonValue
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.facts.expressions import Attribute, Collection
from migrator.model.frames import LibraryCall
from migrator.model.job_rules import unwrapped
from migrator.model.registrations import Example, Program, Registration
from migrator.model.signal_arguments import passed_by_sends, passed_rows
from migrator.model.values import Inst, Lib, Value

_SIGNAL = "django.dispatch.Signal"
_CONNECT = f"{_SIGNAL}.connect"
_RECEIVER = "django.dispatch.receiver"
_SENDS = tuple(f"{_SIGNAL}.{name}" for name in ("send", "send_robust", "asend", "asend_robust", "_live_receivers"))
_CLOCK = re.compile(r"(?<![a-z])(periodic|cron|minutely|hourly|daily|nightly|weekly|monthly)(?![a-z])")
_CLOCK_COMMAND = re.compile(r"periodic|cron|hourly|daily|nightly|weekly|monthly", re.IGNORECASE)
_COMMANDS = ".management.commands."
_OF_MODELS = "django.db.models.signals."


@dataclass(frozen=True, slots=True)
class _DjangoSignals:
    name: str = "django-signals"
    interests: tuple[str, ...] = (_CONNECT, _RECEIVER, *_SENDS)
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        clocks = _sent_by_commands(program)
        sends: dict[str, list[LibraryCall]] = {}
        for call in program.calls(*_SENDS):
            for name in {name for value in call.receivers if (name := _name(value))}:
                sends.setdefault(name, []).append(call)
        for call in program.calls(_RECEIVER):
            given = call.argument(0, "signal")
            yield from self._connected(program, call, {*given, *program.contents(given)}, call.decorated, clocks, sends)
        for call in program.calls(_CONNECT):
            targets = {*call.argument(0, "receiver"), *call.decorated}
            yield from self._connected(program, call, call.receivers, targets, clocks, sends)

    def _connected(
        self,
        program: Program,
        call: LibraryCall,
        signals: set[Value],
        targets: set[Value],
        clocks: set[str],
        sends: Mapping[str, list[LibraryCall]],
    ) -> Iterable[Registration]:
        own = {name for value in program.expanded(signals) if (name := _name(value))}
        of_django = set(_signals_of_django(program, call))
        names: list[JsonValue] = [*sorted(own | of_django)]
        timed = bool(names) and all(_is_clock(str(name), clocks) for name in names)
        kind = TriggerKind.SCHEDULE if timed else TriggerKind.SIGNAL
        for job in unwrapped(program, program.functions(targets)):
            connected = job.runs[-1].info
            trigger = Trigger(kind, self.name, call.location, {"signals": names})
            passes = (
                *passed_by_sends(program, connected, (send for name in names for send in sends.get(str(name), ()))),
                *(passed_rows(program, connected, call.argument(1, "sender")) if of_django else ()),
            )
            yield Registration(
                job.info.name, job.info.location, trigger, job.runs, passes=passes, answers=tuple(map(str, names))
            )


def _signals_of_django(program: Program, call: LibraryCall) -> Iterable[str]:
    """The framework's signals about models that a registration names: no global of the analyzed code holds them."""
    node = call.node
    if node is None:
        return
    connects = call.dotted == _CONNECT
    named = [node.func.value] if connects and isinstance(node.func, Attribute) else list(node.arguments[:1])
    for expression in named:
        for part in expression.items if isinstance(expression, Collection) else (expression,):
            dotted = program.tables.index.dotted(call.body.info.module, part)
            if dotted.startswith(_OF_MODELS):
                yield dotted


def _name(value: Value) -> str:
    """The global that holds a signal."""
    match value:
        case Lib(home=home, dotted=dotted):
            return home or (dotted if dotted != _SIGNAL else "")
        case Inst(home=home):
            return home
        case _:
            return ""


def _is_clock(name: str, clocks: set[str]) -> bool:
    return name in clocks or bool(_CLOCK.search(name.rpartition(".")[2].replace("_", " ").lower()))


def _sent_by_commands(program: Program) -> set[str]:
    """Signals that nothing sends but management commands that speak of a clock."""
    by_clock: set[str] = set()
    otherwise: set[str] = set()
    for call in program.calls(*_SENDS):
        owner = call.body.info.owner
        timed = owner is not None and _COMMANDS in f".{owner.module.name}"
        if owner is not None and timed:
            helps = [str(text) for text in program.class_constants(owner, "help")]
            timed = any(_CLOCK_COMMAND.search(text) for text in (owner.module.name.rpartition(".")[2], *helps))
        names = {name for value in call.receivers if (name := _name(value))}
        (by_clock if timed else otherwise).update(names)
    return by_clock - otherwise


FRAMEWORK = _DjangoSignals(
    examples=(
        Example(
            {
                "shop.signals": "from django.dispatch import Signal\n"
                "class Own(Signal):\n"
                "    def connect(self, receiver, sender=None):\n        return super().connect(receiver, sender)\n"
                "placed = Own()\nhourly_check = Signal()\ntick = Signal()\n",
                "shop.management.commands.run_cron": "from shop.signals import tick\n"
                "class Command:\n    def go(self):\n        tick.send(sender=self)\n",
                "shop.apps": "from django.apps import AppConfig\nfrom django.db.models.signals import pre_delete\n"
                "class Shop(AppConfig):\n    def ready(self):\n        from shop import handlers\n"
                "        pre_delete.connect(handlers.e, dispatch_uid='e')\n        handlers.placed.connect(handlers.f)\n",
                "shop.handlers": "from django.db.models.signals import post_save, pre_save\n"
                "from django.dispatch import receiver\nfrom shop.signals import hourly_check, placed, tick\n"
                "@receiver(post_save)\ndef a(sender, **kwargs): ...\n"
                "@receiver([post_save, pre_save], dispatch_uid='b')\ndef b(sender, **kwargs): ...\n"
                "@receiver(hourly_check)\ndef c(sender, **kwargs): ...\n"
                "@receiver(tick)\ndef d(sender, **kwargs): ...\n"
                "def e(sender, **kwargs): ...\ndef f(sender, **kwargs): ...\n"
                "@receiver(placed)\ndef g(sender, **kwargs): ...\n",
            },
            {
                "shop.handlers.a": ("signal",),
                "shop.handlers.b": ("signal",),
                "shop.handlers.c": ("schedule",),
                "shop.handlers.d": ("schedule",),
                "shop.handlers.e": ("signal",),
                "shop.handlers.f": ("signal",),
                "shop.handlers.g": ("signal",),
            },
        ),
    )
)
