"""Names and texts of analyzed code that would like to be more than text, through every template."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from migrator import bootstrap
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.naming import logical_id, service_name
from migrator.artifacts.quoting import prose, python_literal, quoted, regex_literal
from migrator.domain.checks import CheckOutcome
from migrator.domain.effects import Effect
from migrator.domain.triggers import TriggerKind
from migrator.errors import InputError, Refused
from migrator.markdown import code_span
from migrator.router import parse_router
from tests.support.sampled import one_in
from tests.support.slices import planned

NASTY = st.sampled_from(
    [
        '"""', "'''", '"', "'", "\\", "\n", "\r", "\x00", "\x1b[31m", "\u2028", "\u202e", "{{ 7 * 7 }}", "{% raw %}",
        "${AWS::Region}", "{{resolve:ssm:x}}", "!Sub", "$(rm -rf .)", "`id`", "#", ": ", "- ", "|", "\t", "é", "😀", "\x85", "\x7f",
    ]
)  # fmt: skip
TEXT = st.lists(st.one_of(NASTY, st.text(max_size=4)), max_size=6).map("".join)


@given(TEXT)
def test_python_literals_say_the_text(text: str) -> None:
    assert ast.literal_eval(python_literal(text)) == text
    assert ast.literal_eval(regex_literal(text)) == text


@given(TEXT)
def test_a_quoted_text_is_the_same_in_yaml_and_toml(text: str) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    assert tomllib.loads(f"x = {quoted(clean)}")["x"] == clean
    assert YAML(typ="safe").load(f"x: {quoted(clean)}")["x"] == clean


@given(TEXT)
def test_prose_stays_in_its_docstring(text: str) -> None:
    module = ast.parse(f'"""About {prose(text)}.\n"""\nx = 1\n'.encode("utf-8", "ignore").decode())
    assert len(module.body) == 2
    assert len(ast.parse(f"# {prose(text)}\nx = 1\n".encode("utf-8", "ignore").decode()).body) == 1


@given(TEXT)
def test_a_code_span_is_one_line(text: str) -> None:
    assert "\n" not in code_span(text)
    assert "\x1b" not in code_span(text)


@given(TEXT)
def test_a_candidate_is_a_python_name_or_refused(text: str) -> None:
    try:
        name = service_name(text)
    except InputError:
        return
    assert all(char in "abcdefghijklmnopqrstuvwxyz0123456789-_" for char in name)
    assert 0 < len(name) <= 56


@given(st.lists(st.sampled_from(["a_b", "a", "b", "A", "é", "e", "x" * 40, "shop"]), min_size=1, max_size=4))
def test_two_candidates_never_share_a_name(parts: list[str]) -> None:
    name = ".".join(parts)
    others = {name.lower(), name.replace("_", "."), name.replace("é", "e"), name[:-1] + "z"} - {name}
    assert service_name(name) not in {service_name(other) for other in others if not other.endswith(".")}


@given(TEXT)
def test_logical_ids_are_alphanumeric(text: str) -> None:
    assert logical_id(text).isascii()
    assert logical_id(text).isalnum()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(literal=st.just("") | TEXT, default=TEXT, endpoint=TEXT, reason=TEXT)
def test_a_route_full_of_tricks_is_refused_or_inert(
    literal: str, default: str, endpoint: str, reason: str, tmp_path: Path
) -> None:
    clean = [text.encode("utf-8", "ignore").decode() for text in (literal, default, endpoint, reason)]
    rule = f"/x{clean[0]}/<any({clean[1]!r}):word>"
    source = (
        "from flask import Blueprint\nbp = Blueprint('b', __name__)\n\n"
        f"@bp.route('/x', defaults={{'more': {clean[1]!r}}}, endpoint={clean[2]!r})\n"
        "def view(word, more):\n    return {'word': word}\n"
    )
    try:
        slice_ = planned(tmp_path, {"shop.py": source}, "shop.view", paths=[rule], registered="@bp.route")
        made = make_artifacts(replace_accepted(slice_, clean[3]))
    except Refused:
        return
    for path, text in made.files.items():
        if path.endswith(".py"):
            assert "__import__" not in ast.dump(ast.parse(text))
    tomllib.loads(made.files["samconfig.toml"])
    template = yaml_of(made.files["template.yaml"])
    assert all(re.fullmatch("[A-Za-z0-9]{1,255}", name) for name in template["Resources"])
    assert {"Api", "Function", "Logs", "Role"} < set(template["Resources"])
    assert "{{" not in made.files["template.yaml"]
    assert len(parse_router(made.files["router.yaml"]).routes) == 1
    assert made.files["Makefile"].count("\n.PHONY") == 15


