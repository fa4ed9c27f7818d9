"""The composite action: valid by GitHub's own schema, safe with whatever its inputs say, and its steps done by bash."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.artifacts.event_services import call
from tests.packaging.conftest import CHECKOUT, OFFLINE, lend_libraries

ACTION = CHECKOUT / "action.yml"
CHECKER = CHECKOUT / ".venv-tools" / "bin" / "check-jsonschema"
_EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


def action() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe").load(ACTION.read_text("utf-8"))
    return loaded


def test_it_is_an_action_by_the_published_schema() -> None:
    if not CHECKER.is_file():
        if os.environ.get("CI"):
            pytest.fail("check-jsonschema is missing: make setup")
        pytest.skip("check-jsonschema is missing: make setup")
    command = [CHECKER, "--builtin-schema", "vendor.github-actions", ACTION]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_input_is_read_as_a_script() -> None:
    steps = action()["runs"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert len(scripts) == 2
    assert [script for script in scripts if "${{" in script] == []
    for script in scripts:
        assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


class Runner:
    """Does the steps of the action that are scripts, as GitHub's runner does."""

    def __init__(self, folder: Path, **inputs: str) -> None:
        self.folder = folder
        declared = action()["inputs"]
        self._inputs = {
            name: inputs.get(name.replace("-", "_"), told.get("default", "")) for name, told in declared.items()
        }
        self.output = folder / "github-output"
        self.output.touch()

    def step(self, name: str) -> subprocess.CompletedProcess[str]:
        (step,) = [each for each in action()["runs"]["steps"] if each.get("name") == name]
        variables = {key: _EXPRESSION.sub(self._value, text) for key, text in step["env"].items()}
        return subprocess.run(
            # As the runner starts a script whose shell is `bash`.
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env={
                **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                **OFFLINE,
                **variables,
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
                "RUNNER_TEMP": str(self.folder.parent / "temp"),
                "GITHUB_OUTPUT": str(self.output),
                "GITHUB_WORKSPACE": str(self.folder),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def _value(self, match: re.Match[str]) -> str:
        where, _, name = match[1].partition(".")
        return self._inputs[name] if where == "inputs" else {"action_path": str(CHECKOUT)}[name]


@pytest.mark.thorough
def test_it_installs_a_pinned_version_and_says_findings_at_their_lines(wheel: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    done = Runner(work, command="x", package=str(wheel)).step("Install")
    assert done.returncode == 0, done.stderr
    lend_libraries(tmp_path / "temp" / "migrator")

    (work / "router.yaml").write_text("version: 1\nroutse: []\n")
    runner = Runner(work, command="router validate 'router.yaml'")
    done = runner.step("Run")
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith("::error file=router.yaml,line=")
    assert runner.output.read_text() == "exit-code=3\n"

    done = Runner(work, command="router validate '$(touch owned)' ; touch owned `touch owned`").step("Run")
    assert done.returncode == 2
    assert not (work / "owned").exists()
    for nothing in ("", "router 'validate"):
        assert Runner(work, command=nothing).step("Run").returncode == 2

    for path, text in call(tmp_path / "monolith").files.items():
        (work / "greet" / path).parent.mkdir(parents=True, exist_ok=True)
        (work / "greet" / path).write_text(text, "utf-8")
    (work / "greet" / "src" / "app.py").write_text("def handler(:\n")
    done = Runner(work, command="check greet --only python", sarif="found.sarif").step("Run")
    assert done.returncode == 1
    assert "::error file=greet/src/app.py,line=1" in done.stdout
    found = json.loads((work / "found.sarif").read_text())
    assert found["runs"][0]["results"]

    (work / "web.py").write_text(
        "from flask import Flask\napp = Flask('x')\n@app.get('/')\ndef v():\n    while True: pass\n"
    )
    done = Runner(work, command="analyze web.py --fail-on keep", sarif="analysis.sarif").step("Run")
    assert done.returncode == 1
    assert "::error file=web.py,line=4" in done.stdout
    (run,) = json.loads((work / "analysis.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["effect/unbounded"]


@pytest.mark.thorough
def test_a_version_is_what_is_installed(tmp_path: Path) -> None:
    """There is no index here: pip says what it has looked for."""
    work = tmp_path / "work"
    work.mkdir()
    done = Runner(work, command="x", version="9.9.9").step("Install")
    assert done.returncode != 0
    assert "migrator==9.9.9" in done.stderr
