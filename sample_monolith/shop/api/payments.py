"""Payment odds and ends: installment plans and bank account numbers."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from flask import Blueprint, Response, abort, jsonify, make_response

from shop.common.checkdigits import iso7064_mod97
from shop.common.money import format_cents, from_cents, percent_of, split_evenly, to_cents

bp = Blueprint("payments", __name__, url_prefix="/api/payments")

MONTHLY_INTEREST = Decimal("0.79")
INTEREST_FREE_MONTHS = 3
IBAN_LENGTHS = {"AT": 20, "BE": 16, "CH": 21, "DE": 22, "ES": 24, "FR": 27, "IT": 27, "NL": 18}


def plan(total_cents: int, months: int) -> list[tuple[int, int, int]]:
    """Month, interest and payment; the principal is split evenly, the interest falls."""
    rows = []
    left = total_cents
    for month, principal in enumerate(split_evenly(total_cents, months), start=1):
        interest = 0
        if months > INTEREST_FREE_MONTHS:
            interest = to_cents(percent_of(from_cents(left), MONTHLY_INTEREST))
        rows.append((month, interest, principal + interest))
        left -= principal
    return rows


# the shop's front end and the partner bank's import both want CSV
@bp.get("/installments/<int:total_cents>/<int(min=2, max=36):months>.csv")
def installments(total_cents: int, months: int) -> Response:
    if total_cents < 5000:
        abort(404)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["month", "interest", "payment"])
    for month, interest, payment in plan(total_cents, months):
        writer.writerow([month, format_cents(interest), format_cents(payment)])
    response = make_response(text.getvalue())
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="plan-{months}.csv"'
    return response


@bp.get("/iban/<iban>")
def check_iban(iban: str) -> tuple[Response, int]:
    compact = iban.replace(" ", "").upper()
    length = IBAN_LENGTHS.get(compact[:2])
    if length is None or not (compact.isascii() and compact.isalnum()):
        return jsonify({"error": "not an IBAN we can pay to"}), 422
    valid = len(compact) == length and iso7064_mod97(compact[4:] + compact[:4]) == 1
    return jsonify({"iban": compact, "valid": valid}), 200
