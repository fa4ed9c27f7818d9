"""How each candidate of the sample shop is driven: what has to be there, and the event itself.

In: a `Stage` with the shop on a fresh database. Out: by candidate a function that sets the scene and gives back the
act, which alone is watched. Imported in the process that runs the shop, with the shop's folder on the path.
"""

from __future__ import annotations

import base64
import gzip
import hmac
import io
import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

Act = Callable[[], object]
ADMIN = {"X-Api-Key": "dev-admin-key"}
MARKETPLACE = {"marketplace": {"S": "berg"}, "number": {"S": "7"}, "total_cents": {"N": "8990"}}


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


BODY = {"email": "ada@example.org", "country": "AT", "lines": [{"sku": "BOOK-5001", "quantity": 2}]}


def export_to_prune(stage: Stage) -> Act:
    from shop import settings

    settings.EXPORT_DIR.mkdir(parents=True, exist_ok=True)
    (settings.EXPORT_DIR / "catalog-2020-02-29.csv").touch()
    return stage.command("prune-exports")


def import_prices(stage: Stage) -> Act:
    path = stage.scratch / "prices.csv"
    path.write_text("TENT-1001;39900\nTENT-9999;1\n")
    return stage.command("import-prices", str(path))


def recommendations(stage: Stage) -> Act:
    from shop.common import clock

    month = clock.last_months(1)[0]
    rows = "1;TENT-1001\n1;BAG-2001\n2;TENT-1001\n2;BAG-2001"
    stage.put(f"nordlicht-reports/baskets/{month}.csv.gz", gzip.compress(rows.encode()))
    return stage.command("rebuild-recommendations", "--months", "1")


def price_changed(stage: Stage) -> Act:
    from shop.db import SessionLocal
    from shop.models import Product
    from shop.models.catalog import keep_old_price
    from sqlalchemy import inspect, select

    session = SessionLocal()
    product = session.scalars(select(Product)).first()
    product.price_cents += 1
    connection = session.connection()

    def act() -> None:
        keep_old_price(inspect(Product), connection, product)

    return act


def order_signal(stage: Stage) -> Act:
    from shop.signals import order_placed

    return lambda: order_placed.send("oracle", order_reference="NL-1")


def unpaid(stage: Stage) -> Act:
    from shop.tasks.orders import expire_unpaid

    for _ in range(200):
        stage.order()
    return stage.task(expire_unpaid)


def old_prices(stage: Stage) -> Act:
    from shop.db import session_scope
    from shop.models import PriceHistory
    from shop.tasks.prices import thin_out_history

    with session_scope() as session:
        for day in (1, 2):
            session.add(PriceHistory(product_id=1, price_cents=1, at=datetime(2020, 2, day)))
    return stage.task(thin_out_history)


def cart(stage: Stage, act: Callable[[Any], object]) -> Act:
    stage.client.post("/cart/c1/items", json={"sku": "SOCK-4500", "quantity": 1})
    return lambda: answered(act(stage.client))


def upload(stage: Stage) -> Act:
    form = {"file": (io.BytesIO(b"TENT-1001;43900\n"), "prices.csv")}
    return stage.post("/suppliers/acme/price-list", ADMIN, data=form)


def live_orders(stage: Stage) -> Act:
    def act() -> None:
        response = stage.client.get("/warehouse/orders/live")
        next(response.iter_encoded())
        response.close()

    return act


def product_image(stage: Stage) -> Act:
    from shop import settings

    settings.MEDIA_DIR.mkdir(parents=True, exist_ok=True)
    (settings.MEDIA_DIR / "skarn.png").write_bytes(picture())
    return stage.get("/media/skarn.png")


def review(stage: Stage) -> Act:
    from shop.db import session_scope
    from shop.models import FraudReview

    order = stage.order("held")
    with session_scope() as session:
        session.add(FraudReview(order_id=order.id, score=70))
    body = f"text={order.reference} accept&user=grace".encode()
    kind = "application/x-www-form-urlencoded"
    return stage.signed("/hooks/chat/review", "CHAT_SIGNING_SECRET", body, kind)


