"""A folder with a router.yaml and the command line in it, with or without a real Envoy under traffic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from migrator.adapters.comparisons.files import FileComparisons
from migrator.adapters.dataplanes.envoy import EnvoyProcess, find_envoy
from migrator.adapters.processes import free_port
from migrator.errors import MigratorError
from migrator.router import load_router
from tests.support.fake_measures import compared
from tests.support.http_servers import HttpServer, Load

ROUTER = """
version: 1
plane: {{kind: envoy, admin: 127.0.0.1:{admin}, listen: 127.0.0.1:{listen}}}
routes:
  - name: tax
    match: {{http: {{methods: [GET], path: /api/tax}}}}
    legacy: {{url: "{legacy}"}}
    canary: {{lambda: tax, alias: live, url: "{canary}"}}
    weight: {weight}
    fallback: {{on: [error], methods: [GET], timeout: 1s}}
    rollout:
      steps: [{{weight: 20, bake: 300ms}}, {{weight: 60, bake: 300ms}}, {{weight: 100, bake: 300ms}}]
      gates: [{{error_rate: {{worse_by: 1pp}}}}, {{parity: {{different: 0}}}}]
"""


@dataclass
class Shell:
    """A folder with a router.yaml, and the command line in it."""

    folder: Path
    admin: int = field(default_factory=free_port)
    listen: int = field(default_factory=free_port)

    def configure(
        self, *, legacy: str = "http://127.0.0.1:1", canary: str = "http://127.0.0.1:2", weight: int = 5
    ) -> None:
        text = ROUTER.format(admin=self.admin, listen=self.listen, legacy=legacy, canary=canary, weight=weight)
        (self.folder / "router.yaml").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "XDG_STATE_HOME": str(self.folder / "state home"), "NO_COLOR": "1", "COLUMNS": "200"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "migrator", "rollout", *arguments],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
            stdin=subprocess.DEVNULL,
        )

    def start_in_background(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "migrator", "rollout", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def status(self) -> dict[str, Any]:
        done = self.run("status", "tax", "--format", "json")
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def agree(self, different: int = 0) -> None:
        """Leave a comparison where the commands look for it."""
        FileComparisons(self.folder / "state home" / "migrator" / "comparisons").save(compared(different=different))


@dataclass
class Stack:
    """Envoy between clients, legacy and a canary, all real."""

    shell: Shell
    legacy: HttpServer
    canary: HttpServer
    load: Load
    envoy: EnvoyProcess
    restarted: Callable[[], EnvoyProcess]


@contextmanager
def serving(shell: Shell) -> Iterator[Stack]:
    """Everything started, and clients that go on asking."""
    try:
        find_envoy()
    except MigratorError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with ExitStack() as things:
        legacy, canary = (things.enter_context(HttpServer(name)) for name in ("legacy", "canary"))
        shell.configure(legacy=legacy.url, canary=canary.url, weight=0)
        config = load_router(shell.folder / "router.yaml")
        folder = shell.folder / "state home" / "migrator" / "envoy" / f"127.0.0.1-{shell.admin}"
        start = partial(EnvoyProcess.start, config, folder, concurrency=1)
        envoy = things.enter_context(start())
        load = Load(f"127.0.0.1:{shell.listen}", lambda _: ("GET", "/api/tax", {}, None), connections=4, pause_s=0.002)
        yield Stack(shell, legacy, canary, things.enter_context(load), envoy, start)
