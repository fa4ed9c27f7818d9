"""The client that legacy code sends by: what it hands to boto3, and what it does not take."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.cleaned import clean, write

QUEUE = "https://sqs.eu-central-1.amazonaws.com/1/jobs"
TASK = {
    "app/__init__.py": "",
    "app/jobs.py": """
        from celery import Celery

        app = Celery("app")


        @app.task(name="the.job")
        def job(number):
            return number
    """,
    "app/web.py": "from app.jobs import job\n\n\ndef send(value):\n    job.delay(value)\n",
}
CLICK = {
    "app/__init__.py": "",
    "app/commands.py": """
        import click


        @click.group()
        def cli():
            pass


        @cli.command()
        def count() -> int:
            return 1
    """,
}
# Stands in boto3's place, so that what is sent can be seen.
BOTO = """
import io, json
calls = []


class Client:
    def __init__(self, service, **options):
        calls.append([service, sorted(options)])

    def send_message(self, **message):
        calls.append(message)

    def invoke(self, **message):
        calls.append({**message, "Payload": message["Payload"].decode()})
        return ANSWER


class Session:
    def client(self, service, **options):
        return Client(service, **options)


class session:
    Session = Session


ANSWER = {"Payload": io.BytesIO(b'{"result": [1]}')}
"""


def ran(root: Path, code: str, **variables: str) -> Any:
    """What a child process prints, as JSON, with a boto3 of ours."""
    write(root, {"boto3.py": BOTO, "botocore/__init__.py": "", "botocore/config.py": "Config = dict\n"})
    done = subprocess.run(
        [sys.executable, "-c", f"import boto3, json\n{code}\nprint(json.dumps(boto3.calls))"],
        cwd=root,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else done.stderr


def test_a_send_is_a_message_of_the_tasks_own_name(tmp_path: Path) -> None:
    clean(write(tmp_path, TASK), "app.jobs.job")
    made, first, second = ran(
        tmp_path,
        "from app.web import send\nsend({'a': [1]})\n"
        "from app.migrator_clients.app_jobs_job import job\nsent = job.apply_async((1,), {'b': 2}, countdown=1.5, task_id='x')\n"
        "assert sent.id == sent.task_id == str(sent) == 'x'",
        APP_JOBS_JOB_QUEUE_URL=QUEUE,
    )
    assert made == ["sqs", ["config", "endpoint_url", "region_name"]]
    assert (first["QueueUrl"], first["DelaySeconds"]) == (QUEUE, 0)
    body = json.loads(first["MessageBody"])
    assert body.pop("id") and body == {"task": "the.job", "args": [{"a": [1]}], "kwargs": {}}
    assert second["DelaySeconds"] == 2
    assert json.loads(second["MessageBody"]) == {"task": "the.job", "id": "x", "args": [1], "kwargs": {"b": 2}}


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("job.delay({1})", "arguments are not JSON"),
        ("job.delay((1, 2))", "they come back as something else"),
        ("job.delay('x' * 1_048_576)", "larger than 1048576 bytes"),
        ("job.apply_async(countdown=901)", "SQS waits 900 s at the most"),
        ("job.apply_async(eta=1)", "unexpected keyword argument 'eta'"),
    ],
)
def test_what_cannot_be_sent_is_told_where_it_is_sent(tmp_path: Path, call: str, told: str) -> None:
    clean(write(tmp_path, TASK), "app.jobs.job")
    code = f"from app.migrator_clients.app_jobs_job import job\n{call}"
    assert told in ran(tmp_path, code, APP_JOBS_JOB_QUEUE_URL=QUEUE)


def test_without_an_address_nothing_is_lost_silently(tmp_path: Path) -> None:
    after = clean(write(tmp_path, TASK), "app.jobs.job")
    assert "APP_JOBS_JOB_QUEUE_URL is not set" in ran(tmp_path, "from app.web import send\nsend(1)")
    queue, address, _ = after.change.first
    assert "run empty" in queue and "fails without one" in address


def test_a_client_can_be_read_by_python_3_8(tmp_path: Path) -> None:
    after = clean(write(tmp_path, TASK), "app.jobs.job")
    ast.parse(after.text("app/migrator_clients/app_jobs_job.py"), feature_version=(3, 8))


def test_a_call_is_an_invocation_that_waits(tmp_path: Path) -> None:
    use = "from app.commands import count\n\n\ndef total():\n    return count()\n"
    clean(write(tmp_path, CLICK | {"app/web.py": use}), "app.commands.count")
    made, call = ran(tmp_path, "from app.web import total\nassert total() == [1]")
    assert made[0] == "lambda"
    assert (call["FunctionName"], call["Qualifier"], call["InvocationType"]) == (
        "app-commands-count", "live", "RequestResponse"
    )  # fmt: skip
    assert json.loads(call["Payload"])["args"] == []
