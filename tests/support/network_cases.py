"""With what each function of the sample shop that needs the network is called, and what is the matter around it then.

In: `Seeded`, what the filled database has. Out: strategies of `Asked`: by the type hints of the function (or the
converters of its routes), and with values that the database has where the name of a parameter says so. A function
without parameters has its input around it: that is `before`, which is done to both worlds ahead of the call.
"""

from __future__ import annotations

import ast
import gzip
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from migrator.artifacts.aws_events import sample_event
from migrator.domain.plans import EventSource
from migrator.plan import PlannedSlice
from migrator.resources import sample_root
from tests.support.shop_world import ShopWorld, rows_of

Json = Any

# The same for both sides, which run one after the other.
_BEGAN = datetime.now(UTC).replace(tzinfo=None)
MODEL = "nordlicht-models/credit/2025-11/model.onnx"


@dataclass(frozen=True)
class Asked:
    """One input.

    Attributes:
        call: a request's method and path, an event, or arguments by name.
        before: what is done to both worlds ahead of it.
        retries: of a task: how often it has been tried before.
    """

    call: Json
    before: Json = None
    retries: int = 0


@dataclass(frozen=True)
class Seeded:
    """Values that the filled database has, by the names that parameters give them."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, template: Path) -> Seeded:
        """What a database file holds."""
        rows = rows_of(template)
        orders, skus = rows["orders"], [row[1] for row in rows["products"]]
        return cls(
            {
                "order_id": [row[0] for row in orders],
                "reference": [row[1] for row in orders],
                "order_reference": [row[1] for row in orders],
                "email": sorted({row[2] for row in orders}),
                "sku": skus,
                "day": sorted({row[7][:10] for row in orders}),
            }
        )

    def strategy(self, name: str, any_other: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
        """What the database has three times in four, else anything of the type."""
        if name not in self.values:
            return any_other
        known = st.sampled_from(list(self.values[name]))
        return st.one_of(known, known, known.map(str.lower), any_other)


Drawing = Callable[[PlannedSlice, Seeded], st.SearchStrategy[Asked]]
Preparing = Callable[[Json, ShopWorld], None]


def _nothing(before: Json, world: ShopWorld) -> None:
    """The worlds are as the last input left them."""


@dataclass(frozen=True)
class Case:
    """How one function is asked.

    Attributes:
        before: takes what an input says of the worlds.
        world: done once, to both worlds.
    """

    asked: Drawing
    before: Preparing = _nothing
    world: Callable[[ShopWorld], None] = field(default=lambda world: None)


# -- by type hints and converters

_TYPES = {"Any": Any, "date": date}


def arguments(planned: PlannedSlice, seeded: Seeded, **given: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Arguments by name; what is given here takes the place of the type."""
    path = planned.assessment.location.path
    tree = ast.parse((sample_root() / path).read_text("utf-8"))
    function = next(
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == planned.entry.name
    )
    made = {}
    for parameter in [*function.args.args, *function.args.kwonlyargs]:
        name = parameter.arg
        if name == "self":
            continue
        assert parameter.annotation is not None
        hint = eval(ast.unparse(parameter.annotation), {**_TYPES})
        made[name] = seeded.strategy(name, given[name] if name in given else st.from_type(hint))
    return st.fixed_dictionaries(made)


def by_hints(**given: st.SearchStrategy[Json]) -> Drawing:
    """Called with arguments."""
    return lambda planned, seeded: arguments(planned, seeded, **given).map(Asked)


def with_retries(most: int, before: st.SearchStrategy[Json], **given: st.SearchStrategy[Json]) -> Drawing:
    """A task that may have been tried before."""
    return lambda planned, seeded: st.builds(
        Asked, arguments(planned, seeded, **given), before, st.one_of(st.just(0), st.integers(0, most))
    )


def by_surroundings(before: st.SearchStrategy[Json], **given: st.SearchStrategy[Json]) -> Drawing:
    """A function whose input is, for the most part, what it finds."""
    return lambda planned, seeded: st.builds(Asked, arguments(planned, seeded, **given), before)


