"""Runs candidates of the sample shop, or of a changed copy of it, and gives what was seen.

In: the shop's folder and names of candidates. Out: candidate -> effect -> details.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.support.effect_trace.servers import running_world

REPOSITORY = Path(__file__).resolve().parents[3]
SECONDS = 120
"""How long all candidates may take before the run counts as hanging."""

_SCRIPTS = {
    "lp": "cat > /dev/null\n",
    "ffmpeg": 'while [ "$2" ]; do shift; done; echo video > "$1"\n',
}


def observe(root: Path, candidates: Iterable[str], scratch: Path) -> dict[str, dict[str, list[str]]]:
    """Drives each candidate in a process of its own kind, with nothing but loopback around it.

    Args:
        root: the folder of the shop.
        candidates: names of `drives.DRIVES`.
        scratch: an empty folder; its `tmp` is the temporary folder of the run.
    """
    temporary, programs, home = scratch / "tmp", scratch / "bin", scratch / "home"
    for folder in (temporary, programs, home):
        folder.mkdir()
    for name, script in _SCRIPTS.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}")
        (programs / name).chmod(0o755)
    with running_world() as world:
        orders = {
            "root": str(root),
            "scratch": str(scratch),
            "store": world.store,
            "dead_port": world.dead_port,
            "ports": world.ports,
            "candidates": sorted(candidates),
        }
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "SHOP_VAR_DIR": str(scratch / "var"),
            "SHOP_DATABASE_URL": "sqlite://",
            "SHOP_BROKER_URL": "memory://localhost/",
            "SHOP_TASKS_EAGER": "no",
            **world.environment,
        }
        command = [sys.executable, "-P", "-m", "tests.support.effect_trace.worker", json.dumps(orders)]
        done = subprocess.run(
            command, cwd=scratch, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, dict[str, list[str]]] = json.loads(done.stdout.splitlines()[-1])
    return found
