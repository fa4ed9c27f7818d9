"""Asks the sample shop many kinds of requests and writes its answers down, or asks it the same again.

Run with the shop's folder as the current one and its `SHOP_*` variables set:

    python shop_replay.py record COUNT REQUESTS ANSWERS    draws requests of every route, as far as the shop has answered
    python shop_replay.py play REQUESTS ANSWERS            asks the requests that were written
    python shop_replay.py fire MODULE NAME ANSWERS         runs a scheduled task, as its clock would

Time stands still and ids are drawn from one seed, so that equal code gives equal answers.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import json
import random
import re
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

Json = Any

SECRET = "of the tests"
ENDLESS = "/live"
NOT_COMPARED = {"date"}


def main() -> None:
    sys.path.insert(0, ".")
    uuid.uuid4 = drawn_ids("messages")
    clock = importlib.import_module("shop.common.clock")
    clock.now = lambda: datetime(2026, 11, 20, 9, 30)  # type: ignore[attr-defined]
    app = importlib.import_module("shop.app").create_app()
    # Of their own: how many messages are sent, and by whom, makes no difference to the ids of orders.
    importlib.import_module("shop.services.orders").uuid4 = drawn_ids("orders")  # type: ignore[attr-defined]
    match sys.argv[1:]:
        case ["record", count, requests, answers]:
            asked, heard = record(app, int(count))
            Path(requests).write_text(json.dumps(asked))
            Path(answers).write_text(json.dumps(heard))
        case ["play", requests, answers]:
            client = app.test_client()
            heard = [ask(client, request) for request in json.loads(Path(requests).read_text())]
            Path(answers).write_text(json.dumps(heard))
        case ["fire", module, name, answers]:
            with app.app_context():
                getattr(importlib.import_module(module), name)()
            Path(answers).write_text("[]")


def drawn_ids(seed: str) -> Callable[[], uuid.UUID]:
    dice = random.Random(seed)
    return lambda: uuid.UUID(int=dice.getrandbits(128), version=4)


def ask(client: Any, request: Json) -> Json:
    """Status, headers and body of an answer; what it has begun is at its end."""
    answer = client.open(
        request["path"],
        method=request["method"],
        data=base64.b64decode(request["body"]),
        headers=request["headers"],
    )
    for thread in threading.enumerate():
        if thread.name == "reindex":
            thread.join()
    headers = sorted(
        [name.lower(), value] for name, value in answer.headers.items() if name.lower() not in NOT_COMPARED
    )
    return [answer.status_code, headers, base64.b64encode(answer.get_data()).decode()]


def record(app: Any, count: int) -> tuple[list[Json], list[Json]]:
    """Requests in turn for every method of every rule, and their answers."""
    drawn = Drawn(app)
    client = app.test_client()
    asked, heard = [], []
    for request in drawn.requests():
        asked.append(request)
        heard.append(ask(client, request))
        drawn.learn(heard[-1])
        if len(asked) == count:
            break
    return asked, heard


class Drawn:
    """Draws requests; remembers the orders that the shop has answered with."""

    def __init__(self, app: Any) -> None:
        self._dice = random.Random("requests")
        rules = [rule for rule in app.url_map.iter_rules() if not rule.rule.endswith(ENDLESS)]
        self._kinds = sorted((rule.rule, method) for rule in rules for method in rule.methods - {"HEAD", "OPTIONS"})
        listed = app.test_client().get("/products").get_json()
        self._skus = [product["sku"] for product in listed["products"]]
        self._references = ["NL-0000-0000-0"]

    def learn(self, answer: Json) -> None:
        found = re.search(r'"reference":\s*"([^"]+)"', base64.b64decode(answer[2]).decode("utf-8", "replace"))
        if found and found[1] not in self._references:
            self._references.append(found[1])

    def requests(self) -> Iterator[Json]:
        while True:
            for number, (rule, method) in enumerate(self._kinds):
                yield self._request(rule, method)
                if number % 8 == 0:
                    yield self._request("/orders", "POST")

    def _request(self, rule: str, method: str) -> Json:
        path = re.sub(r"<(?:(\w+)(?:\(([^)]*)\))?:)?(\w+)>", self._value, rule)
        headers = {"X-Api-Key": "dev-admin-key"} if self._dice.random() < 0.7 else {}
        body = b"" if method in ("GET", "DELETE") else self._body(rule)
        if rule.startswith("/chat") or "/chat/" in rule:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif "price-list" in rule:
            headers["Content-Type"] = "multipart/form-data; boundary=x"
        elif body:
            headers["Content-Type"] = "application/json"
        if self._dice.random() < 0.8:
            headers["X-Signature"] = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if method == "GET" and self._dice.random() < 0.2:
            path += self._dice.choice(["?page=2", "?q=the", "?category=book", "?x=%C3%A4", "/"])
        return {"path": path, "method": method, "headers": headers, "body": base64.b64encode(body).decode()}

    def _value(self, found: re.Match[str]) -> str:
        kind, choices, name = found.groups()
        dice = self._dice
        pools: dict[str, list[str]] = {
            "sku": [*self._skus, "NONE-1"],
            "reference": self._references[-6:],
            "cart_id": ["c1", "c2", "c3"],
            "country": ["DE", "AT", "FR", "GB", "XX"],
            "category": ["book", "clothing", "electronics", "food"],
            "supplier": ["nordwand", "a b"],
            "name": ["free-shipping", "banner", "nothing", "a.png"],
            "number": ["DE136695976", "ATU12345675", "X"],
            "iban": ["DE89370400440532013000", "X1"],
        }
        match kind:
            case "any":
                return dice.choice([each.strip(" '\"") for each in choices.split(",")])
            case "int":
                return str(dice.choice([0, 1, 5, 12, 999, 129900]))
            case "float":
                return f"{dice.uniform(1, 90):.1f}"
            case "uuid":
                return str(uuid.UUID(int=dice.getrandbits(128), version=4))
            case _:
                return dice.choice(pools.get(name, ["x", "2026-11-20", "eu", "standard"])).replace(" ", "%20")

    def _body(self, rule: str) -> bytes:
        dice = self._dice
        if rule.endswith(("/chat/order", "/chat/review")):
            return f"text={dice.choice(self._references)}+accept&channel=desk&user=u".encode()
        if "price-list" in rule:
            return (
                b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
                b"sku,price\r\nBOOK-5001,12.50\r\n\r\n--x--\r\n"
            )
        lines = [{"sku": dice.choice([*self._skus, "NONE-1"]), "quantity": dice.choice([1, 1, 2, 0])}]
        bodies: list[Json] = {
            "/orders": [{"email": "ada@example.org", "country": dice.choice(["AT", "DE", "XX"]), "lines": lines}],
            "/orders/later": [{"email": "bela@example.org", "country": "DE", "lines": lines}],
        }.get(
            rule,
            [
                lines[0],
                {"stock": dice.randint(0, 90)},
                {"type": "payment.captured", "reference": dice.choice(self._references)},
            ],
        )
        return json.dumps(dice.choice([*bodies, *bodies, *bodies, {}, {"x": "ü"}])).encode()


if __name__ == "__main__":
    main()
