"""Mirrored calls on AWS's emulator, against a world that notices: mail, HTTP, a queue, a database.

One service for each HTTP front, whose function does what its path says. What the servers around it hold is the witness.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from migrator.adapters.runtime import LambdaFront, load_functions
from migrator.artifacts import write
from tests.artifacts.shadow_services import CASES, guarded
from tests.support.http_servers import HttpServer
from tests.support.local_lambda import require_local_lambda
from tests.support.shop_world import LOOPBACK

boto3 = pytest.importorskip("boto3")
moto_server = pytest.importorskip("moto.server")
pytest.importorskip("django")
pytest.importorskip("fastapi")
pytestmark = [pytest.mark.local_stack, pytest.mark.xdist_group("shadow-calls")]

EFFECTS = ("email", "http-out", "enqueue", "database")
KEYS = {"region_name": "us-east-1", "aws_access_key_id": "none", "aws_secret_access_key": "none"}


class World:
    """Everything that a call could have an effect on."""

    def __init__(self, folder: Path, aws: str) -> None:
        self.file = folder / "shop.sqlite3"
        with closing(sqlite3.connect(self.file)) as connection, connection:
            connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT)")
        self.mail, self.chat = LOOPBACK.MailServer(), HttpServer("chat")
        LOOPBACK.start(self.mail)
        self.sqs = boto3.client("sqs", endpoint_url=aws, **KEYS)
        self.queue = self.sqs.create_queue(QueueName="orders")["QueueUrl"]
        self.environment = {
            "MAIL_PORT": str(self.mail.server_address[1]),
            "CHAT_ADDRESS": self.chat.url,
            "ORDERS_ADDRESS": self.queue,
            "SHOP_DATABASE": f"sqlite:///{self.file}",
            "SHOP_FILE": str(self.file),
            "AWS_ENDPOINT_URL": aws,
            "NO_PROXY": "127.0.0.1",
        }

    def holds(self) -> dict[str, int]:
        """How much of each effect there is."""
        waiting = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["ApproximateNumberOfMessages"])
        with closing(sqlite3.connect(self.file)) as connection:
            rows = connection.execute("SELECT count(*) FROM orders").fetchone()[0]
        return {
            "email": len(self.mail.outbox),
            "http-out": len(self.chat.asked),
            "enqueue": int(waiting["Attributes"]["ApproximateNumberOfMessages"]),
            "database": rows,
        }

    def stop(self) -> None:
        """End the servers."""
        self.mail.shutdown()
        self.mail.server_close()
        self.chat.stop()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    require_local_lambda()
    server = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset", trust_env=False).raise_for_status()
    made = World(tmp_path, f"http://{host}:{port}")
    yield made
    made.stop()
    server.stop()


@pytest.mark.parametrize("kind", CASES)
def test_a_mirrored_call_has_no_effect_but_what_its_route_allows(
    kind: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    write(guarded(tmp_path / "monolith", kind), tmp_path / "service")
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    functions = load_functions(tmp_path / "service", environment={**world.environment, **keys})
    with (
        LambdaFront(functions, limit=1) as front,
        httpx.Client(base_url=front.url, trust_env=False, timeout=60) as client,
    ):

        def ask(do: str, shadow: str | None) -> tuple[int, str | None]:
            headers = {} if shadow is None else {"x-migrator-shadow": shadow}
            answer = client.get(f"/do/{do}", headers=headers)
            return answer.status_code, answer.headers.get("x-migrator-shadow")

        # A real call first, so that there are connections that a mirrored one could use.
        for count, do in enumerate(EFFECTS, start=1):
            assert ask(do, None) == (200, None), do
            assert sum(world.holds().values()) == count
        before = world.holds()
        assert before == dict.fromkeys(EFFECTS, 1)
        assert ask("nothing", "none") == (200, None)
        for do in EFFECTS:
            others = ",".join(each for each in EFFECTS if each != do)
            for allowed in ("none", others, "everything"):
                assert ask(do, allowed) == (204, f"refused {do}"), allowed
        for do in ("swallowed", "threaded"):
            assert ask(do, "none") == (204, "refused http-out")
        assert world.holds() == before
        for do in EFFECTS:
            assert ask(do, do) == (200, None)
        assert world.holds() == dict.fromkeys(EFFECTS, 2)
        # Nothing of it stays with the environment.
        for do in EFFECTS:
            assert ask(do, None) == (200, None)
        assert world.holds() == dict.fromkeys(EFFECTS, 3)
