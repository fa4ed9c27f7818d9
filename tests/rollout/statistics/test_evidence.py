"""A gate's two tests together: which goes first, what a split look may change, and how they are written down."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from functools import reduce

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrator.errors import InputError
from migrator.rollout.statistics import record, within, worse
from migrator.rollout.statistics.budget import BudgetTest, Spending, raised
from migrator.rollout.statistics.budget import seen as spent
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import Evidence, Finding, GateTests, finding, seen
from migrator.rollout.statistics.within import WithinTest
from migrator.rollout.statistics.worse import WorseTest

TESTS = GateTests(WorseTest(0.004), WithinTest(0.01, 0.01))


def _looks(canary: float, legacy: float) -> st.SearchStrategy[Increment]:
    """Looks in which either side fails at most at this rate."""
    return st.tuples(st.integers(0, 800), st.integers(0, 3000), st.floats(0, canary), st.floats(0, legacy)).map(
        lambda each: Increment(each[0], int(each[0] * each[2]), each[1], int(each[1] * each[3]))
    )


looks, bad_looks = _looks(0.2, 0.2), _looks(0.3, 0.02)


def test_without_data_nothing_is_found() -> None:
    assert finding(Evidence(), TESTS) is Finding.OPEN


def test_an_identical_canary_is_within() -> None:
    assert _found([Increment(250, 1, 4750, 24)] * 20) is Finding.WITHIN


def test_a_canary_worse_by_two_points_is_worse() -> None:
    assert _found([Increment(250, 6, 4750, 24)] * 20) is Finding.WORSE


def test_what_was_found_worse_stays_worse() -> None:
    assert _found([Increment(250, 30, 4750, 24), *[Increment(250, 0, 4750, 24)] * 50]) is Finding.WORSE


GOOD = [Increment(250, 1, 4750, 24)] * 20


def test_a_canary_shown_within_may_differ_by_less_than_the_margin_for_ever() -> None:
    """A third of a point more, in a million requests: certain, and allowed."""
    slightly = [Increment(2500, 20, 47_500, 240)] * 400
    assert _found([*GOOD, *slightly]) is Finding.WITHIN
    assert worse.is_worse(_known([*GOOD, *slightly]).suspicion, TESTS.worse)


def test_a_canary_shown_within_that_breaks_is_held_then_found() -> None:
    broken = [Increment(5, 1, 45, 0)]
    found = [_found([*GOOD, *(broken * many)]) for many in range(20)]
    assert found[0] is Finding.WITHIN and Finding.OPEN in found and found[-1] is Finding.WORSE
    assert found == sorted(found, key=[Finding.WITHIN, Finding.OPEN, Finding.WORSE].index)


def test_a_canary_under_suspicion_is_not_shown_within() -> None:
    """Five times as bad, by a fifth of the margin: more than half the way to "worse" is gone when "within" is reached."""
    known = _known([Increment(2500, 6, 47_500, 24)])
    assert within.is_within(known.assurance, TESTS.within) and not worse.is_worse(known.suspicion, TESTS.worse)
    assert finding(known, TESTS) is Finding.OPEN


def test_evidence_carries_across_steps() -> None:
    """Half at 5 % and half at 25 %, of which neither is enough."""
    first, second = [Increment(60, 3, 1140, 6)] * 2, [Increment(60, 3, 180, 1)] * 2
    assert [_found(each) for each in (first, second)] == [Finding.OPEN, Finding.OPEN]
    assert _found([*first, *second]) is Finding.WORSE


def test_the_promoting_test_may_count_otherwise() -> None:
    """Latency: as many of both above the same time; hardly any of the canary's above the stretched one."""
    tests = GateTests(WorseTest(0.0025), WithinTest(0.01, 0.0, expected=0.5))
    same, stretched = Increment(100, 5, 900, 45), Increment(100, 2, 900, 45)
    known = reduce(lambda a, _: seen(a, same, tests, stretched), range(40), Evidence())
    assert finding(known, tests) is Finding.WITHIN
    assert finding(reduce(lambda a, _: seen(a, same, tests), range(40), Evidence()), tests) is Finding.OPEN


