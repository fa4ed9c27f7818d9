"""What production says of a candidate, in a line: `14,200 calls a day, 85 ms (p95 1.2 s), payloads up to 12 kB`."""

from __future__ import annotations

from migrator.domain.quantity_text import rate_text, share_text, size_text, time_text
from migrator.domain.usage import Usage


def usage_text(usage: Usage) -> str:
    """The figures that are told; those that are not are left out."""
    if not usage.calls:
        return "never called in what was recorded"
    parts = [rate_text(usage.calls_per_day)]
    if usage.p50_ms is not None:
        p95 = f" (p95 {time_text(usage.p95_ms / 1000)})" if usage.p95_ms is not None else ""
        parts.append(f"{time_text(usage.p50_ms / 1000)}{p95}")
    if usage.payload_bytes is not None:
        parts.append(f"payloads of {size_text(usage.payload_bytes)} (p95)")
    if usage.failed:
        parts.append(f"{share_text(usage.failed)} failed")
    return ", ".join(parts)
