"""Routes of small applications, against what their frameworks themselves say they serve."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from migrator.domain.triggers import TriggerKind
from tests.support.programs import model_of

FOLDER = Path(__file__).parent / "served"
NEEDED = {"flask": "flask", "asgi": "fastapi", "rest": "rest_framework"}
Modules = Mapping[str, str]


@cache
def cases(framework: str) -> dict[str, Modules]:
    told = tomllib.loads((FOLDER / f"{framework}.toml").read_text("utf-8"))
    return {each["name"]: each["modules"] for each in told["case"]}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, dict[str, list[str]]]]:
    """By framework and case, what is served."""
    for needed in NEEDED.values():
        pytest.importorskip(needed)
    asked = {}
    for framework in NEEDED:
        folder = tmp_path_factory.mktemp(framework)
        for name, modules in cases(framework).items():
            write(folder / name, modules)
        command = [sys.executable, "-m", "tests.support.serving", framework, str(folder)]
        asked[framework] = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = {framework: process.communicate()[0] for framework, process in asked.items()}
    assert [process.returncode for process in asked.values()] == [0, 0, 0]
    return {framework: json.loads(text) for framework, text in said.items()}


def write(folder: Path, modules: Modules) -> None:
    for name, text in modules.items():
        is_package = any(other.startswith(f"{name}.") for other in modules)
        stem = folder.joinpath(*name.split("."))
        path = stem / "__init__.py" if is_package else stem.with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "modules.json").write_text(json.dumps([*modules]), "utf-8")


def analyzed(modules: Modules) -> dict[str, list[str]]:
    """Candidates with the methods and paths of their routes, without methods that frameworks add by themselves."""
    found: dict[str, set[str]] = {}
    for candidate in model_of(modules).candidates:
        for trigger in candidate.triggers:
            if trigger.kind is TriggerKind.HTTP:
                said = trigger.detail["methods"]
                methods = sorted({str(each) for each in said} - {"HEAD", "OPTIONS"})  # type: ignore[union-attr]
                found.setdefault(candidate.name, set()).add(f"{','.join(methods)} {trigger.detail['path']}")
    return {name: sorted(routes) for name, routes in sorted(found.items())}


@pytest.mark.parametrize(
    ("framework", "name"),
    [pytest.param(framework, name, id=f"{framework}, {name}") for framework in NEEDED for name in cases(framework)],
)
def test_routes_are_those_that_the_framework_serves(
    framework: str, name: str, served: dict[str, dict[str, dict[str, list[str]]]]
) -> None:
    assert served[framework][name]
    assert analyzed(cases(framework)[name]) == served[framework][name]
