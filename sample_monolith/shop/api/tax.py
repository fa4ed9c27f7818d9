"""Tax quotes for the product pages, the checkout and the resellers' plug-in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from shop.common.money import format_amount, to_cents
from shop.tax.engine import quote_tax
from shop.tax.model import AmountOutOfRange, BadCategory, Buyer, TaxQuote, UnknownCountry

bp = Blueprint("tax", __name__, url_prefix="/api/tax")


# Was a POST with a JSON body until 2022. Everything is in the path now, so that a quote has
# a URL of its own and the CDN can keep it: the same five thousand are asked for all day.
@bp.get("/<country>/<category>/<any(consumer, business):buyer>/<int:net_cents>")
def quote(country: str, category: str, buyer: str, net_cents: int) -> Any:
    try:
        result = quote_tax(country, category, Buyer(buyer), net_cents)
    except UnknownCountry:
        return {"error": f"we do not deliver to {country!r}"}, 404
    except BadCategory:
        return {"error": f"unknown category {category!r}"}, 422
    except AmountOutOfRange:
        return {"error": "amount is too large for one invoice"}, 422
    return quote_as_json(result)


def quote_as_json(quote: TaxQuote) -> dict[str, Any]:
    return {
        "country": quote.country,
        "category": quote.category.value,
        "buyer": quote.buyer.value,
        "scheme": quote.scheme.value,
        "band": quote.band.value,
        "percent": f"{quote.percent:.1f}",
        "currency": quote.currency,
        "net_cents": to_cents(quote.net),
        "eco_fee_cents": to_cents(quote.eco_fee),
        "tax_cents": to_cents(quote.tax),
        "rounding_cents": to_cents(quote.rounding),
        "gross_cents": to_cents(quote.gross),
        "gross": format_amount(quote.gross, quote.currency),
        "note": quote.note,
    }
