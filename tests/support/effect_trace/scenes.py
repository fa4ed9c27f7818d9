"""Scenes that take more than a line: what has to be there before the event, and the event.

In: a `Stage`. Out: acts; only what they do is watched.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.support.effect_trace.stage import Act, Stage, answered

ADMIN = {"X-Api-Key": "dev-admin-key"}
MARKETPLACE = {"marketplace": {"S": "berg"}, "number": {"S": "7"}, "total_cents": {"N": "8990"}}
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
