"""The desk of whoever is paged: a repository with a service in it, a shell at its top, the runbook that the command writes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.control_planes import ControlPlane
from tests.support.runbooks.clouds import aws_cli, environment
from tests.support.runbooks.terminal import Terminal


@contextmanager
def desk(
    top: Path, plane: ControlPlane, *arguments: str, more: Mapping[str, str] | None = None
) -> Iterator[tuple[Terminal, str]]:
    """A shell at the top of the repository, and what `migrator runbook` says with these arguments.

    Args:
        more: variables of the shell.
    """
    subprocess.run(
        "git init -q . && git add . && git -c user.name=a -c user.email=a@b.example commit -q -m all",
        shell=True,
        check=True,
        cwd=top,
    )
    programs = [str(Path(sys.executable).parent), str(aws_cli(top.parent / "programs")), os.environ["PATH"]]
    made = {**os.environ, **environment(plane), "PATH": os.pathsep.join(programs), "COLUMNS": "200", **(more or {})}
    with Terminal(top, made) as terminal:
        code, said = terminal.type(f"migrator runbook {' '.join(arguments)} -o RUNBOOK.md")
        assert code == 0, said
        yield terminal, (top / "RUNBOOK.md").read_text()
