"""A small catalog for development."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from shop.common import clock
from shop.db import session_scope
from shop.models import PriceHistory, PriceRule, Product
from shop.services.catalog import search_text

PRODUCTS = [
    # sku, name, category, cents, grams, stock
    ("TENT-1001", "Skarn 2 tunnel tent", "general", 44900, 2650, 14),
    ("TENT-1002", "Skarn 3 tunnel tent", "general", 52900, 3300, 9),
    ("BAG-2001", "Fjell sleeping bag, -5 C", "general", 21900, 1180, 25),
    ("BAG-2010", "Silk liner", "general", 4995, 140, 60),
    ("PACK-3001", "Rast 28 daypack", "general", 11990, 980, 31),
    ("JKT-4001", "Regn rain jacket", "clothing", 17900, 420, 40),
    ("JKT-4105", "Regn rain jacket, children", "childrens-clothing", 7990, 290, 35),
    ("SOCK-4500", "Merino socks", "clothing", 1895, 80, 200),
    ("BOOK-5001", "Hut to hut: the Alps", "books", 2490, 510, 80),
    ("BOOK-5002", "Knots and hitches", "books", 1290, 180, 120),
    ("FOOD-6001", "Chili sin carne, freeze-dried", "food", 895, 150, 300),
    ("FOOD-6002", "Porridge with berries", "food", 595, 120, 280),
    ("AID-7001", "First-aid kit, two persons", "first-aid", 3450, 390, 70),
    ("ELEC-8001", "Headlamp 400", "electronics", 5995, 95, 55),
    ("ELEC-8002", "Power bank 10,000 mAh", "electronics", 3990, 210, 48),
]

RULES = [("*", 10, 5), ("food", 6, 8), ("food", 24, 15), ("books", 5, 3)]


def is_empty() -> bool:
    with session_scope() as session:
        return session.scalar(select(func.count(Product.id))) == 0


def seed() -> int:
    """Add what is missing, so it can be run twice; returns how many products were added."""
    added = 0
    with session_scope() as session:
        known = set(session.scalars(select(Product.sku)))
        for sku, name, category, cents, grams, stock in PRODUCTS:
            if sku in known:
                continue
            product = Product(
                sku=sku,
                name=name,
                category=category,
                price_cents=cents,
                grams=grams,
                stock=stock,
            )
            product.search_text = search_text(product)
            session.add(product)
            session.flush()
            last_week = clock.now() - timedelta(days=7)
            session.add(PriceHistory(product_id=product.id, price_cents=cents, at=last_week))
            added += 1
        if session.scalar(select(func.count(PriceRule.id))) == 0:
            for category, min_quantity, percent in RULES:
                session.add(
                    PriceRule(category=category, min_quantity=min_quantity, percent=percent)
                )
    return added
