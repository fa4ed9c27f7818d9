"""A quick server in the place of the Lambda front, for checks that send more requests than the emulator can run.

An ASGI application, run by uvicorn as the front is; it writes down what it executes. It always answers 200: the front's
other statuses are tried on the front.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from tools.router_load.connection import ID_HEADER
from tools.router_load.servers.ledger import VARIABLE, Ledger

_ledger = Ledger(Path(os.environ[VARIABLE]))
_BODY = b'{"rate": 0.25}'


async def application(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Mapping[str, Any]]],
    send: Callable[[Mapping[str, Any]], Awaitable[None]],
) -> None:
    """Answer one request."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    wanted = next((value for name, value in scope["headers"] if name == ID_HEADER.encode()), b"")
    if wanted:
        _ledger.note(wanted.decode())
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(_BODY))]
    await send(
        {"type": "http.response.start", "status": 200, "headers": [*headers, (ID_HEADER.encode(), wanted)]},
    )
    await send({"type": "http.response.body", "body": _BODY})
