"""An ASGI application served on 127.0.0.1 by uvicorn, in a thread of its own.

In: an application and a port that is free. Out: a server that runs until it is stopped. What it answers is the
application's matter.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from migrator.adapters.processes import wait_until
from migrator.errors import RemoteError

LOOPBACK = "127.0.0.1"

ASGIApplication: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]

_STARTED_DEADLINE_S = 20.0
_GRACE_S = 5
# Longer than a load balancer keeps an idle connection (Envoy: an hour): if this end closed one first, a request
# that is just on its way would be lost, and count as a failure of the function.
_KEEP_ALIVE_S = 4000


class ThreadedServer:
    """uvicorn in a thread of its own."""

    def __init__(self, application: ASGIApplication, port: int) -> None:
        try:
            import uvicorn
        except ImportError as error:
            raise RemoteError(
                f"{error.name}, which the Lambda front is served with, is not installed",
                hint=f"install the local stack: {sys.executable} -m pip install 'migrator[local]'",
            ) from error

        # asyncio turns Nagle's algorithm off only for sockets that say they are TCP; with it a small answer waits 40 ms.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, port))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=_GRACE_S,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="lambda-front", daemon=True
        )
        self._thread.start()
        if not wait_until(lambda: self._server.started or not self._thread.is_alive(), _STARTED_DEADLINE_S):
            self.stop()
        if not self._thread.is_alive():
            raise RemoteError("the Lambda front did not come up", retryable=True)

    def stop(self) -> None:
        """End the server."""
        self._server.should_exit = True
        self._thread.join(_GRACE_S + 5)
        self._server.force_exit = True
        self._thread.join(5)
        self._socket.close()
