"""argparse: the functions of sub-commands, `parser.set_defaults(func=send)`, which the program calls after parsing.

A parser is handed around under many names, and what `add_subparsers` gives is typed by nothing: the method's own name
is what says that this is a parser.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.registrations import Example, Program, Registration, Start

_SETS = "set_defaults"


@dataclass(frozen=True, slots=True)
class _Argparse:
    name: str = "argparse"
    interests: tuple[str, ...] = ()
    wrappers: Mapping[str, str] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for holder, call in program.calls_written(_SETS):
            for _, expression in call.keywords:
                for info, receiver in program.functions(program.frame(holder).evaluate(expression)):
                    place = Location(holder.module.facts.path, call.line, call.line, call.column)
                    command = info.scope.name.rpartition(".")[2].replace("_", "-")
                    trigger = Trigger(TriggerKind.COMMAND, self.name, place, {"command": command})
                    yield Registration(info.name, info.location, trigger, (Start(info, receiver),))


FRAMEWORK = _Argparse(
    examples=(
        Example(
            """
import argparse
def send(args): ...
def clean_up(args): ...
def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    sender = commands.add_parser("send")
    sender.set_defaults(func=send, quiet=False)
    commands.add_parser("clean").set_defaults(handler=clean_up)
    arguments = parser.parse_args()
    arguments.func(arguments)
""",
            {"app.send": ("command send",), "app.clean_up": ("command clean-up",)},
        ),
    )
)
