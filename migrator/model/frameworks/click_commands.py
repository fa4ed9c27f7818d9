"""Click, and what stands on it (Flask's command line, Typer): commands, and groups that work without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from migrator.domain.triggers import Trigger, TriggerKind
from migrator.model.frames import LibraryCall
from migrator.model.index import FunctionInfo
from migrator.model.job_rules import unwrapped
from migrator.model.registrations import Example, Program, Registration, constants, texts
from migrator.model.values import Value
from migrator.model.wrapped_calls import handed_over

_GROUPS = ("click.group", "click.Group.group", "flask.cli.AppGroup.group")
_COMMANDS = ("click.command", "click.Group.command", "flask.cli.AppGroup.command")
_MADE = ("click.Command", "click.Group", "click.Command.__init__", "click.Group.__init__")
_TYPER_COMMAND = "typer.Typer.command"
_TYPER_CALLBACKS = ("typer.Typer.callback", "typer.Typer")
_TYPER_RUN = "typer.run"
_SUFFIXES = ("_command", "_cmd", "_group", "_grp")
_ALONE = "invoke_without_command"


@dataclass(frozen=True, slots=True)
class _Click:
    name: str = "click"
    interests: tuple[str, ...] = (*_COMMANDS, *_GROUPS, *_MADE, _TYPER_COMMAND, *_TYPER_CALLBACKS, _TYPER_RUN)
    wrappers: Mapping[str, str] = field(
        default_factory=lambda: {**dict.fromkeys(_GROUPS, "click.Group"), **dict.fromkeys(_COMMANDS, "click.Command")}
    )
    examples: tuple[Example, ...] = ()

    def find(self, program: Program) -> Iterable[Registration]:
        for call in program.registering_calls(*_COMMANDS):
            yield from self._commands(program, call, call.decorated | set(call.argument(-1, "callback")))
        for call in program.registering_calls(*_GROUPS):
            if _works_alone(call):
                yield from self._commands(program, call, call.decorated)
        for call in program.registering_calls(*_MADE):
            if "Group" not in call.dotted or _works_alone(call):
                yield from self._commands(program, call, handed_over(call, call.argument(2, "callback")))
        for call in program.registering_calls(_TYPER_COMMAND):
            yield from self._commands(program, call, call.decorated, dashed=True)
        for call in program.registering_calls(*_TYPER_CALLBACKS):
            if _works_alone(call):
                callbacks = call.decorated | set(call.argument(-1, "callback"))
                yield from self._commands(program, call, callbacks, dashed=True)
        for call in program.registering_calls(_TYPER_RUN):
            yield from self._commands(program, call, call.argument(0, "function"), dashed=True)

    def _commands(
        self, program: Program, call: LibraryCall, targets: Iterable[Value], *, dashed: bool = False
    ) -> Iterator[Registration]:
        for job in unwrapped(program, program.functions(targets)):
            name = next(iter(texts(call.argument(0, "name"))), _spoken(job.info, plain=dashed))
            trigger = Trigger(TriggerKind.COMMAND, self.name, call.location, {"command": name})
            yield Registration(job.info.name, job.info.location, trigger, job.runs)


def _works_alone(call: LibraryCall) -> bool:
    return True in constants(call.argument(-1, _ALONE))


def _spoken(info: FunctionInfo, *, plain: bool) -> str:
    """The command that a function without a stated name becomes: its own, with dashes, and for Click without the
    endings that say what it is."""
    spoken = info.scope.name.rpartition(".")[2]
    if not plain:
        spoken = next((spoken.removesuffix(end) for end in _SUFFIXES if spoken.endswith(end)), spoken)
    return spoken.replace("_", "-")


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
def clean_up_cmd(): ...
def work(): ...
cli.add_command(click.Command("work-now", callback=work))
@cli.group(invoke_without_command=True)
def status(): ...
@status.command()
def short(): ...
""",
            {
                "app.send_all": ("command send",),
                "app.clean_up_cmd": ("command clean-up",),
                "app.work": ("command work-now",),
                "app.status": ("command status",),
                "app.short": ("command short",),
            },
        ),
        Example(
            """
from flask import Blueprint, Flask
from flask.cli import AppGroup, FlaskGroup
import click
app = Flask("x")
pages = Blueprint("pages", __name__)
shop = AppGroup("shop")
command = shop.command
@shop.command("seed")
def seed(): ...
@command()
def other(): ...
@app.cli.command()
def prune(): ...
@pages.cli.command("index")
def index(): ...
@app.cli.group()
def translate(): ...
@translate.command()
def update(): ...
@click.group(cls=FlaskGroup)
def top(): ...
@top.command()
def below(): ...
""",
            {
                "app.seed": ("command seed",),
                "app.other": ("command other",),
                "app.prune": ("command prune",),
                "app.index": ("command index",),
                "app.update": ("command update",),
                "app.below": ("command below",),
            },
        ),
        Example(
            """
import typer
app = typer.Typer()
orders = typer.Typer()
app.add_typer(orders, name="orders")
@app.callback(invoke_without_command=True)
def main(): ...
@orders.command("list")
def show(limit: int = 10): ...
@orders.command()
def drop_all(): ...
""",
            {"app.main": ("command main",), "app.show": ("command list",), "app.drop_all": ("command drop-all",)},
        ),
    )
)
