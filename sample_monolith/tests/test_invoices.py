"""Invoices: numbers, pages, languages."""

from datetime import datetime

import pytest
from sqlalchemy import select

from shop.db import session_scope
from shop.invoices.layout import render, texts_for
from shop.invoices.model import Invoice, InvoiceLine, language_for
from shop.models import Order, OrderLine
from shop.services.invoices import NotInvoiced
from shop.tasks.invoices import render_invoice


def add_order(key, paid_at):
    with session_scope() as session:
        order = Order(id=key, reference=f"NL-{key}", email="a@example.org", country="AT")
        order.net_cents, order.tax_cents, order.paid_at = 4980, 498, paid_at
        order.created_at = datetime(2024, 12, 30)
        order.lines = [OrderLine(sku="BOOK-5001", name="Über Hütten", quantity=2, unit_cents=2490)]
        session.add(order)


def invoice(count=1, country="FR"):
    line = InvoiceLine("BOOK-5001", "Hut to hut", 1, "24.90 EUR", "24.90 EUR")
    return Invoice(
        number="R2025-000007",
        day=datetime(2025, 3, 1).date(),
        issued=datetime(2025, 3, 1, 12),
        recipient="a@example.org",
        country=country,
        language=language_for(country),
        lines=(line,) * count,
        net="24.90 EUR",
        tax="1.37 EUR",
        total="26.27 EUR",
    )


def test_numbers_have_no_gaps_and_begin_anew_each_year(app, world):
    for key, day in (("1", 1), ("2", 2), ("3", None), ("4", 366)):
        at = datetime.fromordinal(datetime(2024, 1, 1).toordinal() + day - 1) if day else None
        add_order(key, at)
    keys = [render_invoice(key).rpartition("/")[2] for key in ("2", "1", "2", "4")]
    assert keys == [f"R2024-{n:06}.pdf" for n in (1, 2, 1, 3)]
    with pytest.raises(NotInvoiced):
        render_invoice("3")
    add_order("5", datetime(2025, 1, 1))
    assert render_invoice("5").endswith("invoices/2025/01/R2025-000001.pdf")


def test_same_invoice_same_bytes():
    assert render(invoice()) == render(invoice())
    assert render(invoice()) != render(invoice(country="DE"))


def test_long_invoices_have_more_pages():
    assert b"/Count 1\n" in render(invoice())
    assert b"/Count 3\n" in render(invoice(count=80))


@pytest.mark.parametrize("country", ["DE", "FR", "GB"])
def test_texts_are_complete(country):
    texts = texts_for(language_for(country))
    assert texts.keys() == texts_for("en").keys()
    assert len(texts["columns"]) == 5


def test_download(client):
    add_order("1", datetime(2025, 5, 5))
    add_order("2", None)
    answer = client.get("/orders/NL-1/invoice.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert "R2025-000001.pdf" in answer.headers["Content-Disposition"]
    assert client.get("/orders/NL-2/invoice.pdf").status_code == 409
    assert client.get("/orders/NL-3/invoice.pdf").status_code == 404
    with session_scope() as session:
        assert session.scalars(select(Order.id)).all() == ["1", "2"]
