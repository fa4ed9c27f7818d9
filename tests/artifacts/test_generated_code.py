"""The generated code itself: clean, formatted, compiled; and what a Flask handler does with a whole request."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from ruff.__main__ import find_ruff_bin

from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.artifacts.formatting import LINE_LENGTH
from migrator.domain.assessments import Verdict
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.errors import Refused
from tests.artifacts.event_services import call, django, event, fastapi, queue
from tests.artifacts.events import request
from tests.support.slices import planned

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "services"

PLAIN = """
from flask import Blueprint

bp = Blueprint("b", __name__)


@bp.route("/tax/<country>/<int:cents>", methods=["GET", "POST"])
@bp.get("/tax/<uuid:order>/", defaults={"cents": 7})
def view(cents, country="", order=None):
    if cents == 13:
        raise RuntimeError("unlucky")
    return {"cents": cents, "country": country, "order": order}
"""
FLASK = """
from flask import Blueprint, abort, jsonify, make_response, request, url_for

bp = Blueprint("b", __name__)


@bp.route("/orders/<name>", methods=["POST"])
def view(name):
    if name == "nobody":
        abort(404)
    if name == "broken":
        raise RuntimeError("unlucky")
    body = jsonify(
        name=name,
        page=request.args.getlist("page"),
        agent=request.headers["user-agent"],
        cookie=request.cookies.get("seat"),
        sent=request.get_json(silent=True),
        raw=request.get_data().hex(),
        here=url_for("view", name="me"),
    )
    answer = make_response(body, 201)
    answer.set_cookie("a", "1")
    answer.set_cookie("b", "2")
    answer.headers.add("X-Two", "1")
    answer.headers.add("X-Two", "2")
    return answer
