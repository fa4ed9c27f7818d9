"""The generated HTTP code of services without Flask, against Flask itself: same routes found, same answers given."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.artifacts import make_artifacts
from migrator.artifacts.triggers.http_flask import rule_contexts
from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.plan import Registration
from tests.support.slices import planned

RULES = (
    "/",
    "/plain",
    "/branch/",
    "/<name>",
    "/<name>/",
    "/<string(length=3):code>/x",
    "/<string(minlength=2, maxlength=4):code>/y",
    "/<int:number>",
    "/<int(signed=True):number>/z",
    "/<int(min=2, max=36):number>.csv",
    "/<int(fixed_digits=3):number>/w",
    "/<float:size>",
    "/<float(signed=True, min=0.5, max=2.5):size>/f",
    "/<uuid:identity>",
    "/<any(one, two, 'three, four', \"a+b\"):word>",
    "/files/<path:where>",
    "/files/<path:where>/",
    "/files/<path:where>/edit",
    "/<a>/<b>/<int:c>",
    "/<a>-<b>",
    "/v1.0/<name>!",
)


# Texts for a variable: each fits some converter, nearly fits one, or is a path of its own.
VARIABLE_TEXTS = (
    *("1", "007", "37", "36", "2", "-3", "1.5", "-1.5", "2.5", "1/2", "1e5", "٣"),
    *("one", "three, four", "a+b", "abc", "abcd", "xxxxx", "edit", "a-b-c", "2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77"),
    *("", "//", "a/b/c", "ä/b", "a b", "a\nb", "%2F", "a\\b", '"', "✓"),
)


def service(rules: list[str], options: str, folder: Path) -> ModuleType:
    """The `app` module of a service whose view gives back what it was called with."""
    registrations = "\n".join(f"@bp.route({rule!r}{options})" for rule in rules)
    source = (
        "from flask import Blueprint\n\nbp = Blueprint('b', __name__)\n\n\n"
        f"{registrations}\ndef view(**values):\n    return {{name: repr(value) for name, value in values.items()}}\n"
    )
    made = make_artifacts(
        planned(folder / "monolith", {"shop.py": source}, "shop.view", paths=rules, registered="@bp.route")
    )
    for path, text in made.files.items():
        if path.startswith("src/") and path.endswith(".py"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    return load(folder / "src")


def load(source: Path) -> ModuleType:
    """Import the `app` module of a service folder, fresh."""
    names = {path.stem for path in source.iterdir()}
    for name in names:
        sys.modules.pop(name, None)
    sys.path.insert(0, str(source))
    try:
        import app  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(source))
        for name in names:
            sys.modules.pop(name, None)
    return app


def view(**values: Any) -> dict[str, str]:
    """Gives back what it was called with."""
    return {name: repr(value) for name, value in values.items()}


@dataclass(frozen=True)
class Answered:
    """What is compared."""

    status: int
    content_type: str | None
    body: bytes
    location: str | None = None
    allow: frozenset[str] = frozenset()


def legacy(rules: list[str], options: dict[str, Any], method: str, path: str) -> Answered:
    """What Flask answers."""
    app = Flask("legacy", static_folder=None)
    for rule in rules:
        app.add_url_rule(rule, endpoint="view", view_func=view, **options)
    # As a server sets it: the client of the tests would take `//x` for a host.
    wire = {"PATH_INFO": path.encode().decode("latin-1")}
    answer = app.test_client().open("/", method=method, base_url="https://shop.example", environ_overrides=wire)
    allow = frozenset((answer.headers.get("Allow") or "").split(", ")) - {""}
    return Answered(
        answer.status_code, answer.headers.get("Content-Type"), answer.data, answer.headers.get("Location"), allow
    )


def ours(http: ModuleType, routes: Sequence[Any], method: str, path: str) -> Answered:
    """What the generated code answers."""
    headers = {"host": "shop.example", "x-forwarded-proto": "https"}
    found = http.find(routes, method, path, headers)
    answer = http.respond(view(**found), method) if isinstance(found, dict) else found
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    if method == "HEAD":
        body = b""  # the page of an error: a server sends none of it
    allow = frozenset(answer.headers.get("allow", "").split(", ")) - {""}
    return Answered(answer.status_code, answer.headers["content-type"], body, answer.headers.get("location"), allow)


def paths_for(rule: str) -> st.SearchStrategy[str]:
    """Paths that fit a rule, nearly fit it, or don't."""
    values = st.sampled_from(VARIABLE_TEXTS)
    parts = re.split(r"<[^<>]*>", rule)
    inside = st.tuples(*[values for _ in parts[1:]]).map(
        lambda texts: parts[0] + "".join(text + part for text, part in zip(texts, parts[1:], strict=True))
    )
    return st.tuples(inside, st.sampled_from(["", "", "", "/", "//", "/x"])).map("".join)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated `lambda_http`."""
    app = service(["/x"], "", tmp_path_factory.mktemp("service"))
    made = ModuleType("lambda_http")
    vars(made).update(app.find.__globals__)
    return made


def routes_of(http: ModuleType, rules: list[str], options: dict[str, JsonValue]) -> list[Any]:
    """The routes as they are written into a handler."""
    where = Location("shop.py", 1)
    registrations = tuple(
        Registration(Trigger(TriggerKind.HTTP, "flask", where, {"methods": ["GET"], "path": rule}), options)
        for rule in rules
    )
    return [
        http.Route(
            methods=rule.methods,
            pattern=re.compile(rule.pattern),
            convert={name: eval(source, vars(http)) for name, source in rule.convert},
            defaults=rule.defaults,
            slash=rule.slash,
        )
        for rule in rule_contexts(registrations)
    ]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_routes_are_found_as_werkzeug_finds_them(http: ModuleType, data: st.DataObject) -> None:
    options: dict[str, JsonValue] = data.draw(st.sampled_from([{}, {}, {"strict_slashes": False}]))
    rules = data.draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=3, unique=True))
    path = data.draw(st.one_of([paths_for(rule) for rule in rules]).filter(lambda path: path.startswith("/")))
    method = data.draw(st.sampled_from(["GET", "GET", "GET", "GET", "HEAD", "OPTIONS", "POST"]))
    assert ours(http, routes_of(http, rules, options), method, path) == legacy(rules, options, method, path)


@dataclass
class Money:
    amount: Decimal
    day: date


class Markup:
    def __html__(self) -> str:
        return "<b>bold</b>"


VALUES: list[Any] = [
    {"b": 1, "a": [1, 2.5, None, True, "ä✓"]},
    [],
    [1, 2, 3],
    [1, 2],
    "text",
    "größer ✓",
    b"\x00\xff",
    bytearray(b"bytes"),
    "",
    ("body", 201),
    ("body", "418 I'M A TEAPOT"),
    ("body", HTTPStatus.ACCEPTED),
    ({"a": 1}, {"X-One": "1"}),
    ({"a": 1}, [("X-Two", "2"), ("X-Two", "3")]),
    ("body", 200, {"Content-Type": "text/csv", "Cache-Control": "no-store"}),
    ([{"a": 1}], 202, [("Content-Type", "application/problem+json")]),
    ("gone", 204),
    ({"a": 1}, 304),
    (["x", "y"], 200),
    {"when": datetime(2024, 2, 29, 12, 30), "day": date(2024, 2, 29), "aware": datetime(2024, 1, 1, tzinfo=UTC)},
    {"east": datetime(2024, 1, 1, 8, tzinfo=timezone(timedelta(hours=2)))},
    {"price": Decimal("1.10"), "id": UUID(int=7), "money": Money(Decimal(2), date(2000, 1, 2)), "html": Markup()},
    {"number": 10**30, "float": 1e300},
    ("text", [("X-Two", "2"), ("X-Two", "3"), ("content-type", "text/csv")]),
    ({"a": 1}, {"X-Two": ["2", "3"], "x-number": 5}),
    ("text", {"X-Two": ["2", "3"]}),
    ("x", None),
    ("x", 200, None),
]
ERRORS: list[Any] = [None, (1, 2, 3, 4), ("x",), 5, {"a": object()}, {1: "a", "b": 2}, (None, 200)]


@pytest.fixture(scope="module")
def respond(http: ModuleType) -> Any:
    """The generated `respond`."""
    return http.respond


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_values_are_answered_as_flask_answers_them(value: Any, respond: Any) -> None:
    app = Flask("legacy", static_folder=None)
    app.add_url_rule("/x", view_func=lambda: value, endpoint="x")
    expected = app.test_client().get("/x")
    answer = respond(value)
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    assert (answer.status_code, body) == (expected.status_code, expected.data)
    theirs = {name.lower(): ", ".join(expected.headers.getlist(name)) for name, _ in expected.headers}
    mine = {name: each if isinstance(each, str) else ", ".join(each) for name, each in answer.headers.items()}
    theirs.pop("content-length", None)
    if expected.status_code == 304:
        # Werkzeug takes headers of the body off a 304; API Gateway sends what it is given, and no client minds.
        mine.pop("content-type")
    assert mine == theirs


@pytest.mark.parametrize("value", ERRORS, ids=range(len(ERRORS)))
def test_what_flask_refuses_leaves_the_handler_as_an_error(value: Any, respond: Any) -> None:
    app = Flask("legacy", static_folder=None)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    app.add_url_rule("/x", view_func=lambda: value, endpoint="x")
    with pytest.raises(TypeError):
        app.test_client().get("/x")
    with pytest.raises(TypeError):
        respond(value)


def test_a_generator_is_sent_as_one_body(respond: Any) -> None:
    assert respond(part for part in ("a", b"b")).body == b"ab"


def test_cookies_go_out_one_by_one(respond: Any) -> None:
    answer = respond(("x", 200, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]))
    assert [str(cookie) for cookie in answer.cookies] == ["a=1", "b=2"]


def test_bytes_reach_api_gateway_in_base64(tmp_path: Path) -> None:
    from tests.artifacts.events import CONTEXT, request

    source = "from flask import Blueprint\nbp = Blueprint('b', __name__)\n\n@bp.route('/x')\ndef view():\n    return b'\\x00\\xff'\n"
    made = make_artifacts(planned(tmp_path / "monolith", {"shop.py": source}, "shop.view", registered="@bp.route"))
    for path, text in made.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    answer = load(tmp_path / "src").handler(request("GET", "/x"), CONTEXT)
    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]) == b"\x00\xff"
