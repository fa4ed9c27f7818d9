"""Jobs around orders."""

from __future__ import annotations

import gzip
import json
import logging
import tempfile
from typing import Any

from sqlalchemy import select

from shop import settings
from shop.celery_app import celery_app
from shop.common import clock
from shop.common.storage import ObjectStore
from shop.db import session_scope
from shop.models import Order
from shop.models.orders import OPEN
from shop.services.orders import OrderRefused, cancel_order, place_order
from shop.tasks.mail import send_sold_out_mail
from shop.tax.model import BadCategory, UnknownCountry

log = logging.getLogger(__name__)


@celery_app.task
def archive_order(order_id: str) -> str:
    """Paid orders are kept for ten years, where nobody can change them."""
    with session_scope() as session:
        order = session.get_one(Order, order_id)
        record = {
            "reference": order.reference,
            "country": order.country,
            "net_cents": order.net_cents,
            "tax_cents": order.tax_cents,
            "created_at": order.created_at.isoformat(),
            "lines": [[line.sku, line.quantity, line.unit_cents] for line in order.lines],
        }
    with tempfile.TemporaryFile() as file:
        with gzip.GzipFile(fileobj=file, mode="wb") as packed:
            packed.write(json.dumps(record).encode())
        file.seek(0)
        store = ObjectStore(settings.REPORT_BUCKET)
        return store.put_file(f"archive/{record['reference']}.json.gz", file)


@celery_app.task(rate_limit="50/s")
def place_queued(email: str, country: str, lines: list[dict[str, Any]]) -> str | None:
    """An order from /orders/later. Who did not get anything is told by mail."""
    try:
        return place_order(email, country, lines).reference
    except (OrderRefused, BadCategory, UnknownCountry) as refused:
        log.info("a queued order was refused: %s", refused)
        send_sold_out_mail.delay(email, [line["sku"] for line in lines])
        return None


@celery_app.task
def expire_unpaid() -> int:
    """Give back the stock of orders that nobody paid for."""
    with session_scope() as session:
        expired = list(
            session.scalars(
                select(Order)
                .where(Order.status == OPEN)
                .where(Order.created_at < clock.hours_ago(settings.UNPAID_AFTER_HOURS))
                .limit(200)
            )
        )
        for order in expired:
            cancel_order(session, order)
    if len(expired) == 200:
        # more are waiting; do not hold the locks of all of them at once
        expire_unpaid.apply_async(countdown=30)
    log.info("%d unpaid orders expired", len(expired))
    return len(expired)
