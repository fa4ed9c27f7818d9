"""Calls from others: the payment provider and the team's chat."""

from __future__ import annotations

import os
from typing import Any

from flask import Blueprint, abort, request

from shop.common import chat
from shop.common.auth import valid_signature
from shop.common.money import format_cents
from shop.db import session_scope
from shop.fraud.reviews import answer_review
from shop.services.orders import find_order, mark_paid
from shop.tasks.fraud import check_order
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
        check_order.delay(order_id)
    return {"paid": paid}


def check_chat_signature() -> None:
    secret = os.environ.get("CHAT_SIGNING_SECRET", "")
    if not secret:
        abort(503)
    if not valid_signature(secret, request.get_data(), request.headers.get("X-Signature", "")):
        abort(401)


@bp.post("/chat/order")
def slash_command() -> Any:
    """`/order NL-XXXX-XXXX-C` in the support channel. The chat waits three seconds."""
    check_chat_signature()
    with session_scope() as session:
        order = find_order(session, request.form.get("text", "").strip())
        if order is None:
            return {"text": "I do not know that order."}
        text = f"{order.reference}: {order.status}, {format_cents(order.total_cents)}"
    chat.post(request.form.get("channel", "support"), text)
    return "", 200


@bp.post("/chat/review")
def answer_fraud_review() -> Any:
    """`/review NL-XXXX-XXXX-C accept` by the fraud desk; the waiting job finds the answer."""
    check_chat_signature()
    reference, _, answer = request.form.get("text", "").strip().partition(" ")
    with session_scope() as session:
        order = find_order(session, reference)
        if order is None:
            return {"text": "I do not know that order."}
        done = answer_review(session, order, answer, request.form.get("user", ""))
    return {"text": f"{reference}: {answer}" if done else "Nothing to decide there."}
