"""Circuit breakers: which calls go through them, and what they do to a host that fails."""

from __future__ import annotations

import ast
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from migrator.artifacts import make_artifacts, write
from migrator.artifacts.rewriting.breakers import guard_calls
from migrator.artifacts.rewriting.hosts import host_of
from migrator.bootstrap import service_checks
from migrator.domain.checks import CheckOutcome
from migrator.domain.services import CircuitBreaker, ServiceChoices
from tests.artifacts.events import request
from tests.artifacts.test_generated_code import assert_clean, run
from tests.support.slices import planned

HOST = "api.example.com"
CONSTANTS = {"BASE": "'https://api.example.com/v1'", "FROM_ENV": "os.environ.get('X', BASE)", "ROUND": "ROUND"}


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("'https://API.example.com:8443/x?y'", HOST),
        ("f'https://api.example.com/{order}'", HOST),
        ("f'https://{tenant}.example.com/'", ""),
        ("f'https://api.example.com{path}'", ""),
        ("BASE + '/orders'", HOST),
        ("f'{BASE}/orders'", HOST),
        ("BASE.rstrip('/') + '/orders'", HOST),
        ("'https://api.example.com/%s' % order", HOST),
        ("'https://{}.example.com/'.format(tenant)", ""),
        ("urljoin(BASE, 'x')", HOST),
        ("FROM_ENV", HOST),
        ("ROUND", ""),
        ("unknown", ""),
        ("'ftp://api.example.com'", ""),
        ("'https://[broken'", ""),
    ],
)
def test_the_host_of_an_address(address: str, host: str) -> None:
    constants = {name: ast.parse(text, mode="eval").body for name, text in CONSTANTS.items()}
    found = host_of(ast.parse(address, mode="eval").body, constants, lambda node: frozenset({ast.unparse(node)}))
    assert found == host


@pytest.mark.parametrize(
    ("call", "guarded"),
    [
        ("requests.get(settings.BASE + '/x', timeout=3)", "lambda_breakers.call(\"api.example.com\", requests.get, settings.BASE + '/x', timeout=3)"),
        ("session.request('GET', url=URL)", "lambda_breakers.call(\"api.example.com\", session.request, 'GET', url=URL)"),
        ("urlopen(URL).read()", 'lambda_breakers.call("api.example.com", urlopen, URL).read()'),
        ("requests.get('https://other.example.com/')", ""),
        ("cache.get('key')", ""),
        ("requests.get(*URL)", ""),
    ],
)  # fmt: skip
def test_calls_to_a_named_host_go_through_its_breaker(call: str, guarded: str) -> None:
    text = f"import requests\nfrom urllib.request import urlopen\n\nfrom shop import settings\n\nURL = 'https://api.example.com/'\n\n\ndef f(session, cache):\n    return {call}\n"
    modules = {"shop/app.py": text, "shop/settings.py": "BASE = 'https://api.example.com'\n"}
    after, edits = guard_calls(modules, frozenset({HOST}))
    if not guarded:
        assert (after, edits) == (modules, ())
        return
    assert f"    return {guarded}\n" in after["shop/app.py"]
    assert "import lambda_breakers\n" in after["shop/app.py"]
    assert [(edit.path, edit.line) for edit in edits] == [("shop/app.py", 10)]


def test_what_is_awaited_is_left_alone() -> None:
    text = "async def f(client):\n    return await client.get('https://api.example.com/')\n"
    assert guard_calls({"a.py": text}, frozenset({HOST})) == ({"a.py": text}, ())


@pytest.fixture
def failing() -> Iterator[tuple[int, list[str]]]:
    """A host that fails, its port, and the paths that were asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("library", ["requests", "httpx", "urllib"])
def test_a_host_that_fails_is_left_alone_and_the_code_sees_what_it_knows(
    library: str, failing: tuple[int, list[str]], tmp_path: Path
) -> None:
    port, asked = failing
    calls = {
        "requests": ("requests.get(URL).status_code", "requests.exceptions.ConnectionError"),
        "httpx": ("httpx.get(URL).status_code", "httpx.ConnectError"),
        "urllib": ("urllib.request.urlopen(URL).status", "urllib.error.URLError"),
    }
    call, error = calls[library]
    imports = "import urllib.error\nimport urllib.request" if library == "urllib" else f"import {library}"
    source = f"{imports}\n\nURL = 'http://127.0.0.1:{port}/rates'\n\n\n@route\ndef view():\n    try:\n        return str({call})\n    except {error} as error:\n        return type(error).__name__\n"
    choices = ServiceChoices(breakers=(CircuitBreaker("127.0.0.1", failures=2, recovery_s=600),))
    made = make_artifacts(planned(tmp_path / "m", {"shop.py": source}, "shop.view"), choices)
    answers = run(made, tmp_path / "service", *[request("GET", "/x")] * 4)
    bodies = [answer["body"] for answer in answers if isinstance(answer, dict)]
    failed = "HTTPError" if library == "urllib" else "503"
    assert bodies == [failed, failed, error.rpartition(".")[2], error.rpartition(".")[2]]
    assert asked == ["/rates", "/rates"]
    assert "pybreaker>=1.4,<2" in made.files["src/requirements.txt"].splitlines()
    assert "`127.0.0.1`: 2 failures, 600 s" in made.files["README.md"]


def test_the_service_passes_every_check(tmp_path: Path) -> None:
    source = "import urllib.request\n\n\n@route\ndef view():\n    return str(urllib.request.urlopen('https://api.example.invalid/').status)\n"
    choices = ServiceChoices(breakers=(CircuitBreaker("api.example.invalid"),))
    made = make_artifacts(planned(tmp_path / "m", {"shop.py": source}, "shop.view"), choices)
    write(made, tmp_path / "s")
    checks = list(service_checks(tmp_path / "s"))
    assert_clean(made, tmp_path / "s", ["src/lambda_breakers.py", "src/app.py"])
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []


def test_without_a_choice_there_is_none(tmp_path: Path) -> None:
    source = "import urllib.request\n\n\n@route\ndef view():\n    return str(urllib.request.urlopen('https://api.example.com/').status)\n"
    made = make_artifacts(planned(tmp_path, {"shop.py": source}, "shop.view"))
    assert "src/lambda_breakers.py" not in made.files
    assert "pybreaker" not in json.dumps(dict(made.files))
