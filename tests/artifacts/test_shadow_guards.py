"""Which guards of mirrored calls a service gets, and what they do with libraries that have a say of their own."""

from __future__ import annotations

import socketserver
import subprocess
import sys
import textwrap
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest

from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.domain.plans import EventSource
from migrator.resources import templates_root
from tests.artifacts.event_services import call, event, fastapi, queue
from tests.artifacts.shadow_services import PINS, guarded_plain
from tests.artifacts.test_generated_code import assert_clean, flask, plain
from tests.support.http_servers import HttpServer
from tests.support.jobs import planned_job

KNOWLEDGE = templates_root().parent / "migrator" / "knowledge" / "libraries" / "aws.toml"
SHOP = "{0}\nfrom flask import Flask\n\nweb = Flask(__name__)\n\n\n@web.route('/x/<int:n>')\ndef view(n):\n    {1}\n    return {{'n': n}}\n"
KINDS = {
    "mail": ("import smtplib", "smtplib.SMTP('mail.example').sendmail('a@b.example', 'c@d.example', 'x')"),
    "sqlite": ("import sqlite3", "sqlite3.connect('/tmp/x').execute('INSERT INTO a VALUES (1)')"),
    "sqlalchemy": (
        "from sqlalchemy import create_engine, text\n\nengine = create_engine('sqlite://')",
        "engine.connect().execute(text('DELETE FROM a'))",
    ),
    "aws": ("import boto3\n\nsqs = boto3.client('sqs')", "sqs.send_message(QueueUrl='x', MessageBody='y')"),
    "redis": ("from redis import Redis\n\ncache = Redis()", "cache.set('a', n)"),
    "psycopg2": ("import psycopg2", "psycopg2.connect('').cursor().execute('DELETE FROM a')"),
}
GUARDS = {
    "mail": set(),
    "sqlite": {"sql"},
    "sqlalchemy": {"sql"},
    "aws": {"aws"},
    "redis": {"redis"},
    "psycopg2": set(),
}


def service(folder: Path, kind: str, source: EventSource = EventSource.HTTP_API) -> Artifacts:
    files = {
        "shop.py": SHOP.format(*KINDS[kind]),
        "requirements.txt": f"{PINS}redis==8.1.0\npsycopg2-binary==2.9.10\n",
    }
    return make_artifacts(planned_job(folder, files, "shop.view", accepted_unresolved="looked at", front=source))


def guards(made: Artifacts) -> set[str]:
    return {path[18:-3] for path in made.files if path.startswith("src/lambda_shadow_")}


