"""Ports on the loopback interface: one that is free, or a clear word that one is not."""

from __future__ import annotations

import errno
import socket
import threading
from collections import deque

from migrator.errors import InputError

LOOPBACK = "127.0.0.1"

# The system may hand out one port twice before its first user has bound it. Remembering the last
# ones keeps two programs that start at the same time apart; 512 is far above what runs at once.
_recent: deque[int] = deque(maxlen=512)
_lock = threading.Lock()


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nothing listens on and that was not handed out lately.

    Another program may still take it before it is bound: whoever starts a server should try again then.
    """
    with _lock:
        while True:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                probe.bind((LOOPBACK, 0))
                port: int = probe.getsockname()[1]
            if port not in _recent:
                _recent.append(port)
                return port


def require_free_port(port: int, *, purpose: str, option: str = "") -> int:
    """The port itself, once it is known that a server may bind it on 127.0.0.1; 0 becomes a free port.

    Args:
        purpose: what wants to listen there, for the message.
        option: the flag or setting that chooses another port, for the hint.

    Raises:
        InputError: the port is in use, needs more rights, or is no port.
    """
    if port == 0:
        return free_port()
    elsewhere = f"choose another port with {option}" if option else "choose another port"
    if not 0 < port < 65536:
        raise InputError(f"{port} is not a port", hint="a port lies between 1 and 65535, or is 0 for any free one")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of a server that has just ended must not count as one that runs.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            match error.errno:
                case errno.EADDRINUSE:
                    raise InputError(
                        f"port {port} on {LOOPBACK}, wanted by {purpose}, is already in use",
                        hint=f"end the program that listens there (ss -ltnp 'sport = :{port}' names it), or {elsewhere}",
                    ) from error
                case errno.EACCES:
                    raise InputError(f"port {port}, wanted by {purpose}, needs more rights", hint=elsewhere) from error
                case _:
                    raise InputError(f"port {port}, wanted by {purpose}: {error.strerror}", hint=elsewhere) from error
    return port
