"""The text of JSON: whatever is said can be read back, and nothing in it is invisible."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.domain.json import json_text

TEXTS = st.text(st.characters() | st.sampled_from('\u200b\u202e\ud800\x7f]\\^-\n"é'))
VALUES = st.recursive(TEXTS | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(VALUES, st.sampled_from([None, 2]))
def test_what_is_said_is_read_back_and_can_be_seen(value: object, indent: int | None) -> None:
    text = json_text(value, indent=indent)

    assert json.loads(text) == value
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("é", '"é"'),
        ("a\u202eb\u202e", '"a\\u202eb\\u202e"'),
        ("\ud800", '"\\ud800"'),
        ("\U000e0001", '"\\udb40\\udc01"'),
    ],
)
def test_letters_stay_and_what_no_one_can_see_is_an_escape(said: str, text: str) -> None:
    assert json_text(said) == text
