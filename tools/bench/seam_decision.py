"""How long the seam takes to decide a call, at best and with the keys that cost most.

Every figure is the best of several rounds: what a busy machine adds is not the seam's. Exit 1 above the bound.
"""

from __future__ import annotations

import sys
import tempfile
import timeit
import uuid
from pathlib import Path
from typing import Any

from tests.support.seam import give_weights, loaded

BOUND_US = 5.0
CALLS, ROUNDS = 5_000, 25
NAME = "shop.tasks.mail.send"


def run(order_id: str, tenant: str = "") -> None:
    """The function whose calls are decided."""


def microseconds(module: Any, args: tuple[object, ...]) -> float:
    """Time of one decision."""
    timer = timeit.Timer(lambda: module.decide(NAME, run, args, {}))
    return min(timer.repeat(ROUNDS, CALLS)) / CALLS * 1e6


def main() -> int:
    """Measure and print."""
    forced = {"canary": ["acme"], "legacy": ["initech"]}
    sticky = {"argument": "order_id"}
    cases: dict[str, tuple[dict[str, Any], str]] = {
        "weight 0": ({"weight": 0}, "1234567"),
        "drawn": ({"weight": 5}, "1234567"),
        "sticky, 7 letters": ({"weight": 5, "sticky": sticky}, "1234567"),
        "sticky, a UUID": ({"weight": 5, "sticky": sticky}, str(uuid.UUID(int=7 << 90))),
        "sticky, a UUID, forced tenants": (
            {"weight": 5, "sticky": sticky, "tenant": {"argument": "tenant"}, "forced": forced},
            str(uuid.UUID(int=7 << 90)),
        ),
    }
    worst = 0.0
    with tempfile.TemporaryDirectory() as name, loaded(Path(name)) as module:
        for label, (route, key) in cases.items():
            give_weights(Path(name), {NAME: {**route, "canary": {"lambda": "mail"}}})
            module._weights.look()
            if module.counts():
                sys.exit("the weights were not read")
            found = microseconds(module, (key, "other"))
            worst = max(worst, found)
            print(f"{label:32} {found:5.2f} µs")
    print(f"bound: {BOUND_US} µs; worst {worst:.2f} µs")
    return int(worst > BOUND_US)


if __name__ == "__main__":
    sys.exit(main())
