"""What an invoice says. Built from an order once, then never looked up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from shop.common.money import format_cents

if TYPE_CHECKING:
    from shop.models import Order

GERMAN = {"DE", "AT", "CH", "LU"}
FRENCH = {"FR", "BE"}


@dataclass(frozen=True)
class InvoiceLine:
    sku: str
    name: str
    quantity: int
    unit: str
    total: str


@dataclass(frozen=True)
class Invoice:
    number: str
    day: date
    issued: datetime
    recipient: str
    country: str
    language: str
    lines: tuple[InvoiceLine, ...]
    net: str
    tax: str
    total: str


def language_for(country: str) -> str:
    if country in GERMAN:
        return "de"
    return "fr" if country in FRENCH else "en"


def invoice_for(order: Order, number: str) -> Invoice:
    issued = order.paid_at or order.created_at
    return Invoice(
        number=number,
        day=issued.date(),
        issued=issued,
        recipient=order.email,
        country=order.country,
        language=language_for(order.country),
        lines=tuple(
            InvoiceLine(
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit=format_cents(line.unit_cents),
                total=format_cents(line.unit_cents * line.quantity),
            )
            for line in order.lines
        ),
        net=format_cents(order.net_cents),
        tax=format_cents(order.tax_cents),
        total=format_cents(order.total_cents),
    )
