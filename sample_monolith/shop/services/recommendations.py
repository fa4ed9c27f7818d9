"""Who bought this also bought that: the shop's own, small and explainable.

Cosine similarity of articles over the baskets they were in, from our orders and from the archive
of the old shop system, which has ten years of baskets, a file a month.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations
from math import sqrt

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shop.common.storage import ObjectStore
from shop.models import AlsoBought, OrderLine

MIN_TOGETHER = 2
KEPT_FOR_EACH = 8
Basket = frozenset[str]


def archived_baskets(store: ObjectStore, month: str) -> Iterator[Basket]:
    """Rows of BASKET;SKU, sorted by basket."""
    text = gzip.decompress(store.get(f"baskets/{month}.csv.gz")).decode()
    basket: set[str] = set()
    current = None
    for number, sku in csv.reader(io.StringIO(text), delimiter=";"):
        if number != current and basket:
            yield frozenset(basket)
            basket = set()
        current = number
        basket.add(sku)
    if basket:
        yield frozenset(basket)


def ordered_baskets(session: Session) -> Iterator[Basket]:
    rows = session.execute(select(OrderLine.order_id, OrderLine.sku).order_by(OrderLine.order_id))
    baskets: dict[str, set[str]] = {}
    for order_id, sku in rows:
        baskets.setdefault(order_id, set()).add(sku)
    yield from map(frozenset, baskets.values())


def similarities(baskets: Iterable[Basket]) -> dict[str, list[tuple[str, float]]]:
    """For each article the ones most like it. Quadratic in the size of a basket."""
    alone: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    for basket in baskets:
        alone.update(basket)
        together.update(combinations(sorted(basket), 2))
    found: dict[str, list[tuple[str, float]]] = {}
    for (one, other), count in together.items():
        if count >= MIN_TOGETHER:
            weight = round(count / sqrt(alone[one] * alone[other]), 4)
            found.setdefault(one, []).append((other, weight))
            found.setdefault(other, []).append((one, weight))
    return {
        sku: sorted(others, key=lambda item: (-item[1], item[0]))[:KEPT_FOR_EACH]
        for sku, others in found.items()
    }


def replace_all(session: Session, found: dict[str, list[tuple[str, float]]]) -> int:
    session.execute(delete(AlsoBought))
    rows = [
        {"sku": sku, "other_sku": other, "weight": weight}
        for sku, others in found.items()
        for other, weight in others
    ]
    if rows:
        session.execute(insert(AlsoBought), rows)
    return len(rows)


def also_bought(session: Session, sku: str) -> list[str]:
    statement = select(AlsoBought.other_sku).where(AlsoBought.sku == sku.upper())
    return list(session.scalars(statement.order_by(AlsoBought.weight.desc(), AlsoBought.other_sku)))
