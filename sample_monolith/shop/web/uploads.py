"""Files that suppliers send us."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import Blueprint, request

from shop import settings
from shop.common import clock
from shop.common.auth import require_api_key
from shop.common.storage import ObjectStore
from shop.services.price_lists import price_list_complaints

bp = Blueprint("uploads", __name__)


@bp.post("/suppliers/<supplier>/price-list")
@require_api_key
def price_list(supplier: str) -> Any:
    upload = request.files.get("file")
    if upload is None:
        return {"error": "no file"}, 400
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        upload.save(file)
        file.seek(0)
        complaints = price_list_complaints(file.file)
        if complaints:
            return {"errors": complaints}, 422
        file.seek(0)
        store = ObjectStore(settings.UPLOAD_BUCKET)
        url = store.put_file(f"price-lists/{supplier}/{clock.now():%Y%m%d-%H%M%S}.csv", file)
    return {"stored": url}, 201
