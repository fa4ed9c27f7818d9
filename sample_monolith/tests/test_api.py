"""The small calculators of the public API."""

import pytest


@pytest.mark.parametrize(
    ("path", "valid"),
    [
        ("DE/136695976", True),
        ("de/DE136.695.976", True),
        ("DE/136695978", False),
        ("IT/00743110157", True),
        ("IT/00743110158", False),
        ("BE/0428759497", True),
        ("FR/40303265045", True),
        ("FR/41303265045", False),
        ("LU/15027442", True),
        ("DK/13585628", True),
        ("PL/8567346215", True),
        ("PL/85673462", False),
    ],
)
def test_vat_numbers(client, path, valid):
    assert client.get(f"/api/vat-numbers/{path}").get_json()["valid"] is valid


def test_vat_number_of_a_country_without_a_rule(client):
    answer = client.get("/api/vat-numbers/US/1")
    assert (answer.status_code, answer.get_json()) == (404, {"error": "no rule for US"})


@pytest.mark.parametrize(
    ("path", "cents"),
    [
        ("domestic/1", 449),
        ("domestic/2000", 449),
        ("domestic/2001", 569),
        ("eu/2500/island", 2349),
        ("domestic/31500", 1649),
    ],
)
def test_parcel_prices(client, path, cents):
    answer = client.get(f"/api/shipping/{path}")
    assert answer.get_json()["price_cents"] == cents
    assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_parcels_that_are_none(client):
    assert client.get("/api/shipping/world/20001").status_code == 422
    assert client.get("/api/shipping/moon/1").status_code == 404


def test_volumetric_weight(client):
    assert client.get("/api/shipping/volume/30.0/20.0/12.5").get_json() == {
        "kilos": 1.5,
        "bulky": False,
    }
    assert client.get("/api/shipping/volume/121.0/5.0/5.0").get_json()["bulky"] is True


@pytest.mark.parametrize(
    ("ordered", "leaves", "earliest", "latest"),
    [
        # a plain week; over Easter 2024 (29 March and 1 April); over Christmas
        ("2024-06-03", "2024-06-04", "2024-06-05", "2024-06-06"),
        ("2024-03-27", "2024-03-28", "2024-04-02", "2024-04-03"),
        ("2024-12-23", "2024-12-24", "2024-12-27", "2024-12-30"),
    ],
)
def test_delivery_dates(client, ordered, leaves, earliest, latest):
    body = client.get(f"/api/delivery/domestic/{ordered}").get_json()
    assert [body["leaves"], body["earliest"], body["latest"]] == [leaves, earliest, latest]


def test_delivery_dates_that_are_none(client):
    assert client.get("/api/delivery/eu/2024-02-30").status_code == 422
    assert client.get("/api/delivery/moon/2024-02-28").status_code == 404


def test_barcode_label(client):
    answer = client.get("/api/labels/400638133393/Tent 2/3 persons")
    assert answer.mimetype == "text/plain"
    assert "^FDTent 2/3 persons^FS" in answer.get_data(as_text=True)
    assert "^FD4006381333931^FS" in answer.get_data(as_text=True)
    assert client.get("/api/labels/40063813339X/Tent").status_code == 422


def test_installments(client):
    answer = client.get("/api/payments/installments/10001/3.csv")
    assert answer.mimetype == "text/csv"
    assert answer.get_data(as_text=True).splitlines() == [
        "month,interest,payment",
        "1,0.00 EUR,33.34 EUR",
        "2,0.00 EUR,33.34 EUR",
        "3,0.00 EUR,33.33 EUR",
    ]
    assert client.get("/api/payments/installments/4999/3.csv").status_code == 404


def test_iban(client):
    assert client.get("/api/payments/iban/DE89370400440532013000").get_json()["valid"] is True
    assert client.get("/api/payments/iban/DE88370400440532013000").get_json()["valid"] is False
    assert client.get("/api/payments/iban/XX12").status_code == 422


def test_order_reference(client):
    body = client.get("/api/references/6fa459ea-ee8a-4ca4-894e-db77e160355e").get_json()
    assert body["reference"] == "NL-DYJ5-KTQE-4"
    # version 1, not one of ours
    nobody = "6fa459ea-ee8a-1ca4-894e-db77e160355e"
    assert client.get(f"/api/references/{nobody}").status_code == 404


def test_live_price(client):
    body = client.get("/api/price/food-6001/24").get_json()
    assert (body["unit_price"], body["percent_off"]) == ("7.61 EUR", 15)
    assert body["lowest_30_days"] == "8.95 EUR"
    assert client.get("/api/price/FOOD-9999/1").status_code == 404
