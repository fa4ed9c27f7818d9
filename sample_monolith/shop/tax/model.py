"""The words of the tax code: what is sold, to whom, and under which scheme."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Category(str, Enum):
    GENERAL = "general"
    CLOTHING = "clothing"
    CHILDRENS_CLOTHING = "childrens-clothing"
    BOOKS = "books"
    FOOD = "food"
    FIRST_AID = "first-aid"
    ELECTRONICS = "electronics"


class Band(Enum):
    STANDARD = "standard"
    REDUCED = "reduced"
    SUPER_REDUCED = "super-reduced"
    ZERO = "zero"


class Buyer(str, Enum):
    CONSUMER = "consumer"
    BUSINESS = "business"


class Scheme(str, Enum):
    DOMESTIC = "domestic"
    ONE_STOP_SHOP = "one-stop-shop"
    REVERSE_CHARGE = "reverse-charge"
    SELLER_REGISTERED = "seller-registered"
    IMPORT = "import"


@dataclass(frozen=True)
class CountryRates:
    """Percentages of one country and the bands in which our categories lie there.

    A category that is not listed in `bands` pays the standard rate.
    `registered_up_to` is the consignment value (in the country's currency) up to which
    we, and not customs, collect the tax; it only exists outside the union.
    """

    country: str
    currency: str
    standard: Decimal
    reduced: Decimal
    super_reduced: Decimal
    bands: dict[Category, Band]
    in_union: bool = True
    registered_up_to: Decimal | None = None

    def band(self, category: Category) -> Band:
        return self.bands.get(category, Band.STANDARD)

    def percent(self, band: Band) -> Decimal:
        if band is Band.ZERO:
            return Decimal(0)
        if band is Band.SUPER_REDUCED:
            return self.super_reduced
        if band is Band.REDUCED:
            return self.reduced
        return self.standard


@dataclass(frozen=True)
class TaxQuote:
    country: str
    category: Category
    buyer: Buyer
    scheme: Scheme
    band: Band
    percent: Decimal
    currency: str
    net: Decimal
    eco_fee: Decimal
    tax: Decimal
    rounding: Decimal
    gross: Decimal
    note: str

    @property
    def tax_on_invoice(self) -> Decimal:
        """The part that we collect; import VAT goes to the carrier."""
        return Decimal(0) if self.scheme is Scheme.IMPORT else self.tax


class UnknownCountry(LookupError):
    """We do not deliver there, so there is no table for it."""


class BadCategory(ValueError):
    """Not one of our categories."""


class AmountOutOfRange(ValueError):
    """More than a single invoice may carry."""
