"""Inputs for functions of the sample shop, as Hypothesis strategies.

In: `Seeded`, what the filled database has, and a `PlannedSlice`. Out: strategies of `Asked`: by the type hints of the
function or the converters of its routes, and with values that the database has where the name of a parameter says so.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from migrator.plan import PlannedSlice
from migrator.resources import sample_root
from tests.support.shop_world import rows_of

Json = Any


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

_TYPES = {"Any": Any, "date": date}


def arguments(planned: PlannedSlice, seeded: Seeded, **given: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    """Arguments by name; what is given here takes the place of the type, and what has a default may be missing."""
    path = planned.assessment.location.path
    tree = ast.parse((sample_root() / path).read_text("utf-8"))
    function = next(
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == planned.entry.name
    )
    required: dict[str, st.SearchStrategy[Json]] = {}
    optional: dict[str, st.SearchStrategy[Json]] = {}
    parameters = [*function.args.args, *function.args.kwonlyargs]
    first_default = len(function.args.args) - len(function.args.defaults)
    for number, parameter in enumerate(parameters):
        name = parameter.arg
        if name == "self":
            continue
        assert parameter.annotation is not None
        hint = eval(ast.unparse(parameter.annotation), {**_TYPES})
        may_be_left_out = first_default <= number < len(function.args.args)
        (optional if may_be_left_out else required)[name] = seeded.strategy(
            name, given[name] if name in given else st.from_type(hint)
        )
    return st.fixed_dictionaries(required, optional=optional)


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
