"""Order references: the short form of an order's UUID that people can read out."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort

from shop.services.references import reference_for

bp = Blueprint("references", __name__, url_prefix="/api/references")


@bp.get("/<uuid:order_id>")
def order_reference(order_id: UUID) -> dict[str, str]:
    if order_id.version != 4:
        abort(404)
    return {"order": str(order_id), "reference": reference_for(order_id)}
