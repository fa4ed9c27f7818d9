"""The documented test vectors of the one hash hold for the seam; Envoy is held to the seam in the tests of its routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.seam import give_weights, loaded

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sides.md"
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)`[^|]* \| `([0-9a-f]{16})` \| (\d+) \| ([\d.]+) % \|$", re.M)
VECTORS = ROW.findall(PAGE.read_text("utf-8"))


def test_there_are_vectors() -> None:
    assert len(VECTORS) == 7


@pytest.mark.parametrize(("group", "key", "digest", "bucket", "lowest"), VECTORS)
def test_a_vector_holds(tmp_path: Path, group: str, key: str, digest: str, bucket: str, lowest: str) -> None:
    name = "shop.any"
    for weight, canary in ((float(lowest), True), (float(lowest) - 0.01, False)):
        entry = {"weight": round(weight, 2), "sticky": {"argument": "key"}, "group": group, "canary": {"lambda": "f"}}
        with loaded(tmp_path, {name: entry}) as seam:
            found = seam.xxh64(f"{group}:{key}".encode())
            assert (f"{found:016x}", found % 10_000) == (digest, int(bucket))
            assert (seam.decide(name, lambda key: None, (key,), {}) is not None) is canary


@pytest.fixture(scope="module")
def seam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with loaded(tmp_path_factory.mktemp("seam"), {}) as module:
        yield module


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.text(max_size=40), min_size=1, max_size=20), st.lists(st.integers(0, 10_000), min_size=2, max_size=5)
)
def test_a_rising_weight_moves_callers_to_the_canary_only(seam: Any, keys: list[str], units: list[int]) -> None:
    name = "shop.any"
    before: set[str] = set()
    for each in sorted(units):
        entry = {"weight": each / 100, "sticky": {"argument": "key"}, "canary": {"lambda": "f"}}
        give_weights(Path(seam.__file__).parent, {name: entry})
        seam._weights.look()
        now = {key for key in keys if seam.decide(name, lambda key: None, (key,), {}) is not None}
        assert before <= now
        before = now
    assert before == set(keys) or max(units) < 10_000
