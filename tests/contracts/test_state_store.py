"""What every `StateStore` does: the one in memory, the one in SQLite, and the one in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.states.dynamodb import DynamoStateStore
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.domain.gates import ErrorRateGate, GateResult, LatencyGate, Outcome, ParityGate
from migrator.domain.observations import Sample
from migrator.domain.rollouts import Confirmed, HistoryEntry, Phase, RolloutState
from migrator.rollout.ports import Conflict, StateStore
from migrator.rollout.transitions import begun
from tests.support.fake_state_store import FakeStateStore
from tests.support.moto import REGION, aws_server, table
from tests.support.rollout_world import PLAN

STATE = begun(PLAN, 1_700_000_000.25)
FULL = replace(
    STATE,
    plan=replace(PLAN, gates=(ErrorRateGate(0.1), ParityGate(2), LatencyGate(0.95, 1.2))),
    phase=Phase.HOLDING,
    step=1,
    weight=33.3,
    evidence=(GateResult("error_rate", Outcome.UNDECIDED, "1/3 “bad”"),),
    confirmed=Confirmed(33.333333333333336, 1_700_000_000.1),
    reason="held\nhere",
    baseline=Sample(10, 1, {5: 10}),
    silent_since=1.5,
)
ENTRY = HistoryEntry(at=1.5, phase=Phase.HOLDING, step=1, weight=33.3, reason="why", gates=FULL.evidence)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.fixture(params=["memory", "sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[StateStore]:
    match request.param:
        case "memory":
            yield FakeStateStore()
        case "sqlite":
            with SqliteStateStore(tmp_path / "a folder" / "rollouts.sqlite3") as opened:
                yield opened
        case _:
            url = request.getfixturevalue("server")
            with table(url) as name, DynamoStateStore(f"dynamodb://{name}?region={REGION}&endpoint={url}") as kept:
                yield kept


def test_an_unknown_route_has_nothing(store: StateStore) -> None:
    assert store.load("tax") is None
    assert store.history("tax") == ()
    assert store.routes() == ()


@pytest.mark.parametrize("state", [STATE, FULL])
def test_what_was_saved_is_loaded(store: StateStore, state: RolloutState) -> None:
    saved = store.save(state, expected_version=0)
    assert saved == replace(state, version=1)
    assert store.load("tax") == saved


def test_history_grows_with_the_state_and_only_by_lines_given(store: StateStore) -> None:
    first = store.save(STATE, expected_version=0, entry=ENTRY)
    second = store.save(first, expected_version=1)
    third = store.save(second, expected_version=2, entry=replace(ENTRY, at=2.5))
    assert [line.at for line in store.history("tax")] == [1.5, 2.5]
    assert (first.history_length, second.history_length, third.history_length) == (1, 1, 2)
    assert store.history("tax")[0] == ENTRY


@pytest.mark.parametrize("wrong", [0, 1, 3])
def test_a_writer_that_has_read_another_version_changes_nothing(store: StateStore, wrong: int) -> None:
    saved = store.save(store.save(STATE, expected_version=0), expected_version=1, entry=ENTRY)
    with pytest.raises(Conflict):
        store.save(FULL, expected_version=wrong, entry=ENTRY)
    assert store.load("tax") == saved
    assert len(store.history("tax")) == 1


def test_a_new_record_must_not_claim_a_version(store: StateStore) -> None:
    with pytest.raises(Conflict):
        store.save(STATE, expected_version=1)
    assert store.load("tax") is None


def test_routes_stand_apart_and_sorted(store: StateStore) -> None:
    for route in ("tax", "a'; DROP TABLE rollouts", "émission"):
        store.save(replace(STATE, route=route), expected_version=0, entry=ENTRY)
    assert store.routes() == ("a'; DROP TABLE rollouts", "tax", "émission")
    assert len(store.history("tax")) == 1
