"""From scores to a decision. The thresholds belong to the head of payments."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shop.fraud.features import Features

SMALL_CENTS = 30_000
REFUSE_FROM = 85
REVIEW_FROM = 45


class Decision(StrEnum):
    ACCEPT = "accept"
    REVIEW = "review"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Scores:
    velocity: int
    basket: int
    reputation: int

    @property
    def total(self) -> int:
        # the worst one counts most, the mean of all breaks ties
        worst = max(self.velocity, self.basket, self.reputation)
        mean = (self.velocity + self.basket + self.reputation) / 3
        return round(0.8 * worst + 0.2 * mean)

    def reasons(self) -> str:
        named = {"velocity": self.velocity, "basket": self.basket, "reputation": self.reputation}
        return ", ".join(f"{name} {score}" for name, score in named.items() if score >= 30)


def decide(features: Features, scores: Scores) -> Decision:
    if scores.total >= REFUSE_FROM and features.orders_ever <= 1:
        return Decision.REFUSE
    # a known customer is worth a look before we refuse them
    if scores.total >= REVIEW_FROM and features.total_cents > SMALL_CENTS:
        return Decision.REVIEW
    return Decision.ACCEPT
