"""A gate's two tests together: which goes first, what a split look may change, and how they are written down."""

from __future__ import annotations

import json
from functools import reduce

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrator.errors import InputError
from migrator.rollout.statistics import record
from migrator.rollout.statistics.budget import BudgetTest, Spending, raised
from migrator.rollout.statistics.budget import seen as spent
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import Evidence, Finding, GateTests, finding, seen
from migrator.rollout.statistics.within import WithinTest
from migrator.rollout.statistics.worse import WorseTest

TESTS = GateTests(WorseTest(0.004), WithinTest(0.01, 0.01))

looks = st.tuples(st.integers(0, 3000), st.integers(0, 9000), st.floats(0, 0.2), st.floats(0, 0.2)).map(
    lambda each: Increment(each[0], int(each[0] * each[2]), each[1], int(each[1] * each[3]))
)


def test_without_data_nothing_is_found() -> None:
    assert finding(Evidence(), TESTS) is Finding.OPEN


def test_an_identical_canary_is_within() -> None:
    assert _found([Increment(250, 1, 4750, 24)] * 20) is Finding.WITHIN


def test_a_canary_worse_by_two_points_is_worse() -> None:
    assert _found([Increment(250, 6, 4750, 24)] * 20) is Finding.WORSE


def test_what_was_found_worse_stays_worse() -> None:
    assert _found([Increment(250, 30, 4750, 24), *[Increment(250, 0, 4750, 24)] * 50]) is Finding.WORSE


def test_a_canary_shown_within_is_held_while_it_is_suspected() -> None:
    good, doubtful = [Increment(250, 1, 4750, 24)] * 20, Increment(250, 14, 4750, 24)
    known = reduce(lambda a, look: seen(a, look, TESTS), [*good, doubtful, doubtful], Evidence())
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


@given(looks, st.floats(0.05, 0.95), st.floats(0, 1), st.floats(0, 1))
def test_a_look_taken_apart_never_turns_worse_into_within(
    look: Increment, at: float, canary_part: float, legacy_part: float
) -> None:
    """Cut in time, with the canary's share of the requests in both parts, and its failures anywhere."""
    assume(_found([look]) is Finding.WORSE)
    assert _found(_apart(look, at, canary_part, legacy_part)) is not Finding.WITHIN


@given(st.lists(looks, max_size=6), st.lists(looks, max_size=6))
def test_evidence_survives_json_exactly(before: list[Increment], after: list[Increment]) -> None:
    """A controller that reads its evidence back goes on with the same bits."""
    known = reduce(lambda a, look: seen(a, look, TESTS), before, Evidence())
    read = record.evidence(json.loads(json.dumps(record.dumped(known))))
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
    return finding(reduce(lambda a, look: seen(a, look, TESTS), increments, Evidence()), TESTS)


def _apart(look: Increment, at: float, canary_part: float, legacy_part: float) -> list[Increment]:
    canary, legacy = round(look.canary_requests * at), round(look.legacy_requests * at)
    failed = _part(look.canary_failures, canary, look.canary_requests, canary_part)
    legacy_failed = _part(look.legacy_failures, legacy, look.legacy_requests, legacy_part)
    return [
        Increment(canary, failed, legacy, legacy_failed),
        Increment(
            look.canary_requests - canary,
            look.canary_failures - failed,
            look.legacy_requests - legacy,
            look.legacy_failures - legacy_failed,
        ),
    ]


def _part(failures: int, first: int, requests: int, share: float) -> int:
    """How many of the failures lie in the first part: any number that fits in."""
    fewest, most = max(0, failures - (requests - first)), min(first, failures)
    return round(fewest + (most - fewest) * share)
