"""Mirrored calls have no effect: the guards, with effects put in the place of the function."""

from __future__ import annotations

import contextlib
import http.client
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from django.db import ConnectionHandler

import app
import lambda_shadow
import lambda_shadow_aws
import lambda_shadow_sql

EXAMPLES = (
    "get-route-1-1",
    "get-route-1-2",
    "get-route-1-3",
    "get-route-1-miss-1",
    "get-route-1-miss-2",
    "post-route-1-1",
    "post-route-1-2",
    "post-route-1-3",
    "post-route-1-miss-1",
    "post-route-1-miss-2",
    "get-route-2-1",
    "get-route-2-miss-1",
    "post-route-2-1",
    "post-route-2-miss-1",
)
DONE = {"statusCode": 200, "body": "done", "isBase64Encoded": False}
Effect = Callable[[int], Any]
Handle = Callable[..., dict[str, Any]]


class Listener:
    """A server on this machine that takes what it is sent, and answers as HTTP and SMTP would."""

    def __init__(self) -> None:
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.server.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        """Take one connection after the other, until it is closed."""
        # It is in this process, and answers while the call goes on.
        with lambda_shadow.own_doing(), contextlib.suppress(OSError):
            while True:
                connection, _ = self.server.accept()
                with connection, contextlib.suppress(OSError):
                    self.heard.append(b"")
                    connection.settimeout(5)
                    connection.sendall(b"HTTP/1.1 220 ready\r\nContent-Length: 0\r\n\r\n")
                    self.heard[-1] += connection.recv(1000)

    def visits(self) -> list[bytes]:
        """What it was sent, by connection: they are taken in their order, so one more ends them."""
        with lambda_shadow.own_doing(), socket.create_connection(("127.0.0.1", self.port)) as last:
            last.sendall(b"last")
            while last.recv(1000):
                pass
        assert self.heard.pop() == b"last"
        return self.heard


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A server for one test."""
    made = Listener()
    yield made
    made.server.close()


@pytest.fixture
def handle(event, context, monkeypatch: pytest.MonkeyPatch) -> Handle:
    """The handler with something else in the place of the function."""

    def run(instead: Callable[[], Any], shadow: str | None) -> dict[str, Any]:
        def answers(*_: Any) -> dict[str, Any]:
            instead()
            return dict(DONE)

        monkeypatch.setattr(app.app, "resolve", answers)
        return app.handler(mirrored(event(EXAMPLES[0]), shadow), context)

    return run


def mirrored(sent: dict[str, Any], shadow: str | None) -> dict[str, Any]:
    """An event with the router's header."""
    for headers, value in (("headers", shadow), ("multiValueHeaders", [shadow])):
        if shadow is not None and sent.get(headers) is not None:
            sent[headers] = {**sent[headers], lambda_shadow.HEADER: value}
    return sent


def is_done(answer: dict[str, Any]) -> bool:
    """Whether it is what was answered, beside what the handler says of itself."""
    return DONE.items() <= answer.items()


def refused(answer: dict[str, Any]) -> str:
    """What an answer says was refused; empty where nothing was."""
    said = (answer.get("headers") or answer.get("multiValueHeaders") or {}).get(
        lambda_shadow.HEADER, ""
    )
    text = said if isinstance(said, str) else said[0]
    assert answer["statusCode"] == (204 if text else 200)
    return text.removeprefix("refused ")


