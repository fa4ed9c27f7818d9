"""Who bought this also bought that."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shop.db import Base


class AlsoBought(Base):
    __tablename__ = "also_bought"

    sku: Mapped[str] = mapped_column(String(12), primary_key=True)
    other_sku: Mapped[str] = mapped_column(String(12), primary_key=True)
    weight: Mapped[float]
