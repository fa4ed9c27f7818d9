"""Messages that legacy code sends by itself: each to one of two queues, the same message, one answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.moto import REGION, aws_server, client
from tests.support.seam import give_weights, loaded

NAME = "shop.orders.outbox"
LEGACY, CANARY, OTHER = "http://sqs/1/legacy", "http://sqs/1/canary", "http://sqs/1/other"
ATTRIBUTE = {"sticky": {"attribute": "tenant"}}


class ClientError(Exception):
    """As botocore's, which is known by its name."""


class ReadTimeoutError(Exception):
    """As botocore's: nobody knows whether the message arrived."""


class ParamValidationError(Exception):
    """As botocore's: the caller has given something else than the call takes."""


class Sqs:
    """As much of a client as sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.fails: dict[str, Exception] = {}
        self.refused: set[tuple[str, str]] = set()

    def send_message(self, **message: Any) -> dict[str, Any]:
        url = message.pop("QueueUrl")
        if url in self.fails:
            raise self.fails[url]
        self.sent.append((url, message))
        return {"MessageId": f"{url}#{len(self.sent)}"}

    def send_message_batch(self, **batch: Any) -> dict[str, Any]:
        url = batch["QueueUrl"]
        if url in self.fails:
            raise self.fails[url]
        answer: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}}
        for entry in batch["Entries"]:
            if (url, entry["Id"]) in self.refused:
                failed = {"Id": entry["Id"], "SenderFault": False, "Code": "InternalError"}
                answer.setdefault("Failed", []).append(failed)
            else:
                self.sent.append((url, entry))
                answer.setdefault("Successful", []).append({"Id": entry["Id"], "MessageId": url})
        return answer

    def receive_message(self, **options: Any) -> dict[str, Any]:
        return options


def routes(weight: float = 100, **more: Any) -> dict[str, Any]:
    return {NAME: {"weight": weight, "canary": {"queue": CANARY}, "legacy_queue": LEGACY, **more}}


class World:
    def __init__(self, seam: Any, folder: Path) -> None:
        self.seam, self.folder, self.sqs = seam, folder, Sqs()
        self.client = seam.queue(NAME, self.sqs)

    def weigh(self, found: dict[str, Any]) -> None:
        give_weights(self.folder, found)
        self.seam._weights.look()

    def figures(self) -> dict[str, tuple[int, int]]:
        self.seam.write_figures()
        found: dict[str, tuple[int, int]] = {}
        path = self.folder / "migrator_seam.figures"
        for line in path.read_text().splitlines() if path.exists() else []:
            for side, told in json.loads(line)["routes"][NAME].items():
                before = found.get(side, (0, 0))
                found[side] = before[0] + told["tries"], before[1] + told["failed"]
        return found


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with loaded(tmp_path, routes()) as seam:
        yield World(seam, tmp_path)


def text(value: str, kind: str = "String") -> dict[str, Any]:
    return {"tenant": {"DataType": kind, "StringValue": value}}


def test_a_message_goes_to_the_canarys_queue_as_it_is(world: World) -> None:
    message = {
        "MessageBody": "ö",
        "DelaySeconds": 7,
        "MessageAttributes": text("acme"),
        "MessageSystemAttributes": {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1"}},
    }
    assert world.client.send_message(QueueUrl=LEGACY, **message) == {"MessageId": f"{CANARY}#1"}
    world.weigh(routes(0))
    assert world.client.send_message(QueueUrl=LEGACY, **message) == {"MessageId": f"{LEGACY}#2"}
    assert world.sqs.sent == [(CANARY, message), (LEGACY, message)]
    assert world.figures() == {"canary": (1, 0), "legacy": (1, 0)}


def test_other_queues_and_other_calls_are_the_clients_own(world: World) -> None:
    world.client.send_message(QueueUrl=OTHER, MessageBody="x")
    world.client.send_message_batch(QueueUrl=OTHER, Entries=[{"Id": "1", "MessageBody": "x"}])
    assert [url for url, _ in world.sqs.sent] == [OTHER, OTHER]
    assert world.client.receive_message(QueueUrl=LEGACY) == {"QueueUrl": LEGACY}
    with pytest.raises(TypeError):
        world.client.send_message(LEGACY, MessageBody="x")
    with pytest.raises(AttributeError):
        _ = world.client.nothing
    assert world.figures() == {}


@pytest.mark.parametrize(
    ("sticky", "message"),
    [
        ({"attribute": "tenant"}, lambda key: {"MessageBody": "x", "MessageAttributes": text(key)}),
        ({"body": "order.tenant"}, lambda key: {"MessageBody": json.dumps({"order": {"tenant": key}})}),
    ],
)
def test_messages_with_one_key_stay_on_one_side(
    sticky: dict[str, str], message: Callable[[str], dict[str, Any]], world: World
) -> None:
    world.weigh(routes(50, sticky=sticky, group="tenants"))
    for number in range(100):
        world.client.send_message(QueueUrl=LEGACY, **message(f"t{number}"))
    sides = [CANARY if world.seam.bucket(f"tenants:t{number}") < 5_000 else LEGACY for number in range(100)]
    assert [url for url, _ in world.sqs.sent] == sides


@pytest.mark.parametrize("body", ["no json", "[1]", '{"order": 3}', '{"order": {"tenant": {"a": 1}}}', "{}", "null"])
def test_a_body_without_the_key_is_drawn(body: str, world: World) -> None:
    world.weigh(routes(50, sticky={"body": "order.tenant"}))
    for _ in range(200):
        world.client.send_message(QueueUrl=LEGACY, MessageBody=body)
    assert 50 < [url for url, _ in world.sqs.sent].count(CANARY) < 150
    assert not world.seam.counts().get((NAME, "decision"))


@pytest.mark.parametrize(
    ("more", "attributes", "url"),
    [
        ({"segment": {"attribute": "tenant", "in": ["acme"]}}, text("acme"), CANARY),
        ({"segment": {"attribute": "tenant", "in": ["acme"]}}, text("other"), LEGACY),
        ({"segment": {"argument": "tenant", "at_most": 10}}, text("9.5", "Number"), CANARY),
        ({"segment": {"argument": "tenant", "at_most": 10}}, text("10.5", "Number.float"), LEGACY),
        ({"segment": {"argument": "tenant", "at_most": 10}}, text("9.5"), LEGACY),
        ({"tenant": {"argument": "tenant"}, "forced": {"legacy": ["acme"]}}, text("acme"), LEGACY),
        ({"weight": 0.01, "tenant": {"attribute": "tenant"}, "forced": {"canary": ["acme"]}}, text("acme"), CANARY),
    ],
)
def test_segments_and_forced_tenants_look_at_attributes(
    more: dict[str, Any], attributes: Mapping[str, Any], url: str, world: World
) -> None:
    world.weigh(routes(**{"weight": 100, **more}))
    world.client.send_message(QueueUrl=LEGACY, MessageBody="x", MessageAttributes=attributes)
    assert [sent for sent, _ in world.sqs.sent] == [url]


def test_the_messages_of_a_group_of_a_fifo_queue_stay_together(world: World) -> None:
    legacy, canary = f"{LEGACY}.fifo", f"{CANARY}.fifo"
    found = routes(50, **ATTRIBUTE)
    found[NAME] |= {"legacy_queue": legacy, "canary": {"queue": canary}, "route": "outbox"}
    world.weigh(found)
    for number in range(100):
        message = {"MessageBody": "x", "MessageGroupId": f"g{number % 20}", "MessageDeduplicationId": str(number)}
        world.client.send_message(QueueUrl=legacy, **message, MessageAttributes=text(str(number)))
    sides = [canary if world.seam.bucket(f"outbox:g{number % 20}") < 5_000 else legacy for number in range(100)]
    assert [url for url, _ in world.sqs.sent] == sides
    assert {message["MessageDeduplicationId"] for _, message in world.sqs.sent} == set(map(str, range(100)))


@pytest.mark.parametrize(("legacy", "canary"), [(LEGACY, f"{CANARY}.fifo"), (f"{LEGACY}.fifo", CANARY)])
def test_a_fifo_queue_is_shifted_to_a_fifo_queue(legacy: str, canary: str, world: World) -> None:
    found = routes()
    found[NAME] |= {"legacy_queue": legacy, "canary": {"queue": canary}}
    world.weigh(found)
    assert world.seam._weights.routes[NAME].legacy_queue == LEGACY, "the last good one holds"


# --- what fails -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [ClientError("no such queue"), ConnectionRefusedError()])
def test_what_surely_did_not_arrive_goes_to_legacys_queue(error: Exception, world: World) -> None:
    world.sqs.fails[CANARY] = error
    assert world.client.send_message(QueueUrl=LEGACY, MessageBody="x")["MessageId"] == f"{LEGACY}#1"
    assert world.figures() == {"canary": (1, 1)}
    assert world.seam.counts() == {(NAME, "failed"): 1}


def test_what_may_have_arrived_is_not_sent_again(world: World) -> None:
    world.sqs.fails[CANARY] = ReadTimeoutError()
    with pytest.raises(ReadTimeoutError):
        world.client.send_message(QueueUrl=LEGACY, MessageBody="x")
    with pytest.raises(ReadTimeoutError):
        world.client.send_message_batch(QueueUrl=LEGACY, Entries=[{"Id": "1", "MessageBody": "x"}])
    assert not world.sqs.sent
    assert world.figures() == {"canary": (2, 2)}


def test_a_wrong_message_is_nobodys_failure(world: World) -> None:
    world.sqs.fails[CANARY] = world.sqs.fails[LEGACY] = ParamValidationError()
    with pytest.raises(ParamValidationError):
        world.client.send_message(QueueUrl=LEGACY, MessageBody=3)
    assert world.figures() == {}


def test_a_breaker_that_is_open_leaves_legacys_queue(world: World) -> None:
    world.weigh(routes(breaker={"failures": 1, "open": 60}))
    world.sqs.fails[CANARY] = ClientError()
    for _ in range(3):
        world.client.send_message(QueueUrl=LEGACY, MessageBody="x")
    world.client.send_message_batch(QueueUrl=LEGACY, Entries=[{"Id": "1", "MessageBody": "x"}])
    assert [url for url, _ in world.sqs.sent] == [LEGACY] * 4
    assert world.figures() == {"canary": (4, 4)}
    assert world.seam.counts() == {(NAME, "failed"): 1, (NAME, "opened"): 1, (NAME, "open"): 3}


def test_a_client_that_the_seam_cannot_decide_for_is_left_alone(world: World) -> None:
    found = routes()
    found[NAME]["canary"] = {"lambda": "outbox"}
    world.weigh(found)
    world.client.send_message(QueueUrl=LEGACY, MessageBody="x")
    assert [url for url, _ in world.sqs.sent] == [LEGACY]
    assert world.seam.counts() == {(NAME, "decision"): 1}


# --- batches ----------------------------------------------------------------------------------------------------------


def batch(world: World, ids: str = "abcdefgh") -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Entries of as many tenants, and the queue of each."""
    world.weigh(routes(50, **ATTRIBUTE, group="g"))
    entries = [{"Id": id, "MessageBody": f"body {id}", "MessageAttributes": text(f"t{id}")} for id in ids]
    queues = {id: CANARY if world.seam.bucket(f"g:t{id}") < 5_000 else LEGACY for id in ids}
    assert set(queues.values()) == {CANARY, LEGACY}
    return entries, queues


