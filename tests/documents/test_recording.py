"""Recordings survive being written and read, and a wrong line is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.documents.recording import dump_lines, load_lines
from migrator.domain.http import Request
from migrator.errors import InputError

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
REQUESTS = st.builds(
    Request,
    method=st.sampled_from(["GET", "POST"]),
    path=TEXT.filter(lambda text: "?" not in text).map(lambda text: "/" + text),
    query=TEXT,
    headers=st.dictionaries(st.text("abc-", min_size=1), TEXT),
    body=st.binary(max_size=20) | TEXT.map(str.encode),
)


@settings(deadline=None)
@given(st.lists(REQUESTS, max_size=5))
def test_what_was_written_is_read(requests: list[Request]) -> None:
    assert list(load_lines(dump_lines(requests))) == requests


def test_a_line_by_hand_may_be_short() -> None:
    lines = ['{"method": "get", "path": "/x", "headers": {"X-A": 1}}\n', "\n"]
    assert list(load_lines(lines)) == [Request("GET", "/x", headers={"x-a": "1"})]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "not JSON"),
        ("[]", "not a migrator.request/1 line"),
        ('{"schema": "migrator.plan/1"}', "not a migrator.request/1 line"),
        ('{"path": "/"}', "has no method"),
        ('{"method": "GET"}', "has no path"),
        ('{"method": "GET", "path": "x"}', "begin with a slash"),
        ('{"method": "GET", "path": "/x?a=1"}', "question mark"),
        ('{"method": "GET", "path": "/", "headers": []}', "headers must be a dict"),
        ('{"method": "GET", "path": "/", "body": "%", "base64": true}', "not base64"),
    ],
)
def test_a_wrong_line_is_named(line: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        list(load_lines(['{"method": "GET", "path": "/"}', line], source="tax.jsonl"))
    assert caught.value.location.startswith("tax.jsonl:2")
