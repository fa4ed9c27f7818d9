"""Which lines of a history are transitions, and of which revision."""

from __future__ import annotations

from migrator.adapters.notifications.history import transitions
from migrator.domain.messages import Notification
from migrator.domain.rollouts import Phase
from tests.support.told_store import Recorded


def told(recorded: Recorded, done: int = 0) -> tuple[Notification, ...]:
    state = recorded.store.load("tax")
    assert state is not None
    return transitions(state, recorded.store.history("tax"), done)


def test_a_transition_is_another_phase_or_another_step_and_no_other_words() -> None:
    recorded = Recorded()
    recorded.add(Phase.PENDING, -1)
    recorded.add(Phase.SHIFTING, 0)
    recorded.add(Phase.SHIFTING, 0, reason="a gate says something else")
    recorded.add(Phase.SHIFTING, 1)
    recorded.add(Phase.HOLDING, 1)
    found = told(recorded)
    assert [(each.number, each.phase, each.step, each.before) for each in found] == [
        (1, Phase.PENDING, -1, None),
        (2, Phase.SHIFTING, 0, Phase.PENDING),
        (4, Phase.SHIFTING, 1, Phase.SHIFTING),
        (5, Phase.HOLDING, 1, Phase.SHIFTING),
    ]
    assert [each.id for each in found] == ["tax/1/1", "tax/1/2", "tax/1/4", "tax/1/5"]
    assert [each.number for each in told(recorded, 2)] == [4, 5]
    assert told(recorded, 5) == ()


def test_an_alert_is_told_once_where_it_begins() -> None:
    recorded = Recorded()
    for reason in ("25 % waits", "ALERT: 25 % is not live", "ALERT: still not", "25 % waits", "ALERT: again"):
        recorded.add(Phase.HOLDING, 0, reason=reason)
    assert [each.number for each in told(recorded)] == [1, 2, 5]


def test_revisions_are_counted_back_and_one_who_was_never_told_begins_with_the_present_one() -> None:
    recorded = Recorded()
    for phase in (Phase.PENDING, Phase.SHIFTING, Phase.ROLLING_BACK, Phase.ROLLED_BACK):
        recorded.add(phase)
    for phase in (Phase.PENDING, Phase.PENDING, Phase.SHIFTING):
        recorded.add(phase)
    assert [each.id for each in told(recorded)] == ["tax/2/5", "tax/2/7"]
    assert [each.id for each in told(recorded, 1)] == ["tax/1/2", "tax/1/3", "tax/1/4", "tax/2/5", "tax/2/7"]


def test_lines_that_came_after_the_state_was_read_are_left_for_the_next_time() -> None:
    recorded = Recorded()
    recorded.add(Phase.PENDING)
    state = recorded.store.load("tax")
    assert state is not None
    recorded.add(Phase.SHIFTING)
    assert [each.number for each in transitions(state, recorded.store.history("tax"), 0)] == [1]
