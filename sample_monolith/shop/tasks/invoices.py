"""Invoices, once an order is paid."""

from __future__ import annotations

from shop import settings
from shop.celery_app import celery_app
from shop.common.storage import ObjectStore
from shop.db import session_scope
from shop.invoices.layout import render
from shop.models import Order
from shop.services.invoices import load_invoice


@celery_app.task
def render_invoice(order_id: str) -> str:
    """Where the accountants look for it. Safe to run twice: same number, same bytes."""
    with session_scope() as session:
        invoice = load_invoice(session, session.get_one(Order, order_id))
    store = ObjectStore(settings.REPORT_BUCKET)
    key = f"invoices/{invoice.day:%Y/%m}/{invoice.number}.pdf"
    return store.put(key, render(invoice), "application/pdf")
