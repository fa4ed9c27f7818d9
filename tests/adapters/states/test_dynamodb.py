"""The store of rollouts in DynamoDB: what a table, a region or another writer can do to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from migrator import bootstrap
from migrator.adapters.aws import AwsService
from migrator.adapters.states.dynamodb import MAX_ITEM_BYTES, DynamoStateStore
from migrator.documents.rollout import CODEC
from migrator.domain.gates import GateResult, Outcome, ReadingGate, ReadingKind, Strength
from migrator.domain.looks import Look
from migrator.domain.observations import NoData, Observation, Sample
from migrator.domain.rollouts import Counted, Step
from migrator.domain.routes import Weight
from migrator.errors import InputError, RemoteError, UsageError
from migrator.rollout.ports import Conflict
from tests.support.moto import REGION, aws_server, client, table
from tests.support.recorded import AUDIT, PLAN, STATE
from tests.support.recorded import LINE as ENTRY


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.fixture
def url(server: str) -> Iterator[str]:
    with table(server) as name:
        yield f"dynamodb://{name}?region={REGION}&endpoint={server}"


def test_many_lines_of_history_come_in_order_over_pages(url: str) -> None:
    with DynamoStateStore(url) as store:
        state, long = STATE, "x" * 30_000
        for number in range(45):
            state = store.save(state, expected_version=number, entry=replace(ENTRY, at=float(number), reason=long))
        assert [line.at for line in store.history("tax")] == [float(number) for number in range(45)]


def test_many_audit_entries_come_in_order_over_pages(url: str) -> None:
    with DynamoStateStore(url) as store:
        state, long = STATE, "x" * 100_000
        for number in range(13):
            state = store.save(state, expected_version=number, audit=replace(AUDIT, reason=long))
        assert [entry.version for entry in store.audit("tax")] == list(range(1, 14))


def test_what_does_not_fit_into_an_item_is_refused_before_anything_is_written(url: str) -> None:
    with DynamoStateStore(url) as store:
        long = replace(AUDIT, reason="é" * (MAX_ITEM_BYTES // 2))
        with pytest.raises(InputError, match=r"bytes of audit#0000000001 of tax do not fit"):
            store.save(STATE, expected_version=0, entry=ENTRY, audit=long)
        assert store.load("tax") is None and store.history("tax") == ()
        store.save(STATE, expected_version=0, audit=replace(AUDIT, reason="x" * 390_000))


def test_the_largest_rollout_that_one_would_plan_fits_into_an_item(url: str) -> None:
    """32 gates with their memory, 40 steps, all buckets of both sides: below a fifth of the limit."""
    times = dict.fromkeys(range(200), 10**9)
    sides = Sample(10**12, 10**9, times), Sample(10**12, 10**9, times)
    gates = tuple(ReadingGate(f"gate-{n}", ReadingKind.CLOUDWATCH, {"metric": "x" * 200}, 1.0) for n in range(32))
    evidence = tuple(GateResult(gate.name, Outcome.UNDECIDED, "e" * 200, Strength((1.5, 4.6))) for gate in gates)
    plan = replace(PLAN, gates=gates, steps=tuple(Step(weight, 60.0) for weight in range(1, 41)))
    state = replace(
        STATE,
        plan=plan,
        evidence=evidence,
        counted=Counted("m" * 2_000, legacy=sides[0], canary=sides[1]),
        memory={gate.name: {"evidence": [1.234567890123] * 40} for gate in gates},
    )
    look = Look(1.0, Weight(5), Observation(60.0, *sides, "m" * 2_000), NoData("none"))
    assert len(CODEC.dump_line(state).encode()) < MAX_ITEM_BYTES / 5
    with DynamoStateStore(url) as store:
        store.save(state, expected_version=0, entry=ENTRY, audit=replace(AUDIT, begun=state, look=look))
        assert store.load("tax") == replace(state, version=1, history_length=1, audit_length=1)


def test_of_many_writers_with_one_version_exactly_one_wins(url: str) -> None:
    won: list[int] = []
    lost: list[str] = []

    def write(number: int) -> None:
        with DynamoStateStore(url) as store:
            try:
                store.save(replace(STATE, weight=float(number)), expected_version=0, entry=ENTRY)
                won.append(number)
            except (Conflict, RemoteError) as error:
                lost.append(type(error).__name__)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with DynamoStateStore(url) as store:
        state = store.load("tax")
        assert state is not None and [int(state.weight)] == won and len(lost) == 11
        assert len(store.history("tax")) == 1


def test_two_at_the_same_moment_are_told_to_try_again(url: str) -> None:
    from botocore.stub import Stubber

    dynamodb = client("dynamodb", "http://127.0.0.1:1")
    store = DynamoStateStore("dynamodb://rollouts", service=AwsService("dynamodb", client=dynamodb))
    with Stubber(dynamodb) as stubber:
        stubber.add_client_error("transact_write_items", "TransactionCanceledException", "[TransactionConflict]")
        stubber.add_response("get_item", {})
        with pytest.raises(RemoteError, match="wrote to it at the same moment") as caught:
            store.save(STATE, expected_version=0)
        assert caught.value.retryable and not isinstance(caught.value, Conflict)
        stubber.assert_no_pending_responses()


def test_a_missing_table_is_said_with_the_command_that_makes_it(server: str) -> None:
    with DynamoStateStore(f"dynamodb://none?region={REGION}&endpoint={server}") as store:
        for call in (lambda: store.load("tax"), store.routes, lambda: store.save(STATE, expected_version=0)):
            with pytest.raises(RemoteError) as caught:
                call()
            assert "aws dynamodb create-table --table-name none" in caught.value.hint


def test_a_record_that_contradicts_itself_is_not_used(server: str, url: str) -> None:
    with DynamoStateStore(url) as store:
        store.save(STATE, expected_version=0)
        client("dynamodb", server).update_item(
            TableName="rollouts",
            Key={"route": {"S": "tax"}, "part": {"S": "state"}},
            UpdateExpression="SET version = :v",
            ExpressionAttributeValues={":v": {"N": "7"}},
        )
        with pytest.raises(InputError, match="contradicts itself"):
            store.load("tax")


@pytest.mark.parametrize("url", ["dynamodb://", "dynamodb://t/x", "dynamodb://t?color=red", "dynamodb:t"])
def test_a_url_that_names_no_table_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="names no store of rollouts"):
        bootstrap.open_state(url)
