"""Health check and site-wide bits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import text

from shop.db import session_scope
from shop.services import flags

bp = Blueprint("site", __name__)


@bp.get("/health")
def health() -> Any:
    with session_scope() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok"}


@bp.get("/site/banner")
def banner() -> Any:
    if not flags.is_on("holiday-banner"):
        return "", 204
    return {"text": "Closed between the years: orders leave again on January 2."}
