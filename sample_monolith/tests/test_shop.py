"""Orders, carts, the back office and what surrounds them."""

import io
import json
import re
import threading
import urllib.request

import pytest
from sqlalchemy import select
from waitress.server import create_server

from shop.common import clock
from shop.db import session_scope
from shop.models import AuditEntry, Order, PriceHistory
from shop.tasks.orders import expire_unpaid
from shop.tasks.prices import record_prices, thin_out_history

ORDER = {
    "email": "ada@example.org",
    "country": "AT",
    "lines": [{"sku": "BOOK-5001", "quantity": 2}, {"sku": "SOCK-4500", "quantity": 1}],
}


@pytest.fixture
def order(client, outbox):
    answer = client.post("/orders", json=ORDER)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()


def test_answers_over_http(app):
    server = create_server(app, listen="127.0.0.1:0")
    threading.Thread(target=server.run, daemon=True).start()
    url = f"http://127.0.0.1:{server.effective_port}/health"
    with urllib.request.urlopen(url, timeout=5) as answer:
        assert json.load(answer) == {"status": "ok"}
    server.close()


def test_order(client, order, outbox):
    # 49.80 at 10 % and 18.95 at 20 %: 68.75 + 4.98 + 3.79
    assert order["total"] == "77.52 EUR"
    shown = client.get(f"/orders/{order['reference']}").get_json()
    assert (shown["net"], shown["tax"], shown["status"]) == ("68.75 EUR", "8.77 EUR", "open")
    assert client.get("/products/BOOK-5001/stock").get_json()["stock"] == 78

    [mail] = outbox
    assert f"Subject: Your order {order['reference']}" in mail
    assert "2 x Hut to hut: the Alps (24.90 EUR)" in mail
    with session_scope() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert entry.message == f"order {order['reference']} placed"


def test_order_carries_the_eco_fee(client, outbox):
    lines = [{"sku": "ELEC-8001", "quantity": 1}]
    body = client.post("/orders", json={**ORDER, "country": "FR", "lines": lines}).get_json()
    assert body["total"] == "72.24 EUR"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"email": "nobody"}, 400),
        ({"lines": []}, 400),
        ({"lines": [{"sku": "BOOK-5001", "quantity": True}]}, 400),
        ({"country": "XX"}, 422),
        ({"lines": [{"sku": "BOOK-9999", "quantity": 1}]}, 409),
        ({"lines": [{"sku": "TENT-1002", "quantity": 10}]}, 409),
    ],
)
def test_refused_orders_leave_nothing_behind(client, outbox, change, status):
    assert client.post("/orders", json=ORDER | change).status_code == status
    with session_scope() as session:
        assert session.scalars(select(Order)).all() == []
    assert outbox == []


def test_cancel(client, order, outbox):
    path = f"/orders/{order['reference']}/cancel"
    assert client.post(path).get_json()["status"] == "canceled"
    assert client.get("/products/BOOK-5001/stock").get_json()["stock"] == 80
    assert "has been canceled" in outbox[-1]
    assert client.post(path).status_code == 409


def test_payment_archives_the_order(client, order, world, monkeypatch, signed):
    event = {"type": "payment.captured", "reference": order["reference"]}
    body = json.dumps(event).encode()

    def deliver(secret):
        return client.post(
            "/hooks/payment",
            data=body,
            headers=signed(secret, body),
            content_type="application/json",
        )

    monkeypatch.delenv("PAYMENT_WEBHOOK_SECRET", raising=False)
    assert deliver("s3cret").status_code == 503
    monkeypatch.setenv("PAYMENT_WEBHOOK_SECRET", "s3cret")
    assert deliver("wrong").status_code == 401
    assert deliver("s3cret").get_json() == {"paid": True}
    assert deliver("s3cret").get_json() == {"paid": False}
    archived, invoice = world.objects
    assert archived == f"nordlicht-reports/archive/{order['reference']}.json.gz"
    assert re.fullmatch(r"nordlicht-reports/invoices/\d{4}/\d\d/R\d{4}-000001\.pdf", invoice)


def test_chat_command(client, order, world, monkeypatch, signed):
    monkeypatch.setenv("CHAT_SIGNING_SECRET", "s3cret")
    body = f"text={order['reference']}&channel=support".encode()
    headers = {**signed("s3cret", body), "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/hooks/chat/order", data=body, headers=headers).status_code == 200
    text = f"{order['reference']}: open, 77.52 EUR"
    assert world.chat == [{"channel": "support", "text": text}]


