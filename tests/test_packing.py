"""Values as bytes: the same again, and nothing but records of the packages that are named."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

import pytest

from migrator.domain.assessments import Analysis, Skipped
from migrator.domain.effects import Effect
from migrator.domain.locations import Location
from migrator.facts.expressions import Constant, Name
from migrator.facts.records import Bind, How
from migrator.packing import Unpackable, packed, unpacked
from tests.adapters.analyses.test_packing import Calls, naming
from tests.support.programs import facts_in

VALUES: dict[str, Any] = {
    "a frozen dataclass": Location("a.py", 1),
    "a named tuple": Bind("a", Constant(1), Name("int", 1, 4), How.ASSIGN, 1, 1),
    "an enumeration": Effect.SUBPROCESS,
    "facts": facts_in(
        "async def a(b: int = 2j, *, c=None):\n    global d\n    for d in b: yield (lambda e: -1.5)(*d)\n"
    ),
    "half a character": Constant("\udc80"),
    "numbers": Constant((1j, -0.5, 10**50)),
    "plain data": {"a": [1, b"\0", frozenset({None})]},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_what_was_packed_is_the_same_again(value: object) -> None:
    found = unpacked(packed(value), "migrator.domain", "migrator.facts")
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("migrator.facts.extraction", "extract"),  # a function
        ("migrator.facts.records", "NamedTuple"),  # what a module has imported
        ("migrator.facts.override_comments", "_Places"),  # a class that is no record
        ("migrator.facts.kept", "KeptFacts"),
        ("migrator.factsish", "Name"),
        ("migrator.packing", "Unpackable"),
        ("builtins", "eval"),
        ("builtins", "object"),
        ("builtins", "getattr"),
    ],
)
def test_only_records_are_made(module: str, name: str) -> None:
    with pytest.raises(Unpackable, match=f"it names {module}.{name}"):
        unpacked(zlib.compress(naming(module, name)), "migrator.facts")


@dataclass
class Changing:
    """No record: what holds it may change it."""

    value: int


def test_what_may_change_is_not_made() -> None:
    with pytest.raises(Unpackable, match="Changing"):
        unpacked(packed(Changing(1)), "tests")


def test_only_records_of_the_named_packages_are_made() -> None:
    data = packed(Skipped("a.py", 1, "reason"))
    assert unpacked(data, "migrator.facts", "migrator.domain") == Skipped("a.py", 1, "reason")
    with pytest.raises(Unpackable, match=r"it names migrator\.domain\.assessments\.Skipped"):
        unpacked(data, "migrator.facts")
    with pytest.raises(Unpackable, match=r"it names migrator\.facts\.expressions\.Constant"):
        unpacked(packed(Constant(1)), "migrator.domain")


def test_a_call_of_a_record_with_too_little_is_refused() -> None:
    with pytest.raises(Unpackable, match="missing"):
        unpacked(packed(Calls(Analysis)), "migrator.domain")


def test_a_nest_that_is_too_deep_is_said_to_be() -> None:
    value: object = ()
    for _ in range(100_000):
        value = (value,)
    with pytest.raises(RecursionError):
        packed(value)
