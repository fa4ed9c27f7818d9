"""Credit scores, on a queue of its own: its workers have the memory for the model."""

from __future__ import annotations

from shop.celery_app import celery_app
from shop.common import clock
from shop.db import session_scope
from shop.models import CreditScore
from shop.risk.history import history_of
from shop.risk.model import default_probability


@celery_app.task
def score_customer(email: str) -> float:
    with session_scope() as session:
        row = history_of(session, email)
    # outside of the session: this is where the time goes
    probability = default_probability(row)
    with session_scope() as session:
        session.merge(CreditScore(email=email, probability=probability, scored_at=clock.now()))
    return probability
