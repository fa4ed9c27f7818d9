"""The store of rollouts in DynamoDB: what a table, a region or another writer can do to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from migrator import bootstrap
from migrator.adapters.aws import AwsService
from migrator.adapters.states.dynamodb import DynamoStateStore
from migrator.domain.rollouts import HistoryEntry, Phase
from migrator.errors import InputError, RemoteError, UsageError
from migrator.rollout.ports import Conflict
from migrator.rollout.transitions import begun
from tests.support.moto import REGION, aws_server, client, table
from tests.support.rollout_world import PLAN

STATE = begun(PLAN, 1_700_000_000.25)
ENTRY = HistoryEntry(at=1.5, phase=Phase.HOLDING, step=1, weight=33.3, reason="why")


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
