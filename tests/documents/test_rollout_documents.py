"""What is recorded of a rollout comes back as it was: every kind of gate, and every answer that may be one of several."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.documents import audit, history, rollout
from migrator.documents.codec import Codec
from migrator.domain.looks import AuditEntry
from migrator.domain.rollouts import HistoryEntry, Phase, RolloutState
from migrator.domain.routes import Weight

WORDS = st.sampled_from(["", "a", "5", "null", "“é\n", "\x00\u2028"]) | st.text(max_size=4)
FLOATS = st.floats(allow_nan=False)
COUNTS = st.integers(-(2**62), 2**62)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | COUNTS | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=3,
)
KNOWN: Mapping[Any, st.SearchStrategy[Any]] = {
    Any: JSON,
    str: WORDS,
    int: COUNTS,
    float: FLOATS,
    bool: st.booleans(),
    type(None): st.none(),
    Weight: st.builds(Weight, st.floats(0, 100)),
}


@cache
def drawn(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type, all its fields drawn, those with defaults too."""
    if kind in KNOWN:
        return KNOWN[kind]
    inner = get_args(kind)
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([drawn(each) for each in inner])
    if get_origin(kind) is tuple:
        if inner[-1] is Ellipsis:
            return st.lists(drawn(inner[0]), max_size=2).map(tuple)
        return st.tuples(*map(drawn, inner))
    if get_origin(kind) is Mapping:
        return st.dictionaries(drawn(inner[0]), drawn(inner[1]), max_size=2)
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    assert isinstance(kind, type) and is_dataclass(kind), kind
    hints = get_type_hints(kind)
    return st.builds(kind, **{each.name: drawn(hints[each.name]) for each in fields(kind)})


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([(rollout.CODEC, RolloutState), (audit.CODEC, AuditEntry), (history.CODEC, HistoryEntry)]).flatmap(
        lambda pair: st.tuples(st.just(pair[0]), drawn(pair[1]))
    )
)
def test_what_was_recorded_comes_back_exactly(written: tuple[Codec[Any], Any]) -> None:
    codec, value = written
    line = codec.dump_line(value)
    assert "\n" not in line
    again = codec.load_text(line)
    assert again == value
    # Equality alone passes 1 for 1.0, and True for 1.
    assert repr(again) == repr(value)


def test_a_line_says_what_the_indented_text_says_in_less_room() -> None:
    value = HistoryEntry(at=1.5, phase=Phase.HOLDING, step=1, weight=5.0, reason="“why”")
    line, text = history.CODEC.dump_line(value), history.CODEC.dump_text(value)
    assert json.loads(line) == json.loads(text)
    assert len(line) < 0.8 * len(text)
