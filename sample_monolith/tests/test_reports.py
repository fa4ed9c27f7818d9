"""The nightly report: the figures, and that they arrive."""

import gzip
from datetime import date, datetime

import boto3
from botocore.stub import Stubber

from shop.common.storage import ObjectStore
from shop.db import session_scope
from shop.models import Order, OrderLine
from shop.services.reports import as_csv, sales_by_country
from shop.tasks.reports import nightly, year_end

DAY = date(2024, 5, 14)


def add_orders():
    rows = [
        ("1", "DE", "paid", 10000, 1900, datetime(2024, 5, 14, 0, 0)),
        ("2", "DE", "open", 1999, 140, datetime(2024, 5, 14, 23, 59)),
        ("3", "AT", "shipped", 3450, 345, datetime(2024, 5, 14, 12, 0)),
        ("4", "AT", "canceled", 9999, 999, datetime(2024, 5, 14, 12, 0)),
        ("5", "DE", "paid", 8888, 888, datetime(2024, 5, 15, 0, 0)),
    ]
    with session_scope() as session:
        for key, country, status, net, tax, at in rows:
            session.add(
                Order(
                    id=key,
                    reference=f"NL-{key}",
                    email="a@example.org",
                    country=country,
                    status=status,
                    net_cents=net,
                    tax_cents=tax,
                    created_at=at,
                )
            )


def test_figures(app):
    add_orders()
    with session_scope() as session:
        rows = sales_by_country(session, DAY)
    assert rows == [("AT", 1, 3450, 345), ("DE", 2, 11999, 2040)]
    assert as_csv(rows).decode().splitlines() == [
        "country,orders,net,tax",
        "AT,1,34.5,3.45",
        "DE,2,119.99,20.4",
    ]


def test_upload(app, world):
    add_orders()
    url = nightly("2024-05-14")
    assert url == "s3://nordlicht-reports/sales/2024/05/sales-2024-05-14.csv"
    body = world.objects["nordlicht-reports/sales/2024/05/sales-2024-05-14.csv"]
    assert body.startswith(b"country,orders,net,tax\r\nAT,1,")


def test_store_asks_s3_for_what_it_should():
    client = boto3.client("s3", region_name="eu-central-1")
    with Stubber(client) as stub:
        stub.add_response(
            "put_object",
            {},
            {"Bucket": "b", "Key": "k", "Body": b"x", "ContentType": "text/csv"},
        )
        assert ObjectStore("b", client).put("k", b"x", "text/csv") == "s3://b/k"
        stub.assert_no_pending_responses()


def test_year_end(app, world):
    add_orders()
    with session_scope() as session:
        session.add(OrderLine(order_id="3", sku="SOCK-4500", name="x", quantity=2, unit_cents=1895))
    assert year_end(2024) == "s3://nordlicht-reports/audit/2024.csv.gz"
    text = gzip.decompress(world.objects["nordlicht-reports/audit/2024.csv.gz"]).decode()
    assert text.splitlines()[1:] == ["NL-3,2024-05-14,AT,SOCK-4500,2,18.95 EUR"]
