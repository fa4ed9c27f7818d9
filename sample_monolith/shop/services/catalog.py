"""Finding and changing products."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop import settings
from shop.db import session_scope
from shop.models import Product


def find_product(session: Session, sku: str) -> Product | None:
    return session.scalar(select(Product).where(Product.sku == sku.upper()))


def categories_of(session: Session, skus: set[str]) -> dict[str, str]:
    rows = session.execute(select(Product.sku, Product.category).where(Product.sku.in_(skus)))
    return {sku: category for sku, category in rows}


def page_of_products(
    session: Session, category: str | None, query: str, page: int
) -> list[Product]:
    statement = select(Product).order_by(Product.sku)
    if category:
        statement = statement.where(Product.category == category)
    if query:
        statement = statement.where(Product.search_text.contains(query.lower()))
    offset = (max(page, 1) - 1) * settings.PAGE_SIZE
    return list(session.scalars(statement.limit(settings.PAGE_SIZE).offset(offset)))


def search_text(product: Product) -> str:
    return f"{product.sku} {product.name} {product.category}".lower()


def rebuild_search_text() -> int:
    """Fill the search column of every product; takes minutes on the real catalog."""
    with session_scope() as session:
        products = list(session.scalars(select(Product)))
        for product in products:
            product.search_text = search_text(product)
        return len(products)
