"""The load generator counts what clients lose, and nothing hides a loss."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from migrator.adapters.processes import free_port, wait_until
from migrator.demo.inputs import quotes
from migrator.demo.load import LoadGenerator, Question
from migrator.domain.http import Answer, Request

Respond = Callable[[BaseHTTPRequestHandler], None]
JSON = {"content-type": "application/json"}


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            respond(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def load(url: str, *expected: Answer) -> LoadGenerator:
    questions = [Question(Request("GET", f"/{number}"), answer) for number, answer in enumerate(expected)]
    return LoadGenerator(url, questions, per_second=200, clients=2, limit_s=20)


def run(generator: LoadGenerator, requests: int = 20) -> LoadGenerator:
    with generator:
        assert wait_until(lambda: generator.seen.requests >= requests, 10)
    return generator


def test_answers_as_expected_are_neither_lost_nor_wrong() -> None:
    with serving(lambda handler: send(handler, 200, b'{"b": 2, "a": 1}')) as url:
        seen = run(load(url, Answer(200, JSON, b'{"a":1,"b":2}'))).seen
    assert seen.requests >= 20
    assert (seen.lost, seen.wrong) == (0, 0)


def test_a_wrong_amount_is_a_wrong_answer() -> None:
    with serving(lambda handler: send(handler, 200, b'{"cents": 118}')) as url:
        generator = run(load(url, Answer(200, JSON, b'{"cents": 119}')))
    assert generator.seen.wrong == generator.seen.requests
    assert generator.seen.lost == 0
    assert generator.examples[0].startswith("wrong: GET /0: 200")


def test_another_status_is_a_wrong_answer_and_a_server_error_a_lost_request() -> None:
    with serving(lambda handler: send(handler, 404, b"{}")) as url:
        assert run(load(url, Answer(200, JSON, b"{}"))).seen.wrong >= 20
    with serving(lambda handler: send(handler, 502, b"{}")) as url:
        assert run(load(url, Answer(200, JSON, b"{}"))).seen.lost >= 20


def test_a_closed_connection_is_a_lost_request() -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    with serving(hang_up) as url:
        assert run(load(url, Answer(200, JSON, b"{}"))).seen.lost >= 20


def test_nobody_listening_loses_every_request() -> None:
    seen = run(load(f"http://127.0.0.1:{free_port()}", Answer(200, JSON, b"{}"))).seen
    assert seen.lost == seen.requests


def test_the_clients_stop_by_themselves() -> None:
    generator = LoadGenerator(
        "http://127.0.0.1:9", [Question(Request("GET", "/"), Answer(200))], per_second=10, limit_s=0
    )
    with generator:
        assert wait_until(lambda: not any(thread.is_alive() for thread in generator.threads), 5)
    assert generator.seen.requests == 0


def test_the_questions_are_distinct_and_the_same_for_the_same_seed() -> None:
    asked = quotes(300, seed=7)
    assert asked == quotes(300, seed=7)
    assert asked != quotes(300, seed=8)
    assert len({request.path for request in asked}) == 300
    assert all(
        request.path.startswith("/api/tax/DE/")
        for request in quotes(50, seed=1, countries=("DE",))
        if "XX" not in request.path
    )
