"""The side of a thousand tenants, as Envoy and the generated seam choose it, and how evenly the hash spreads keys.

In: a folder. Out: how many tenants are on different sides, how many came back from the canary as the weight rose, and
Pearson's chi-square of a million keys.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from migrator.domain.routes import Weight
from tests.support.seam import give_weights, loaded
from tools.router_load.figures import Figure
from tools.router_load.loads import send_all
from tools.router_load.sending import Order
from tools.router_load.world import ROUTE, running_world

NAME = "tenants"
TENANTS, WEIGHTS = 1_000, (1, 5, 25, 50, 99)
KEYS, CLASSES = 1_000_000, 100
CRITICAL = 148.230
"""Chi-square with 99 degrees of freedom is above this once in 1,000 times: NIST/SEMATECH e-Handbook of Statistical
Methods, table 1.3.6.7.4 (upper 0.001)."""

_CALL = "shop.tasks.tax.send"


def _call(tenant: str) -> None:
    """The function whose calls the seam decides."""


def check(folder: Path, *, keys: int = KEYS) -> Iterator[Figure]:
    """Ask both.

    Args:
        keys: for the chi-square, of each kind.
    """
    tenants = _tenants()
    (folder / "seam").mkdir(parents=True)
    with running_world(folder, "stand-in") as world, loaded(folder / "seam") as seam:
        world.plane.ensure(world.route(sticky="x-tenant"))
        before: set[str] = set()
        for weight in WEIGHTS:
            world.plane.shift(ROUTE, Weight(weight))
            outcome = send_all(Order(world.address, f"t{weight}", requests=len(tenants), tenants=tenants))
            sides = {tenants[each.number]: each.side for each in outcome.sent if each.status == 200}
            on_canary = {tenant for tenant, side in sides.items() if side == "canary"}
            chosen = _chosen(folder / "seam", seam, tenants, weight)
            units = round(weight * 100)
            hashed = {tenant for tenant in tenants if seam.bucket(f"{ROUTE}:{tenant}") < units}
            yield Figure(
                NAME,
                f"{weight} %: tenants answered",
                len(sides),
                "=",
                TENANTS,
                detail=f"{len(on_canary)} on the canary",
            )
            yield Figure(NAME, f"{weight} %: on another side than the hash says", len(on_canary ^ hashed), "=", 0)
            yield Figure(NAME, f"{weight} %: on another side than the seam's", len(on_canary ^ chosen), "=", 0)
            yield Figure(NAME, f"{weight} %: went back to legacy as it rose", len(before - on_canary), "=", 0)
            before = on_canary
        for kind, texts in _keys(keys).items():
            counts = [0] * CLASSES
            for text in texts:
                counts[seam.bucket(text) * CLASSES // seam.UNITS] += 1
            expected = keys / CLASSES
            value = sum((count - expected) ** 2 for count in counts) / expected
            yield Figure(NAME, f"chi-square of {keys:,} keys, {kind}", round(value, 2), "<=", CRITICAL)


def _tenants() -> tuple[str, ...]:
    """Names as tenants have them: numbers, words, UUIDs; the same ones every time."""
    drawn = random.Random(7)
    kinds = (
        lambda number: str(number),
        lambda number: f"tenant-{number}",
        lambda number: str(uuid.UUID(int=drawn.getrandbits(128))),
        lambda number: f"shop-{number}.customers.example.com/a-name-as-long-as-names-get-{number}",
    )
    return tuple(kinds[number % len(kinds)](number) for number in range(TENANTS))


def _chosen(folder: Path, seam: Any, tenants: tuple[str, ...], weight: float) -> set[str]:
    """The tenants whose calls the generated module sends to the canary."""
    entry = {"weight": weight, "route": ROUTE, "sticky": {"argument": "tenant"}, "canary": {"lambda": "tax"}}
    give_weights(folder, {_CALL: entry})
    seam._weights.look()
    return {tenant for tenant in tenants if seam.decide(_CALL, _call, (tenant,), {}) is not None}


def _keys(number: int) -> Mapping[str, Iterator[str]]:
    drawn = random.Random(11)
    return {
        "counted": (f"tax:{each}" for each in range(number)),
        "UUIDs": (f"tax:{uuid.UUID(int=drawn.getrandbits(128))}" for _ in range(number)),
    }
