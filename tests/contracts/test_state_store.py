"""What every `StateStore` does: the one in memory, the one in SQLite, and the one in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.states.dynamodb import DynamoStateStore
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.domain.gates import ErrorRateGate, GateResult, LatencyGate, Outcome, ParityGate
from migrator.domain.looks import AuditEntry, AuditEvent, Health, Look, Reading, Verdict
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import Confirmed, Counted, HistoryEntry, Lease, Phase, RolloutState
from migrator.domain.routes import Weight
from migrator.rollout.ports import Conflict, StateStore
from tests.support.fake_state_store import FakeStateStore
from tests.support.moto import REGION, aws_server, table
from tests.support.recorded import PLAN, STATE

FULL = replace(
    STATE,
    plan=replace(PLAN, gates=(ErrorRateGate(0.1), ParityGate(2), LatencyGate(0.95, 1.2))),
    phase=Phase.HOLDING,
    step=1,
    weight=33.3,
    evidence=(GateResult("error_rate", Outcome.UNDECIDED, "1/3 “bad”"),),
    confirmed=Confirmed(33.333333333333336, 1_700_000_000.1),
    reason="held\nhere",
    counted=Counted("mark", 1.5, legacy=Sample(10, 1, {5: 10})),
    memory={"error_rate": {"evidence": [0.5, -1, None]}},
    lease=Lease("host:7", 1_700_000_030.5),
    due="legacy is ill",
)
ENTRY = HistoryEntry(at=1.5, phase=Phase.HOLDING, step=1, weight=33.3, reason="why", gates=FULL.evidence)
LOOK = Look(
    now=1_700_000_001.5,
    live=Weight(33.3),
    observation=Observation(60.0, Sample(100, 1, {40: 100}), Sample(40, 2, {41: 38}, cold_starts=3), "mark", 1.0),
    comparison=NoData("none yet"),
    answers={"depth": Reading(3.0, 1.0), "desk": Verdict(Outcome.FAIL, "“no”"), "cost": NoData("gone", mark_lost=True)},
    deployed="7",
    legacy=Health(False, "503"),
    others={"cart": Phase.PROMOTED},
)
AUDIT = AuditEntry(1.5, AuditEvent.LOOKED, 0, "ab" * 32, look=LOOK, action="hold", reason="why")


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
    assert list(store.audit("tax")) == []
    assert store.cursor("tax mail") == 0
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
        store.save(FULL, expected_version=wrong, entry=ENTRY, audit=AUDIT)
    assert store.load("tax") == saved
    assert len(store.history("tax")) == 1
    assert list(store.audit("tax")) == []


def test_a_new_record_must_not_claim_a_version(store: StateStore) -> None:
    with pytest.raises(Conflict):
        store.save(STATE, expected_version=1)
    assert store.load("tax") is None


def test_routes_stand_apart_and_sorted(store: StateStore) -> None:
    for route in ("tax", "a'; DROP TABLE rollouts", "émission"):
        store.save(replace(STATE, route=route), expected_version=0, entry=ENTRY)
    assert store.routes() == ("a'; DROP TABLE rollouts", "tax", "émission")
    assert len(store.history("tax")) == 1


def test_audit_entries_come_in_order_each_with_the_version_it_led_to(store: StateStore) -> None:
    begins = AuditEntry(1.0, AuditEvent.BEGUN, 99, "cd" * 32, begun=FULL)
    first = store.save(STATE, expected_version=0, audit=begins)
    second = store.save(first, expected_version=1, entry=ENTRY)
    third = store.save(second, expected_version=2, entry=ENTRY, audit=AUDIT)
    assert (first.audit_length, second.audit_length, third.audit_length) == (1, 1, 2)
    assert list(store.audit("tax")) == [replace(begins, version=1), replace(AUDIT, version=3)]
    loaded = store.load("tax")
    assert loaded is not None and (loaded.audit_length, loaded.history_length) == (2, 2)


def test_more_audit_entries_than_fit_on_a_page_keep_their_order(store: StateStore) -> None:
    state = STATE
    for number in range(12):
        state = store.save(state, expected_version=number, audit=replace(AUDIT, at=float(number)))
    assert [entry.at for entry in store.audit("tax")] == [float(number) for number in range(12)]


def test_an_audit_can_be_read_while_it_grows(store: StateStore) -> None:
    state = store.save(STATE, expected_version=0, audit=AUDIT)
    entries = store.audit("tax")
    assert next(entries).version == 1
    store.save(state, expected_version=1, audit=AUDIT)
    assert len(list(store.audit("tax"))) == 2


def test_a_cursor_stands_apart_and_never_goes_back(store: StateStore) -> None:
    store.save(STATE, expected_version=0, entry=ENTRY)
    store.move_cursor("tax", 3)
    store.move_cursor("other", 1)
    for to in (2, 0, 3):
        store.move_cursor("tax", to)
        assert store.cursor("tax") == 3
    store.move_cursor("tax", 10)
    assert (store.cursor("tax"), store.cursor("other")) == (10, 1)
    assert store.routes() == ("tax",), "a cursor is no record of a rollout"
    assert len(store.history("tax")) == 1
