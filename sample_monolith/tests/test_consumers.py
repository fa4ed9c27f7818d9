"""Handlers for events of AWS, with events as AWS sends them."""

import base64
import io
import json

import pytest
from PIL import Image
from sqlalchemy import select

from shop import settings
from shop.consumers.orders import order_changed
from shop.consumers.parcels import parcel_moved, stock_low
from shop.consumers.telemetry import enrich_views
from shop.consumers.uploads import clip_stored, picture_stored, price_list_stored
from shop.db import session_scope
from shop.models import Order
from shop.services.pictures import BadPicture
from shop.tasks.media import make_thumbnails
from shop.telemetry import visits


def stored(bucket, *keys):
    record = {"s3SchemaVersion": "1.0", "bucket": {"name": bucket}}
    return {"Records": [{"s3": {**record, "object": {"key": key, "size": 1}}} for key in keys]}


def picture(size, mode="RGB", kind="PNG"):
    output = io.BytesIO()
    Image.new(mode, size, "red").save(output, kind)
    return output.getvalue()


def test_price_lists(world):
    world.objects["up/incoming/a b.csv"] = b"TENT-1001;43900\n"
    world.objects["up/incoming/bad.csv"] = b"nonsense\n"
    event = stored("up", "incoming/a+b.csv", "incoming/bad.csv")
    assert price_list_stored(event, None) == {"accepted": 1}
    assert world.objects["up/accepted/incoming/a b.csv"] == b"TENT-1001;43900\n"
    note = json.loads(world.objects["up/refused/incoming/bad.csv.json"])
    assert note["errors"] == ["line 1: expected SKU;CENTS"]


def test_pictures(world):
    world.objects["m/originals/tents/skarn.png"] = picture((300, 100), "RGBA")
    world.objects["m/originals/text.png"] = b"not really a picture"
    event = stored("m", "originals/tents/skarn.png", "originals/text.png")
    made = picture_stored(event, None)["thumbnails"]
    assert made == [
        f"s3://m/thumbnails/{size}/tents/skarn.webp" for size in ("list", "detail", "zoom")
    ]
    for edge, url in zip((160, 640, 1600), made):
        thumbnail = Image.open(io.BytesIO(world.objects[url.removeprefix("s3://")]))
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (edge, edge))
    assert "m/refused/originals/text.png.json" in world.objects


def test_pictures_again(world):
    bucket = settings.MEDIA_BUCKET
    world.objects[f"{bucket}/originals/a.jpg"] = picture((10, 20), kind="JPEG")
    world.objects[f"{bucket}/originals/b.jpg"] = picture((10_000, 8_001), "1")
    assert len(make_thumbnails("originals/a.jpg")) == 3
    with pytest.raises(BadPicture, match="too large"):
        make_thumbnails("originals/b.jpg")


@pytest.mark.parametrize(
    ("script", "answer"),
    [
        ('while [ "$2" ]; do shift; done; echo video > "$1"', {"clip": "s3://m/clips/skarn.mp4"}),
        ("echo boom >&2; exit 1", {"refused": "footage/skarn.mov"}),
    ],
)
def test_clips(world, scratch, script, answer):
    ffmpeg = scratch / "ffmpeg"
    ffmpeg.write_text(f"#!/bin/sh\n{script}\n")
    ffmpeg.chmod(0o755)
    world.objects["m/footage/skarn.mov"] = b"footage"
    assert clip_stored(stored("m", "footage/skarn.mov"), None) == answer
    if "clip" in answer:
        assert world.objects["m/clips/skarn.mp4"] == b"video\n"
    else:
        assert json.loads(world.objects["m/refused/footage/skarn.mov.json"])["errors"] == ["boom"]


def viewed(*views):
    def record(number, view):
        body = json.dumps(view).encode() if isinstance(view, dict) else view
        kinesis = {"sequenceNumber": str(number), "data": base64.b64encode(body).decode()}
        return {"eventSource": "aws:kinesis", "kinesis": kinesis}

    return {"Records": [record(number, view) for number, view in enumerate(views)]}


def test_page_views(app, world):
    first = {"visit": "v1", "at": 1000.0, "path": "/sale", "agent": "Mozilla"}
    second = {"visit": "v1", "at": 1030.5, "path": "/products/TENT-1001"}
    robot = {"visit": "v2", "at": 1000.0, "path": "/", "agent": "Googlebot"}
    assert enrich_views(viewed(first, b"no json", robot), None) == {"batchItemFailures": []}
    enrich_views(viewed(second), None)
    assert [row["page_number"] for row in world.records] == [1, 2]
    assert world.records[1] == {
        "visit": "v1",
        "at": 1030.5,
        "path": "/products/TENT-1001",
        "sku": "TENT-1001",
        "category": "general",
        "landing": "/sale",
        "page_number": 2,
        "seconds": 30.5,
    }
    # an hour later it is another visit
    enrich_views(viewed({**second, "at": 5000.0}, {**first, "visit": "v3", "at": 9000.0}), None)
    assert world.records[2]["page_number"] == 1
    assert set(visits._visits) == {"v3"}


def changed(number, old, new, name="MODIFY"):
    def image(values):
        return {key: {"N" if isinstance(v, int) else "S": str(v)} for key, v in values.items()}

    stored = {"SequenceNumber": str(number), "NewImage": image(new), "OldImage": image(old)}
    return {"eventID": str(number), "eventName": name, "dynamodb": stored}


MARKETPLACE = {"marketplace": "bergfreunde", "number": "77", "total_cents": 8990}


def test_marketplace_orders(world):
    new, accepted = {**MARKETPLACE, "status": "new"}, {**MARKETPLACE, "status": "accepted"}
    event = {
        "Records": [
            changed(1, {}, new, "INSERT"),
            changed(2, new, accepted),
            changed(3, accepted, accepted),
            changed(4, accepted, {}, "REMOVE"),
        ]
    }
    assert order_changed(event, None) == {"batchItemFailures": []}
    assert world.documents == [
        {"document": "bergfreunde/77", "state": "100", "amount": "89.90 EUR"}
    ]
    world.erp_status = 503
    assert order_changed(event, None) == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_parcels(client, outbox):
    order = {
        "email": "ada@example.org",
        "country": "AT",
        "lines": [{"sku": "BOOK-5001", "quantity": 2}],
    }
    reference = client.post("/orders", json=order).get_json()["reference"]
    event = {
        "time": "2025-06-01T09:30:00Z",
        "detail-type": "Parcel Status Change",
        "detail": {"reference": reference, "status": "delivered"},
    }
    assert parcel_moved(event, None) is False
    with session_scope() as session:
        session.scalars(select(Order)).one().status = "shipped"
    assert parcel_moved(event, None) is True
    assert parcel_moved(event, None) is False
    assert "was delivered on 2025-06-01" in outbox[-1]
    assert client.get(f"/orders/{reference}").get_json()["status"] == "delivered"
    other = {**event, "detail": {"status": "in-transit"}}
    assert parcel_moved(other, None) is False


def test_stock(outbox):
    alerts = [
        {"sku": "TENT-1001", "left": left, "threshold": 5, "warehouse": "Hamburg"}
        for left in (2, 9)
    ]
    event = {"Records": [{"Sns": {"Message": json.dumps(alert)}} for alert in alerts]}
    assert stock_low(event, None) == 1
    [mail] = outbox
    assert "TENT-1001 has 2 pieces left (Hamburg)" in mail
