"""Amounts worked out by hand, the way accounting checks them."""

import pytest

from shop.common.money import CENT, FIVE_RAPPEN, Decimal, round_to, split_evenly

# path, scheme, percent, tax, rounding, gross (all in cents)
BY_HAND = [
    ("DE/general/consumer/10000", "domestic", "19.0", 1900, 0, 11900),
    ("DE/general/business/10000", "domestic", "19.0", 1900, 0, 11900),
    ("DE/books/consumer/1999", "domestic", "7.0", 140, 0, 2139),  # 1.3993
    ("DE/food/consumer/150", "domestic", "7.0", 11, 0, 161),  # 0.105, the half goes up
    ("de/Books/consumer/0", "domestic", "7.0", 0, 0, 0),
    ("AT/first-aid/consumer/3450", "one-stop-shop", "10.0", 345, 0, 3795),
    ("FR/food/consumer/895", "one-stop-shop", "5.5", 49, 0, 944),  # 0.49225
    ("FR/electronics/consumer/5995", "one-stop-shop", "20.0", 1204, 0, 7224),  # on 60.20
    ("LU/books/consumer/2490", "one-stop-shop", "3.0", 75, 0, 2565),  # 0.747
    ("SE/books/consumer/1290", "one-stop-shop", "6.0", 77, 0, 1367),  # 0.774
    ("FI/general/consumer/4995", "one-stop-shop", "25.5", 1274, 0, 6269),  # 12.73725
    ("IE/food/consumer/595", "one-stop-shop", "0.0", 0, 0, 595),
    ("IE/clothing/consumer/1895", "one-stop-shop", "23.0", 436, 0, 2331),  # 4.3585
    ("DK/books/consumer/2490", "one-stop-shop", "25.0", 623, 0, 3113),  # 6.225
    ("NL/general/business/44900", "reverse-charge", "21.0", 0, 0, 44900),
    ("GB/general/consumer/13500", "seller-registered", "20.0", 2700, 0, 16200),
    ("GB/general/consumer/13501", "import", "20.0", 2700, 0, 16201),
    ("GB/general/business/10000", "import", "20.0", 2000, 0, 12000),
    ("NO/food/consumer/300000", "seller-registered", "15.0", 45000, 0, 345000),
    ("NO/food/consumer/300001", "import", "15.0", 45000, 0, 345001),
    ("CH/general/consumer/6100", "import", "8.1", 0, 0, 6100),  # 4.941 is waived
    ("CH/general/consumer/6172", "import", "8.1", 500, -2, 6670),  # 66.72 in rappen
]


@pytest.mark.parametrize(("path", "scheme", "percent", "tax", "rounding", "gross"), BY_HAND)
def test_amounts(client, path, scheme, percent, tax, rounding, gross):
    answer = client.get(f"/api/tax/{path}")
    assert answer.status_code == 200
    body = answer.get_json()
    found = [body[key] for key in ("scheme", "percent", "tax_cents", "rounding_cents")]
    assert [*found, body["gross_cents"]] == [scheme, percent, tax, rounding, gross]
    parts = ("net_cents", "eco_fee_cents", "tax_cents", "rounding_cents")
    assert sum(body[part] for part in parts) == gross


def test_text_of_a_quote(client):
    body = client.get("/api/tax/CH/electronics/consumer/10000").get_json()
    assert body["gross"] == "108.75 CHF"  # 100.00 + 0.60 + 8.15


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("XX/books/consumer/100", 404),
        ("DE/boats/consumer/100", 422),
        ("DE/books/consumer/50000001", 422),
        ("DE/books/reseller/100", 404),
        ("DE/books/consumer/-1", 404),
        ("DE/books/consumer/1.5", 404),
    ],
)
def test_what_cannot_be_quoted(client, path, status):
    assert client.get(f"/api/tax/{path}").status_code == status


def test_errors_say_why(client):
    assert client.get("/api/tax/XX/books/consumer/1").get_json() == {
        "error": "we do not deliver to 'XX'"
    }
    assert client.get("/api/tax/DE/boats/consumer/1").get_json() == {
        "error": "unknown category 'boats'"
    }


def test_rounding():
    assert round_to(Decimal("1.005"), CENT) == Decimal("1.01")
    assert round_to(Decimal("-1.005"), CENT) == Decimal("-1.01")
    assert round_to(Decimal("1.02"), FIVE_RAPPEN) == Decimal("1.00")
    assert round_to(Decimal("1.025"), FIVE_RAPPEN) == Decimal("1.05")


def test_split_adds_up():
    assert split_evenly(100, 3) == [34, 33, 33]
    assert sum(split_evenly(9999, 7)) == 9999
