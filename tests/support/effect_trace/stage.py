"""What a drive has at hand: the shop on a fresh database, its clients, and ways to call a candidate.

In: the application, addresses and folders. Out: `Stage`, whose methods give acts: functions without arguments that
cause one event. Imported in the process that runs the shop.
"""

from __future__ import annotations

import hmac
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

Act = Callable[[], object]


@dataclass(slots=True)
class Stage:
    """The shop, and what it needs around it.

    Attributes:
        app: the Flask application.
        store: address of the S3 stand-in.
        dead_port: of a mail server that is down.
        scratch: a folder that is neither the shop's nor temporary.
        fixtures: the folder of the shop's own test data.
    """

    app: Any
    store: str
    dead_port: int
    scratch: Path
    fixtures: Path
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str) -> Act:
        return lambda: answered(self.client.get(path))

    def post(self, path: str, headers: dict[str, str] | None = None, **content: Any) -> Act:
        return lambda: answered(self.client.post(path, headers=headers, **content))

    def signed(self, path: str, variable: str, body: bytes, kind: str) -> Act:
        """A call of the payment provider or the chat."""
        os.environ[variable] = "s3cret"
        signature = hmac.new(b"s3cret", body, "sha256").hexdigest()
        return self.post(path, {"X-Signature": signature}, data=body, content_type=kind)

    def command(self, *words: str) -> Act:
        def act() -> None:
            result = self.app.test_cli_runner().invoke(args=["shop", *words])
            assert result.exit_code == 0, (words, result.output, result.exception)

        return act

    def task(self, task: Any, *arguments: object) -> Act:
        def act() -> None:
            with self.app.app_context():
                task.apply(args=arguments, throw=True)

        return act

    def put(self, name: str, body: bytes) -> None:
        """An object into the store."""
        request = urllib.request.Request(f"{self.store}/{name}", data=body, method="PUT")
        urllib.request.urlopen(request, timeout=5).close()

    def order(self, status: str = "open", pieces: int = 2, sku: str = "BOOK-5001") -> Any:
        """An order of a few days ago."""
        from shop.common import clock
        from shop.db import session_scope
        from shop.models import Order, OrderLine

        then = clock.now() - timedelta(days=3)
        with session_scope() as session:
            count = session.query(Order).count()
            order = Order(id=f"order-{count}", reference=f"NL-{count}", email="ada@example.org", country="AT")
            order.status, order.created_at = status, then
            order.net_cents, order.tax_cents = 2490 * pieces, 249 * pieces
            order.paid_at = then if status != "open" else None
            order.lines = [OrderLine(sku=sku, name="Hut to hut", quantity=pieces, unit_cents=2490)]
            session.add(order)
        return order


def answered(response: Any) -> None:
    """A good answer, read to its end."""
    assert response.status_code < 400, (response.status_code, response.get_data(as_text=True))
    response.get_data()
