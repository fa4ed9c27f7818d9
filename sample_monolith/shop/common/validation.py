"""Checks on what people send us. They return a list of complaints, empty when all is well."""

from __future__ import annotations

import re
from typing import Any

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
SKU = re.compile(r"[A-Z]{2,4}-\d{3,5}")
MAX_LINES = 50
MAX_QUANTITY = 99


def is_email(text: object) -> bool:
    return isinstance(text, str) and len(text) <= 254 and EMAIL.fullmatch(text) is not None


def is_sku(text: object) -> bool:
    return isinstance(text, str) and SKU.fullmatch(text) is not None


def is_quantity(value: object) -> bool:
    # bool is an int, and a JSON `true` is not a quantity
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_QUANTITY


def order_complaints(body: Any) -> list[str]:
    if not isinstance(body, dict):
        return ["body must be a JSON object"]
    complaints = []
    if not is_email(body.get("email")):
        complaints.append("email is missing or malformed")
    if not isinstance(body.get("country"), str):
        complaints.append("country is missing")
    lines = body.get("lines")
    if not isinstance(lines, list) or not lines:
        complaints.append("lines must be a non-empty list")
        return complaints
    if len(lines) > MAX_LINES:
        complaints.append(f"no more than {MAX_LINES} lines")
    for number, line in enumerate(lines, start=1):
        if not isinstance(line, dict) or not is_sku(line.get("sku")):
            complaints.append(f"line {number}: sku is malformed")
        elif not is_quantity(line.get("quantity")):
            complaints.append(f"line {number}: quantity must be 1 to {MAX_QUANTITY}")
    return complaints
