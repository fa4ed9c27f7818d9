"""The world around one side of a comparison with the sample shop, on loopback.

In: a folder and a filled database to copy. Out: the variables that lead there, and everything that the world holds:
rows of every table, messages of the broker, mails, objects, what was posted to the chat and the ERP, and every request
that arrived. Nothing is left out here; what may differ between two sides is `shop_compared`'s matter.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from migrator.resources import sample_root

Json = Any


def _loopback() -> Any:
    spec = importlib.util.spec_from_file_location("shop_loopback", sample_root() / "tests" / "loopback.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOOPBACK: Any = _loopback()
_MailHandler: Any = LOOPBACK._Mail
_WorldHandler: Any = LOOPBACK._World


class _Mail(_MailHandler):  # type: ignore[misc]
    """A mail server that can be out of order."""

    def handle(self) -> None:
        if self.server.refusing:
            self.reply("421 come again later")
        else:
            super().handle()


class _World(_WorldHandler):  # type: ignore[misc]
    """Remembers what it was asked, and can be out of order."""

    def answer(self, body: bytes = b"", status: int = 200) -> None:
        self.server.asked.append((self.command, self.path, self.headers.get("Content-Type"), status))
        super().answer(body, status)

    def do_GET(self) -> None:
        if self.server.failing and not self.path.startswith("/nordlicht-"):
            self.answer(b"out of order", 503)
        else:
            super().do_GET()

    do_HEAD = do_GET


class ShopWorld:
    """Servers and databases of one side.

    Args:
        folder: empty, for the databases.
        template: a database file to start from.
    """

    def __init__(self, folder: Path, template: Path) -> None:
        folder.mkdir(parents=True)
        self.folder, self.database, self.broker = folder, folder / "shop.sqlite3", folder / "broker.sqlite3"
        shutil.copyfile(template, self.database)
        self.mail, self.world = LOOPBACK.MailServer(), LOOPBACK.World()
        self.mail.RequestHandlerClass, self.world.RequestHandlerClass = _Mail, _World
        self.mail.refusing = self.world.failing = False
        self.world.asked = []
        for server in (self.mail, self.world):
            LOOPBACK.start(server)

    @property
    def environment(self) -> dict[str, str]:
        """The shop's variables."""
        other = f"http://127.0.0.1:{self.world.server_address[1]}"
        return {
            "SHOP_VAR_DIR": str(self.folder),
            "SHOP_DATABASE_URL": f"sqlite:///{self.database}",
            "SHOP_BROKER_URL": f"sqla+sqlite:///{self.broker}",
            "SHOP_MAIL_ENABLED": "yes",
            "SHOP_SMTP_HOST": "127.0.0.1",
            "SHOP_SMTP_PORT": str(self.mail.server_address[1]),
            "SHOP_S3_ENDPOINT_URL": other,
            "SHOP_SUPPLIER_FEED_URL": f"{other}/feed.json",
            "SHOP_CHAT_API_URL": f"{other}/chat",
            "SHOP_ERP_URL": f"{other}/erp",
            "SHOP_REPUTATION_URL": f"{other}/reputation",
            "SHOP_KINESIS_ENDPOINT_URL": other,
            "SHOP_SECRET_KEY": "of the tests",
            "PAYMENT_WEBHOOK_SECRET": "of the tests",
            "CHAT_SIGNING_SECRET": "of the tests",
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "NO_PROXY": "127.0.0.1",
        }

    def change(self, *statements: tuple[str, Sequence[object]]) -> None:
        """Run statements with their values on the shop's database, in one transaction."""
        if not statements:
            return
        with closing(sqlite3.connect(self.database, timeout=10)) as connection, connection:
            for statement, values in statements:
                connection.execute(statement, values)

    def holds(self) -> Mapping[str, Json]:
        """Everything."""
        return {
            "rows": rows_of(self.database),
            "messages": _messages(self.broker),
            "mail": list(self.mail.outbox),
            "objects": dict(self.world.objects),
            "chat": list(self.world.chat),
            "documents": list(self.world.documents),
            "asked": list(self.world.asked),
        }

    def stop(self) -> None:
        """End the servers."""
        for server in (self.mail, self.world):
            server.shutdown()
            server.server_close()


def rows_of(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of every table, in the order in which they came."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for (name,) in tables}


def _messages(broker: Path) -> list[dict[str, Json]]:
    """Queue, headers and arguments of every message that was sent, in the order in which they were."""
    if not broker.exists():
        return []
    statement = (
        "SELECT kombu_queue.name, payload FROM kombu_message JOIN kombu_queue ON kombu_queue.id = queue_id "
        "ORDER BY kombu_message.id"
    )
    with closing(sqlite3.connect(broker, timeout=10)) as connection:
        found = connection.execute(statement).fetchall()
    messages = []
    for queue, payload in found:
        said = json.loads(payload)
        body = json.loads(base64.b64decode(said["body"]))
        messages.append({"queue": queue, "headers": said["headers"], "properties": said["properties"], "body": body})
    return messages