def by_socket(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as made:
        made.sendall(b"x")


def by_http(port: int) -> None:
    made = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    made.request("GET", "/")
    made.close()


def by_mail(port: int) -> None:
    made = smtplib.SMTP(timeout=5)
    # The answer is HTTP's: what was refused is not even asked.
    with contextlib.suppress(smtplib.SMTPException), contextlib.closing(made):
        made.connect("127.0.0.1", port)


def by_thread(port: int) -> None:
    thread = threading.Thread(target=by_http, args=(port,))
    thread.start()
    thread.join()


def by_pool(port: int) -> None:
    with ThreadPoolExecutor() as pool:
        pool.submit(by_http, port).result()


def swallowed(port: int) -> None:
    with contextlib.suppress(BaseException):
        by_http(port)


def test_the_handler_has_its_guards() -> None:
    assert vars(app).keys() >= {
        "lambda_shadow_network",
        "lambda_shadow_sql",
        "lambda_shadow_aws",
    }


LEAVES = [
    (by_socket, "network"),
    (by_http, "http-out"),
    (by_mail, "email"),
    (by_pool, "http-out"),
    (swallowed, "http-out"),
]
threaded = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@threaded
@pytest.mark.parametrize(("leaves", "effect"), [*LEAVES, (by_thread, "http-out")])
def test_nothing_leaves(listener: Listener, handle: Handle, leaves: Effect, effect: str) -> None:
    assert refused(handle(lambda: leaves(listener.port), "none")) == effect
    assert listener.visits() == []


@pytest.mark.parametrize(("leaves", "effect"), [each for each in LEAVES if each[1] != "network"])
def test_what_the_route_allows_leaves(
    listener: Listener, handle: Handle, leaves: Effect, effect: str
) -> None:
    others = ",".join(sorted(lambda_shadow.ALLOWABLE - {effect}))
    assert refused(handle(lambda: leaves(listener.port), others)) == effect
    assert listener.visits() == []
    assert refused(handle(lambda: leaves(listener.port), effect)) == ""
    assert len(listener.visits()) == 1


@pytest.mark.parametrize(("leaves", "effect"), LEAVES)
def test_a_real_call_goes_on_as_ever(
    listener: Listener, handle: Handle, leaves: Effect, effect: str
) -> None:
    handle(lambda: leaves(listener.port), "none")
    assert is_done(handle(lambda: leaves(listener.port), None))
    assert len(listener.visits()) == 1


def test_a_connection_of_a_real_call_sends_nothing(listener: Listener, handle: Handle) -> None:
    with socket.create_connection(("127.0.0.1", listener.port)) as kept:
        assert refused(handle(lambda: kept.sendall(b"x"), "none")) == "network"
    assert listener.visits() == [b""]


def test_no_program_is_started(handle: Handle) -> None:
    assert (
        refused(handle(lambda: subprocess.run([sys.executable, "-c", ""], check=True), "none"))
        == "subprocess"
    )


@threaded
def test_what_outlives_a_mirrored_call_has_no_effect_either(
    listener: Listener, handle: Handle
) -> None:
    ended = threading.Event()

    def later() -> None:
        ended.wait(5)
        by_http(listener.port)

    threads = [threading.Thread(target=later)]
    assert refused(handle(threads[0].start, "none")) == ""
    ended.set()
    threads[0].join()
    assert listener.visits() == []


def test_a_pool_of_a_mirrored_call_works_for_real_ones(listener: Listener, handle: Handle) -> None:
    with ThreadPoolExecutor(max_workers=1) as pool:
        assert refused(handle(lambda: pool.submit(len, "").result(), "none")) == ""
        assert is_done(handle(lambda: pool.submit(by_http, listener.port).result(), None))
        assert len(listener.visits()) == 1


def test_what_is_refused_is_counted(handle: Handle, capsys: pytest.CaptureFixture[str]) -> None:
    handle(lambda: by_http(9), "none")
    said = capsys.readouterr().out
    assert '"ShadowRefused"' in said
    assert '"effect":"http-out"' in said


STATEMENTS = [
    ("SELECT 1", True),
    ("(SELECT a FROM b) UNION SELECT 'DELETE FROM c' -- INSERT", True),
    ("WITH a AS (SELECT replace(b, 'x', 'y') FROM c) SELECT updated_at FROM a;", True),
    ("SAVEPOINT s1", True),
    ("", True),
    ("INSERT INTO a VALUES (1)", False),
    ("WITH a AS (DELETE FROM b RETURNING c) SELECT c FROM a", False),
    ("SELECT 1; DROP TABLE a", False),
    ("SELECT a INTO b FROM c", False),
    ("SELECT a FROM b FOR UPDATE", False),
    ("SELECT a FROM b FOR SHARE", False),
    ("EXPLAIN ANALYZE UPDATE a SET b = 1", False),
    ("/* SELECT */ MERGE INTO a USING b", False),
    ("PRAGMA query_only = OFF", False),
    ("SET TRANSACTION READ WRITE", False),
    ("CALL a()", False),
    ("VACUUM", False),
]


@pytest.mark.parametrize(("sql", "expected"), STATEMENTS)
def test_statements_that_read_are_told_from_others(sql: str, expected: bool) -> None:
    assert lambda_shadow_sql.reads(sql) is expected


def assert_only_reads(handle: Handle, write: Callable[[], Any], count: Callable[[], int]) -> None:
    """A mirrored call reads and writes no row; one that may, and a real one, write."""
    assert refused(handle(count, "none")) == ""
    assert refused(handle(write, "email,enqueue,http-out")) == "database"
    assert count() == 0
    assert refused(handle(write, "database")) == ""
    assert count() == 1
    assert is_done(handle(write, None))
    assert count() == 2


def assert_refused_by_the_database(handle: Handle, connection: Any) -> None:
    """What no statement shows is refused where it would happen; here, one that passes no guard."""
    assert (
        refused(handle(lambda: connection.execute("INSERT INTO a VALUES (1)"), "none"))
        == "database"
    )
    connection.execute("INSERT INTO a VALUES (1)")


def test_django_only_reads(handle: Handle) -> None:
    connection = ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    )["default"]
    with connection.cursor() as made:
        made.execute("CREATE TABLE a (b)")

    def run(sql: str = "INSERT INTO a VALUES (1)") -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)

    def count() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("SELECT count(*) FROM a").fetchone()[0])

    assert_only_reads(handle, run, count)
    assert refused(handle(lambda: run("PRAGMA query_only = OFF"), "none")) == "database"
    assert_refused_by_the_database(handle, connection.connection)


def test_aws_is_only_read(listener: Listener, handle: Handle) -> None:
    def made(service: str) -> Any:
        keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"}
        return boto3.client(
            service, "us-east-1", endpoint_url=f"http://127.0.0.1:{listener.port}", **keys
        )

    queues, tables = made("sqs"), made("dynamodb")
    assert (
        refused(handle(lambda: queues.send_message(QueueUrl="x", MessageBody="y"), "none"))
        == "enqueue"
    )
    assert (
        refused(handle(lambda: tables.put_item(TableName="x", Item={"a": {"S": "b"}}), "none"))
        == "database"
    )
    assert listener.visits() == []
    assert lambda_shadow_aws.reads("dynamodb", "GetItem")
    assert not lambda_shadow_aws.reads("sqs", "ReceiveMessage")


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_goes_through_as_a_mirrored_call(event, context, name: str) -> None:
    try:
        answer = app.handler(mirrored(event(name), "none"), context)
    except Exception:
        return  # the function's own error, which a real call has, too
    assert answer["statusCode"] >= 200
    assert lambda_shadow.acting() is None
