"""Rates by country, kept by accounting. Last checked against the Commission's list: January.

Columns are standard, reduced, super-reduced. Where a country has two reduced rates, the
one that applies to what we sell is listed (Austria's 13 % is for wine and flowers).
"""

from __future__ import annotations

from decimal import Decimal

from shop.tax.model import Band, Category, CountryRates, UnknownCountry

SELLER_COUNTRY = "DE"

R, S, Z = Band.REDUCED, Band.SUPER_REDUCED, Band.ZERO


def _country(
    country: str,
    percentages: str,
    *,
    books: Band | None = R,
    food: Band | None = R,
    first_aid: Band | None = None,
    childrens_clothing: Band | None = None,
    currency: str = "EUR",
    in_union: bool = True,
    registered_up_to: str | None = None,
) -> CountryRates:
    standard, reduced, super_reduced = (Decimal(part) for part in percentages.split())
    bands = {
        Category.BOOKS: books,
        Category.FOOD: food,
        Category.FIRST_AID: first_aid,
        Category.CHILDRENS_CLOTHING: childrens_clothing,
    }
    return CountryRates(
        country=country,
        currency=currency,
        standard=standard,
        reduced=reduced,
        super_reduced=super_reduced,
        bands={category: band for category, band in bands.items() if band is not None},
        in_union=in_union,
        registered_up_to=Decimal(registered_up_to) if registered_up_to else None,
    )


RATES: dict[str, CountryRates] = {
    rates.country: rates
    for rates in (
        _country("DE", "19 7 7"),
        _country("AT", "20 10 10", first_aid=R),
        _country("FR", "20 5.5 2.1"),
        _country("NL", "21 9 9", first_aid=R),
        _country("BE", "21 6 6", first_aid=R),
        _country("LU", "17 8 3", books=S, food=S, first_aid=S, childrens_clothing=S),
        _country("IT", "22 10 4", books=S, first_aid=R),
        _country("ES", "21 10 4", books=S, first_aid=R),
        _country("PL", "23 8 5", books=S, food=S, first_aid=R, currency="PLN"),
        _country("CZ", "21 12 12", books=Z, first_aid=R, currency="CZK"),
        _country("DK", "25 25 25", books=None, food=None, currency="DKK"),
        _country("SE", "25 12 6", books=S, currency="SEK"),
        _country("FI", "25.5 14 10", first_aid=R),
        _country("IE", "23 13.5 4.8", books=Z, food=Z, childrens_clothing=Z),
        _country(
            "GB",
            "20 5 5",
            books=Z,
            food=Z,
            childrens_clothing=Z,
            currency="GBP",
            in_union=False,
            registered_up_to="135",
        ),
        _country(
            "NO",
            "25 15 12",
            books=Z,
            currency="NOK",
            in_union=False,
            registered_up_to="3000",
        ),
        _country("CH", "8.1 2.6 2.6", first_aid=R, currency="CHF", in_union=False),
    )
}

# what the law makes us add for the recycling, per position, in cents of the local currency
ECO_FEES = {
    ("BE", Category.ELECTRONICS): 10,
    ("FR", Category.ELECTRONICS): 25,
    ("IT", Category.ELECTRONICS): 22,
    ("CH", Category.ELECTRONICS): 60,
}

# Swiss customs do not collect less than five francs
IMPORT_TAX_WAIVED_BELOW = {"CH": Decimal(5)}


def find_rates(country: str) -> CountryRates:
    try:
        return RATES[country.upper()]
    except KeyError:
        raise UnknownCountry(country) from None
