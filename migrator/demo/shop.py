"""The legacy system of the demo: the sample shop under a real WSGI server."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from migrator.adapters.processes import ManagedProcess, free_port, start
from migrator.demo.load import Question
from migrator.domain.http import Answer, Request
from migrator.errors import RemoteError

_READY_DEADLINE_S = 20.0
_THREADS = 8


class Shop:
    """The running shop.

    Args:
        root: the sample monolith.
        folder: where it keeps its database and its log.
    """

    def __init__(self, root: Path, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = start(
            [
                *(sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", f"--threads={_THREADS}"),
                *("--call", "shop.app:create_app"),
            ],
            name="the sample shop",
            env={**os.environ, "SHOP_VAR_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=root,
            log=folder / "shop.log",
        )

    def __enter__(self) -> Shop:
        try:
            self._process.wait_until(self._answers, _READY_DEADLINE_S, what="answering")
        except BaseException:
            self._process.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    @property
    def process(self) -> ManagedProcess:
        """The WSGI server."""
        return self._process

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=2, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def ask(self, requests: Sequence[Request]) -> tuple[Question, ...]:
        """What the shop itself answers, asked past the data plane.

        Raises:
            RemoteError: it did not answer.
        """
        questions = []
        with httpx.Client(base_url=self.url, timeout=10, trust_env=False) as client:
            for request in requests:
                try:
                    response = client.request(request.method, request.target, headers=dict(request.headers))
                except httpx.HTTPError as error:
                    raise RemoteError(f"the sample shop did not answer {request.target}: {error}") from error
                headers = {name.lower(): value for name, value in response.headers.items()}
                questions.append(Question(request, Answer(response.status_code, headers, response.content)))
        return tuple(questions)
