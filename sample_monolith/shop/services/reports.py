"""Figures for the morning."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.common.money import from_cents
from shop.models import Order
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
