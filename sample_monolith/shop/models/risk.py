"""What we think of customers, and what people decided when we did not know."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.common import clock
from shop.db import Base


class FraudReview(Base):
    __tablename__ = "fraud_reviews"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    score: Mapped[int]
    reasons: Mapped[str] = mapped_column(String(200), default="")
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    answer: Mapped[str | None] = mapped_column(String(8))
    answered_by: Mapped[str | None] = mapped_column(String(60))


class CreditScore(Base):
    __tablename__ = "credit_scores"

    email: Mapped[str] = mapped_column(String(254), primary_key=True)
    probability: Mapped[float]
    scored_at: Mapped[datetime]
