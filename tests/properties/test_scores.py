"""What holds of the accuracy scores whatever the candidates and labels are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.accuracy.scoring import Candidate, Label, score, upper_bound

EFFECTS = st.frozensets(st.sampled_from(["database", "cache", "email", "background"]))
KINDS = st.frozensets(st.sampled_from(["queue", "http", "signal"]), min_size=1)
NAMES = st.sampled_from([f"app.{name}" for name in "abcdef"])
VERDICTS = st.sampled_from(["keep", "refactor", "with-network", "ready"])
CANDIDATES = st.dictionaries(
    NAMES, st.builds(Candidate, KINDS, EFFECTS, VERDICTS, st.sampled_from(["proven", "likely", "unproven"]))
)
LABELS = st.lists(st.builds(Label, NAMES, EFFECTS, VERDICTS))


@given(CANDIDATES, LABELS, st.dictionaries(NAMES, KINDS))
def test_no_count_exceeds_what_it_is_a_part_of(
    candidates: dict[str, Candidate], labels: list[Label], entries: dict[str, frozenset[str]]
) -> None:
    counts = score(candidates, labels, entries).counts
    assert counts.unsafe_proven <= counts.unsafe
    assert counts.unsafe + counts.unsafe_unknown <= counts.blocked <= counts.labels
    assert counts.hit + counts.miss == sum(len(label.effects) for label in labels)
    assert all(value >= 0 for value in counts.figures().values())
    assert all(value <= 1 for name, value in counts.figures().items() if "unsafe" not in name)


@given(CANDIDATES)
def test_who_is_labeled_as_judged_is_right(candidates: dict[str, Candidate]) -> None:
    labels = [Label(name, item.effects, item.verdict) for name, item in candidates.items()]
    entries = {name: item.kinds for name, item in candidates.items()}
    result = score(candidates, labels, entries)
    assert (result.unsafe, result.wrong, result.missing, result.unlisted) == ([], [], [], [])
    shares = {value for name, value in result.counts.figures().items() if "unsafe" not in name}
    assert not candidates or shares <= {0.0, 1.0}
    assert not candidates or result.counts.figures()["verdict accuracy"] == 1


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_upper_bound_lies_above_the_rate_and_falls_with_more_evidence(bad: int, good: int) -> None:
    total = bad + good
    assert bad / total < upper_bound(bad, total) < 1
    assert upper_bound(bad, total + 10) < upper_bound(bad, total)
