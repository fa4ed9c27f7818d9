"""Live prices for the product pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from shop.common.money import format_cents
from shop.common.timing import timed
from shop.db import session_scope
from shop.services.catalog import find_product
from shop.services.pricing import price_for

bp = Blueprint("pricing", __name__, url_prefix="/api/price")


# 1.2 s is what the front end waits before it shows the list price
@bp.get("/<sku>/<int(min=1, max=999):quantity>")
@timed
def price(sku: str, quantity: int) -> Any:
    with session_scope() as session:
        product = find_product(session, sku)
        if product is None:
            return {"error": f"unknown article {sku!r}"}, 404
        result = price_for(session, product, quantity)
    return {
        "sku": result.sku,
        "quantity": result.quantity,
        "list_price": format_cents(result.list_cents),
        "unit_price": format_cents(result.unit_cents),
        "total": format_cents(result.total_cents),
        "percent_off": result.percent_off,
        "lowest_30_days": format_cents(result.lowest_cents),
    }
