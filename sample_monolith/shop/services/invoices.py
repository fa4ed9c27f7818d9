"""Invoice numbers: without gaps, one sequence a year. The tax office insists."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.invoices.model import Invoice, invoice_for
from shop.models import InvoiceNumber, Order


class NotInvoiced(Exception):
    """There is no invoice for an order that nobody paid for."""


def number_of(session: Session, order: Order) -> str:
    """The number an order has got, or the next one of the year it was paid in."""
    known = session.get(InvoiceNumber, order.id)
    if known is None:
        if order.paid_at is None:
            raise NotInvoiced(order.reference)
        year = order.paid_at.year
        last = session.scalar(
            select(func.max(InvoiceNumber.counter)).where(InvoiceNumber.year == year)
        )
        known = InvoiceNumber(order_id=order.id, year=year, counter=(last or 0) + 1)
        session.add(known)
        session.flush()
    return f"R{known.year}-{known.counter:06}"


def load_invoice(session: Session, order: Order) -> Invoice:
    return invoice_for(order, number_of(session, order))
