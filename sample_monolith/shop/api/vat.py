"""VAT numbers: is it one at all? (Whether it is in use only VIES knows.)"""

from __future__ import annotations

import re

from flask import Blueprint, Response, jsonify

from shop.common.checkdigits import iso7064_mod11_10, luhn

bp = Blueprint("vat", __name__, url_prefix="/api/vat-numbers")


def _german(number: str) -> bool:
    return iso7064_mod11_10(number[:8]) == int(number[8])


def _italian(number: str) -> bool:
    return luhn(number[:10]) == int(number[10])


def _belgian(number: str) -> bool:
    return 97 - int(number[:8]) % 97 == int(number[8:])


def _french(number: str) -> bool:
    siren = int(number[2:])
    return (12 + 3 * (siren % 97)) % 97 == int(number[:2])


def _luxembourgish(number: str) -> bool:
    return int(number[:6]) % 89 == int(number[6:])


def _danish(number: str) -> bool:
    return sum(int(d) * w for d, w in zip(number, (2, 7, 6, 5, 4, 3, 2, 1))) % 11 == 0


def _polish(number: str) -> bool:
    total = sum(int(d) * w for d, w in zip(number, (6, 5, 7, 2, 3, 4, 5, 6, 7)))
    return total % 11 == int(number[9])


# number of digits and the test; countries that are missing are checked for nothing but form
CHECKS = {
    "BE": (10, _belgian),
    "DE": (9, _german),
    "DK": (8, _danish),
    "FR": (11, _french),
    "IT": (11, _italian),
    "LU": (8, _luxembourgish),
    "PL": (10, _polish),
}


@bp.route("/<country>/<number>")
def check(country: str, number: str) -> tuple[Response, int]:
    country = country.upper()
    digits = re.sub(r"[\s.\-]", "", number.upper()).removeprefix(country)
    if country not in CHECKS:
        return jsonify(error=f"no rule for {country}"), 404
    length, test = CHECKS[country]
    # [0-9] and not \d, which takes Arabic digits as well
    well_formed = re.fullmatch(f"[0-9]{{{length}}}", digits) is not None
    valid = well_formed and test(digits)
    return jsonify(country=country, number=digits, well_formed=well_formed, valid=valid), 200
