"""Two answers, and every way in which they differ."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from migrator.compare.difference import ABSENT, Found, differences
from migrator.compare.rules import HEADERS, Rules, make_rules
from migrator.domain.http import Answer
from migrator.errors import UsageError

RULES = Rules()
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | KEYS
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(KEYS, below, max_size=4), max_leaves=12
)


def answer(value: object, **headers: str) -> Answer:
    return Answer(200, {"content-type": "application/json", **headers}, json.dumps(value).encode())


def raw(body: bytes, kind: str = "application/json", status: int = 200) -> Answer:
    return Answer(status, {"content-type": kind}, body)


def found(legacy: object, canary: object) -> list[tuple[str, str]]:
    return [(each.path, each.kind) for each in differences(answer(legacy), answer(canary), RULES)]


@settings(deadline=None)
@given(VALUES)
def test_nothing_differs_from_itself(value: object) -> None:
    assert differences(answer(value), answer(value), RULES) == ()
    pretty = raw(json.dumps(value, indent=2, ensure_ascii=False).encode())
    assert differences(answer(value), pretty, RULES) == ()


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, min_size=2))
def test_the_order_of_keys_says_nothing(value: dict[str, object]) -> None:
    assert found(value, dict(reversed(value.items()))) == []


def _values(items: list[object]) -> str:
    """The items as JSON; the two zeros of floating point are one value."""
    return json.dumps([0.0 if isinstance(item, float) and item == 0 else item for item in items])


@settings(deadline=None)
@given(st.lists(SCALARS, min_size=2, max_size=5))
def test_the_order_of_a_list_does(value: list[object]) -> None:
    turned = value[::-1]
    assume(_values(turned) != _values(value))
    assert found({"a": value}, {"a": turned}) != []


def leaves(value: object, path: str = "$") -> list[tuple[str, list[object]]]:
    """Every leaf below a value: its path as reported, and the keys that lead to it."""
    match value:
        case dict():
            below = [
                (
                    key,
                    f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key, ensure_ascii=False)}]",
                    value[key],
                )
                for key in value
            ]
        case list():
            below = [(number, f"{path}[*]", each) for number, each in enumerate(value)]
        case _:
            return [(path, [])]
    return [(full, [key, *keys]) for key, at, each in below for full, keys in leaves(each, at)]


@settings(deadline=None)
@given(VALUES, st.data())
def test_a_changed_leaf_is_found_at_its_path(value: object, data: st.DataObject) -> None:
    places = leaves(value)
    assume(places)
    path, keys = data.draw(st.sampled_from(places))
    changed = copy.deepcopy({"root": value})
    holder: Any = changed
    for key in ["root", *keys][:-1]:
        holder = holder[key]
    last = ["root", *keys][-1]
    holder[last] = data.draw(SCALARS.filter(lambda other: json.dumps(other) != json.dumps(holder[last])))
    # 1e2 and 100.0 are one number.
    assume(not (isinstance(holder[last], float) and holder[last] == 0))
    assert [at for at, _ in found(value, changed["root"])] == [path]


@pytest.mark.parametrize(
    ("legacy", "canary", "expected"),
    [
        ("1", "1.0", [("$", "type")]),
        ("1.0", "1.00", []),
        ("1e2", "100.0", []),
        ("0.1", "0.1000000000000000055511151231257827", [("$", "value")]),
        ("123456789012345678901234567890", "123456789012345678901234567891", [("$", "value")]),
        ("true", "1", [("$", "type")]),
        ("null", "false", [("$", "type")]),
        ('"1"', "1", [("$", "type")]),
        ("{}", "[]", [("$", "type")]),
        ('{"a": 1}', "{}", [("$.a", "missing")]),
        ("{}", '{"a": null}', [("$.a", "extra")]),
        ('{"a": null}', '{"a": null}  ', []),
        ("[1, 2]", "[1, 2, 3]", [("$", "length")]),
        ("[1, 2]", "[2]", [("$", "length"), ("$[*]", "value")]),
        ('[{"n": 1}, {"n": 2}]', '[{"n": 3}, {"n": 4}]', [("$[*].n", "value")]),
        ('{"a b": {"": 1}}', '{"a b": {"": 2}}', [('$["a b"][""]', "value")]),
        ("NaN", "NaN ", [("body", "value")]),
        ("{", "{}", [("body", "type")]),
        ("", "{}", [("body", "type")]),
        ("[" * 100_000, "[", [("body", "value")]),
    ],
)
def test_json(legacy: str, canary: str, expected: list[tuple[str, str]]) -> None:
    given_both = differences(raw(legacy.encode()), raw(canary.encode()), RULES)
    assert [(each.path, each.kind) for each in given_both] == expected


def test_what_is_no_json_is_compared_byte_by_byte() -> None:
    legacy, canary = raw(b"x" * 100 + b"one" + b"y" * 200, "text/plain"), raw(b"x" * 100 + b"two\xff", "text/plain")
    (difference,) = differences(legacy, canary, RULES)
    assert (difference.path, difference.kind) == ("body", "value")
    assert difference.legacy == "…" + "x" * 40 + "one" + "y" * 77 + "… (303 bytes, from byte 100)"
    assert difference.canary == "…" + "x" * 40 + "two\\xff (104 bytes, from byte 100)"
    assert differences(raw(b"[1]", "text/plain"), raw(b"[1 ]", "text/plain"), RULES) != ()
    assert differences(raw(b"[1]", "application/problem+json"), raw(b"[1 ]", "application/problem+json"), RULES) == ()


def test_status_and_headers() -> None:
    legacy = Answer(
        201,
        {
            "content-type": 'text/html; charset="UTF-8"',
            "vary": "Accept, Cookie",
            "cache-control": "max-age=1,private",
            "set-cookie": "session=abc; Path=/\ncsrf=1",
            "location": "/a",
            "date": "now",
            "server": "legacy",
            "x-own": "1",
        },
    )
    canary = Answer(
        200,
        {
            "content-type": "text/html;charset=utf-8",
            "vary": "cookie,accept",
            "cache-control": "private, max-age=1",
            "set-cookie": "csrf=2\nsession=xyz",
            "etag": '"1"',
            "date": "later",
            "apigw-requestid": "1",
            "x-own": "2",
        },
    )
    assert differences(legacy, canary, RULES) == (
        Found("status", "value", 201, 200),
        Found("header:etag", "extra", ABSENT, '"1"'),
        Found("header:location", "missing", "/a", ABSENT),
    )
    own = differences(legacy, canary, make_rules(("X-Own",), ("status", "header:ETag", "header:location")))
    assert own == (Found("header:x-own", "value", "1", "2"),)
    assert differences(Answer(200, {"set-cookie": "a=1"}), Answer(200, {"set-cookie": "b=1"}), RULES) == (
        Found("header:set-cookie", "value", "a", "b"),
    )


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_each_header_of_the_table_counts(name: str) -> None:
    assert differences(Answer(200, {name: "a"}), Answer(200, {name: "b"}), RULES) != ()
    assert differences(Answer(200, {name: "a"}), Answer(200, {name: "a"}), RULES) == ()


@settings(deadline=None)
@given(VALUES, VALUES)
def test_ignoring_the_root_ignores_everything(legacy: object, canary: object) -> None:
    assert differences(answer(legacy), answer(canary), make_rules((), ("$",))) == ()


def test_ignored_paths_end_where_names_end() -> None:
    rules = make_rules((), ("$.lines[0].id", "$.at"))
    legacy, canary = (
        {"lines": [{"id": 1}, {"id": 2, "idx": 1}], "at": {"x": 1}, "atx": 1},
        {
            "lines": [{"id": 3}, {"id": 4, "idx": 2}],
            "at": {"x": 2},
            "atx": 2,
        },
    )
    assert [each.path for each in differences(answer(legacy), answer(canary), rules)] == ["$.lines[*].idx", "$.atx"]


@pytest.mark.parametrize("path", ["lines", "", ".a", "headers:etag"])
def test_a_path_that_nothing_has(path: str) -> None:
    with pytest.raises(UsageError, match="is no path"):
        make_rules((), (path,))


def test_secrets_are_not_shown() -> None:
    legacy = answer({"access_token": "one", "a": {"user": {"password": "p", "name": "x"}}}, **{"x-api-key": "k1"})
    canary = answer({"access_token": "two", "a": 5}, **{"x-api-key": "k2"})
    given_both = differences(legacy, canary, make_rules(("x-api-key",), ()))
    assert {each.path: (each.legacy, each.canary) for each in given_both} == {
        "header:x-api-key": ("***", "***"),
        "$.access_token": ("***", "***"),
        "$.a": ('{"user": {"password": "***", "name": "x"}}', 5),
    }
