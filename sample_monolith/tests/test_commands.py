"""`flask shop ...`."""

import gzip
import os

import pytest
from sqlalchemy import select

from shop.common import clock
from shop.db import session_scope
from shop.models import Order, PriceHistory


@pytest.fixture
def run(app):
    def invoke(*arguments):
        result = app.test_cli_runner().invoke(args=["shop", *arguments])
        assert result.exception is None or result.exit_code == 1, result.output
        return result

    return invoke


def test_seed_twice_adds_nothing(run):
    assert run("seed").output == "0 products added\n"


def test_export_and_prune(run, scratch):
    run("export-catalog")
    exported = scratch / "export" / f"catalog-{clock.today()}.csv"
    assert "BOOK-5001;Hut to hut: the Alps;2490;80" in exported.read_text()
    old = exported.with_name("catalog-2020-02-29.csv")
    old.touch()
    assert run("prune-exports").output == "deleted catalog-2020-02-29.csv\n"
    assert exported.exists() and not old.exists()


def test_import_prices_keeps_the_old_price(run, client, tmp_path):
    file = tmp_path / "prices.csv"
    file.write_text("TENT-1001;39900\nTENT-9999;1\n")
    assert "1 prices set" in run("import-prices", str(file)).output
    assert client.get("/products/TENT-1001").get_json()["price"] == "399.00 EUR"
    with session_scope() as session:
        prices = session.scalars(
            select(PriceHistory.price_cents).where(PriceHistory.product_id == 1)
        )
        assert prices.all() == [44900, 44900]


def test_ship(run, client, outbox, tmp_path, monkeypatch):
    printed = tmp_path / "printed"
    lp = tmp_path / "lp"
    lp.write_text(f'#!/bin/sh\necho "$@" > {printed}\ncat >> {printed}\n')
    lp.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    order = {"email": "a@b.de", "country": "DE", "lines": [{"sku": "SOCK-4500", "quantity": 1}]}
    reference = client.post("/orders", json=order).get_json()["reference"]
    assert run("ship", reference, "DHL", "00340434").exit_code == 1
    with session_scope() as session:
        session.scalars(select(Order)).one().status = "paid"
    run("ship", reference, "DHL", "400638133393")
    assert printed.read_text().startswith("-d warehouse-zebra-1 -o raw\n^XA")
    assert "^FD4006381333931^FS" in printed.read_text()
    assert "Tracking number: 400638133393" in outbox[-1]
    assert client.get(f"/orders/{reference}").get_json()["status"] == "shipped"


def test_test_mail(run, outbox):
    assert run("send-test-mail", "ops@example.org").output == "sent to ops@example.org\n"
    assert "To: ops@example.org" in outbox[-1]


def test_recommendations(run, client, world):
    month = clock.last_months(1)[0]
    rows = ["1;TENT-1001", "1;BAG-2001", "2;TENT-1001", "2;BAG-2001", "2;BOOK-5001", "3;BOOK-5001"]
    packed = gzip.compress("\n".join(rows).encode())
    world.objects[f"nordlicht-reports/baskets/{month}.csv.gz"] = packed
    lines = [{"sku": sku, "quantity": 1} for sku in ("TENT-1001", "BOOK-5001")]
    client.post("/orders", json={"email": "a@b.de", "country": "DE", "lines": lines})
    result = run("rebuild-recommendations", "--months", "2")
    assert "4 baskets, 4 recommendations" in result.output
    assert "no baskets of" in result.output
    body = client.get("/products/tent-1001/also-bought").get_json()
    assert body["also_bought"] == ["BAG-2001", "BOOK-5001"]
    assert client.get("/products/SOCK-4500/also-bought").get_json()["also_bought"] == []


def test_months():
    months = clock.last_months(14)
    assert len(set(months)) == 14
    assert months == sorted(months, reverse=True)
    assert {month[5:] for month in months} == {f"{n:02}" for n in range(1, 13)}
