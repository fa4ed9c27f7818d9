"""Product pictures from the shared volume, for the CDN to fetch."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort
from werkzeug.utils import safe_join

from shop import settings

bp = Blueprint("media", __name__)

TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}


@bp.get("/media/<path:name>")
def product_image(name: str) -> Response:
    location = safe_join(str(settings.MEDIA_DIR), name)
    mimetype = TYPES.get(Path(name).suffix.lower())
    if location is None or mimetype is None:
        abort(404)
    try:
        content = Path(location).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        abort(404)
    return Response(content, mimetype=mimetype, headers={"Cache-Control": "max-age=604800"})