@given(bad_looks, st.floats(0.05, 0.95), st.randoms(use_true_random=False))
def test_a_look_taken_apart_never_turns_worse_into_within(look: Increment, at: float, dice: random.Random) -> None:
    """Cut anywhere in time, its requests in any order that chance may give."""
    assume(_found([look]) is Finding.WORSE)
    requests = [Increment(1, 1)] * look.canary_failures + [Increment(0, 0, 1, 1)] * look.legacy_failures
    requests += [Increment(1, 0)] * (look.canary_requests - look.canary_failures)
    requests += [Increment(0, 0, 1, 0)] * (look.legacy_requests - look.legacy_failures)
    dice.shuffle(requests)
    cut = round(len(requests) * at)
    parts = [reduce(Increment.__add__, part, Increment()) for part in (requests[:cut], requests[cut:])]
    assert _found(parts) is not Finding.WITHIN


extremes = _looks(1.0, 1.0) | st.sampled_from(
    [
        Increment(canary, failing * canary, legacy, also * legacy)
        for canary in (0, 50, 10**6)
        for legacy in (0, 50, 10**6)
        for failing in (0, 1)
        for also in (0, 1)
    ]
)


@given(st.lists(extremes, max_size=6), st.lists(extremes, max_size=6))
def test_evidence_survives_json_exactly(before: list[Increment], after: list[Increment]) -> None:
    """A controller that reads its evidence back goes on with the same bits."""
    known = reduce(lambda a, look: seen(a, look, TESTS), before, Evidence())
    read = record.evidence(json.loads(json.dumps(record.dumped(known), allow_nan=False)))
    assert read == known
    goes_on, went_on = (reduce(lambda a, look: seen(a, look, TESTS), after, each) for each in (read, known))
    assert goes_on == went_on


def test_spending_survives_json_exactly() -> None:
    known = spent(raised(Spending(), BudgetTest(0.001)), 100, 40, BudgetTest(0.001))
    assert record.spending(json.loads(json.dumps(record.dumped(known)))) == known


@pytest.mark.parametrize("broken", [{}, {"suspicion": {}, "assurance": {}}, {"suspicion": None, "assurance": 3}])
def test_what_is_no_evidence_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(InputError):
        record.evidence(broken)


def test_evidence_of_another_table_of_bets_is_refused() -> None:
    written = record.dumped(Evidence())
    written["suspicion"]["paired"] = [0.0]
    with pytest.raises(InputError, match="1 bets"):
        record.evidence(written)


def _found(increments: list[Increment]) -> Finding:
    return finding(_known(increments), TESTS)


def _known(increments: list[Increment]) -> Evidence:
    return reduce(lambda a, look: seen(a, look, TESTS), increments, Evidence())


def test_a_canary_that_breaks_once_legacy_is_asked_no_more_is_found_by_legacys_record() -> None:
    tests = GateTests(WorseTest(0.01), WithinTest(0.009, 0.01))
    known = Evidence()
    for _ in range(100):
        known = seen(known, Increment(100, 0, 900, 5), tests)
    assert finding(known, tests) is Finding.WITHIN
    for _ in range(20):
        known = seen(known, Increment(100, 0, 0, 0), tests)
    assert finding(known, tests) is Finding.WITHIN, "silence of legacy alone is nothing against it"
    requests = 0
    while finding(known, tests) is not Finding.WORSE and requests < 5000:
        known = seen(known, Increment(100, 10, 0, 0), tests)
        requests += 100
    assert requests <= 300


def test_a_canary_at_the_margin_is_not_found_beyond_it_by_legacys_record() -> None:
    tests = GateTests(WorseTest(0.05), WithinTest(0.009, 0.01))
    dice, found = random.Random(7), 0
    for _ in range(150):
        known = seen(Evidence(), Increment(0, 0, 20_000, 100), tests)
        known = replace(known, assured=True)
        for _ in range(60):
            failures = sum(dice.random() < 0.015 for _ in range(100))
            known = seen(known, Increment(100, failures, 0, 0), tests)
        found += finding(known, tests) is Finding.WORSE
    assert found <= 3, "the level is 5 % for the whole test, and the record's part of it 0.06 %"
