"""Orders, from the customer's side."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request

from shop.common import mailer
from shop.common.money import format_cents
from shop.common.validation import order_complaints
from shop.db import session_scope
from shop.services.orders import OrderRefused, cancel_order, find_order, place_order
from shop.tasks.orders import place_queued
from shop.tax.model import BadCategory, UnknownCountry

bp = Blueprint("orders", __name__)


@bp.post("")
def place() -> Any:
    body = request.get_json(silent=True)
    complaints = order_complaints(body)
    if complaints:
        return {"errors": complaints}, 400
    try:
        order = place_order(body["email"], body["country"], body["lines"])
    except UnknownCountry:
        return {"errors": ["we do not deliver there"]}, 422
    except (OrderRefused, BadCategory) as refused:
        return {"errors": [str(refused)]}, 409
    return {
        "reference": order.reference,
        "status": order.status,
        "total": format_cents(order.total_cents),
    }, 201


@bp.post("/later")
def place_later() -> Any:
    """For sales: a thousand orders a second come in, and the stock is booked one by one."""
    body = request.get_json(silent=True)
    complaints = order_complaints(body)
    if complaints:
        return {"errors": complaints}, 400
    job = place_queued.delay(body["email"], body["country"], body["lines"])
    return {"accepted": job.id}, 202


@bp.get("/<reference>")
def show(reference: str) -> Any:
    with session_scope() as session:
        order = find_order(session, reference)
        if order is None:
            abort(404)
        return {
            "reference": order.reference,
            "status": order.status,
            "net": format_cents(order.net_cents),
            "tax": format_cents(order.tax_cents),
            "total": format_cents(order.total_cents),
            "lines": [
                {"sku": line.sku, "quantity": line.quantity, "unit": format_cents(line.unit_cents)}
                for line in order.lines
            ],
        }


@bp.post("/<reference>/cancel")
def cancel(reference: str) -> Any:
    with session_scope() as session:
        order = find_order(session, reference)
        if order is None:
            abort(404)
        try:
            cancel_order(session, order)
        except OrderRefused as refused:
            return {"errors": [str(refused)]}, 409
        recipient, total = order.email, format_cents(order.total_cents)
    # still sent from here: nobody has moved it to a task yet
    body = mailer.render("order_canceled.txt", reference=reference, total=total)
    mailer.send(recipient, f"Your order {reference} is canceled", body)
    return {"reference": reference, "status": "canceled"}
