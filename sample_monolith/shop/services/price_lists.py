"""Price lists of suppliers: a CSV of SKU;CENTS."""

from __future__ import annotations

import csv
import io
from typing import IO

from shop.common.validation import is_sku

MAX_COMPLAINTS = 20


def price_list_complaints(file: IO[bytes]) -> list[str]:
    complaints = []
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        for number, row in enumerate(csv.reader(text, delimiter=";"), start=1):
            if len(row) != 2 or not is_sku(row[0]) or not row[1].isdecimal():
                complaints.append(f"line {number}: expected SKU;CENTS")
            if len(complaints) == MAX_COMPLAINTS:
                break
    except UnicodeDecodeError:
        complaints.append("not a text file in UTF-8")
    text.detach()
    return complaints
