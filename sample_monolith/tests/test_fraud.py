"""The fraud check, its models and the people behind it; the credit score."""

from pathlib import Path

import pytest
from celery.exceptions import Retry
from sqlalchemy import select

from shop import settings
from shop.db import session_scope
from shop.fraud.features import Features
from shop.fraud.models import basket_score, reputation_score, velocity_score
from shop.fraud.rules import Decision, Scores, decide
from shop.models import CreditScore, FraudReview, Order
from shop.risk.model import load_model
from shop.tasks.fraud import check_order
from shop.tasks.risk import score_customer

FEATURES = {
    "reference": "NL-1",
    "email": "a@example.org",
    "country": "DE",
    "total_cents": 50_000,
    "pieces": 1,
    "distinct_articles": 1,
    "dearest_cents": 50_000,
    "orders_today": 1,
    "orders_ever": 1,
    "canceled_ever": 0,
    "countries_ever": 1,
}


def features(**changes):
    return Features(**FEATURES | changes)


@pytest.fixture
def tents(client, outbox):
    """An order that somebody should look at: ten dear tents."""
    lines = [{"sku": "TENT-1001", "quantity": 10}]
    body = {"email": "ada@example.org", "country": "DE", "lines": lines}
    client.post("/orders", json=body)
    outbox.clear()
    with session_scope() as session:
        order = session.scalars(select(Order)).one()
        order.paid_at = order.created_at
        return order.id


def status_of(order_id):
    with session_scope() as session:
        return session.get_one(Order, order_id).status


def test_models():
    assert velocity_score(features()) == 8
    assert velocity_score(features(orders_today=5, countries_ever=3)) == 94
    assert basket_score(features()) == 35
    assert basket_score(features(pieces=12, total_cents=600_000)) == 95


@pytest.mark.parametrize(
    ("scores", "changes", "decision"),
    [
        ((8, 35, 10), {}, Decision.ACCEPT),
        ((8, 60, 10), {}, Decision.REVIEW),
        ((8, 60, 10), {"total_cents": 30_000}, Decision.ACCEPT),
        ((95, 95, 95), {}, Decision.REFUSE),
        ((95, 95, 95), {"orders_ever": 9}, Decision.REVIEW),
    ],
)
def test_rules(scores, changes, decision):
    assert decide(features(**changes), Scores(*scores)) is decision


def test_small_orders_pass(client, outbox, world):
    body = {
        "email": "ada@example.org",
        "country": "DE",
        "lines": [{"sku": "BOOK-5001", "quantity": 1}],
    }
    client.post("/orders", json=body)
    with session_scope() as session:
        order = session.scalars(select(Order)).one()
        order.paid_at = order.created_at
    assert check_order(order.id) == "accept"
    assert status_of(order.id) == "paid"
    assert [key.rpartition(".")[2] for key in world.objects] == ["pdf"]
    assert world.chat == []


def test_review_waits_for_an_answer(client, tents, world, outbox, monkeypatch, signed):
    with pytest.raises(Retry):
        check_order(tents)
    with pytest.raises(Retry):
        check_order(tents)
    assert status_of(tents) == "held"
    # asked once, however often the job comes back
    [asked] = world.chat
    assert asked["channel"] == "fraud-desk"
    assert "basket 95" in asked["text"]

    monkeypatch.setenv("CHAT_SIGNING_SECRET", "s3cret")
    reference = asked["text"].split()[0]

    def answer(text):
        body = f"text={reference} {text}&user=grace".encode()
        headers = {**signed("s3cret", body), "Content-Type": "application/x-www-form-urlencoded"}
        return client.post("/hooks/chat/review", data=body, headers=headers).get_json()["text"]

    assert answer("perhaps") == "Nothing to decide there."
    assert answer("refuse") == f"{reference}: refuse"
    assert answer("accept") == "Nothing to decide there."
    assert check_order(tents) == "refuse"
    assert status_of(tents) == "canceled"
    assert "we cannot deliver" in outbox[-1]
    with session_scope() as session:
        assert session.get_one(FraudReview, tents).answered_by == "grace"


def test_nobody_answers_for_a_day(tents, world, outbox):
    check_order.push_request(retries=settings.FRAUD_REVIEW_HOURS, called_directly=True)
    try:
        assert check_order.run(tents) == "refuse"
    finally:
        check_order.pop_request()
    assert "we cannot deliver" in outbox[-1]


def test_reputation(world):
    assert reputation_score(features()) == 10
    world.reputation = "no number"
    assert reputation_score(features()) == 20


def test_credit_score(tents, world):
    model = Path(__file__).parent / "data" / "credit.onnx"
    world.objects[f"{settings.MODEL_BUCKET}/{settings.CREDIT_MODEL}"] = model.read_bytes()
    load_model.cache_clear()
    # one paid order of 5,075.95 EUR today: sigmoid(0.5 - 0.2 - 2 + 0.001 * 5075.95)
    assert score_customer("ada@example.org") == pytest.approx(0.9669, abs=1e-4)
    assert score_customer("new@example.org") == pytest.approx(0.6225, abs=1e-4)
    with session_scope() as session:
        assert len(session.scalars(select(CreditScore)).all()) == 2
