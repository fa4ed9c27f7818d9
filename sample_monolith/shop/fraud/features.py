"""What the models look at, collected in one go."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.common import clock
from shop.models import Order
from shop.models.orders import CANCELED


@dataclass(frozen=True)
class Features:
    reference: str
    email: str
    country: str
    total_cents: int
    pieces: int
    distinct_articles: int
    dearest_cents: int
    orders_today: int
    orders_ever: int
    canceled_ever: int
    countries_ever: int


def collect_features(session: Session, order: Order) -> Features:
    by_mail = select(func.count(Order.id)).where(Order.email == order.email)
    countries = select(func.count(func.distinct(Order.country))).where(Order.email == order.email)
    return Features(
        reference=order.reference,
        email=order.email,
        country=order.country,
        total_cents=order.total_cents,
        pieces=sum(line.quantity for line in order.lines),
        distinct_articles=len(order.lines),
        dearest_cents=max((line.unit_cents for line in order.lines), default=0),
        orders_today=session.scalar(by_mail.where(Order.created_at >= clock.hours_ago(24))) or 0,
        orders_ever=session.scalar(by_mail) or 0,
        canceled_ever=session.scalar(by_mail.where(Order.status == CANCELED)) or 0,
        countries_ever=session.scalar(countries) or 0,
    )
