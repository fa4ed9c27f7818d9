"""Fills the sample shop's database with more than its own seed: orders, reviews, scores, recommendations.

Run with the shop's folder as the current one and its `SHOP_*` variables set: `python shop_seed.py`. The same rows each
time, but for the hour: times are counted back from now, half an hour off each full one, so that no bound of the shop
(24 hours, 48 hours, a day known) passes over one of them while a test runs.
"""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from uuid import UUID

ORDERS = 260
CUSTOMERS = [f"{name}@example.org" for name in ("ada", "bela", "chloé", "dora", "emil", "finn", "gerd", "hana")]
COUNTRIES = ["DE", "AT", "CH", "FR", "SE", "GB"]
STATUSES = ["open", "open", "open", "paid", "paid", "shipped", "shipped", "canceled", "held", "delivered"]


def main() -> None:
    sys.path.insert(0, ".")
    from shop.app import create_app  # type: ignore[import-not-found]
    from shop.common import clock  # type: ignore[import-not-found]
    from shop.db import session_scope  # type: ignore[import-not-found]
    from shop.models import (  # type: ignore[import-not-found]
        AlsoBought,
        CreditScore,
        FraudReview,
        Order,
        OrderLine,
        PriceHistory,
        Product,
    )
    from shop.services.references import reference_for  # type: ignore[import-not-found]
    from sqlalchemy import select

    create_app()
    dice = random.Random("orders")
    now = clock.now()
    with session_scope() as session:
        products = list(session.scalars(select(Product).order_by(Product.id)))
        for number in range(ORDERS):
            order_id = UUID(int=dice.getrandbits(128), version=4)
            created = now - timedelta(hours=dice.randint(0, 24 * 20) + 0.5)
            status = dice.choice(STATUSES)
            bought = dice.sample(products, dice.randint(1, 4))
            lines = [
                OrderLine(
                    sku=each.sku, name=each.name, quantity=dice.choice([1, 1, 2, 3, 12]), unit_cents=each.price_cents
                )
                for each in bought
            ]
            net = sum(line.quantity * line.unit_cents for line in lines)
            session.add(
                Order(
                    id=str(order_id),
                    reference=reference_for(order_id),
                    email=dice.choice(CUSTOMERS),
                    country=dice.choice(COUNTRIES),
                    status=status,
                    net_cents=net,
                    tax_cents=net // 5,
                    created_at=created,
                    paid_at=None if status in ("open", "canceled") else created + timedelta(hours=1),
                    lines=lines,
                )
            )
            session.flush()
            if status == "held":
                answer = dice.choice([None, "accept", "refuse"])
                session.add(FraudReview(order_id=str(order_id), score=60, reasons="basket 65", answer=answer))
            if number % 3 == 0:
                one, other = dice.sample(products, 2)
                session.merge(AlsoBought(sku=one.sku, other_sku=other.sku, weight=dice.random()))
                session.add(
                    PriceHistory(product_id=one.id, price_cents=one.price_cents - number, at=now - timedelta(days=9.5))
                )
        session.add(CreditScore(email=CUSTOMERS[0], probability=0.5, scored_at=now - timedelta(days=3.5)))


if __name__ == "__main__":
    main()
