"""Names of repositories: short, and none twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.repositories import names_of


@pytest.mark.parametrize(
    ("roots", "names"),
    [
        (["services/shop", "services/pay"], ["shop", "pay"]),
        (["a/shop", "b/shop", "b/pay"], ["a/shop", "b/shop", "pay"]),
        (["shop", "old/shop"], ["shop", "old/shop"]),
        (["x/a/shop", "y/a/shop"], ["x/a/shop", "y/a/shop"]),
        (["/shop", "shop"], ["/shop", "shop"]),
        ([".", ".."], [".", ".."]),
        (["shop", "./shop"], ["shop", "./shop"]),
        ([""], ["."]),
    ],
)
def test_a_name_is_the_end_of_the_path_that_tells_it_apart(roots: list[str], names: list[str]) -> None:
    assert list(names_of(roots).values()) == names


@given(st.lists(st.text(alphabet="ab./", max_size=7), unique=True))
def test_no_name_is_given_twice(roots: list[str]) -> None:
    names = names_of(roots)
    assert list(names) == roots
    assert len(set(names.values())) == len(roots)
