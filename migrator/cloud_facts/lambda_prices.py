"""What Lambda costs on demand, each with its source; all read on 2026-11-26.

In: nothing. Out: USD. Source of all: https://aws.amazon.com/lambda/pricing/, prices of US East (N. Virginia), first tier.
Most commercial regions have the same; where one is dearer, or a savings plan cheaper, a bill differs by that factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PER_GB_SECOND: Final[Mapping[str, float]] = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
"""By architecture, for the first 6 (x86_64) and 7.5 (arm64) billion GB-seconds of a month; a GB is 1,024 MB."""
PER_MILLION_REQUESTS: Final = 0.20
