"""Files that suppliers send us."""

from __future__ import annotations

import csv
import io
import tempfile
from typing import IO, Any

from flask import Blueprint, request

from shop import settings
from shop.common import clock
from shop.common.auth import require_api_key
from shop.common.storage import ObjectStore
from shop.common.validation import is_sku

bp = Blueprint("uploads", __name__)

MAX_COMPLAINTS = 20


def price_list_complaints(file: IO[bytes]) -> list[str]:
    complaints = []
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        for number, row in enumerate(csv.reader(text, delimiter=";"), start=1):
            if len(row) != 2 or not is_sku(row[0]) or not row[1].isdecimal():
                complaints.append(f"line {number}: expected SKU;CENTS")
            if len(complaints) == MAX_COMPLAINTS:
                break
    except UnicodeDecodeError:
        complaints.append("not a text file in UTF-8")
    text.detach()
    return complaints


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