def slash_command(stage: Stage) -> Act:
    body = f"text={stage.order().reference}&channel=support".encode()
    return stage.signed("/hooks/chat/order", "CHAT_SIGNING_SECRET", body, "application/x-www-form-urlencoded")


def payment(stage: Stage) -> Act:
    event = {"type": "payment.captured", "reference": stage.order().reference}
    return stage.signed("/hooks/payment", "PAYMENT_WEBHOOK_SECRET", json.dumps(event).encode(), "application/json")


def fraud(stage: Stage) -> Act:
    """A small order that passes, and one whose review was answered with no."""
    from shop.db import session_scope
    from shop.models import FraudReview
    from shop.tasks.fraud import check_order

    passing = stage.order("paid")
    refused = stage.order("paid", pieces=200)
    asked = stage.order("paid", pieces=200)
    for each in (refused, asked):
        with session_scope() as session:
            order = session.get_one(type(each), each.id)
            order.lines[0].unit_cents = 50_000
    with session_scope() as session:
        session.add(FraudReview(order_id=refused.id, score=70, answer="refuse"))

    def act() -> None:
        check_order.apply(args=(passing.id,), throw=True)
        check_order.apply(args=(refused.id,), throw=True)
        retried(check_order, asked.id)

    return act


def credit(stage: Stage) -> Act:
    from shop import settings
    from shop.tasks.risk import score_customer

    model = stage.fixtures.joinpath("credit.onnx").read_bytes()
    stage.put(f"{settings.MODEL_BUCKET}/{settings.CREDIT_MODEL}", model)
    stage.order("paid")
    return stage.task(score_customer, "ada@example.org")


def thumbnails(stage: Stage) -> Act:
    from shop.tasks.media import make_thumbnails

    stage.put("nordlicht-media/originals/a.png", picture())
    return stage.task(make_thumbnails, "originals/a.png")


def picture() -> bytes:
    from PIL import Image

    output = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(output, "PNG")
    return output.getvalue()


def stored(stage: Stage, handler: str, **objects: bytes) -> Act:
    """An S3 notification for each object, one after the other."""
    from shop.consumers import uploads

    names = {name.replace("__", "/").replace("_dot_", "."): body for name, body in objects.items()}
    for name, body in names.items():
        stage.put(f"up/{name}", body)
    events = [{"Records": [{"s3": {"bucket": {"name": "up"}, "object": {"key": key}}}]} for key in names]
    return lambda: [getattr(uploads, handler)(event, None) for event in events]


def page_views(stage: Stage) -> Act:
    from shop.consumers.telemetry import enrich_views

    views = [
        {"visit": "v1", "at": 1.0, "path": "/products/TENT-1001"},
        {"visit": "v2", "at": 9999.0, "path": "/"},
    ]
    records = [
        {"kinesis": {"sequenceNumber": "1", "data": base64.b64encode(json.dumps(view).encode()).decode()}}
        for view in views
    ]
    return lambda: enrich_views({"Records": records}, None)


def marketplace(stage: Stage) -> Act:
    from shop.consumers.orders import order_changed

    images = {
        "OldImage": {**MARKETPLACE, "status": {"S": "new"}},
        "NewImage": {**MARKETPLACE, "status": {"S": "accepted"}},
    }
    record = {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "1", **images}}
    return lambda: order_changed({"Records": [record]}, None)


def parcel(stage: Stage) -> Act:
    from shop.consumers.parcels import parcel_moved

    detail = {"reference": stage.order("shipped").reference, "status": "delivered"}
    return lambda: parcel_moved({"time": "2025-06-01T09:30:00Z", "detail": detail}, None)


def low_stock(stage: Stage) -> Act:
    from shop.consumers.parcels import stock_low

    message = json.dumps({"sku": "TENT-1001", "left": 1, "threshold": 5, "warehouse": "Hamburg"})
    return lambda: stock_low({"Records": [{"Sns": {"Message": message}}]}, None)


def retried(task: Any, *arguments: object) -> None:
    """Runs a task as a worker does, where what it talks to is down and it comes back later."""
    from celery.exceptions import Retry

    task.push_request(id="1", args=arguments, kwargs={}, retries=0, is_eager=False, called_directly=False)
    try:
        task.run(*arguments)
    except Retry:
        return
    finally:
        task.pop_request()
    raise AssertionError(f"{task.name} was not tried again")


