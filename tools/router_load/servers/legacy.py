"""The legacy system: a WSGI application that writes down what it executes, and fails when it is told to.

Run by waitress. A request's header `x-legacy-status` says the status of its answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tools.router_load.connection import ID_HEADER
from tools.router_load.servers.ledger import VARIABLE, Ledger

_ledger = Ledger(Path(os.environ[VARIABLE]))
_BODY = b'{"rate": 0.25}'


def application(
    environment: Mapping[str, Any], start: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """Answer one request."""
    environment["wsgi.input"].read()
    wanted = environment.get(f"HTTP_{ID_HEADER.upper().replace('-', '_')}", "")
    if wanted:
        _ledger.note(wanted)
    status = environment.get("HTTP_X_LEGACY_STATUS", "200")
    headers = [("content-type", "application/json"), ("content-length", str(len(_BODY))), (ID_HEADER, wanted)]
    start(f"{status} Told", headers)
    return [_BODY]