def test_unpaid_orders_expire(client, order):
    assert expire_unpaid() == 0
    with session_scope() as session:
        session.scalars(select(Order)).one().created_at = clock.hours_ago(49)
    assert expire_unpaid() == 1
    assert client.get(f"/orders/{order['reference']}").get_json()["status"] == "canceled"


def test_cart(client):
    assert client.get("/cart/c1").get_json()["lines"] == {}
    client.post("/cart/c1/items", json={"sku": "SOCK-4500", "quantity": 2})
    body = client.post("/cart/c1/items", json={"sku": "SOCK-4500"}).get_json()
    assert body == {"lines": {"SOCK-4500": 3}, "total": "56.85 EUR"}
    assert client.delete("/cart/c1").status_code == 204
    assert client.delete("/cart/c1").status_code == 404


def test_products(client, admin):
    found = client.get("/products?q=TENT").get_json()["products"]
    assert [product["sku"] for product in found] == ["TENT-1001", "TENT-1002"]
    assert client.get("/products/TENT-1001").get_json()["grams"] == 2650
    assert client.put("/products/TENT-1001/stock", json={"stock": 3}).status_code == 401
    client.put("/products/TENT-1001/stock", json={"stock": 3}, headers=admin)
    assert client.get("/products/TENT-1001").get_json()["stock"] == 3


def test_flags(client, admin):
    assert client.get("/site/banner").status_code == 204
    client.post("/admin/flags/holiday-banner/on", headers=admin)
    assert "Closed" in client.get("/site/banner").get_json()["text"]
    client.post("/admin/flags/holiday-banner/off", headers=admin)
    assert client.get("/site/banner").status_code == 204


def test_reindex(client, admin):
    assert client.post("/admin/search/TENT-1001", headers=admin).status_code == 202
    for thread in threading.enumerate():
        if thread.name == "reindex":
            thread.join(5)
    assert len(client.get("/products?q=hut to hut").get_json()["products"]) == 1


def test_supplier_feed(client, admin, world):
    world.feed += [{"sku": "TENT-1001", "stock": 77}, {"sku": "no such thing", "stock": 1}]
    assert client.post("/admin/suppliers/refresh", headers=admin).status_code == 202
    assert client.get("/products/TENT-1001/stock").get_json()["stock"] == 77


def test_live_orders(client):
    answer = client.get("/warehouse/orders/live")
    assert answer.mimetype == "text/event-stream"
    assert next(answer.iter_encoded()) == b": still here\n\n"
    answer.close()


def test_price_list_upload(client, admin, world):
    def upload(content):
        form = {"file": (io.BytesIO(content), "prices.csv")}
        return client.post("/suppliers/acme/price-list", data=form, headers=admin)

    assert upload(b"TENT-1001;43900\nnonsense\n").get_json() == {
        "errors": ["line 2: expected SKU;CENTS"]
    }
    assert world.objects == {}
    assert upload(b"TENT-1001;43900\n").status_code == 201
    [(key, body)] = world.objects.items()
    assert key.startswith("nordlicht-uploads/price-lists/acme/")
    assert body == b"TENT-1001;43900\n"


def test_pictures(client, scratch):
    folder = scratch / "media" / "tents"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "skarn.png").write_bytes(b"not really a picture")
    assert client.get("/media/tents/skarn.png").data == b"not really a picture"
    assert client.get("/media/tents/none.png").status_code == 404
    assert client.get("/media/../shop.sqlite3").status_code == 404


def test_price_history(app):
    with app.app_context():
        assert record_prices() == 15
    with session_scope() as session:
        rows = session.scalars(select(PriceHistory).where(PriceHistory.product_id == 1)).all()
        assert len(rows) == 2
        for days, row in zip((500, 501), rows):
            row.at = clock.days_ago(500).replace(day=1 if days == 500 else 2)
    assert thin_out_history() == 1


def test_orders_that_wait_for_their_turn(client, outbox):
    job = client.post("/orders/later", json=ORDER)
    assert job.status_code == 202
    assert "2 x Hut to hut" in outbox[-1]
    assert client.post("/orders/later", json={}).status_code == 400
    client.post("/orders/later", json={**ORDER, "lines": [{"sku": "TENT-1002", "quantity": 10}]})
    assert "of TENT-1002 others were faster" in outbox[-1]