def mail(name: str, *arguments: object, status: str = "") -> Callable[[Stage], Act]:
    """A task that sends mail, once with the mail server and once without."""

    def scene(stage: Stage) -> Act:
        from shop import settings
        from shop.tasks import mail as tasks

        task = getattr(tasks, name)
        given = (stage.order(status).id, *arguments) if status else arguments

        def act() -> None:
            stage.task(task, *given)()
            settings.SMTP_PORT = stage.dead_port
            retried(task, *given)
            settings.SMTP_PORT = int(os.environ["SHOP_SMTP_PORT"])

        return act

    return scene


def supplier_feed(stage: Stage) -> Act:
    from shop import settings
    from shop.tasks.suppliers import refresh_feed

    def act() -> None:
        stage.task(refresh_feed)()
        settings.SUPPLIER_FEED_URL = f"{settings.ERP_URL}/down"
        retried(refresh_feed)
        settings.SUPPLIER_FEED_URL = os.environ["SHOP_SUPPLIER_FEED_URL"]

    return act


def task_of(module: str, name: str, *arguments: object, status: str = "") -> Callable[[Stage], Act]:
    """A task that is called with an order's id first, when a status of it is given."""

    def scene(stage: Stage) -> Act:
        import importlib

        task = getattr(importlib.import_module(f"shop.tasks.{module}"), name)
        first = (stage.order(status).id,) if status else ()
        return stage.task(task, *first, *arguments)

    return scene


