"""Orders that wait for somebody of the fraud desk."""

from __future__ import annotations

from sqlalchemy.orm import Session

from shop.fraud.rules import Decision, Scores
from shop.models import FraudReview, Order
from shop.models.orders import HELD


def find_review(session: Session, order_id: str) -> FraudReview | None:
    return session.get(FraudReview, order_id)


def open_review(session: Session, order: Order, scores: Scores) -> FraudReview:
    review = FraudReview(order_id=order.id, score=scores.total, reasons=scores.reasons())
    session.add(review)
    order.status = HELD
    return review


def answer_review(session: Session, order: Order, answer: str, who: str) -> bool:
    """False when somebody was faster, or when there is nothing to answer."""
    review = find_review(session, order.id)
    if review is None or review.answer is not None:
        return False
    if answer not in (Decision.ACCEPT, Decision.REFUSE):
        return False
    review.answer = answer
    review.answered_by = who
    return True
