"""The tax quotes that the demo's clients ask for."""

from __future__ import annotations

import random

from migrator.domain.http import Request

COUNTRIES = ("DE", "AT", "FR", "NL", "BE", "LU", "IT", "ES", "PL", "CZ", "DK", "SE", "FI", "IE", "GB", "NO", "CH")
CATEGORIES = ("general", "clothing", "childrens-clothing", "books", "food", "first-aid", "electronics")
BUYERS = ("consumer", "business")

# Now and then a client asks for what does not exist; both sides have to refuse it alike.
UNKNOWN_COUNTRY = "XX"
UNKNOWN_CATEGORY = "weapons"
ODD_SHARE = 0.04


def quotes(count: int, *, seed: int, countries: tuple[str, ...] = COUNTRIES) -> tuple[Request, ...]:
    """Distinct requests for tax quotes, the same ones for the same seed."""
    chance = random.Random(seed)
    paths: dict[str, None] = {}
    while len(paths) < count:
        country, category = chance.choice(countries), chance.choice(CATEGORIES)
        if chance.random() < ODD_SHARE:
            country, category = chance.choice(((UNKNOWN_COUNTRY, category), (country, UNKNOWN_CATEGORY)))
        # Most baskets are small, some are large: spread over the magnitudes.
        cents = int(10 ** chance.uniform(1, 6))
        paths[f"/api/tax/{country}/{category}/{chance.choice(BUYERS)}/{cents}"] = None
    return tuple(Request("GET", path, headers={"accept": "application/json"}) for path in paths)