"""


def plain(folder: Path) -> Artifacts:
    paths = ["/tax/<country>/<int:cents>", "/tax/<uuid:order>/"]
    return make_artifacts(
        planned(
            folder, {"shop.py": PLAIN}, "shop.view", paths=paths, methods=["GET", "HEAD", "OPTIONS"], registered="@bp"
        )
    )


def flask(folder: Path) -> Artifacts:
    found = EffectFinding(Effect.REQUEST_CONTEXT, (Evidence(Location("shop.py", 14), "reads flask.request"),))
    return make_artifacts(
        planned(
            folder,
            {"shop.py": FLASK, "requirements.txt": "flask==3.1.3\n"},
            "shop.view",
            paths=["/orders/<name>"],
            methods=["POST", "OPTIONS"],
            registered="@bp",
            effects=[found],
            verdict=Verdict.REFACTOR,
            accepted={Effect.REQUEST_CONTEXT: "the handler makes the request"},
        )
    )


LOAD_TEST = [f"loadtest/{name}.py" for name in ("limits", "locustfile", "stack")]
GENERATED = {
    plain: ["lambda_http"],
    flask: ["lambda_http"],
    queue: ["lambda_task"],
    call: ["lambda_call"],
    event: [],
    django: [
        *("application_start", "lambda_http", "lambda_secrets", "lambda_web"),
        *("lambda_shadow", "lambda_shadow_aws", "lambda_shadow_network", "lambda_shadow_sql"),
    ],
    fastapi: ["lambda_web"],
}


@pytest.mark.parametrize("make", GENERATED)
def test_it_is_clean_and_formatted(make: object, tmp_path: Path) -> None:
    made: Artifacts = make(tmp_path / "monolith")  # type: ignore[operator]
    write(made, tmp_path / "service")
    generated = [path for path in made.files if path.endswith(".py") and not path.startswith("src/shop")]
    own = sorted(f"src/{name}.py" for name in ["app", *GENERATED[make]])  # type: ignore[index]
    tests = ["tests/conftest.py", "tests/test_handler.py"] + ["tests/test_shadow.py"] * ("src/lambda_shadow.py" in own)
    assert sorted(generated) == ["hooks/hook.py", *LOAD_TEST, *own, *tests]
    assert_clean(made, tmp_path / "service", generated)


def assert_clean(made: Artifacts, folder: Path, generated: Sequence[str]) -> None:
    """The files compile, are formatted, and ruff has nothing to say."""
    for path in generated:
        compile(made.files[path], path, "exec")
    rules = "E,F,W,I,UP,B,C4,SIM,RET,PTH,RUF,PIE,ISC"
    isolated = ["--isolated", "--no-cache", f"--line-length={LINE_LENGTH}", "--target-version=py311"]
    for command in (["check", "--select", rules], ["format", "--check"]):
        done = subprocess.run(
            [find_ruff_bin(), *command, *isolated, *generated],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def test_every_function_of_the_handler_is_typed(tmp_path: Path) -> None:
    for make, modules in GENERATED.items():
        made = make(tmp_path / make.__name__)
        for path in (f"src/{name}.py" for name in ["app", *modules]):
            for node in ast.walk(ast.parse(made.files[path])):
                if isinstance(node, ast.FunctionDef):
                    assert node.returns is not None, node.name
                    assert all(
                        argument.annotation for argument in node.args.args if argument.arg not in ("self", "cls")
                    ), node.name


def test_a_slice_without_flask_has_a_package_without_it(tmp_path: Path) -> None:
    made = plain(tmp_path)
    assert "flask" not in made.files["src/requirements.txt"].lower()
    assert "flask" not in "".join(line for line in made.files["src/app.py"].splitlines() if "import" in line).lower()


def test_flask_comes_at_the_version_that_the_monolith_pins(tmp_path: Path) -> None:
    assert "flask==3.1.3" in flask(tmp_path).files["src/requirements.txt"].splitlines()


# One that answers and one that takes messages in the suite.
_ASKED = [pytest.param(make, marks=[pytest.mark.thorough] * (make not in (plain, queue))) for make in GENERATED]


@pytest.mark.parametrize("make", _ASKED)
def test_a_deployment_may_ask_whether_it_starts_and_nothing_is_done(make: object, tmp_path: Path) -> None:
    """What the hook sends is answered as the hook expects; the function is not reached, which would fail without AWS."""
    made: Artifacts = make(tmp_path / "monolith")  # type: ignore[operator]
    constants = {
        node.targets[0].id: ast.literal_eval(node.value)  # type: ignore[attr-defined]
        for node in ast.parse(made.files["hooks/hook.py"]).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    }
    pytest.importorskip({"django": "django", "fastapi": "fastapi"}.get(make.__name__, "boto3"))  # type: ignore[attr-defined]
    names = re.findall(r"^          ((?!POWERTOOLS)[A-Z_]+): ", made.files["template.yaml"], re.MULTILINE)
    variables = dict.fromkeys(names, "x") | {
        "POWERTOOLS_TRACE_DISABLED": "1",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        **_NOWHERE,
    }
    assert run(made, tmp_path / "service", constants["START"], variables=variables) == [constants["STARTED"]]


_NOWHERE = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
}


def run(made: Artifacts, folder: Path, *events: object, variables: Mapping[str, str] | None = None) -> list[object]:
    """Call the handler in a process of its own."""
    write(made, folder)
    code = (
        "import json, os, sys; out = os.fdopen(os.dup(1), 'w'); os.dup2(2, 1)\n"
        "sys.path.insert(0, 'src'); sys.path.insert(0, sys.argv[1])\n"
        "from tests.artifacts.events import CONTEXT; from app import handler\n"
        "for line in sys.stdin:\n"
        "    try: answer = handler(json.loads(line), CONTEXT)\n"
        "    except Exception as error: answer = type(error).__name__\n"
        "    print(json.dumps(answer), file=out)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).resolve().parents[2])],
        input="\n".join(json.dumps(event) for event in events),
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **(variables or {})},
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_whole_request_reaches_the_view_and_its_answer_comes_back(tmp_path: Path) -> None:
    base = request("POST", "/orders/Zoë")
    headers = {**base["headers"], "content-type": "application/json"}  # type: ignore[dict-item]
    sent = {
        **base,
        "rawQueryString": "page=1&page=2%20x",
        "cookies": ["seat=12", "other=3"],
        "headers": headers,
        "body": base64.b64encode(b'{"a": 1}').decode(),
        "isBase64Encoded": True,
    }
    nobody, broken, lost = (request("POST", path) for path in ("/orders/nobody", "/orders/broken", "/elsewhere"))
    first, second, third, fourth = run(flask(tmp_path / "monolith"), tmp_path / "service", sent, nobody, broken, lost)
    assert isinstance(first, dict)
    assert first["statusCode"] == 201
    assert json.loads(first["body"]) == {
        "name": "Zoë",
        "page": ["1", "2 x"],
        "agent": "migrator-example",
        "cookie": "12",
        "sent": {"a": 1},
        "raw": b'{"a": 1}'.hex(),
        "here": "/orders/me",
    }
    assert first["cookies"] == ["a=1; Path=/", "b=2; Path=/"]
    assert first["headers"]["x-two"] == "1, 2"
    assert isinstance(second, dict)
    assert (second["statusCode"], second["headers"]["content-type"]) == (404, "text/html; charset=utf-8")
    assert third == "RuntimeError"
    assert isinstance(fourth, dict)
    assert fourth["statusCode"] == 404


def test_an_exception_leaves_a_plain_handler(tmp_path: Path) -> None:
    good, bad = run(
        plain(tmp_path / "monolith"), tmp_path / "service", request("GET", "/tax/DE/12"), request("GET", "/tax/DE/13")
    )
    assert isinstance(good, dict)
    assert json.loads(good["body"]) == {"cents": 12, "country": "DE", "order": None}
    assert bad == "RuntimeError"


@pytest.mark.parametrize(
    ("path", "options", "says"),
    [
        ("/<slug:x>", "", "the application's own"),
        ("/a{b}", "", "API Gateway takes no route"),
        ("/<x>/<x>", "", "stands twice"),
        ("/x", ", subdomain='api'", "subdomain="),
        ("/x", ", defaults=make()", "defaults="),
    ],
)
def test_a_route_that_cannot_be_repeated_is_refused(path: str, options: str, says: str, tmp_path: Path) -> None:
    source = f"@bp.route('/x'{options})\ndef view(x=1):\n    return 'x'\n"
    made = planned(tmp_path, {"shop.py": source}, "shop.view", paths=[path], registered="@bp")
    with pytest.raises(Refused, match=says):
        make_artifacts(made)


def test_a_framework_without_a_plug_in_is_refused(tmp_path: Path) -> None:
    made = planned(tmp_path, {"shop.py": "def view(): ...\n"}, "shop.view", framework="tornado")
    with pytest.raises(Refused, match=r"no handler for tornado \(http\) yet"):
        make_artifacts(made)


@pytest.mark.parametrize("make", GENERATED)
def test_the_whole_folder_is_as_it_was_reviewed(make: object, tmp_path: Path) -> None:
    """Renewed by `make golden`, and reviewed as a diff."""
    made: Artifacts = make(tmp_path)  # type: ignore[operator]
    golden = GOLDEN / make.__name__  # type: ignore[attr-defined]
    if os.environ.get("MIGRATOR_RENEW_GOLDEN") == "1":
        shutil.rmtree(golden, ignore_errors=True)
        write(made, golden)
        shutil.rmtree(golden / ".migrator")  # an archive of what stands beside it
    found = {path.relative_to(golden).as_posix(): path for path in golden.rglob("*") if path.is_file()}
    assert sorted(found) == sorted(made.files)
    for path, text in made.files.items():
        assert found[path].read_text("utf-8") == text, path
