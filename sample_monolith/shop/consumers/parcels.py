"""What carriers and the warehouse publish."""

from __future__ import annotations

import json
import logging
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, SNSEvent, event_source

from shop import settings
from shop.common import mailer
from shop.db import session_scope
from shop.models.orders import DELIVERED, SHIPPED
from shop.services.orders import find_order
from shop.tasks.mail import send_delivered_mail

log = logging.getLogger(__name__)


@event_source(data_class=EventBridgeEvent)
def parcel_moved(event: EventBridgeEvent, context: Any) -> bool:
    """Detail type `Parcel Status Change` of the carriers' gateway; only arrivals interest us."""
    detail = event.detail
    if detail.get("status") != "delivered":
        return False
    with session_scope() as session:
        order = find_order(session, detail["reference"])
        if order is None or order.status != SHIPPED:
            log.info("nothing to do for %s", detail["reference"])
            return False
        order.status = DELIVERED
        order_id = order.id
    send_delivered_mail.delay(order_id, datetime.fromisoformat(event.time).date().isoformat())
    return True


@event_source(data_class=SNSEvent)
def stock_low(event: SNSEvent, context: Any) -> int:
    """The warehouse's topic has five subscribers; this one writes to purchasing."""
    sent = 0
    for record in event.records:
        alert = json.loads(record.sns.message)
        if alert["left"] >= alert["threshold"]:
            continue
        body = mailer.render("stock_low.txt", **alert)
        mailer.send(settings.PURCHASING_MAIL, f"Low on {alert['sku']}", body)
        sent += 1
    return sent
