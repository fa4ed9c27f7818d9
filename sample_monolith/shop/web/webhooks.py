"""Calls from others: the payment provider and the team's chat."""

from __future__ import annotations

import os
from typing import Any

from flask import Blueprint, abort, request

from shop import settings
from shop.common.auth import valid_signature
from shop.common.money import format_cents
from shop.db import session_scope
from shop.services.orders import find_order, mark_paid
from shop.tasks.orders import archive_order

bp = Blueprint("webhooks", __name__)


@bp.post("/payment")
def payment() -> Any:
    # read on every call: operations rotates it without a restart
    secret = os.environ.get("PAYMENT_WEBHOOK_SECRET", "")
    if not secret:
        abort(503)
    if not valid_signature(secret, request.get_data(), request.headers.get("X-Signature", "")):
        abort(401)
    event = request.get_json(silent=True) or {}
    if event.get("type") != "payment.captured":
        return {"ignored": event.get("type")}, 202
    with session_scope() as session:
        order = find_order(session, str(event.get("reference")))
        if order is None:
            return {"error": "unknown order"}, 404
        paid = mark_paid(session, order)
        order_id = order.id
    if paid:
        archive_order.delay(order_id)
    return {"paid": paid}


@bp.post("/chat/order")
def slash_command() -> Any:
    """`/order NL-XXXX-XXXX-C` in the support channel. The chat waits three seconds."""
    secret = os.environ.get("CHAT_SIGNING_SECRET", "")
    if not secret:
        abort(503)
    if not valid_signature(secret, request.get_data(), request.headers.get("X-Signature", "")):
        abort(401)
    with session_scope() as session:
        order = find_order(session, request.form.get("text", "").strip())
        if order is None:
            return {"text": "I do not know that order."}
        text = f"{order.reference}: {order.status}, {format_cents(order.total_cents)}"
    post_to_chat(request.form.get("channel", "support"), text)
    return "", 200


def post_to_chat(channel: str, text: str) -> None:
    import requests

    requests.post(settings.CHAT_API_URL, json={"channel": channel, "text": text}, timeout=2)
