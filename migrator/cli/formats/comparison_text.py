"""A comparison as text: counts, then each difference with its first example.

In: a `Comparison`. Out: lines on a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from migrator.cli.formats.page import Page, count
from migrator.domain.comparisons import Comparison, Difference

_SHOWN = 20

_SENTENCES: Mapping[str, str] = {
    "value": "differs",
    "type": "has another type",
    "missing": "only legacy has it",
    "extra": "only the canary has it",
    "length": "has another length",
}


def write_comparison(page: Page, comparison: Comparison, *, left_out: int = 0, everything: bool = False) -> None:
    """The whole report but for the next command.

    Args:
        left_out: recorded requests that are not for the route.
        everything: all differences; else the 20 most frequent.
    """
    verdict = ("alike", "bold green") if comparison.same else ("not alike", "bold red")
    page.line((comparison.route, "bold"), ": ", verdict, f" in {count(comparison.inputs, 'request')}")
    counts = (
        ("equal", comparison.equal),
        ("different", comparison.different),
        ("not answered by legacy", comparison.failed_legacy),
        ("not answered by the canary", comparison.failed_canary),
    )
    page.line(", ".join(f"{name} {number:,}" for name, number in counts if number or name in ("equal", "different")))
    if left_out:
        page.line(f"left out {count(left_out, 'request')} of the recording: not for this route")
    shown = comparison.differences if everything else comparison.differences[:_SHOWN]
    if shown:
        page.heading("What differs", f" ({count(len(comparison.differences), 'kind')}, by number of requests)")
    for difference in shown:
        _write_difference(page, difference)
    if len(shown) < len(comparison.differences):
        page.line(f"{len(comparison.differences) - len(shown)} more: --all, or --format json")


def _write_difference(page: Page, difference: Difference) -> None:
    example = difference.example if isinstance(difference.example, Mapping) else {}
    page.line(
        (difference.path, "bold yellow"),
        f"  {_SENTENCES.get(difference.kind, difference.kind)}  ",
        (f"({count(difference.count, 'request')})", "dim"),
        indent="  ",
    )
    page.line(str(example.get("request", "")), indent="      ")
    for side in ("legacy", "canary"):
        if side in example:
            page.line((f"{side}  ", "dim"), json.dumps(example[side], ensure_ascii=False), indent="      ")
