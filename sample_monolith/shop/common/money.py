"""Money is counted in cents (int) at the edges and in Decimal in between.

Never use float here. See the 2019 incident: 0.1 + 0.2 on 40,000 invoices.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
FIVE_RAPPEN = Decimal("0.05")


def from_cents(cents: int) -> Decimal:
    return Decimal(cents) / 100


def to_cents(amount: Decimal) -> int:
    return int(round_to(amount, CENT) * 100)


def round_to(amount: Decimal, step: Decimal) -> Decimal:
    """Commercial rounding to a multiple of `step` (halves go up, as on every invoice)."""
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    return amount * percent / 100


def split_evenly(cents: int, parts: int) -> list[int]:
    """Split so that the parts add up again; the first parts carry the odd cents."""
    base, odd = divmod(cents, parts)
    return [base + 1 if index < odd else base for index in range(parts)]


def format_amount(amount: Decimal, currency: str) -> str:
    return f"{amount:.2f} {currency}"


def format_cents(cents: int, currency: str = "EUR") -> str:
    return format_amount(from_cents(cents), currency)
