"""With what each function of the sample shop that needs the network is called, and what is the matter around it then.

In: nothing. Out: `CASES`. A function without parameters has its input around it: that is `before`, which is done to
both worlds ahead of each call.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from migrator.artifacts.aws_events import sample_event
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice
from migrator.resources import sample_root
from tests.support.shop_inputs import Asked, Drawing, Seeded, by_hints, by_routes, by_surroundings, with_retries
from tests.support.shop_world import ShopWorld

Json = Any

# The same for both sides, which run one after the other.
_BEGAN = datetime.now(UTC).replace(tzinfo=None)
MODEL = "nordlicht-models/credit/2025-11/model.onnx"

Preparing = Callable[[Json, ShopWorld], None]


def _nothing(before: Json, world: ShopWorld) -> None:
    """The worlds are as the last input left them."""


@dataclass(frozen=True)
class Case:
    """How one function is asked.

    Attributes:
        before: takes what an input says of the worlds.
        world: done once, to both worlds.
        together: how many inputs come at once, as the messages of a batch do; `before` is done once for all of them.
    """

    asked: Drawing
    before: Preparing = _nothing
    world: Callable[[ShopWorld], None] = field(default=lambda world: None)
    together: int = 1


# -- the world ahead of a call


def _failing_mail(before: Json, world: ShopWorld) -> None:
    world.mail.refusing = before


def _failing_feed(before: Json, world: ShopWorld) -> None:
    world.world.failing = before is None
    world.world.feed[:] = before or []


def _reputation(before: Json, world: ShopWorld) -> None:
    world.world.failing = before["reputation"] is None
    world.world.reputation = before["reputation"]
    if before["answer"]:
        values = (before["answer"], before["reputation"])
        world.change(("UPDATE fraud_reviews SET answer = ? WHERE rowid % 7 = ?", values))


def _gaps(before: Json, world: ShopWorld) -> None:
    products = [("DELETE FROM products WHERE sku = ?", (sku,)) for sku in before["skus"]]
    rules = [("DELETE FROM price_rules", ())] if before["rules"] else []
    world.change(*products, *rules)


def _prices(before: Json, world: ShopWorld) -> None:
    world.change(*(("UPDATE products SET price_cents = ? WHERE sku = ?", (cents, sku)) for sku, cents in before))


def _unpaid(before: Json, world: ShopWorld) -> None:
    old = _BEGAN - timedelta(hours=before["hours"] + 0.5)
    values = (old.strftime("%Y-%m-%d %H:%M:%S.%f"), before["every"])
    world.change(("UPDATE orders SET status = 'open', created_at = ? WHERE rowid % ? = 0", values))


def _baskets(before: Json, world: ShopWorld) -> None:
    day = datetime.now(UTC).date().replace(day=1)
    for rows in before:
        day = (day - timedelta(days=1)).replace(day=1)
        key = f"nordlicht-reports/baskets/{day:%Y-%m}.csv.gz"
        text = "\n".join(f"{number};{sku}" for number, sku in sorted(rows))
        world.world.objects.pop(key, None)
        if rows:
            world.world.objects[key] = gzip.compress(text.encode(), mtime=0)


def _model(world: ShopWorld) -> None:
    world.world.objects[MODEL] = (sample_root() / "tests" / "data" / "credit.onnx").read_bytes()


# -- inputs that are more than arguments

_SKUS = st.sampled_from(["TENT-1001", "BAG-2001", "BOOK-5001", "FOOD-6001", "SOCK-4500", "ELEC-8002", "AID-7001"])
_COUNTRIES = st.sampled_from(["DE", "at", "CH", "FR", "NO", "XX", ""])
_LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": st.one_of(_SKUS, _SKUS, _SKUS, st.text()), "quantity": st.one_of(st.integers(1, 3), st.integers(1, 99))}
    ),
    min_size=1,
    max_size=4,
)
_FEED = st.one_of(
    st.none(),
    st.lists(
        st.fixed_dictionaries({"sku": st.one_of(_SKUS, st.text(), st.none()), "stock": st.integers(0, 500)}),
        max_size=6,
    ),
)
_REVIEW = st.fixed_dictionaries(
    {
        "reputation": st.one_of(st.none(), st.integers(0, 100)),
        "answer": st.sampled_from([None, None, None, "accept", "refuse", "perhaps"]),
    }
)
_DAYS = st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1)).map(str), st.text(max_size=12))


def _arrivals(planned: PlannedSlice, seeded: Seeded) -> st.SearchStrategy[Asked]:
    template: Json = sample_event(EventSource.EVENT_BUS)
    details = st.fixed_dictionaries(
        {
            "status": st.sampled_from(["delivered", "delivered", "delivered", "in transit"]),
            "reference": seeded.strategy("reference", st.text()),
        }
    )
    times = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda at: f"{at:%Y-%m-%dT%H:%M:%S}Z")
    return st.builds(lambda detail, time: Asked({**template, "detail": detail, "time": time}), details, times)


CASES: Mapping[str, Case] = {
    "shop.api.pricing.price": Case(by_routes),
    "shop.commands.rebuild_recommendations": Case(
        by_surroundings(
            st.lists(st.sets(st.tuples(st.integers(1, 4), _SKUS), max_size=8), max_size=3), months=st.integers(0, 4)
        ),
        before=_baskets,
    ),
    "shop.commands.seed": Case(
        by_surroundings(st.fixed_dictionaries({"skus": st.sets(_SKUS).map(sorted), "rules": st.booleans()})),
        before=_gaps,
    ),
    "shop.consumers.parcels.parcel_moved": Case(_arrivals),
    "shop.signals.write_audit_entry": Case(by_hints()),
    "shop.tasks.fraud.check_order": Case(with_retries(24, _REVIEW), before=_reputation),
    "shop.tasks.invoices.render_invoice": Case(by_hints(), together=10),
    "shop.tasks.mail.send_delivered_mail": Case(with_retries(5, st.booleans()), before=_failing_mail),
    "shop.tasks.mail.send_order_mail": Case(with_retries(0, st.booleans()), before=_failing_mail, together=10),
    "shop.tasks.mail.send_shipping_notice": Case(with_retries(5, st.booleans()), before=_failing_mail),
    "shop.tasks.orders.archive_order": Case(by_hints(), together=10),
    "shop.tasks.orders.expire_unpaid": Case(
        by_surroundings(
            st.fixed_dictionaries(
                {"hours": st.integers(0, 96), "every": st.one_of(st.just(1), st.integers(2, 99), st.integers(2, 99))}
            )
        ),
        before=_unpaid,
    ),
    "shop.tasks.orders.place_queued": Case(by_hints(country=_COUNTRIES, lines=_LINES), together=10),
    "shop.tasks.prices.record_prices": Case(
        by_surroundings(st.lists(st.tuples(_SKUS, st.integers(1, 10**6)), min_size=1, max_size=4)), before=_prices
    ),
    "shop.tasks.reports.nightly": Case(by_hints(day=_DAYS), together=10),
    "shop.tasks.risk.score_customer": Case(by_hints(), world=_model, together=10),
    "shop.tasks.suppliers.refresh_feed": Case(with_retries(3, _FEED), before=_failing_feed),
    "shop.web.catalog.StockView.get": Case(by_routes),
    "shop.web.catalog.product_detail": Case(by_routes),
    "shop.web.catalog.recommendations": Case(by_routes),
    "shop.web.invoices.download": Case(by_routes),
    "shop.web.orders.cancel": Case(by_routes),
    "shop.web.orders.show": Case(by_routes),
    "shop.web.site.health": Case(by_routes),
}
"""Every function with the verdict `with-network` and a zip as its target."""
