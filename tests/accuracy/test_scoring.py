"""The arithmetic of the scores, against cases that were counted by hand."""

from __future__ import annotations

import pytest

from tests.accuracy.scoring import Candidate, Counts, Label, candidates_of, plain, score, upper_bound


def judged(verdict: str, *effects: str, kinds: str = "queue", confidence: str = "likely") -> Candidate:
    return Candidate(frozenset(kinds.split()), frozenset(effects), verdict, confidence)


def test_entries_and_kinds_are_counted() -> None:
    candidates = {
        "app.send": judged("ready", kinds="queue schedule"),
        "app.View.get": judged("ready", kinds="http"),
        "app.Inherited": judged("ready", kinds="http"),
        "app.unlisted": judged("ready", confidence="proven"),
    }
    entries = {
        "app.send": frozenset({"queue"}),  # found, the kind is right; one of its two kinds is listed
        "app.View": frozenset({"signal"}),  # found by its method, the kind is wrong
        "app.Inherited.post": frozenset({"http"}),  # found by its class
        "app.lost": frozenset({"http"}),  # not found
    }
    result = score(candidates, [], entries)
    figures = result.counts.figures()
    assert figures["entry recall"] == 0.75
    assert figures["entry precision"] == 0.75
    assert figures["trigger accuracy"] == round(2 / 3, 4)
    assert figures["trigger precision"] == 0.5
    assert (result.missing, result.unlisted) == (["app.lost"], ["app.unlisted"])
    assert (result.counts.ready, result.counts.ready_proven) == (4, 1)
    assert result.confidences["ready", "proven"] == 1


def test_effects_and_verdicts_are_counted_over_labels() -> None:
    candidates = {
        "app.a": judged("with-network", "database", "email"),
        "app.b": judged("refactor", "background"),
        "app.c": judged("ready", confidence="proven"),
    }
    labels = [
        Label("app.a", frozenset({"database"}), "with-network"),  # 1 hit, 1 extra, right
        Label(
            "app.b.run", frozenset({"background", "cache"}), "keep"
        ),  # by its class: 1 hit, 1 miss, wrong, not unsafe
        Label("app.c", frozenset({"local-disk-write"}), "refactor"),  # 1 miss, unsafe and proven
        Label("app.d", frozenset({"unbounded"}), "keep"),  # not found: 1 miss, unknown
        Label("app.e", frozenset(), "ready"),  # not found and wrong, but not unsafe
    ]
    result = score(candidates, labels, {})
    counts = result.counts
    assert (counts.hit, counts.miss, counts.extra) == (2, 3, 1)
    assert (counts.labels, counts.found, counts.blocked, counts.right) == (5, 3, 3, 1)
    assert (counts.unsafe, counts.unsafe_proven, counts.unsafe_unknown) == (1, 1, 1)
    figures = counts.figures()
    assert figures["effect precision"] == round(2 / 3, 4)
    assert figures["effect recall"] == 0.4
    assert figures["verdict accuracy"] == 0.2
    assert figures["unsafe + unsafe_unknown"] == 2
    assert result.effects["database", "hit"] == 1
    assert result.effects["email", "extra"] == 1
    assert result.unsafe == ["app.c (ready)", "app.d (not found)"]
    assert result.wrong[1] == "app.c: labeled refactor, judged ready; missed local-disk-write; extra none"


def test_two_monoliths_together_are_the_sum_of_their_counts() -> None:
    both = Counts(entries=100, entries_found=50) + Counts(entries=300, entries_found=300)
    assert both.figures()["entry recall"] == 0.875  # not the mean of 0.5 and 1


def test_nothing_to_count_is_zero_and_not_an_error() -> None:
    assert set(Counts().figures().values()) == {0}


@pytest.mark.parametrize(
    ("bad", "total", "bound"),
    [
        (0, 10, 1 - 0.05 ** (1 / 10)),  # none of n: 1 - alpha^(1/n)
        (0, 45, 1 - 0.05 ** (1 / 45)),
        (1, 2, 1 - (1 - 0.95**0.5)),  # one of two: p with p^2 = 0.95
        (5, 5, 1.0),
        (0, 0, 1.0),
    ],
)
def test_the_upper_bound_is_the_exact_one(bad: int, total: int, bound: float) -> None:
    assert upper_bound(bad, total) == pytest.approx(bound, abs=1e-9)


def test_names_lose_the_marks_of_nesting_and_the_first_of_two_counts() -> None:
    item = {"name": "app.make.<locals>.view", "triggers": [{"kind": "http"}], "effects": [{"effect": "cache"}]}
    first = {**item, "verdict": "with-network", "confidence": "proven"}
    second = {**item, "name": "app.make.view", "verdict": "ready", "confidence": "likely"}
    found = candidates_of({"candidates": [first, second]})
    assert found == {"app.make.view": judged("with-network", "cache", kinds="http", confidence="proven")}
    assert plain("a.<locals>.b.<locals>.c") == "a.b.c"
