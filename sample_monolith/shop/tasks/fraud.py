"""The fraud check of a paid order, from beginning to end."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shop import settings
from shop.celery_app import celery_app
from shop.common import chat, mailer
from shop.common.money import format_cents
from shop.db import session_scope
from shop.fraud.features import Features, collect_features
from shop.fraud.models import basket_score, reputation_score, velocity_score
from shop.fraud.reviews import find_review, open_review
from shop.fraud.rules import Decision, Scores, decide
from shop.models import Order
from shop.models.orders import CANCELED, PAID
from shop.tasks.invoices import render_invoice

log = logging.getLogger(__name__)


# asks again every hour until somebody has decided; after a day the order is refused
@celery_app.task(bind=True, max_retries=settings.FRAUD_REVIEW_HOURS)
def check_order(self: Any, order_id: str) -> str:
    with session_scope() as session:
        features = collect_features(session, session.get_one(Order, order_id))
    scores = score(features)
    decision = decide(features, scores)
    if decision is Decision.REVIEW:
        answer = review_answer(order_id, features, scores)
        if answer is None and self.request.retries < settings.FRAUD_REVIEW_HOURS:
            raise self.retry(countdown=3600)
        decision = Decision(answer or Decision.REFUSE)
    recipient = settle(order_id, decision)
    if decision is Decision.ACCEPT:
        render_invoice.delay(order_id)
    else:
        body = mailer.render("order_refused.txt", reference=features.reference)
        mailer.send(recipient, f"Your order {features.reference}", body)
    return decision.value


def score(features: Features) -> Scores:
    """All three at once: the address service alone takes up to three seconds."""
    with ThreadPoolExecutor(max_workers=3) as pool:
        velocity = pool.submit(velocity_score, features)
        basket = pool.submit(basket_score, features)
        reputation = pool.submit(reputation_score, features)
        return Scores(velocity.result(), basket.result(), reputation.result())


def review_answer(order_id: str, features: Features, scores: Scores) -> str | None:
    """What the fraud desk said; asks them when nobody has asked before."""
    with session_scope() as session:
        review = find_review(session, order_id)
        if review is not None:
            return review.answer
        review = open_review(session, session.get_one(Order, order_id), scores)
        reasons = review.reasons
    total = format_cents(features.total_cents)
    chat.post(
        settings.FRAUD_REVIEW_CHANNEL,
        f"{features.reference} over {total}: {reasons}. /review {features.reference} accept|refuse",
    )
    return None


def settle(order_id: str, decision: Decision) -> str:
    with session_scope() as session:
        order = session.get_one(Order, order_id)
        order.status = PAID if decision is Decision.ACCEPT else CANCELED
        log.info("fraud check of %s: %s", order.reference, decision.value)
        return order.email
