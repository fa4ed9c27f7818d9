"""Click, and Flask's command line on top of it: commands, by decorator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.registrations import Example, Program, Registration, Start, texts

_GROUPS = {"click.group": "click.Group", "click.Group.group": "click.Group", "flask.cli.AppGroup.group": "click.Group"}
_COMMANDS = (
    "click.command",
    "click.Group.command",
    "flask.cli.AppGroup.command",
    "flask.cli.FlaskGroup.command",
    "flask.Flask.cli.command",
    "flask.Blueprint.cli.command",
)


@dataclass(frozen=True, slots=True)
class _Click:
    name: str = "click"
    interests: tuple[str, ...] = (*_COMMANDS, *_GROUPS)
    wrappers: Mapping[str, str] = field(
        default_factory=lambda: {**_GROUPS, **dict.fromkeys(_COMMANDS, "click.Command")}
    )
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.calls(*_COMMANDS):
            for info, receiver in program.functions(call.decorated):
                spoken = info.scope.name.rpartition(".")[2].removesuffix("_command").replace("_", "-")
                name = next(iter(texts(call.argument(0, "name"))), spoken)
                trigger = Trigger(TriggerKind.COMMAND, self.name, call.location, {"command": name})
                yield Registration(info.name, info.location, trigger, (Start(info, receiver),))


FRAMEWORK = _Click(
    examples=(
        Example(
            """
import click
@click.group()
def cli(): ...
@cli.command("send")
@click.option("--to")
def send_all(to): ...
@click.command
def clean_up(): ...
""",
            {"app.send_all": ("command send",), "app.clean_up": ("command clean-up",)},
        ),
        Example(
            """
from flask import Flask
from flask.cli import AppGroup
app = Flask("x")
shop = AppGroup("shop")
@shop.command("seed")
def seed(): ...
@app.cli.command()
def prune(): ...
""",
            {"app.seed": ("command seed",), "app.prune": ("command prune",)},
        ),
    )
)
