"""The values of this stage.

In: nothing. Out: `PlannedSlice` and its parts. How they come about is `planning`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from migrator.documents.plan import CODEC
from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.domain.json import JsonValue
from migrator.domain.plans import EventSource, Plan
from migrator.domain.triggers import Trigger
from migrator.plan.delivery.deliveries import Convention, Delivery

_BY_ROUTE = Delivery(EventSource.HTTP_API, Convention.REQUEST)


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What the handler calls.

    Attributes:
        module: dotted name of its module in the slice.
        name: the function, or the view class.
        method: for a class view the method that answers, such as `get`; an empty string for a function.
    """

    module: str
    name: str
    method: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """One registration of the candidate, as its framework is told.

    Attributes:
        options: the literal keyword arguments of the registering call, such as `defaults` or `strict_slashes`.
        computed: the keyword arguments whose value cannot be read off the code.
        function: source of what is called or decorates, such as `re_path` or `router.get`.
        arguments: source of its positional arguments.
    """

    trigger: Trigger
    options: Mapping[str, JsonValue] = field(default_factory=dict)
    computed: tuple[str, ...] = ()
    function: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedSlice:
    """A plan with everything that is needed to write it down.

    Attributes:
        modules: path below the source folder (`shop/api/tax.py`) to the text of the slice.
        source_hashes: path in the monolith to SHA-256 of each file that was sliced.
        accepted: effects that the user took on, each with the reason given.
        delivery: how events reach the function.
        data: path below the source folder to the bytes of each file of `Plan.data_files`.
    """

    plan: Plan
    assessment: Assessment
    entry: EntryPoint
    registrations: tuple[Registration, ...]
    modules: Mapping[str, str]
    source_hashes: Mapping[str, str]
    accepted: Mapping[Effect, str] = field(default_factory=dict)
    delivery: Delivery = _BY_ROUTE
    data: Mapping[str, bytes] = field(default_factory=dict)


def plan_hash(plan: Plan) -> str:
    """SHA-256 of the plan's document, hexadecimal."""
    return hashlib.sha256(CODEC.dump_text(plan).encode()).hexdigest()