def by_routes(planned: PlannedSlice, seeded: Seeded) -> st.SearchStrategy[Asked]:
    """Methods and paths, each variable by its converter."""
    made = []
    for registration in planned.registrations:
        detail: Json = registration.trigger.detail
        variables = [
            seeded.strategy(each["name"], _converted(each["converter"])).map(lambda value: quote(str(value), safe=""))
            for each in detail["parameters"]
        ]
        fixed = _between(detail["path"])
        paths = st.tuples(*variables).map(partial(_filled, fixed))
        ends = st.sampled_from(["", "", "", "", "", "", "", "/", "/x"])
        queries = st.one_of(st.just(""), st.text().map(lambda text: f"?q={quote(text)}"))
        paths = st.builds(lambda path, end, query: path + end + query, paths, ends, queries)
        made.append(st.tuples(st.sampled_from(list(detail["methods"])), paths))
    return st.one_of(made).map(Asked)


def _filled(fixed: Sequence[str], values: Sequence[str]) -> str:
    return "".join(part for pair in zip(fixed, (*values, ""), strict=True) for part in pair)


def _between(path: str) -> list[str]:
    """What stands around the variables of a path."""
    parts, rest = [], path
    while "<" in rest:
        before, _, rest = rest.partition("<")
        parts.append(before)
        rest = rest.partition(">")[2]
    return [*parts, rest]


def _converted(converter: str) -> st.SearchStrategy[Json]:
    kind, _, bounds = converter.partition("(")
    if kind == "int":
        said = dict(word.strip(" )").split("=") for word in bounds.split(",") if "=" in word)
        low, high = int(said.get("min", 0)), int(said.get("max", 10**6))
        return st.integers(max(low - 1, 0), high + 1)
    return st.text(min_size=1).filter(lambda text: text not in (".", ".."))


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
        world.execute(
            "UPDATE fraud_reviews SET answer = ? WHERE rowid % 7 = ?", (before["answer"], before["reputation"])
        )


def _gaps(before: Json, world: ShopWorld) -> None:
    for sku in before["skus"]:
        world.execute("DELETE FROM products WHERE sku = ?", (sku,))
    if before["rules"]:
        world.execute("DELETE FROM price_rules")


def _prices(before: Json, world: ShopWorld) -> None:
    for sku, cents in before:
        world.execute("UPDATE products SET price_cents = ? WHERE sku = ?", (cents, sku))


def _unpaid(before: Json, world: ShopWorld) -> None:
    old = _BEGAN - timedelta(hours=before["hours"] + 0.5)
    world.execute(
        "UPDATE orders SET status = 'open', created_at = ? WHERE rowid % ? = 0",
        (old.strftime("%Y-%m-%d %H:%M:%S.%f"), before["every"]),
    )


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
    "shop.tasks.invoices.render_invoice": Case(by_hints()),
    "shop.tasks.mail.send_delivered_mail": Case(with_retries(5, st.booleans()), before=_failing_mail),
    "shop.tasks.mail.send_order_mail": Case(with_retries(0, st.booleans()), before=_failing_mail),
    "shop.tasks.mail.send_shipping_notice": Case(with_retries(5, st.booleans()), before=_failing_mail),
    "shop.tasks.orders.archive_order": Case(by_hints()),
    "shop.tasks.orders.expire_unpaid": Case(
        by_surroundings(
            st.fixed_dictionaries(
                {"hours": st.integers(0, 96), "every": st.one_of(st.just(1), st.integers(2, 99), st.integers(2, 99))}
            )
        ),
        before=_unpaid,
    ),
    "shop.tasks.orders.place_queued": Case(by_hints(country=_COUNTRIES, lines=_LINES)),
    "shop.tasks.prices.record_prices": Case(
        by_surroundings(st.lists(st.tuples(_SKUS, st.integers(1, 10**6)), min_size=1, max_size=4)), before=_prices
    ),
    "shop.tasks.reports.nightly": Case(by_hints(day=_DAYS)),
    "shop.tasks.risk.score_customer": Case(by_hints(), world=_model),
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
