"""From a page view as the browser sends it to a row that the analysts can use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from shop.telemetry.visits import Visit

PRODUCT_PAGE = re.compile(r"/products/([A-Z]{2,4}-\d{3,5})")
BOTS = re.compile(r"bot|crawl|spider|preview", re.IGNORECASE)


def sku_of(path: str) -> str | None:
    found = PRODUCT_PAGE.match(path)
    return found[1] if found else None


def is_bot(view: Mapping[str, Any]) -> bool:
    return BOTS.search(view.get("agent", "")) is not None


def enriched(
    view: Mapping[str, Any], visit: Visit, categories: Mapping[str, str]
) -> dict[str, Any]:
    sku = sku_of(view["path"])
    return {
        "visit": view["visit"],
        "at": view["at"],
        "path": view["path"],
        "sku": sku,
        "category": categories.get(sku) if sku else None,
        "landing": visit.landing,
        "page_number": visit.pages,
        "seconds": round(view["at"] - visit.started, 1),
    }
