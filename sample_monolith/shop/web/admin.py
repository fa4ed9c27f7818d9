"""Buttons of the back office."""

from __future__ import annotations

import threading
from typing import Any

from flask import Blueprint

from shop.common.auth import require_api_key
from shop.db import session_scope
from shop.services import flags
from shop.services.catalog import find_product, rebuild_search_text, search_text
from shop.tasks.suppliers import refresh_feed

bp = Blueprint("admin", __name__)


@bp.post("/flags/<name>/<any(on, off):state>")
@require_api_key
def set_flag(name: str, state: str) -> Any:
    if name not in flags.KNOWN:
        return {"error": f"unknown flag {name!r}"}, 404
    flags.switch(name, state == "on")
    return {name: state}


@bp.post("/search/<sku>")
@require_api_key
def reindex(sku: str) -> Any:
    """One product at once and, in the background, all the others (names refer to each other)."""
    with session_scope() as session:
        product = find_product(session, sku)
        if product is None:
            return {"error": "unknown article"}, 404
        product.search_text = search_text(product)
    threading.Thread(target=rebuild_search_text, name="reindex", daemon=True).start()
    return {"status": "started"}, 202


@bp.post("/suppliers/refresh")
@require_api_key
def refresh_suppliers() -> Any:
    refresh_feed.delay()
    return {"status": "queued"}, 202
