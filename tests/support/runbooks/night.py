"""Somebody who is paged at night, types what a runbook says, and looks at what callers get."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from migrator import bootstrap
from migrator.adapters.processes import wait_until
from tests.support.runbooks.reading import Row, Typed, read_blocks, read_rows
from tests.support.runbooks.terminal import Terminal, end

_NO_SUCH_CALL = "is not valid for this endpoint"


@dataclass
class Night:
    """A runbook on the desk.

    Attributes:
        route: whose rollout it is.
        sides: which sides do the calls now, as callers see it.
        typed: every command that was typed, to be compared with all that there are.
        drivers: what goes on in terminals of its own.
    """

    terminal: Terminal
    text: str
    route: str
    sides: Callable[[], set[str]]
    typed: set[str] = field(default_factory=set)
    drivers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def blocks(self) -> list[Typed]:
        """All commands."""
        return read_blocks(self.text)

    @property
    def decisions(self) -> list[Row]:
        """The rows of the decision table."""
        return [row for row in read_rows(self.text) if row.chapter == "Decide"]

    @property
    def untyped(self) -> set[str]:
        """Commands that nobody has typed yet."""
        everything = {command for block in self.blocks for command in block.commands}
        return (everything | {row.code[2][0] for row in self.decisions if row.code[2]}) - self.typed

    def follow(self, chapter: str, section: str | None = None) -> list[str]:
        """Type a chapter, or a section of it, and say what was printed."""
        found = [each for each in self.blocks if each.chapter == chapter and section in (None, each.section)]
        assert found, f"the runbook has no commands in {chapter} / {section}"
        return [said for block in found for said in self.block(block)]

    def block(self, block: Typed) -> list[str]:
        """Type one block."""
        said = []
        for command in block.commands:
            self.typed.add(command)
            if block.apart:
                self.drivers.append(self.terminal.apart(command))
            else:
                said.append(self._type(command, f"{block.chapter} / {block.section}"))
        return said

    def decide(self, *words: str) -> list[str]:
        """Type what the table says for symptoms that have these words."""
        said = []
        for word in words:
            (row,) = (each for each in self.decisions if word in each.cells[0])
            command = row.code[2][0]
            if command in self.typed and command.startswith("migrator rollout status"):
                continue  # it changes nothing, and was typed in this phase
            self.typed.add(command)
            said.append(self._type(command, row.cells[0]))
        return said

    def by_hand(self) -> None:
        """Take everything back without the tool, see that callers are back, and let the tool record it."""
        blocks = [each for each in self.blocks if each.section == "By hand, without migrator"]
        (listed,) = self.block(blocks[0])
        numbers = {int(line.split()[0]) for line in listed.splitlines() if self.route in line}
        assert {driver.pid for driver in self.drivers} <= numbers
        for driver in self.drivers:
            end(driver)
        self.drivers.clear()
        recorded = next(at for at, each in enumerate(blocks) if "rollout rollback" in "".join(each.commands))
        for block in blocks[1:recorded]:
            self.block(block)
        assert self.sides() == {"legacy"}
        for block in blocks[recorded:]:
            self.block(block)
        assert self.sides() == {"legacy"}
        self.reach("rolled-back")

    def stop_the_function(self) -> None:
        """Type all of the last resort, and its way back."""
        for block in self.blocks:
            if block.chapter == "Roll back" and block.section.startswith("Stop "):
                self.block(block)

    def reach(self, *phases: str) -> None:
        """Wait until the rollout is in one of these phases."""

        def there() -> bool:
            with bootstrap.open_state() as store:
                state = store.load(self.route)
            return state is not None and state.phase in phases

        assert wait_until(there, 60), self.terminal.type(f"migrator rollout status {self.route}")[1]

    def drivers_end(self) -> None:
        """What was typed into terminals of their own has ended by itself."""
        for driver in self.drivers:
            driver.wait(30)
            end(driver)
        self.drivers.clear()

    def _type(self, command: str, where: str) -> str:
        code, printed = self.terminal.type(command)
        # The AWS CLI has taken every word of it, and the stand-in for AWS says that it has no such call.
        known = _NO_SUCH_CALL not in printed or "start-message-move-task" not in command
        assert code == 0 or not known, f"{where}: $ {command}\n[{code}] {printed}"
        return printed
