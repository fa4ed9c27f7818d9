"""What Lambda costs on demand, from `lambda_prices.toml`.

In: nothing. Out: USD. Prices of US East (N. Virginia), first tier; where a region is dearer, or a savings plan cheaper, a
bill differs by that factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from migrator.cloud_facts.facts import number

PER_GB_SECOND: Final[Mapping[str, float]] = {
    architecture: number(f"lambda_prices.gb_second_{architecture}") for architecture in ("x86_64", "arm64")
}
"""By architecture; a GB is 1,024 MB."""
PER_MILLION_REQUESTS: Final = number("lambda_prices.million_requests")
