"""What happens to files that land in a bucket: price lists, pictures, clips."""

from __future__ import annotations

import json
import logging
import tempfile
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.data_classes import S3Event, event_source

from shop.common.storage import ObjectStore
from shop.services.clips import BadClip, store_transcoded
from shop.services.pictures import BadPicture, store_thumbnails
from shop.services.price_lists import price_list_complaints

log = logging.getLogger(__name__)


def refuse(store: ObjectStore, key: str, complaints: list[str]) -> None:
    """Leave a note next to the file; the suppliers' portal shows it."""
    body = json.dumps({"file": key, "errors": complaints}).encode()
    store.put(f"refused/{key}.json", body, "application/json")


@event_source(data_class=S3Event)
def price_list_stored(event: S3Event, context: Any) -> dict[str, int]:
    """Suppliers with SFTP access drop files of up to 2 GB, hence the file in between."""
    accepted = 0
    for record in event.records:
        store = ObjectStore(record.s3.bucket.name)
        key = unquote_plus(record.s3.get_object.key)
        with tempfile.TemporaryFile() as file:
            store.get_file(key, file)
            file.seek(0)
            complaints = price_list_complaints(file)
            if complaints:
                refuse(store, key, complaints)
                continue
            file.seek(0)
            store.put_file(f"accepted/{key}", file)
            accepted += 1
    return {"accepted": accepted}


@event_source(data_class=S3Event)
def picture_stored(event: S3Event, context: Any) -> dict[str, list[str]]:
    made = []
    for record in event.records:
        store = ObjectStore(record.s3.bucket.name)
        key = unquote_plus(record.s3.get_object.key)
        try:
            made += store_thumbnails(store, key)
        except BadPicture as bad:
            log.warning("%s: %s", key, bad)
            refuse(store, key, [str(bad)])
    return {"thumbnails": made}


@event_source(data_class=S3Event)
def clip_stored(event: S3Event, context: Any) -> dict[str, str]:
    # one file an event: these take minutes
    record = event.record
    store = ObjectStore(record.s3.bucket.name)
    key = unquote_plus(record.s3.get_object.key)
    try:
        return {"clip": store_transcoded(store, key)}
    except BadClip as bad:
        refuse(store, key, [str(bad)])
        return {"refused": key}
