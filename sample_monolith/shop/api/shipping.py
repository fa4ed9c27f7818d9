"""What a parcel costs."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import Any

from flask import Blueprint

from shop.common.money import format_cents

bp = Blueprint("shipping", __name__, url_prefix="/api/shipping")

# pasted from the carrier's contract: up to kg, then cents
TARIFFS = {
    "domestic": "2:449 5:569 10:949 31.5:1649",
    "eu": "2:1199 5:1499 10:1999 20:2999 31.5:4199",
    "world": "2:2899 5:3999 10:6199 20:10199",
}
ISLANDS_SURCHARGE_CENTS = 850
VOLUMETRIC_DIVISOR = 5000.0


@lru_cache(maxsize=8)
def tariff(zone: str) -> tuple[list[int], list[int]]:
    """Weight limits in grams and the prices that go with them."""
    limits, prices = [], []
    for step in TARIFFS[zone].split():
        kilos, cents = step.split(":")
        limits.append(round(float(kilos) * 1000))
        prices.append(int(cents))
    return limits, prices


def parcel_price(zone: str, grams: int) -> int | None:
    limits, prices = tariff(zone)
    step = bisect_left(limits, grams)
    return prices[step] if step < len(prices) else None


@bp.get("/<any(domestic, eu, world):zone>/<int:grams>")
@bp.get("/<any(domestic, eu, world):zone>/<int:grams>/<any(island):place>")
def rate(zone: str, grams: int, place: str = "") -> Any:
    cents = parcel_price(zone, grams)
    if cents is None:
        return {"error": "too heavy for a parcel, ask for freight"}, 422
    if place == "island":
        cents += ISLANDS_SURCHARGE_CENTS
    body = {"zone": zone, "grams": grams, "price_cents": cents, "price": format_cents(cents)}
    return body, 200, {"Cache-Control": "public, max-age=86400"}


# the converter wants a decimal point: /volume/30.0/20.0/12.5 (centimeters)
@bp.get("/volume/<float:length>/<float:width>/<float:height>")
def volumetric_weight(length: float, width: float, height: float) -> dict[str, Any]:
    longest = max(length, width, height)
    girth = 2 * (length + width + height - longest)
    kilos = round(length * width * height / VOLUMETRIC_DIVISOR, 3)
    return {"kilos": kilos, "bulky": longest > 120.0 or longest + girth > 300.0}
