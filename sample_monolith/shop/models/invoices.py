"""Invoice numbers."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base


class InvoiceNumber(Base):
    __tablename__ = "invoice_numbers"
    __table_args__ = (UniqueConstraint("year", "counter"),)

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    year: Mapped[int]
    counter: Mapped[int]
