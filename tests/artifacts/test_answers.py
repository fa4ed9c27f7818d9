"""Generated tests of functions that ask other services: they stay on this machine, and go on with an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrator.adapters.checks import generated_tests, python_source
from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.domain.checks import CheckOutcome
from tests.artifacts.test_generated_code import assert_clean
from tests.support.jobs import planned_job
from tests.support.sampled import one_in

URL = "https://rates.example.com/v1"
SHOP = "{0}\nfrom flask import Flask, jsonify\n\nweb = Flask(__name__)\n\n\n@web.route('/x/<int:n>')\ndef view(n):\n    {1}\n"
CLIENTS = {
    "requests": ("import requests", f"return jsonify(rate=requests.get('{URL}', params={{'n': n}}).json()['rate'])"),
    "a session of requests": (
        "from requests import Session",
        f"with Session() as made:\n        return jsonify(rate=made.get('{URL}?n=1').json()['rate'])",
    ),
    "httpx": ("import httpx", f"return jsonify(rate=httpx.get('{URL}', params={{'n': n}}).json()['rate'])"),
    "all three": (
        "import urllib.request\nimport httpx\nimport requests",
        f"urllib.request.urlopen('{URL}').close()\n    httpx.get('{URL}')\n    return requests.get('{URL}').json()",
    ),
    "urllib": (
        "import json\nfrom urllib.request import urlopen",
        f"with urlopen('{URL}?n=1') as answer:\n        return jsonify(rate=json.load(answer)['rate'])",
    ),
}
RECORDED = """
import json

from {0} import handler


def test_the_recorded_answer_is_used(event, context) -> None:
    assert json.loads(handler(event("get-1"), context)["body"]) == {{"rate": 5}}
"""
STAYS = """
import asyncio
import http.client
import socket

import pytest


def by_name():
    http.client.HTTPConnection("rates.example.com").request("GET", "/")


def by_address():
    socket.socket().connect(("192.0.2.1", 80))


def by_message():
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 80))


def while_waiting():
    asyncio.run(asyncio.wait_for(asyncio.open_connection("192.0.2.1", 80), 1))


@pytest.mark.parametrize("leaves", [by_name, by_address, by_message, while_waiting])
def test_nothing_leaves(leaves) -> None:
    with pytest.raises(OSError, match="in these tests|stay on this machine") as refused:
        leaves()
    assert not isinstance(refused.value, TimeoutError)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for host in ("127.0.0.1", "localhost"):
            socket.create_connection((host, server.getsockname()[1])).close()
"""


def service(folder: Path, files: dict[str, str], name: str) -> Artifacts:
    made = make_artifacts(planned_job(folder / "monolith", files, name, accepted_unresolved="looked at"))
    write(made, folder / "service")
    return made


def assert_green(folder: Path) -> None:
    for check in (python_source.check, generated_tests.check):
        found = check(folder)
        assert found.outcome is CheckOutcome.PASSED, found.findings


@pytest.mark.parametrize(
    ("client", "module"), one_in(2, [*((client, "shop") for client in CLIENTS), ("requests", "app")])
)
def test_the_services_outside_answer_what_is_recorded(client: str, module: str, tmp_path: Path) -> None:
    made = service(tmp_path, {f"{module}.py": SHOP.format(*CLIENTS[client])}, f"{module}.view")
    tests = tmp_path / "service" / "tests"
    answers = json.loads((tests / "answers.json").read_text("utf-8"))
    answers[f"GET {URL}"] = {"status": 200, "headers": {"content-type": "application/json"}, "body": '{"rate": 5}'}
    (tests / "answers.json").write_text(json.dumps(answers), "utf-8")
    (tests / "test_recorded.py").write_text(RECORDED.format("lambda_app" if module == "app" else "app"), "utf-8")
    assert_green(tmp_path / "service")
    assert ("responses" in made.files["requirements-dev.txt"]) == ("requests" in CLIENTS[client][0])
    assert "`tests/answers.json`" in made.files["README.md"]
    assert_clean(made, tmp_path / "service", ["tests/lambda_answers.py", "tests/conftest.py"])


TASK = "import requests\nfrom celery import Celery\napp = Celery('x')\n@app.task\ndef work(n: int):\n    requests.get('https://x.example')\n"


@pytest.mark.parametrize(
    ("source", "name"),
    [(TASK, "shop.work"), (SHOP.format("import http.client", "return str(n)"), "shop.view")],
    ids=["a task", "a view that asks nobody"],
)
def test_nothing_leaves_the_machine(source: str, name: str, tmp_path: Path) -> None:
    made = service(tmp_path, {"shop.py": source}, name)
    assert "tests/lambda_answers.py" not in made.files
    (tmp_path / "service" / "tests" / "test_stays.py").write_text(STAYS, "utf-8")
    assert_green(tmp_path / "service")


def test_a_client_without_a_stand_in_is_refused_at_once(tmp_path: Path) -> None:
    ask = "made = http.client.HTTPSConnection('rates.example.com')\n    made.request('GET', '/')\n    return made.getresponse().read()"
    service(tmp_path, {"shop.py": SHOP.format("import http.client", ask)}, "shop.view")
    assert_green(tmp_path / "service")
