"""The tutorial, followed from its first command to its last in a copy of the checkout.

The copy has what git knows of, and the environments of the checkout by links. `make demo` is the target itself; it plays
its three runs faster than for people, by the variable that the Makefile has for that. Where the machine lets a test have a
loopback of its own, ports that are in use elsewhere do not matter.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.docs.blocks import Step, steps_of
from tests.docs.outputs import missing
from tests.docs.terminals import Terminal
from tests.support.demo_promises import hold
from tests.support.envoy import require_envoy
from tests.support.local_lambda import require_local_lambda

pytestmark = pytest.mark.local_stack

CHECKOUT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = (".venv", ".venv-tools", ".venv-stack", ".venv-load")
# Each alone on a machine that does much else.
PATIENCE_S = 180.0
# Turns the loopback of a new network on: `ip` is not on every machine.
ALONE = (
    "import fcntl,os,socket,struct,sys;"
    "fcntl.ioctl(socket.socket(),0x8914,struct.pack('16sh',b'lo',0x41));"
    "os.execvp(sys.argv[1],sys.argv[1:])"
)


def copied(folder: Path) -> Path:
    """The files of the checkout as they are, older than what was made of them, so that make has nothing to make."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    for name in listed.split("\0"):
        if name and (CHECKOUT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, target)
            os.utime(target, (0, 0))
    for name in ENVIRONMENTS:
        if (CHECKOUT / name / ".installed").is_file():
            (folder / name).symlink_to(CHECKOUT / name)
        else:
            (folder / name).mkdir()
            (folder / name / ".installed").touch()
    return folder


def environment(home: Path) -> dict[str, str]:
    """A person's, whose name git knows."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "A Reader"), ("EMAIL", "reader@example.com"))}  # fmt: skip
    left = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "MIGRATOR_", "MAKE"))}
    return {
        **left,
        **who,
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "DEMO": "--rate 100 --bake 0.5",
        "PYTHONPATH": str(CHECKOUT),
    }


def own_loopback() -> tuple[str, ...]:
    """What a command is started by to have a network of its own; nothing where that is not allowed."""
    prefix = ("unshare", "--map-root-user", "--net", sys.executable, "-c", ALONE)
    if shutil.which("unshare") is None:
        return ()
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if tried.returncode == 0 else ()


def test_the_tutorial_is_followed_from_its_first_to_its_last_command(tmp_path: Path) -> None:
    require_local_lambda()
    require_envoy()
    folder = copied(tmp_path / "checkout")
    steps = list(steps_of(CHECKOUT / "docs" / "tutorial.md"))
    assert steps[0].command == "make demo"
    with ExitStack() as stack:
        # Further terminals begin where the first one is alone with its network: they are its children.
        first = Terminals(folder, environment(tmp_path), own_loopback(), stack)
        hold(folder / "demo-output", first.follow(steps[0]))
        for step in steps[1:]:
            first.follow(step)


class Terminals:
    """The terminals of one reader, all on one network."""

    def __init__(self, folder: Path, environment: dict[str, str], prefix: tuple[str, ...], stack: ExitStack) -> None:
        self._folder, self._environment, self._stack = folder, environment, stack
        self._open = {1: stack.enter_context(Terminal(folder, environment, prefix))}
        self._join = (
            ("nsenter", "--user", "--preserve-credentials", "--net", "--target", str(self._open[1].pid))
            if prefix
            else ()
        )

    def follow(self, step: Step) -> str:
        """Type the command, and hold what it says and how it ends against the page; gives what it said."""
        if step.terminal not in self._open:
            other = Terminal(self._folder, self._environment, self._join)
            self._open[step.terminal] = self._stack.enter_context(other)
        terminal = self._open[step.terminal]
        terminal.begin(step.command)
        where = f"tutorial.md:{step.line}: {step.command}"
        try:
            if step.terminal == 1:
                said, code = terminal.output(PATIENCE_S)
            elif step.shown:
                said, code = terminal.output(PATIENCE_S, until=step.shown[-1])
            else:
                return ""
        except TimeoutError as late:
            pytest.fail(f"{where}\ndid not end, and said:\n{late}")
        if code is not None:
            assert code == step.exit_code, f"{where}\n{said}"
        if step.shown:
            lacking = missing(step.shown, said)
            assert lacking is None, f"{where}\nis not shown as it is: {lacking!r}\n{said}"
        return said
