"""Django: management commands, by the place of their module."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.assessments import Unresolved
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.index import ClassInfo
from migrator.model.registrations import Example, Program, Registration, Start

_FOLDER = ".management.commands."
_HANDLERS = ("handle", "handle_app_config", "handle_label")


@dataclass(frozen=True, slots=True)
class _DjangoCommands:
    name: str = "django-commands"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for owner in program.classes():
            module = owner.module.name
            if _FOLDER not in f".{module}" or owner.name != f"{module}.Command":
                continue
            found = [info for name in _HANDLERS if (info := program.method(owner, name)) is not None]
            handler = next((info for info in found if info.owner is owner), next(iter(found), None))
            if handler is None:
                if program.ancestors(owner) - {owner.name}:
                    yield self._by_library(program, owner)
                continue
            own = handler.owner is owner
            detail = {"command": module.rpartition(".")[2]}
            trigger = Trigger(TriggerKind.COMMAND, self.name, owner.location, detail)
            start = Start(handler, program.tables.universe.inst(owner))
            name, place = (handler.name, handler.location) if own else (owner.name, owner.location)
            yield Registration(name, place, trigger, (start,))

    def _by_library(self, program: Program, owner: ClassInfo) -> Registration:
        """A command whose handler is a library's: what the class overrides may be called by it."""
        receiver = program.tables.universe.inst(owner)
        runs = tuple(Start(info, receiver) for info in owner.methods.values() if not info.is_static)
        trigger = Trigger(
            TriggerKind.COMMAND, self.name, owner.location, {"command": owner.module.name.rpartition(".")[2]}
        )
        inherited = Unresolved(owner.location, f"{owner.name}.handle", "the handler is inherited from a library")
        return Registration(
            owner.name, owner.location, trigger, runs or (Start(owner.body, None),), unresolved=(inherited,)
        )


FRAMEWORK = _DjangoCommands(
    examples=(
        Example(
            {
                "shop.management.commands.prune": "from django.core.management.base import BaseCommand\n"
                "class Command(BaseCommand):\n    def handle(self, *args, **options): ...\n",
                "shop.management.commands.again": "from shop.management.commands.prune import Command as Prune\n"
                "class Command(Prune):\n    help = 'once more'\n",
                "shop.management.commands.migrate": "from django.core.management.commands import migrate\n"
                "class Command(migrate.Command):\n    def output(self): ...\n",
                "shop.other": "class Command:\n    def handle(self): ...\n",
            },
            {
                "shop.management.commands.prune.Command.handle": ("command prune",),
                "shop.management.commands.again.Command": ("command again",),
                "shop.management.commands.migrate.Command": ("command migrate",),
            },
        ),
    )
)
