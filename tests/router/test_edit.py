"""A weight set and a route taken out: every other byte of the file stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import InputError
from migrator.router import parse_router, to_yaml
from migrator.router.edit import with_weights, without_route
from tests.router.test_every_kind import ENVOY
from tests.router.test_write import configs

TEXT = """\
# Who may touch this: the platform team.
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}   # one host
legacy: {url: 'http://127.0.0.1:8000'}
routes:

  # taxes first
  - name:   tax
    match: {http: {path: /tax}}
    canary: {lambda: tax, url: "http://127.0.0.1:9000"}
    weight:    5   # raised on Monday

  # the mail
  - {name: "mail", match: {http: {path: /mail}}, canary: {lambda: m, url: 'http://127.0.0.1:9000'}, weight: 12.5}
  - name: last
    match: {http: {path: /last}}
    canary: {lambda: m, url: 'http://127.0.0.1:9000'}
    weight: 0
# the end
"""


def test_a_weight_is_set_and_nothing_else_moves() -> None:
    changed = with_weights(TEXT, {"tax": 33.3, "mail": 100}, source="router.yaml")
    expected = TEXT.replace("weight:    5   #", "weight:    33.3   #").replace("weight: 12.5}", "weight: 100}")
    assert changed == expected


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("tax", TEXT[TEXT.index("  - name:   tax") : TEXT.index("  # the mail")]),
        ("mail", TEXT[TEXT.index('  - {name: "mail"') : TEXT.index("  - name: last")]),
        ("last", TEXT[TEXT.index("  - name: last") : TEXT.index("# the end")]),
    ],
)
def test_a_route_is_taken_out_and_nothing_else_moves(name: str, gone: str) -> None:
    assert without_route(TEXT, name, source="router.yaml") == TEXT.replace(gone, "")


def test_the_last_route_leaves_an_empty_list() -> None:
    text = TEXT
    for name in ("tax", "mail", "last"):
        text = without_route(text, name, source="router.yaml")
    assert parse_router(text).entries == () and "# the end" in text


SHARED = """\
version: 1
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
legacy: {url: http://127.0.0.1:8000}
routes:
  - &first {name: a, match: {http: {path: /a}}, canary: {lambda: f, url: 'http://h'}, weight: 5}
  - {<<: *first, name: b, match: {http: {path: /b}}}
"""


def test_what_another_route_shares_is_left_to_a_person() -> None:
    with pytest.raises(InputError, match="without changing something else") as caught:
        with_weights(SHARED, {"b": 9}, source="router.yaml")
    assert "by hand" in caught.value.hint
    with pytest.raises(InputError, match="without changing something else"):
        without_route(SHARED, "a", source="router.yaml")
    anchored = SHARED.replace("weight: 5", "weight: &w 5")
    with pytest.raises(InputError, match=r"router.yaml:5:\d+: .*without changing"):
        with_weights(anchored, {"a": 9}, source="router.yaml")
    with pytest.raises(InputError, match="no route 'c'"):
        with_weights(SHARED, {"c": 9}, source="router.yaml")


def test_a_route_that_others_depend_on_is_left_to_a_person() -> None:
    with pytest.raises(InputError, match="without changing something else"):
        without_route(ENVOY, "tax", source="router.yaml")


@given(configs(), st.data())
def test_any_written_file_takes_a_weight_and_loses_a_route(config, data) -> None:  # type: ignore[no-untyped-def]
    # With a legacy system of its own for unrouted calls: else that of the routes is theirs, and goes with the last one.
    config = replace(config, legacy_url="http://127.0.0.1:7000")
    text = to_yaml(config)
    for entry in config.routes:
        weight = data.draw(st.integers(0, 10_000)) / 100
        changed = parse_router(with_weights(text, {entry.name: weight}, source="r"))
        wanted = [replace(e.route, weight=weight) if e.name == entry.name else e.route for e in config.routes]
        assert [e.route for e in changed.routes] == wanted
        less = parse_router(without_route(text, entry.name, source="r"))
        assert [e.name for e in less.routes] == [e.name for e in config.routes if e.name != entry.name]
