"""Values: what holds for all of them, whatever they stand for."""

from __future__ import annotations

from migrator.model.values import UNKNOWN, Universe, Value


def _some() -> list[Value]:
    universe = Universe()
    padding = [object() for _ in range(7)]  # what else is in memory must not matter
    made = [universe.lib(f"a.b{number}", instance=bool(number % 2)) for number in range(300)]
    return made if padding else []


def test_sets_of_values_have_one_order_whatever_lies_where_in_memory() -> None:
    first, between, second = _some(), [bytearray(number) for number in range(999)], _some()
    assert between
    assert [value.serial for value in frozenset(first)] == [value.serial for value in frozenset(second)]


def test_each_value_is_there_and_none_equals_another() -> None:
    made = [*_some(), UNKNOWN]
    assert all(made), "a value that is false would be taken for none"
    assert len(set(made)) == len(made) == len({value.serial for value in made})
