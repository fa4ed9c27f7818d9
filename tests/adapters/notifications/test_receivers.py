"""What each kind of receiver is sent, and that nothing in it can be taken for more than text."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest

from migrator.adapters.aws import AwsService
from migrator.adapters.notifications.pull_request import PullRequestNotifier, comment
from migrator.adapters.notifications.sinks import NotTaken
from migrator.adapters.notifications.slack import SlackNotifier, message
from migrator.adapters.notifications.sns import SnsNotifier
from migrator.adapters.notifications.webhook import WebhookNotifier
from migrator.adapters.outbound import Outbound
from migrator.domain.gates import GateResult, Outcome
from migrator.domain.messages import Notification
from migrator.domain.rollouts import Phase
from migrator.errors import InputError
from tests.support.fake_clock import FakeClock
from tests.support.http_servers import Behavior, HttpServer
from tests.support.moto import REGION, aws_server, client

TOLD = Notification(
    "tax/2/7",
    "tax",
    2,
    7,
    1_700_000_000.0,
    Phase.ROLLED_BACK,
    1,
    0.0,
    "the canary is worse",
    Phase.ROLLING_BACK,
    (GateResult("error_rate", Outcome.FAIL, "20 of 40 against 1 of 100"),),
)
HOSTILE = Notification(
    "<!channel>/1/1",
    "<!channel> & `@all` é\u2028" + "x" * 120,
    1,
    1,
    0.0,
    Phase.PENDING,
    -1,
    0.0,
    "<https://evil|click> @octocat closes #1 ```\n</details><img src=x> --> é " + "y" * 70_000,
)


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer("receiver") as server:
        yield server


@pytest.fixture
def outbound() -> Iterator[Outbound]:
    outbound = Outbound()
    yield outbound
    outbound.close()


def environment(server: HttpServer) -> Mapping[str, str]:
    return {"URL": f"{server.url}/services/T0/s3cret\n", "KEY": "s3cret-key", "TOKEN": "s3cret-token"}


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in texts(each)]


def test_slack_gets_text_and_blocks(server: HttpServer, outbound: Outbound) -> None:
    SlackNotifier("URL", environment(server), outbound).send(TOLD)
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("POST", "/services/T0/s3cret")
    document = json.loads(asked.body)
    assert document["text"].startswith("tax: rolled-back at 0 %\nrolling-back -&gt; rolled-back, step 2, 0 %")
    assert "error_rate: fail (20 of 40 against 1 of 100)" in document["text"]
    assert [block["type"] for block in document["blocks"]] == ["header", "section"]


def test_nobody_is_mentioned_in_slack_by_a_name_or_a_reason() -> None:
    document = message(HOSTILE)
    for text in texts(document):
        assert "<" not in text and ">" not in text
    for block in document["blocks"]:
        assert block["text"]["type"] == "plain_text"
    header, section = (block["text"]["text"] for block in document["blocks"])
    assert len(header) <= 150 and len(section) <= 3000
    ampersands = Notification("a/1/1", "&" * 200, 1, 1, 0.0, Phase.PENDING, -1, 0.0, "why")
    header = message(ampersands)["blocks"][0]["text"]["text"]
    assert len(header) <= 150 and header.replace("&amp;", "") == "…"


def test_a_url_that_is_not_set_is_said_by_its_variable(server: HttpServer, outbound: Outbound) -> None:
    with pytest.raises(InputError, match="URL is not set"):
        SlackNotifier("URL", {}, outbound).send(TOLD)


def test_a_refusal_says_nothing_of_a_secret_address(server: HttpServer, outbound: Outbound) -> None:
    server.behavior = Behavior(status=404)
    sink = SlackNotifier("URL", environment(server), outbound)
    with pytest.raises(NotTaken) as caught:
        sink.send(TOLD)
    assert not caught.value.retryable
    assert "s3cret" not in f"{caught.value} {caught.value.hint} {sink.name}"


def test_a_webhook_gets_the_signed_document(server: HttpServer, outbound: Outbound) -> None:
    sink = WebhookNotifier(f"{server.url}/told", "KEY", environment(server), outbound, FakeClock())
    sink.send(TOLD)
    (asked,) = server.asked
    fields = dict(part.split("=") for part in asked.headers["x-migrator-signature"].split(","))
    signed = fields["t"].encode() + b"." + asked.body
    assert fields["v1"] == hmac.new(b"s3cret-key", signed, hashlib.sha256).hexdigest()
    document = json.loads(asked.body)
    assert document["gates"] == [
        {"name": "error_rate", "outcome": "fail", "evidence": "20 of 40 against 1 of 100", "strength": None}
    ]
    assert (document["phase"], document["before"], document["number"]) == ("rolled-back", "rolling-back", 7)


def test_without_its_key_a_webhook_gets_nothing(server: HttpServer, outbound: Outbound) -> None:
    with pytest.raises(InputError, match="OTHER is not set"):
        WebhookNotifier(server.url, "OTHER", environment(server), outbound, FakeClock()).send(TOLD)
    assert server.count() == 0


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    with aws_server() as url:
        yield url


@pytest.mark.parametrize("name", ["told", "told.fifo"])
def test_a_topic_gives_programs_the_document_and_attributes_to_filter_by(aws: str, name: str) -> None:
    sns, sqs = client("sns", aws), client("sqs", aws)
    fifo = {"FifoQueue": "true"} if name.endswith(".fifo") else {}
    topic = sns.create_topic(Name=name, Attributes={"FifoTopic": "true"} if fifo else {})["TopicArn"]
    url = sqs.create_queue(QueueName=f"q-{name}", Attributes=fifo)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    with closing(SnsNotifier(topic, AwsService("sns", region=REGION, endpoint=aws, tries=1))) as sink:
        for told in (TOLD, HOSTILE):
            sink.send(told)
    received = [
        json.loads(each["Body"])
        for _ in range(2)
        for each in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", ())
    ]
    first, second = sorted(received, key=lambda body: len(body["Message"]))
    assert json.loads(first["Message"])["id"] == "tax/2/7"
    assert first["MessageAttributes"]["phase"]["Value"] == "rolled-back"
    assert second["MessageAttributes"]["route"]["Value"] == HOSTILE.route
    for body in (first, second):
        assert len(body["Subject"]) <= 100 and body["Subject"].isascii() and body["Subject"].isprintable()


def test_a_pull_request_gets_one_comment_for_each_transition(server: HttpServer, outbound: Outbound) -> None:
    sink = PullRequestNotifier("shop/legacy", 12, "TOKEN", server.url, environment(server), outbound, FakeClock())
    server.behavior = Behavior(body=b"[]")
    sink.send(TOLD)
    looked, posted = server.asked
    assert looked.path.startswith("/repos/shop/legacy/issues/12/comments?since=2023-11-14T21%3A13%3A20Z&")
    assert (posted.method, posted.path) == ("POST", "/repos/shop/legacy/issues/12/comments")
    assert posted.headers["authorization"] == "Bearer s3cret-token"
    body = json.loads(posted.body)["body"]
    assert "**The rollout is rolled-back at 0 %**" in body and "the canary is worse" in body
    server.forget()
    others = [{"body": "x"}] * 100
    server.script.extend(
        [Behavior(body=json.dumps(others).encode()), Behavior(body=json.dumps([{"body": body}]).encode())]
    )
    sink.send(TOLD)
    assert [asked.method for asked in server.asked] == ["GET", "GET"], "it is there, on the second page"


def test_a_comment_mentions_nobody_and_closes_nothing() -> None:
    body = comment(HOSTILE, "<!-- mark -->")
    assert len(body) <= 65_536
    head, fence, rest = body.partition("````text\n")
    assert fence and "@" not in head and "#" not in head and head.count("-->") == 1
    inside, end, after = rest.partition("\n````\n")
    assert end and after == "" and "@octocat" in inside


@pytest.mark.parametrize(
    ("status", "headers", "retryable", "after_s"),
    [
        (401, {}, False, None),
        (403, {}, False, None),
        (404, {}, False, None),
        (403, {"retry-after": "30"}, True, 30.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000090"}, True, 90.0),
        (429, {"retry-after": "5"}, True, 5.0),
        (502, {}, True, None),
    ],
)
def test_what_github_refuses_is_tried_again_where_it_says_so(
    server: HttpServer, outbound: Outbound, status: int, headers: dict[str, str], retryable: bool, after_s: float | None
) -> None:
    server.behavior = Behavior(status=status, headers=headers, body=b"{}")
    clock = FakeClock(1_700_000_000.0)
    sink = PullRequestNotifier("shop/legacy", 12, "TOKEN", server.url, environment(server), outbound, clock)
    with pytest.raises(NotTaken) as caught:
        sink.send(TOLD)
    assert (caught.value.retryable, caught.value.after_s) == (retryable, after_s)
    assert "s3cret" not in str(caught.value)