def answered(answer: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    return [each["Id"] for each in answer.get("Successful", [])], [each["Id"] for each in answer.get("Failed", [])]


def test_a_batch_is_split_and_its_answers_are_one(world: World) -> None:
    entries, queues = batch(world)
    answer = world.client.send_message_batch(QueueUrl=LEGACY, Entries=entries)
    assert answered(answer) == (list("abcdefgh"), [])
    assert {each["Id"]: each["MessageId"] for each in answer["Successful"]} == queues
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert sorted((entry["Id"], url) for url, entry in world.sqs.sent) == sorted(queues.items())
    assert all(entry in entries for _, entry in world.sqs.sent), "as they were"
    canary = sum(url == CANARY for url in queues.values())
    assert world.figures() == {"canary": (canary, 0), "legacy": (8 - canary, 0)}


def test_an_entry_that_the_canary_refuses_goes_to_legacys_queue(world: World) -> None:
    entries, queues = batch(world)
    first = next(id for id in queues if queues[id] == CANARY)
    last = [id for id in queues if queues[id] == LEGACY][-1]
    world.sqs.refused |= {(CANARY, first), (LEGACY, last)}
    answer = world.client.send_message_batch(QueueUrl=LEGACY, Entries=entries)
    assert answered(answer) == ([id for id in "abcdefgh" if id != last], [last])
    assert {entry["Id"]: url for url, entry in world.sqs.sent}[first] == LEGACY
    canary = sum(url == CANARY for url in queues.values())
    assert world.figures() == {"canary": (canary, 1), "legacy": (8 - canary, 1)}


@pytest.mark.parametrize("error", [ClientError("gone"), ReadTimeoutError("slow")])
def test_when_the_canarys_queue_fails_as_a_whole(error: Exception, world: World) -> None:
    entries, queues = batch(world)
    world.sqs.fails[CANARY] = error
    answer = world.client.send_message_batch(QueueUrl=LEGACY, Entries=entries)
    sure = isinstance(error, ClientError)
    lost = [] if sure else [id for id in queues if queues[id] == CANARY]
    assert answered(answer) == ([id for id in "abcdefgh" if id not in lost], lost)
    assert [entry["Id"] for _, entry in world.sqs.sent] == [id for id in "abcdefgh" if id not in lost]
    if lost:
        failed = answer["Failed"][0]
        assert (failed["SenderFault"], failed["Code"], failed["Message"]) == (False, "ReadTimeoutError", "slow")
    canary = sum(url == CANARY for url in queues.values())
    assert world.figures() == {"canary": (canary, canary), "legacy": (8 - canary, 0)}


def test_when_legacys_queue_fails_the_canarys_messages_are_not_asked_for_again(world: World) -> None:
    entries, queues = batch(world)
    world.sqs.fails[LEGACY] = ClientError("gone")
    answer = world.client.send_message_batch(QueueUrl=LEGACY, Entries=entries)
    legacy = [id for id in queues if queues[id] == LEGACY]
    assert answered(answer) == ([id for id in queues if queues[id] == CANARY], legacy)
    assert world.figures()["legacy"] == (len(legacy), len(legacy))
    world.weigh(routes(0))
    with pytest.raises(ClientError):
        world.client.send_message_batch(QueueUrl=LEGACY, Entries=entries)


@pytest.mark.parametrize(
    "entries",
    [[], None, [{"Id": "a"}, {"Id": "a"}], [{"MessageBody": "x"}], "ab"],
    ids=["0", "none", "twice", "no", "s"],
)
def test_what_is_no_batch_is_the_clients_to_refuse(entries: Any, world: World) -> None:
    asked: list[dict[str, Any]] = []
    client = world.seam.queue(
        NAME, type("Client", (), {"send_message_batch": lambda self, **batch: asked.append(batch)})()
    )
    client.send_message_batch(QueueUrl=LEGACY, Entries=entries)
    assert asked == [{"QueueUrl": LEGACY, "Entries": entries}]


# --- SQS --------------------------------------------------------------------------------------------------------------


def test_with_a_server_that_answers_like_sqs(tmp_path: Path) -> None:
    with aws_server() as url:
        sqs = client("sqs", url)
        legacy, canary = (sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("legacy", "canary"))
        route = {"weight": 50, "canary": {"queue": canary, "region": REGION}, "legacy_queue": legacy, **ATTRIBUTE}
        with loaded(tmp_path, {NAME: route}) as seam:
            wrapped = seam.queue(NAME, sqs)
            entries = [{"Id": str(n), "MessageBody": f"b{n}", "MessageAttributes": text(f"t{n}")} for n in range(10)]
            answer = wrapped.send_message_batch(QueueUrl=legacy, Entries=entries)
            assert [each["Id"] for each in answer["Successful"]] == [str(n) for n in range(10)]
            sides = {f"b{n}": canary if seam.bucket(f"{NAME}:t{n}") < 5_000 else legacy for n in range(10)}
            found = {
                message["Body"]: queue
                for queue in (legacy, canary)
                for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
            }
            assert found == sides
            give_weights(tmp_path, {NAME: {**route, "weight": 100, "canary": {"queue": f"{canary}-gone"}}})
            seam._weights.look()
            wrapped.send_message(QueueUrl=legacy, MessageBody="again")
            assert sqs.receive_message(QueueUrl=legacy)["Messages"][0]["Body"] == "again"
            assert seam.counts()[NAME, "failed"] == 1
