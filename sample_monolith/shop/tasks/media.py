"""Pictures again, when a size is added or a picture was mended."""

from __future__ import annotations

from shop import settings
from shop.celery_app import celery_app
from shop.common.storage import ObjectStore
from shop.services.pictures import store_thumbnails


@celery_app.task(rate_limit="30/m")
def make_thumbnails(key: str) -> list[str]:
    return store_thumbnails(ObjectStore(settings.MEDIA_BUCKET), key)