def replace_accepted(slice_: Any, reason: str) -> Any:
    from dataclasses import replace

    return replace(slice_, accepted={Effect.MEMOIZE: reason})


def yaml_of(text: str) -> Any:
    loader = YAML(typ="rt")
    return loader.load(text)


VIEWS = {
    "plain": "def view():\n    return '1'\n",
    "awaited": "async def view():\n    return '1'\n",
}


@pytest.mark.parametrize("kind", VIEWS)
def test_a_module_with_the_name_of_a_generated_file_is_refused(kind: str, tmp_path: Path) -> None:
    """Whatever the service has of its own; the handler gives way, whose name is the most usual one of all."""
    made = make_artifacts(planned(tmp_path / "free", {"shop.py": VIEWS[kind]}, "shop.view"))
    own = {path.removeprefix("src/").removesuffix(".py") for path in made.files if path.endswith(".py")}
    own = {name for name in own if "/" not in name} - {"shop", "app"}
    assert len(own) == list(VIEWS).index(kind) + 1
    for name in own:
        slice_ = planned(tmp_path / name, {f"{name}.py": VIEWS[kind]}, f"{name}.view")
        with pytest.raises(Refused, match=rf"{name}\.py has the name of a file that the service needs"):
            make_artifacts(slice_)


APPS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "a view": ("app.py", "view", VIEWS["plain"], {}),
    "a view of a package": ("app/__init__.py", "view", VIEWS["plain"], {}),
    "a task": (
        "app.py",
        "work",
        "from celery import Celery\napp = Celery('x')\n@app.task\ndef work(n: int):\n    return n\n",
        {"kind": TriggerKind.QUEUE, "framework": "celery", "registered": "@app.task"},
    ),
    "a command": (
        "app.py",
        "greet",
        "import click\n\n@click.command()\n@click.argument('to')\ndef greet(to: str):\n    return to\n",
        {"kind": TriggerKind.COMMAND, "framework": "click", "registered": "@click.command"},
    ),
}


@pytest.mark.parametrize("kind", one_in(3, APPS))
def test_the_handler_gives_way_to_a_module_of_the_monolith(kind: str, tmp_path: Path) -> None:
    path, name, source, options = APPS[kind]
    made = make_artifacts(planned(tmp_path / "monolith", {path: source}, f"app.{name}", **options))
    assert (
        yaml_of(made.files["template.yaml"])["Resources"]["Function"]["Properties"]["Handler"] == "lambda_app.handler"
    )
    assert {f"src/{path}", "src/lambda_app.py"} <= set(made.files)
    assert "`src/lambda_app.py`" in made.files["README.md"]
    write(made, tmp_path / "service")
    checks = {check.name: check for check in bootstrap.service_checks(tmp_path / "service")}
    checks.pop("requirements")  # for the machine to say
    assert [(each.name, each.findings) for each in checks.values() if each.outcome is not CheckOutcome.PASSED] == []


def test_the_handler_does_not_give_way_twice(tmp_path: Path) -> None:
    files = {"app.py": "import lambda_app\n\ndef view():\n    return lambda_app.X\n", "lambda_app.py": "X = 1\n"}
    with pytest.raises(Refused, match=r"lambda_app\.py has the name of a file"):
        make_artifacts(planned(tmp_path, files, "app.view"))
