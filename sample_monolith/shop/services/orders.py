"""Placing, paying and canceling orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.common import clock
from shop.common.money import to_cents
from shop.db import session_scope
from shop.models import Order, OrderLine
from shop.models.orders import CANCELED, OPEN, PAID
from shop.services.catalog import find_product
from shop.services.pricing import price_for
from shop.services.references import reference_for
from shop.signals import order_placed
from shop.tasks.mail import send_order_mail
from shop.tax.engine import quote_tax
from shop.tax.model import Buyer, TaxQuote


class OrderRefused(Exception):
    """The customer can do something about it; the text is shown to them."""


def place_order(email: str, country: str, lines: Sequence[Mapping[str, Any]]) -> Order:
    order_id = uuid4()
    with session_scope() as session:
        order = Order(
            id=str(order_id),
            reference=reference_for(order_id),
            email=email,
            country=country.upper(),
            status=OPEN,
        )
        session.add(order)
        net_cents = tax_cents = 0
        for line in lines:
            quote = add_line(session, order, line["sku"], line["quantity"])
            net_cents += to_cents(quote.net + quote.eco_fee)
            tax_cents += to_cents(quote.tax_on_invoice)
        order.net_cents = net_cents
        order.tax_cents = tax_cents

    # after the commit: the mail job must find the order
    order_placed.send("shop.services.orders", order_reference=order.reference)
    send_order_mail.delay(order.id)
    return order


def add_line(session: Session, order: Order, sku: str, quantity: int) -> TaxQuote:
    product = find_product(session, sku)
    if product is None:
        raise OrderRefused(f"we do not sell {sku}")
    if product.stock < quantity:
        raise OrderRefused(f"only {product.stock} of {sku} left")
    product.stock -= quantity
    price = price_for(session, product, quantity)
    order.lines.append(
        OrderLine(
            sku=product.sku, name=product.name, quantity=quantity, unit_cents=price.unit_cents
        )
    )
    return quote_tax(order.country, product.category, Buyer.CONSUMER, price.total_cents)


def find_order(session: Session, reference: str) -> Order | None:
    return session.scalar(select(Order).where(Order.reference == reference.upper()))


def mark_paid(session: Session, order: Order) -> bool:
    """False when there was nothing to do: the provider sends every event at least once."""
    if order.status != OPEN:
        return False
    order.status = PAID
    order.paid_at = clock.now()
    return True


def cancel_order(session: Session, order: Order) -> None:
    if order.status != OPEN:
        raise OrderRefused(f"order is {order.status}")
    order.status = CANCELED
    for line in order.lines:
        product = find_product(session, line.sku)
        if product is not None:
            product.stock += line.quantity