DRIVES: dict[str, Callable[[Stage], Act]] = {
    "shop.api.delivery.estimate": lambda stage: stage.get("/api/delivery/eu/2024-06-03"),
    "shop.api.labels.BarcodeLabel.get": lambda stage: stage.get("/api/labels/400638133393/Tent"),
    "shop.api.payments.check_iban": lambda stage: stage.get("/api/payments/iban/DE89370400440532013000"),
    "shop.api.payments.installments": lambda stage: stage.get("/api/payments/installments/10001/6.csv"),
    "shop.api.pricing.price": lambda stage: stage.get("/api/price/FOOD-6001/24"),
    "shop.api.references.order_reference": lambda stage: stage.get(
        "/api/references/6fa459ea-ee8a-4ca4-894e-db77e160355e"
    ),
    "shop.api.shipping.rate": lambda stage: stage.get("/api/shipping/eu/2500/island"),
    "shop.api.shipping.volumetric_weight": lambda stage: stage.get("/api/shipping/volume/30.0/20.0/12.5"),
    "shop.api.tax.quote": lambda stage: stage.get("/api/tax/FR/electronics/consumer/5995"),
    "shop.api.vat.check": lambda stage: stage.get("/api/vat-numbers/DE/136695976"),
    "shop.commands.export_catalog": lambda stage: stage.command("export-catalog"),
    "shop.commands.import_prices": import_prices,
    "shop.commands.prune_exports": export_to_prune,
    "shop.commands.rebuild_recommendations": recommendations,
    "shop.commands.seed": lambda stage: stage.command("seed"),
    "shop.commands.send_test_mail": lambda stage: stage.command("send-test-mail", "ops@example.org"),
    "shop.commands.ship": lambda stage: stage.command("ship", stage.order("paid").reference, "DHL", "0034"),
    "shop.consumers.orders.order_changed": marketplace,
    "shop.consumers.parcels.parcel_moved": parcel,
    "shop.consumers.parcels.stock_low": low_stock,
    "shop.consumers.telemetry.enrich_views": page_views,
    "shop.consumers.uploads.clip_stored": lambda stage: stored(stage, "clip_stored", footage__a_dot_mov=b"footage"),
    "shop.consumers.uploads.picture_stored": lambda stage: stored(
        stage, "picture_stored", originals__a_dot_png=picture(), originals__b_dot_png=b"no picture"
    ),
    "shop.consumers.uploads.price_list_stored": lambda stage: stored(
        stage, "price_list_stored", incoming__a_dot_csv=b"TENT-1001;1\n", incoming__b_dot_csv=b"nonsense"
    ),
    "shop.models.catalog.keep_old_price": price_changed,
    "shop.signals.write_audit_entry": order_signal,
    "shop.tasks.fraud.check_order": fraud,
    "shop.tasks.invoices.render_invoice": task_of("invoices", "render_invoice", status="paid"),
    "shop.tasks.mail.send_delivered_mail": mail("send_delivered_mail", "2025-06-01", status="delivered"),
    "shop.tasks.mail.send_order_mail": task_of("mail", "send_order_mail", status="open"),
    "shop.tasks.mail.send_shipping_notice": mail("send_shipping_notice", "DHL", "0034", status="shipped"),
    "shop.tasks.mail.send_sold_out_mail": mail("send_sold_out_mail", "ada@example.org", ["TENT-1001"]),
    "shop.tasks.media.make_thumbnails": thumbnails,
    "shop.tasks.orders.archive_order": task_of("orders", "archive_order", status="paid"),
    "shop.tasks.orders.expire_unpaid": unpaid,
    "shop.tasks.orders.place_queued": task_of(
        "orders", "place_queued", "ada@example.org", "AT", [{"sku": "BOOK-5001", "quantity": 2}]
    ),
    "shop.tasks.prices.record_prices": task_of("prices", "record_prices"),
    "shop.tasks.prices.thin_out_history": old_prices,
    "shop.tasks.reports.nightly": task_of("reports", "nightly"),
    "shop.tasks.reports.year_end": task_of("reports", "year_end", 2025),
    "shop.tasks.risk.score_customer": credit,
    "shop.tasks.suppliers.refresh_feed": supplier_feed,
    "shop.web.admin.refresh_suppliers": lambda stage: stage.post("/admin/suppliers/refresh", ADMIN),
    "shop.web.admin.reindex": lambda stage: stage.post("/admin/search/TENT-1001", ADMIN),
    "shop.web.admin.set_flag": lambda stage: stage.post("/admin/flags/holiday-banner/on", ADMIN),
    "shop.web.cart.add_item": lambda stage: stage.post("/cart/c1/items", json={"sku": "SOCK-4500", "quantity": 2}),
    "shop.web.cart.clear": lambda stage: cart(stage, lambda client: client.delete("/cart/c1")),
    "shop.web.cart.show": lambda stage: cart(stage, lambda client: client.get("/cart/c1")),
    "shop.web.catalog.StockView.get": lambda stage: stage.get("/products/TENT-1001/stock"),
    "shop.web.catalog.StockView.put": lambda stage: (
        lambda: answered(stage.client.put("/products/TENT-1001/stock", json={"stock": 3}, headers=ADMIN))
    ),
    "shop.web.catalog.list_products": lambda stage: stage.get("/products?q=TENT"),
    "shop.web.catalog.product_detail": lambda stage: stage.get("/products/TENT-1001"),
    "shop.web.catalog.recommendations": lambda stage: stage.get("/products/TENT-1001/also-bought"),
    "shop.web.invoices.download": lambda stage: stage.get(f"/orders/{stage.order('paid').reference}/invoice.pdf"),
    "shop.web.media.product_image": product_image,
    "shop.web.orders.cancel": lambda stage: stage.post(f"/orders/{stage.order().reference}/cancel"),
    "shop.web.orders.place": lambda stage: stage.post("/orders", json=BODY),
    "shop.web.orders.place_later": lambda stage: stage.post("/orders/later", json=BODY),
    "shop.web.orders.show": lambda stage: stage.get(f"/orders/{stage.order().reference}"),
    "shop.web.site.banner": lambda stage: stage.get("/site/banner"),
    "shop.web.site.health": lambda stage: stage.get("/health"),
    "shop.web.uploads.price_list": upload,
    "shop.web.warehouse.order_feed": live_orders,
    "shop.web.webhooks.answer_fraud_review": review,
    "shop.web.webhooks.payment": payment,
    "shop.web.webhooks.slash_command": slash_command,
}
"""By candidate, all of `expected.json`."""