@pytest.mark.parametrize("make", [plain, flask, fastapi, queue, call, event])
def test_what_has_no_effect_or_gets_no_copies_has_no_guards(make: object, tmp_path: Path) -> None:
    made: Artifacts = make(tmp_path)  # type: ignore[operator]
    assert [path for path in made.files if "shadow" in path] == []
    assert "shadow" not in made.files["src/app.py"]
    assert "shadow" not in made.files["README.md"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_library_has_its_guard_and_the_code_is_clean(kind: str, tmp_path: Path) -> None:
    made = service(tmp_path / "monolith", kind)
    assert guards(made) == {"network"} | GUARDS[kind]
    write(made, tmp_path / "service")
    written = [path for path in made.files if "shadow" in path and path.endswith(".py")]
    assert_clean(made, tmp_path / "service", [*written, "src/app.py"])


@pytest.mark.parametrize(
    ("first", "unseen"),
    [
        ("import psycopg2", True),
        ("from psycopg2 import connect", True),
        ("from psycopg2.pool import SimpleConnectionPool", True),
        ("from psycopg2 import IntegrityError", False),
        ("from psycopg2.errors import UniqueViolation", False),
        ("import grpc", True),
        ("import psycopg2_of_another", False),
    ],
)
def test_what_no_guard_sees_is_said(first: str, unseen: bool, tmp_path: Path) -> None:
    source = SHOP.format(f"import smtplib\n{first}", KINDS["mail"][1])
    used = first.rpartition(" ")[2]
    source = source.replace("return {'n': n}", f"return {{'n': n, 'used': str({used})}}")
    files = {"shop.py": source, "requirements.txt": "psycopg2-binary==2.9.10\ngrpcio==1.70.0\n"}
    made = make_artifacts(planned_job(tmp_path, files, "shop.view", accepted_unresolved="looked at"))
    assert ("which no guard sees" in made.files["src/lambda_shadow.py"]) is True
    assert ("No guard sees" in made.files["README.md"]) is unseen
    assert ("UNSEEN: Mapping[str, str] = {}" in made.files["src/lambda_shadow.py"]) is not unseen


@pytest.mark.parametrize("source", [EventSource.REST_API, EventSource.LOAD_BALANCER])
def test_each_front_gets_the_answer_in_its_own_form(source: EventSource, tmp_path: Path) -> None:
    made = service(tmp_path / "monolith", "mail", source)
    write(made, tmp_path / "service")
    done = run(
        tmp_path / "service",
        """
        import json
        from pathlib import Path
        sys.path.insert(0, "tests")
        os.environ["POWERTOOLS_TRACE_DISABLED"] = "1"
        # The guards before what keeps the tests of a service on this machine.
        import app, conftest
        sent = json.loads(Path("events/get-1.json").read_text("utf-8"))
        sent["multiValueHeaders"]["X-Migrator-Shadow"] = ["none"]
        print(json.dumps(app.handler(sent, conftest.Context())), file=out)
        """,
    )
    assert '"statusCode": 204' in done
    assert '"multiValueHeaders": {"x-migrator-shadow": ["refused email"]' in done


def test_the_guard_of_aws_says_of_an_effect_what_the_knowledge_says(tmp_path: Path) -> None:
    write(service(tmp_path / "monolith", "aws"), tmp_path / "service")
    known = tomllib.loads(KNOWLEDGE.read_text("utf-8"))["entry"]
    classes = next(each["by_argument"]["returns"] for each in known if "boto3.client" in each["names"])
    effects = {name: each["effects"] for each in known if "effects" in each for name in each["names"]}
    said = run(
        tmp_path / "service", "import lambda_shadow_aws as aws; print({s: aws.EFFECTS.get(s, 'http-out') for s in args}, file=out)",
        *classes,
    )  # fmt: skip
    assert eval(said) == {service: effects[f"{name}.*"][0] for service, name in classes.items()}


@pytest.mark.thorough
def test_no_operation_that_is_named_a_read_is_sent_as_a_write(tmp_path: Path) -> None:
    """By the methods of HTTP, for every service of AWS whose protocol has them."""
    write(service(tmp_path / "monolith", "aws"), tmp_path / "service")
    session = botocore.session.get_session()
    written = []
    for name in session.get_available_services():
        model = session.get_service_model(name)
        if str(model.metadata.get("protocol")).startswith("rest"):
            methods = {each: model.operation_model(each).http["method"] for each in model.operation_names}
            written += [f"{name} {each}" for each, method in methods.items() if method in ("PUT", "DELETE", "PATCH")]
    assert len(written) > 1000
    said = run(
        tmp_path / "service",
        "import lambda_shadow_aws as aws; print([each for each in sys.stdin.read().splitlines() if aws.reads(*each.split())], file=out)",
        text="\n".join(written),
    )
    assert eval(said) == []


class _Cache(socketserver.StreamRequestHandler):
    """As much of Redis as a client needs: each command is taken, and there is nothing under any key."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = []
            for _ in range(int(line[1:])):
                words.append(self.rfile.read(int(self.rfile.readline()[1:]) + 2).strip().decode())
            self.server.commands.append(words[0])  # type: ignore[attr-defined]
            self.wfile.write(b"$-1\r\n" if words[0] == "GET" else b"+OK\r\n")


@pytest.fixture
def cache() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Cache) as server:
        server.daemon_threads = True
        server.commands = []  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_cache_is_read_and_left_as_it_is(cache: socketserver.ThreadingTCPServer, tmp_path: Path) -> None:
    pytest.importorskip("redis")
    write(service(tmp_path / "monolith", "redis"), tmp_path / "service")
    said = run(
        tmp_path / "service",
        """
        import lambda_shadow_redis
        from redis import Redis
        cache = Redis(port=int(args[0]), protocol=2)
        for shadow, act in (
            ("none", lambda: cache.get("a")),
            (None, lambda: cache.set("a", 1)),
            ("database,email,enqueue,http-out", lambda: cache.set("a", 1)),
            ("none", lambda: cache.pipeline(transaction=False).get("a").delete("a").execute()),
            ("none", lambda: cache.get("a")),
            (None, lambda: cache.set("a", 1)),
        ):
            print(answered(shadow, act), file=out)
        """,
        str(cache.server_address[1]),
    )
    assert said.splitlines() == ["done", "done", "refused cache", "refused cache", "done", "done"]
    assert [name for name in cache.commands if name != "CLIENT"] == ["GET", "SET", "GET", "SET"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("broker", ["sqla+sqlite:///{}/broker", "redis://127.0.0.1:1/0"])
def test_a_queue_is_a_queue_wherever_it_is_kept(broker: str, tmp_path: Path) -> None:
    write(guarded_plain(tmp_path / "monolith"), tmp_path / "service")
    said = run(
        tmp_path / "service",
        """
        import lambda_shadow_network, lambda_shadow_sql
        from celery import Celery
        app = Celery("x", broker=args[0])
        app.conf.broker_connection_retry = False

        @app.task
        def work():
            pass

        if args[0].startswith("sqla"):
            work.delay()
        for shadow in ("none", "database,email,http-out", *(["enqueue"] if args[0].startswith("sqla") else [])):
            print(answered(shadow, lambda: work.apply_async(retry=False)), file=out)
        """,
        broker.format(tmp_path),
    )
    assert said.splitlines()[:2] == ["refused enqueue", "refused enqueue"]
    assert said.splitlines()[2:] == (["done"] if broker.startswith("sqla") else [])


def test_what_is_awaited_is_refused_as_well_and_tasks_that_outlive_the_call(tmp_path: Path) -> None:
    write(service(tmp_path / "monolith", "mail"), tmp_path / "service")
    legacy = HttpServer("legacy")
    said = run(
        tmp_path / "service",
        """
        import asyncio, lambda_shadow_network, httpx
        loop, client, later = asyncio.new_event_loop(), httpx.AsyncClient(trust_env=False), []

        async def ask():
            return await client.get(args[0])

        async def by_stream():
            _, writer = await asyncio.open_connection("127.0.0.1", int(args[0].rpartition(":")[2]))
            writer.write(b"GET / HTTP/1.0\\r\\n\\r\\n")
            await writer.drain()

        async def waiting():
            await asyncio.sleep(0)
            return await ask()

        async def leave_behind():
            later.append(asyncio.ensure_future(waiting()))

        for shadow, act in (("none", ask), (None, ask), ("none", ask), ("http-out", ask), ("none", by_stream), ("none", leave_behind)):
            print(answered(shadow, lambda: loop.run_until_complete(act())), file=out)
        try:
            loop.run_until_complete(later[0])
        except BaseException:
            print("ended", file=out)
        """,
        legacy.url,
    )
    legacy.stop()
    answers = ["refused http-out", "done", "refused http-out", "done", "refused network", "done"]
    assert said.splitlines() == [*answers, "ended"]
    assert len(legacy.asked) == 2


def run(folder: Path, code: str, *args: str, text: str = "") -> str:
    """What code says within a service, in a process of its own."""
    before = """
        import os, sys
        out = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
        args = sys.argv[1:]
        sys.path.insert(0, "src")
        import lambda_shadow


        def answered(shadow, act):
            event = {"headers": {} if shadow is None else {"x-migrator-shadow": shadow}}
            answer = lambda_shadow.answered(event, lambda: (act(), {"statusCode": 200, "headers": {}})[1])
            return answer["headers"].get("x-migrator-shadow", "done")


        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(before) + textwrap.dedent(code).strip(), *args],
        input=text,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout.strip()
