"""Three opinions from 0 (fine) to 100. They know nothing of each other and run side by side."""

from __future__ import annotations

import logging
from math import exp

from shop import settings
from shop.fraud.features import Features

log = logging.getLogger(__name__)

# logistic regression of spring 2025; the notebook is in the data team's repository
VELOCITY_WEIGHTS = {"orders_today": 0.9, "canceled_ever": 0.7, "countries_ever": 0.8}
VELOCITY_BIAS = -4.2
RESELLABLE_CENTS = 40_000
UNKNOWN_REPUTATION = 20


def velocity_score(features: Features) -> int:
    total = VELOCITY_BIAS
    for name, weight in VELOCITY_WEIGHTS.items():
        total += weight * getattr(features, name)
    return round(100 / (1 + exp(-total)))


def basket_score(features: Features) -> int:
    """Many of the same dear thing is what gets sold on."""
    score = 0
    if features.dearest_cents >= RESELLABLE_CENTS:
        score += 35
    if features.pieces >= 10 and features.distinct_articles <= 2:
        score += 30
    if features.total_cents >= 250_000:
        score += 30
    return min(score, 100)


def reputation_score(features: Features) -> int:
    """What the address service thinks; it is down often enough to have an answer for that."""
    import requests

    domain = features.email.rpartition("@")[2]
    try:
        response = requests.get(settings.REPUTATION_URL, params={"domain": domain}, timeout=3)
        response.raise_for_status()
        return int(response.json()["score"])
    except (requests.RequestException, KeyError, ValueError):
        log.warning("no reputation for %s", domain)
        return UNKNOWN_REPUTATION
