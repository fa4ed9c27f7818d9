"""The cart. The front end makes up the id and keeps it in a cookie."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from shop.common.validation import is_quantity, is_sku
from shop.db import session_scope
from shop.services import carts
from shop.services.catalog import find_product

bp = Blueprint("cart", __name__)


@bp.get("/<cart_id>")
def show(cart_id: str) -> Any:
    cart = carts.find_cart(cart_id)
    if cart is None:
        return {"lines": {}, "total": "0.00 EUR"}
    return cart.as_dict()


@bp.post("/<cart_id>/items")
def add_item(cart_id: str) -> Any:
    body = request.get_json(silent=True) or {}
    sku, quantity = body.get("sku"), body.get("quantity", 1)
    if not is_sku(sku) or not is_quantity(quantity):
        return {"error": "sku and quantity, please"}, 400
    with session_scope() as session:
        product = find_product(session, sku)
        if product is None:
            return {"error": f"we do not sell {sku}"}, 404
        unit_cents = product.price_cents
    return carts.add_to_cart(cart_id, sku, quantity, unit_cents).as_dict(), 201


@bp.delete("/<cart_id>")
def clear(cart_id: str) -> Any:
    if not carts.drop_cart(cart_id):
        return {"error": "no such cart"}, 404
    return "", 204
