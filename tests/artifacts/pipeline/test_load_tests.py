"""The generated load tests, by Locust itself: against a service on the local Lambda, a queue, and things that are broken."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from migrator.adapters.runtime import LambdaFront, load_functions
from migrator.artifacts import Artifacts
from tests.artifacts.pipeline.conftest import folder_of
from tests.support.http_servers import Behavior, HttpServer
from tests.support.local_lambda import require_local_lambda
from tests.support.moto import REGION, aws_server, client

LOCUST = Path(__file__).resolve().parents[3] / ".venv-load" / "bin" / "locust"


def load(folder: Path, seconds: int = 1, /, **variables: str) -> subprocess.CompletedProcess[str]:
    """What `make load` runs, for a second."""
    if not LOCUST.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(LOCUST)
        pytest.skip("no Locust in .venv-load: make setup")
    return subprocess.run(
        [LOCUST, "-f", "loadtest/locustfile.py", "--run-time", f"{seconds}s", "--users", "2"],
        cwd=folder,
        env={**os.environ, "AWS_DEFAULT_REGION": REGION, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def budget(folder: Path, old: str, new: str) -> None:
    path = folder / "budget.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_service_on_the_local_lambda_passes_until_it_is_slower_than_legacy(
    services: Mapping[str, Artifacts], tmp_path: Path
) -> None:
    require_local_lambda()
    folder = folder_of(services["flask"], tmp_path / "service")
    with LambdaFront(load_functions(folder), limit=2) as front:
        done = load(folder, 2, LOAD_URL=front.url)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "budget.toml has no legacy_p95_ms, so nobody judges it" in done.stdout
        assert "post-1" in done.stderr
        assert "post-miss-beyond" not in done.stderr, "no route takes it"
        budget(folder, "# legacy_p95_ms = 250", "legacy_p95_ms = 0.1")
        done = load(folder, LOAD_URL=front.url)
        assert done.returncode == 1
        assert "1.2 times legacy's 0.1 ms may be" in done.stdout


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, "100.0% failed, 1.0 % may"),
        pytest.param(429, "100.0% failed, 1.0 % may", marks=pytest.mark.thorough),
        pytest.param(
            404, "no example was answered below 400: edit the events until one is", marks=pytest.mark.thorough
        ),
        pytest.param(302, "", marks=pytest.mark.thorough),
    ],
)
def test_an_answer_counts_by_whose_fault_it_is(
    status: int, said: str, services: Mapping[str, Artifacts], tmp_path: Path
) -> None:
    folder = folder_of(services["plain"], tmp_path / "service")
    with HttpServer("service") as server:
        server.behavior = Behavior(status=status, headers={"location": "http://127.0.0.1:9/"} if status == 302 else {})
        done = load(folder, LOAD_URL=server.url)
        assert (done.returncode, f"load test: {said}" in done.stdout) == (1 if said else 0, bool(said)), done.stdout
        assert {(asked.method, asked.path) for asked in server.asked} <= wanted(folder)


def wanted(folder: Path) -> set[tuple[str, str]]:
    """Methods and paths of the examples."""
    events = [json.loads(path.read_text()) for path in (folder / "events").glob("*.json")]
    return {(event["requestContext"]["http"]["method"], event["requestContext"]["http"]["path"]) for event in events}


@contextmanager
def worked_off(url: str, queue: str, dead: str = "") -> Iterator[list[str]]:
    """A worker of a queue; the bodies that it has seen. With a queue for dead letters it gives every message up."""
    sqs = client("sqs", url)
    seen: list[str] = []
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            taken = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in taken.get("Messages", []):
                seen.append(message["Body"])
                if dead:
                    sqs.send_message(QueueUrl=dead, MessageBody=message["Body"])
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield seen
    finally:
        over.set()
        worker.join(10)


@contextmanager
def queues() -> Iterator[dict[str, str]]:
    """A server with a queue and one for dead letters, as the variables that name them."""
    with aws_server() as url:
        own, dead = (client("sqs", url).create_queue(QueueName=name)["QueueUrl"] for name in ("own", "dead"))
        yield {"AWS_ENDPOINT_URL": url, "LOAD_QUEUE_URL": own, "LOAD_DEAD_LETTERS_URL": dead}


def test_messages_are_sent_each_as_one_that_never_came(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["queue"], tmp_path / "service")
    with queues() as where:
        with worked_off(where["AWS_ENDPOINT_URL"], where["LOAD_QUEUE_URL"]) as seen:
            done = load(folder, **where)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "how long the oldest message waited is unknown" in done.stdout
        bodies = [json.loads(body) for body in seen]
        assert bodies
        assert {body["task"] for body in bodies} == {"shop.tell"}, "what is no task is not sent"
        assert len({body["id"] for body in bodies}) == len(bodies), "or it would be answered from memory"


@pytest.mark.thorough
def test_messages_have_to_be_worked_off(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["queue"], tmp_path / "service")
    budget(folder, "drained_s = 120", "drained_s = 0")
    with queues() as where:
        done = load(folder, **where)
        assert done.returncode == 1
        assert "messages are left 0 s after the last was sent" in done.stdout


@pytest.mark.thorough
def test_messages_must_not_be_given_up(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["queue"], tmp_path / "service")
    with queues() as where:
        with worked_off(where["AWS_ENDPOINT_URL"], where["LOAD_QUEUE_URL"], where["LOAD_DEAD_LETTERS_URL"]):
            done = load(folder, **where)
        assert done.returncode == 1
        assert "messages came to the dead letters" in done.stdout


@pytest.mark.parametrize("fails", [pytest.param(False, marks=pytest.mark.thorough), True])
def test_a_function_error_of_an_invocation_counts(
    fails: bool, services: Mapping[str, Artifacts], tmp_path: Path
) -> None:
    folder = folder_of(services["call"], tmp_path / "service")
    with HttpServer("lambda") as server:
        server.behavior = Behavior(body=b"{}", headers={"x-amz-function-error": "Unhandled"} if fails else {})
        done = load(folder, AWS_ENDPOINT_URL=server.url, LOAD_FUNCTION="greet")
        assert done.returncode == (1 if fails else 0), done.stdout + done.stderr
        assert {asked.path for asked in server.asked} == {"/2015-03-31/functions/greet/invocations?Qualifier=live"}
        ids = [json.loads(asked.body)["id"] for asked in server.asked]
        assert len(set(ids)) == len(ids) > 1


@pytest.mark.thorough
def test_a_service_is_found_by_its_stack(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["plain"], tmp_path / "service")
    with aws_server() as url, HttpServer("service") as server:
        template = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": {"Url": {"Value": server.url}}}
        client("cloudformation", url).create_stack(StackName="plain-staging", TemplateBody=json.dumps(template))
        done = load(folder, AWS_ENDPOINT_URL=url, LOAD_STACK="plain-staging")
        assert done.returncode == 0, done.stdout + done.stderr
        assert server.asked
