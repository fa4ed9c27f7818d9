"""Products."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.views import MethodView

from shop.common.auth import require_api_key
from shop.db import session_scope
from shop.services.catalog import find_product, page_of_products
from shop.services.recommendations import also_bought

bp = Blueprint("catalog", __name__)


@bp.route("/products")
def list_products() -> Any:
    page = request.args.get("page", 1, type=int)
    category = request.args.get("category")
    query = request.args.get("q", "").strip()
    with session_scope() as session:
        products = page_of_products(session, category, query, page)
        return jsonify(page=page, products=[product.as_dict() for product in products])


@bp.route("/products/<sku>")
def product_detail(sku: str) -> Any:
    with session_scope() as session:
        product = find_product(session, sku)
        if product is None:
            abort(404)
        return {**product.as_dict(), "grams": product.grams, "stock": product.stock}


@bp.route("/products/<sku>/also-bought")
def recommendations(sku: str) -> Any:
    with session_scope() as session:
        return jsonify(sku=sku, also_bought=also_bought(session, sku))


class StockView(MethodView):
    """For the point of sale in the Hamburg store."""

    def get(self, sku: str) -> Any:
        with session_scope() as session:
            product = find_product(session, sku)
            if product is None:
                return {"error": "unknown article"}, 404
            return {"sku": product.sku, "stock": product.stock}

    @require_api_key
    def put(self, sku: str) -> Any:
        stock = (request.get_json(silent=True) or {}).get("stock")
        if not isinstance(stock, int) or stock < 0:
            return {"error": "stock must be a whole number"}, 400
        with session_scope() as session:
            product = find_product(session, sku)
            if product is None:
                return {"error": "unknown article"}, 404
            product.stock = stock
        return {"sku": sku, "stock": stock}


bp.add_url_rule("/products/<sku>/stock", view_func=StockView.as_view("stock"))
