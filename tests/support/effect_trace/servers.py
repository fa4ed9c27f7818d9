"""Stand-ins for the world around the shop, one port for each effect: SMTP, S3, streams, other services, Redis.

In: nothing. Out: `World`, whose `environment` points the shop at them and whose `ports` say what a connection means.
"""

from __future__ import annotations

import importlib.util
import socket
import socketserver
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

from migrator.resources import sample_root


@dataclass(frozen=True, slots=True)
class World:
    """The running stand-ins.

    Attributes:
        environment: settings of the shop.
        ports: port of 127.0.0.1 -> effect.
        store: address of the S3 stand-in; `PUT /bucket/key` puts an object into it.
        dead_port: of a mail server that takes no connection.
    """

    environment: dict[str, str]
    ports: dict[int, str]
    store: str
    dead_port: int


@contextmanager
def running_world() -> Iterator[World]:
    """Serves until the block ends."""
    loopback = _shop_test_servers()
    mail, redis = loopback.MailServer(), _Redis()
    store, streams, others = loopback.World(), loopback.World(), loopback.World()
    others.feed.append({"sku": "TENT-1001", "stock": 77})
    servers = {mail: "email", redis: "cache", store: "object-storage", streams: "enqueue", others: "http-out"}
    for server in servers:
        loopback.start(server)
    port = {server: server.server_address[1] for server in servers}
    other, s3 = f"http://127.0.0.1:{port[others]}", f"http://127.0.0.1:{port[store]}"
    environment = {
        "SHOP_MAIL_ENABLED": "yes",
        "SHOP_SMTP_HOST": "127.0.0.1",
        "SHOP_SMTP_PORT": str(port[mail]),
        "SHOP_CACHE_TYPE": "RedisCache",
        "SHOP_CACHE_REDIS_URL": f"redis://127.0.0.1:{port[redis]}/0?protocol=2",
        "SHOP_S3_ENDPOINT_URL": s3,
        "SHOP_KINESIS_ENDPOINT_URL": f"http://127.0.0.1:{port[streams]}",
        "SHOP_SUPPLIER_FEED_URL": f"{other}/feed.json",
        "SHOP_CHAT_API_URL": f"{other}/chat",
        "SHOP_ERP_URL": f"{other}/erp",
        "SHOP_REPUTATION_URL": f"{other}/reputation",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        "NO_PROXY": "127.0.0.1",
    }
    # Bound and not listening: nobody else gets the port, and nobody answers on it.
    with socket.socket() as dead:
        dead.bind(("127.0.0.1", 0))
        dead_port = dead.getsockname()[1]
        ports = {dead_port: "email", **{port[server]: effect for server, effect in servers.items()}}
        try:
            yield World(environment, ports, s3, dead_port)
        finally:
            for server in servers:
                server.shutdown()
                server.server_close()


def _shop_test_servers() -> ModuleType:
    """The stand-ins that the shop's own tests talk to."""
    spec = importlib.util.spec_from_file_location("shop_loopback", sample_root() / "tests" / "loopback.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class _RedisCommands(socketserver.StreamRequestHandler):
    """The few commands of Redis that a cache sends, in the second version of its protocol."""

    def handle(self) -> None:
        kept = self.server.kept  # type: ignore[attr-defined]
        while line := self.rfile.readline():
            words = [self._word() for _ in range(int(line[1:]))]
            match words[0].upper(), *words[1:]:
                case b"GET", key:
                    value = kept.get(key)
                    self.wfile.write(b"$-1\r\n" if value is None else b"$%d\r\n%s\r\n" % (len(value), value))
                case b"SET", key, value, *_:
                    kept[key] = value
                    self.wfile.write(b"+OK\r\n")
                case ((b"SETEX" | b"PSETEX"), key, _, value):
                    kept[key] = value
                    self.wfile.write(b"+OK\r\n")
                case ((b"DEL" | b"UNLINK"), *keys):
                    self.wfile.write(b":%d\r\n" % sum(kept.pop(key, None) is not None for key in keys))
                case _:
                    self.wfile.write(b"+OK\r\n")

    def _word(self) -> bytes:
        length = int(self.rfile.readline()[1:])
        return self.rfile.read(length + 2)[:-2]


class _Redis(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RedisCommands)
        self.kept: dict[bytes, bytes] = {}
