"""Quantity discounts and the price history next to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop import settings
from shop.common import clock
from shop.common.money import from_cents, percent_of, to_cents
from shop.extensions import cache
from shop.models import PriceHistory, PriceRule, Product

RULES_KEY = "pricing:rules"
HISTORY_DAYS = 30


@dataclass(frozen=True)
class Price:
    sku: str
    quantity: int
    list_cents: int
    unit_cents: int
    percent_off: int
    lowest_cents: int

    @property
    def total_cents(self) -> int:
        return self.unit_cents * self.quantity


def load_rules(session: Session) -> list[dict[str, Any]]:
    """All discount rules; they change twice a week and are asked for at every click."""
    rules = cache.get(RULES_KEY)
    if rules is None:
        rules = [
            {"category": r.category, "min_quantity": r.min_quantity, "percent": r.percent}
            for r in session.scalars(select(PriceRule))
        ]
        cache.set(RULES_KEY, rules, timeout=settings.PRICING_RULES_TTL)
    return rules


def forget_rules() -> None:
    cache.delete(RULES_KEY)


def best_discount(rules: list[dict[str, Any]], category: str, quantity: int) -> int:
    percents = [
        rule["percent"]
        for rule in rules
        if rule["category"] in ("*", category) and quantity >= rule["min_quantity"]
    ]
    return max(percents, default=0)


def lowest_recent_price(session: Session, product: Product) -> int:
    lowest = session.scalar(
        select(func.min(PriceHistory.price_cents)).where(
            PriceHistory.product_id == product.id,
            PriceHistory.at >= clock.days_ago(HISTORY_DAYS),
        )
    )
    return product.price_cents if lowest is None else min(lowest, product.price_cents)


def price_for(session: Session, product: Product, quantity: int) -> Price:
    percent = best_discount(load_rules(session), product.category, quantity)
    listed = from_cents(product.price_cents)
    return Price(
        sku=product.sku,
        quantity=quantity,
        list_cents=product.price_cents,
        unit_cents=to_cents(percent_of(listed, 100 - from_cents(percent * 100))),
        percent_off=percent,
        lowest_cents=lowest_recent_price(session, product),
    )
