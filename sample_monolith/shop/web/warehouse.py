"""The big screen in the warehouse."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response
from sqlalchemy import select

from shop.common import clock
from shop.db import session_scope
from shop.models import Order

bp = Blueprint("warehouse", __name__)


def orders_since(moment: datetime) -> list[tuple[datetime, dict[str, str]]]:
    with session_scope() as session:
        orders = session.scalars(
            select(Order).where(Order.created_at > moment).order_by(Order.created_at).limit(50)
        )
        return [
            (order.created_at, {"reference": order.reference, "country": order.country})
            for order in orders
        ]


def follow_orders() -> Iterator[str]:
    seen = clock.now()
    while True:
        for created_at, summary in orders_since(seen):
            seen = created_at
            yield f"event: order\ndata: {json.dumps(summary)}\n\n"
        # the comment keeps proxies from closing the connection
        yield ": still here\n\n"
        time.sleep(2)


@bp.get("/orders/live")
def order_feed() -> Response:
    """Server-sent events. Holds a worker thread for as long as the screen is on."""
    return Response(follow_orders(), mimetype="text/event-stream")
