"""Figures for the morning."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.common.money import format_cents, from_cents
from shop.models import Order, OrderLine
from shop.models.orders import CANCELED


def sales_by_country(session: Session, day: date) -> list[tuple[str, int, int, int]]:
    """Country, orders, net and tax in cents, of one day (UTC)."""
    start = datetime.combine(day, time.min)
    rows = session.execute(
        select(
            Order.country,
            func.count(Order.id),
            func.sum(Order.net_cents),
            func.sum(Order.tax_cents),
        )
        .where(Order.created_at >= start, Order.created_at < start + timedelta(days=1))
        .where(Order.status != CANCELED)
        .group_by(Order.country)
        .order_by(Order.country)
    )
    return [(country, count, net, tax) for country, count, net, tax in rows]


def as_csv(rows: list[tuple[str, int, int, int]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["country", "orders", "net", "tax"])
    for country, count, net, tax in rows:
        writer.writerow([country, count, from_cents(net), from_cents(tax)])
    return text.getvalue().encode()


def lines_of_year(session: Session, year: int) -> Iterator[tuple[str, date, str, str, int, str]]:
    statement = (
        select(Order, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(
            Order.created_at >= datetime(year, 1, 1), Order.created_at < datetime(year + 1, 1, 1)
        )
        .order_by(Order.created_at, OrderLine.id)
    )
    for order, line in session.execute(statement).yield_per(1000):
        day, unit = order.created_at.date(), format_cents(line.unit_cents)
        yield order.reference, day, order.country, line.sku, line.quantity, unit
