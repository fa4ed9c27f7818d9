"""Recordings for the sample shop."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path

from migrator.documents.recording import dump_lines
from migrator.domain.http import Request


def tax_requests() -> list[Request]:
    """Tax quotes of every scheme, rate band and error that the shop knows: 90 requests that only read."""
    countries = ("DE", "CH", "NO", "GB", "XX")
    categories = ("books", "food", "electronics")
    return [
        Request("GET", f"/api/tax/{country}/{category}/{buyer}/{cents}", headers={"accept": "application/json"})
        for country, category, buyer, cents in product(
            countries, categories, ("consumer", "business"), (1, 99_99, 50_000_001)
        )
    ]


def write_recording(path: Path, requests: Iterable[Request]) -> Path:
    """Write a recording and return its path."""
    path.write_text("".join(dump_lines(requests)), encoding="utf-8")
    return path
