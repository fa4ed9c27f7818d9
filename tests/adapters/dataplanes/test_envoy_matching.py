"""The pattern of one part of a path: what servers read differently matches no template."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from migrator.adapters.dataplanes.envoy.matching import match_of
from migrator.domain.routes import HttpMatch, Segment

PIECES = st.sampled_from([*"ab.~-;=+@", "%", "%2", "%2e", "%2E", "%2f", "%5c", "%00", "%C3%A9", "%20", "%7E", "%25", "%zz", "\\", "..", "?"])  # fmt: skip


def pattern(path: str, segment: Segment | None = None) -> re.Pattern[str]:
    found = match_of(HttpMatch((), path), (), segment=segment)
    assert found["headers"][0]["name"] == ":path"
    return re.compile(found["headers"][0]["string_match"]["safe_regex"]["regex"])


def is_plain(part: str) -> bool:
    """Whether every server reads the part as the same one word."""
    escapes = re.findall(r"%(.{0,2})", part)
    if part in ("", ".", "..") or not all(re.fullmatch(r"[0-9a-fA-F]{2}", each) for each in escapes):
        return False
    return not any(each in unquote_to_bytes(part.replace(".", "")) + part.encode() for each in (b"\\", b"/", b"?", b"\0")) and not re.search("%2e", part, re.IGNORECASE)  # fmt: skip


@given(st.lists(PIECES, max_size=6).map("".join))
@example("...")
@example("..a")
@example(".a.")
@example("....")
def test_a_parameter_takes_what_every_server_reads_alike(part: str) -> None:
    if "?" in part:
        part = part.replace("?", "")
    assert bool(pattern("/api/{x}/end").fullmatch(f"/api/{part}/end")) is is_plain(part)
    assert bool(pattern("/api/{x}").fullmatch(f"/api/{part}?q=/../%2e")) is is_plain(part)


@pytest.mark.parametrize(
    ("path", "beginning"),
    [
        ("/api/tax/{country}", "/api/tax/"),
        ("/{a}/b", "/"),
        ("/api/{a}/tax/{b}", "/api/"),
        ("/å/{a}", "/"),
        ("/api/å b", "/api/"),
    ],
)
def test_the_plain_beginning_is_compared_first(path: str, beginning: str) -> None:
    assert match_of(HttpMatch((), path), (), segment=None)["prefix"] == beginning


def test_a_path_without_parameters_is_compared_as_it_is() -> None:
    assert match_of(HttpMatch((), "/api/tax"), (), segment=None) == {"path": "/api/tax"}
