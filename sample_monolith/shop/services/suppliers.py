"""The wholesaler's stock feed."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from shop import settings
from shop.common.validation import is_sku
from shop.services.catalog import find_product


def fetch_feed() -> list[dict[str, Any]]:
    import requests

    response = requests.get(settings.SUPPLIER_FEED_URL, timeout=(3, 20))
    response.raise_for_status()
    return response.json()["items"]


def apply_feed(session: Session, items: list[dict[str, Any]]) -> int:
    """Set the stock of what we know; the feed has ten times as many articles as we sell."""
    changed = 0
    for item in items:
        if not is_sku(item.get("sku")):
            continue
        product = find_product(session, item["sku"])
        if product is not None and product.stock != item["stock"]:
            product.stock = item["stock"]
            changed += 1
    return changed
