"""Products, what they cost and what they have cost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, String, event, insert, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from shop.common import clock
from shop.common.money import format_cents
from shop.db import Base


class Product(Base):
    __tablename__ = "products"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(24), default="general")
    price_cents: Mapped[int]
    grams: Mapped[int] = mapped_column(default=500)
    stock: Mapped[int] = mapped_column(default=0)
    search_text: Mapped[str] = mapped_column(String(400), default="")
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    def as_dict(self) -> dict[str, Any]:
        return {
            "sku": self.sku,
            "name": self.name,
            "category": self.category,
            "price": format_cents(self.price_cents),
            "in_stock": self.stock > 0,
        }


class PriceRule(Base):
    """`percent` off from `min_quantity` pieces on; category "*" means every product."""

    __tablename__ = "price_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    category: Mapped[str] = mapped_column(String(24))
    min_quantity: Mapped[int]
    percent: Mapped[int]


class PriceHistory(Base):
    __tablename__ = "price_history"
    __table_args__ = (Index("ix_price_history_product_at", "product_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    price_cents: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)


@event.listens_for(Product, "after_update")
def keep_old_price(mapper: Mapper[Product], connection: Connection, target: Product) -> None:
    """The lowest price of the last 30 days must be shown next to a discount (EU 2019/2161)."""
    changed = inspect(target).attrs.price_cents.history
    if changed.deleted:
        connection.execute(
            insert(PriceHistory).values(
                product_id=target.id, price_cents=changed.deleted[0], at=clock.now()
            )
        )
