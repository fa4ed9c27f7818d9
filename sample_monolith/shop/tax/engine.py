"""From a net amount to an invoice total.

Who owes the tax comes first (the scheme), then how much (the band), then the rounding.
The rules as accounting explained them are in the wiki under "VAT, the short version".
"""

from __future__ import annotations

from decimal import Decimal

from shop.common.money import CENT, FIVE_RAPPEN, from_cents, percent_of, round_to
from shop.tax.model import (
    AmountOutOfRange,
    BadCategory,
    Band,
    Buyer,
    Category,
    CountryRates,
    Scheme,
    TaxQuote,
)
from shop.tax.rates import ECO_FEES, IMPORT_TAX_WAIVED_BELOW, SELLER_COUNTRY, find_rates

MAX_NET_CENTS = 50_000_000

NOTES = {
    Scheme.DOMESTIC: "",
    Scheme.ONE_STOP_SHOP: "VAT declared through the one-stop shop.",
    Scheme.REVERSE_CHARGE: "Reverse charge: VAT to be accounted for by the recipient.",
    Scheme.SELLER_REGISTERED: "VAT collected at the point of sale.",
    Scheme.IMPORT: "Import VAT is collected by the carrier on delivery.",
}


def parse_category(text: str) -> Category:
    try:
        return Category(text.lower())
    except ValueError:
        raise BadCategory(text) from None


def choose_scheme(rates: CountryRates, buyer: Buyer, taxable: Decimal) -> Scheme:
    if rates.country == SELLER_COUNTRY:
        return Scheme.DOMESTIC
    if buyer is Buyer.BUSINESS:
        # Norway's scheme and ours for the UK are for consumers only
        return Scheme.REVERSE_CHARGE if rates.in_union else Scheme.IMPORT
    if rates.in_union:
        return Scheme.ONE_STOP_SHOP
    if rates.registered_up_to is not None and taxable <= rates.registered_up_to:
        return Scheme.SELLER_REGISTERED
    return Scheme.IMPORT


def tax_due(rates: CountryRates, band: Band, scheme: Scheme, taxable: Decimal) -> Decimal:
    """What the customer pays in tax, whoever collects it; nothing under reverse charge."""
    if scheme is Scheme.REVERSE_CHARGE:
        return Decimal(0)
    tax = round_to(percent_of(taxable, rates.percent(band)), CENT)
    if scheme is Scheme.IMPORT and tax < IMPORT_TAX_WAIVED_BELOW.get(rates.country, Decimal(0)):
        return Decimal(0)
    return tax


def quote_tax(country: str, category_name: str, buyer: Buyer, net_cents: int) -> TaxQuote:
    """Raises UnknownCountry, BadCategory or AmountOutOfRange, in this order."""
    rates = find_rates(country)
    category = parse_category(category_name)
    if net_cents > MAX_NET_CENTS:
        raise AmountOutOfRange(str(net_cents))

    net = from_cents(net_cents)
    eco_fee = from_cents(ECO_FEES.get((rates.country, category), 0))
    taxable = net + eco_fee
    scheme = choose_scheme(rates, buyer, taxable)
    band = rates.band(category)
    tax = tax_due(rates, band, scheme, taxable)

    exact = taxable + tax
    # francs are paid in steps of five rappen, also by card since the 2022 audit
    gross = round_to(exact, FIVE_RAPPEN if rates.currency == "CHF" else CENT)
    return TaxQuote(
        country=rates.country,
        category=category,
        buyer=buyer,
        scheme=scheme,
        band=band,
        percent=rates.percent(band),
        currency=rates.currency,
        net=net,
        eco_fee=eco_fee,
        tax=tax,
        rounding=gross - exact,
        gross=gross,
        note=NOTES[scheme],
    )
