"""Mail to customers."""

from __future__ import annotations

import logging
import smtplib

from shop.celery_app import celery_app
from shop.common import mailer
from shop.common.money import format_cents
from shop.db import session_scope
from shop.models import Order

log = logging.getLogger(__name__)


@celery_app.task
def send_order_mail(order_id: str) -> None:
    with session_scope() as session:
        order = session.get(Order, order_id)
        if order is None:
            log.error("no order %s to confirm", order_id)
            return
        lines = "\n".join(
            f"{line.quantity:>3} x {line.name} ({format_cents(line.unit_cents)})"
            for line in order.lines
        )
        body = mailer.render(
            "order_placed.txt",
            reference=order.reference,
            lines=lines,
            net=format_cents(order.net_cents),
            tax=format_cents(order.tax_cents),
            total=format_cents(order.total_cents),
        )
        recipient, reference = order.email, order.reference
    mailer.send(recipient, f"Your order {reference}", body)


# the mail server drops connections when the newsletter goes out
@celery_app.task(autoretry_for=(smtplib.SMTPException, OSError), retry_backoff=True, max_retries=5)
def send_shipping_notice(order_id: str, carrier: str, tracking: str) -> None:
    with session_scope() as session:
        order = session.get_one(Order, order_id)
        recipient, reference = order.email, order.reference
    body = mailer.render(
        "order_shipped.txt", reference=reference, carrier=carrier, tracking=tracking
    )
    mailer.send(recipient, f"Your order {reference} is on its way", body)


@celery_app.task(autoretry_for=(smtplib.SMTPException, OSError), retry_backoff=True, max_retries=5)
def send_delivered_mail(order_id: str, day: str) -> None:
    with session_scope() as session:
        order = session.get_one(Order, order_id)
        recipient, reference = order.email, order.reference
    body = mailer.render("order_delivered.txt", reference=reference, day=day)
    mailer.send(recipient, f"Your order {reference} has arrived", body)


@celery_app.task(autoretry_for=(smtplib.SMTPException, OSError), retry_backoff=True, max_retries=5)
def send_sold_out_mail(recipient: str, skus: list[str]) -> None:
    body = mailer.render("sold_out.txt", articles=", ".join(skus))
    mailer.send(recipient, "We are sorry: sold out", body)
