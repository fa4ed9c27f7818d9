"""The Makefile of a service: one command for all that this machine can do, and no silence about what it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from migrator.artifacts import Artifacts
from tests.artifacts.pipeline.conftest import folder_of

BIN = Path(sys.executable).parent
TOOLS = Path(__file__).resolve().parents[3] / ".venv-tools" / "bin"
NOTHING = {name: f"no-such-{name.lower()}" for name in ("MIGRATOR", "SAM", "RUFF", "PIP_AUDIT", "LOCUST")}


def make(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.skip("no make")
    given = [f"{name}={value}" for name, value in {"PYTHON": sys.executable, **variables}.items()]
    return subprocess.run(
        ["make", *words, *given],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def test_what_is_left_out_is_said_with_the_reason(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["plain"], tmp_path / "service")
    done = make(folder, "check", **{**NOTHING, "PYTHON": "no-such-python"})
    assert done.returncode == 0, done.stdout + done.stderr
    left_out = [line.partition(": LEFT OUT, ") for line in done.stdout.splitlines()]
    assert [name for name, _, why in left_out if why] == [
        *("== lint", "== tests", "== template", "== toolkit", "== benchmark")
    ]
    assert "ruff is not installed: make tools" in done.stdout
    for step in ("lint", "test", "validate", "toolkit", "benchmark", "audit"):
        assert make(folder, step, STRICT="1", **{**NOTHING, "PYTHON": "no-such-python"}).returncode != 0, step


def test_lint_finds_what_cannot_run_and_leaves_style_alone(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["plain"], tmp_path / "service")
    (folder / "src" / "more.py").write_text("import os, sys\nif sys == None: pass\n")
    assert make(folder, "lint", RUFF=str(BIN / "ruff")).returncode == 0
    (folder / "src" / "more.py").write_text("def quote():\n    return nowhere\n")
    done = make(folder, "lint", RUFF=str(BIN / "ruff"))
    assert done.returncode != 0
    assert "nowhere" in done.stdout


def test_a_step_that_fails_does_not_hide_the_others(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["plain"], tmp_path / "service")
    (folder / "src" / "more.py").write_text("def quote():\n    return nowhere\n")
    done = make(folder, "check", **{**NOTHING, "PYTHON": "no-such-python", "RUFF": str(BIN / "ruff")})
    assert done.returncode != 0
    assert "== benchmark: LEFT OUT" in done.stdout


def test_help_lists_every_target(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["queue"], tmp_path / "service")
    listed = {line.split()[0] for line in make(folder, "help").stdout.splitlines()}
    text = (folder / "Makefile").read_text()
    assert listed == {line.split()[1] for line in text.splitlines() if line.startswith(".PHONY:")}


# A Python whose environments have the programs of the pipeline, each of which says its name and what it was told.
PYTHON = """#!/bin/sh
if [ "$2" = venv ]; then
  mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
else
  for name in sam locust; do
    printf '#!/bin/sh\\necho ran %s "$@"\\n' "$name" > "$(dirname "$0")/$name"
    chmod +x "$(dirname "$0")/$name"
  done
fi
"""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (["build"], "ran sam build"),
        (["release", "STAGE=staging"], "ran sam deploy --config-env staging --no-confirm-changeset"),
        (["load", "STAGE=staging"], "ran locust -f loadtest/locustfile.py"),
    ],
)
def test_programs_that_one_call_installs_are_found_by_it(
    target: list[str], said: str, services: Mapping[str, Artifacts], tmp_path: Path
) -> None:
    """The pipelines say `make tools build`: what is there was not there when make began."""
    folder = folder_of(services["plain"], tmp_path / "service")
    python = tmp_path / "python"
    python.write_text(PYTHON)
    python.chmod(0o755)
    done = make(folder, "tools", *target, PYTHON=str(python))
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert (folder / ".venv-tools" / ".installed").exists()


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def test_a_folder_of_a_repository_gets_its_workflow_at_the_root(
    services: Mapping[str, Artifacts], tmp_path: Path
) -> None:
    made = services["queue"]
    root = repository(tmp_path / "repository")
    folder = folder_of(made, root / "services" / "tell.v2")
    done = make(folder, "pipeline")
    assert done.returncode == 0, done.stderr
    path = f".github/workflows/{made.name}.yml"
    installed = yaml.safe_load((root / path).read_text())
    own = yaml.safe_load((folder / path).read_text())
    for event in ("push", "pull_request"):
        assert installed[True][event].pop("paths") == ["services/tell.v2/**", path]
        assert own[True][event].pop("paths") == ["**"]
    assert installed["env"].pop("SERVICE_FOLDER") == "services/tell.v2"
    assert own["env"].pop("SERVICE_FOLDER") == "."
    assert installed == own, "nothing else differs"
    told = yaml.safe_load(done.stdout.partition("at the root:")[2])
    assert told == {
        made.name: {
            "trigger": {"include": "services/tell.v2/.gitlab-ci.yml", "strategy": "depend"},
            "variables": {"SERVICE_FOLDER": "services/tell.v2"},
            "rules": [{"changes": ["services/tell.v2/**/*"]}],
        }
    }


def test_a_repository_of_its_own_has_nothing_to_do(services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    folder = folder_of(services["plain"], repository(tmp_path / "repository"))
    before = sorted(path for path in folder.rglob("*") if ".git/" not in str(path))
    assert "both pipelines are in place" in make(folder, "pipeline").stdout
    assert sorted(path for path in folder.rglob("*") if ".git/" not in str(path)) == before


@pytest.mark.parametrize("name", ["a b", "a|b", 'a"b', "a$(touch x)b", "a&b", "a'b"])
def test_a_folder_whose_name_would_be_more_than_a_name_is_refused(
    name: str, services: Mapping[str, Artifacts], tmp_path: Path
) -> None:
    root = repository(tmp_path / "repository")
    folder = folder_of(services["plain"], root / name)
    done = make(folder, "pipeline")
    assert done.returncode != 0
    assert "letters, digits" in done.stdout
    assert not (root / ".github").exists()
    assert not list(root.rglob("x"))


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["plain", "queue"])
def test_everything_that_can_run_here_runs(kind: str, services: Mapping[str, Artifacts], tmp_path: Path) -> None:
    """With what this machine has; each step says that it ran."""
    if not (TOOLS / "sam").exists():
        pytest.skip("no SAM CLI in .venv-tools")
    folder = folder_of(services[kind], tmp_path / "service")
    here = {"SAM": str(TOOLS / "sam"), "RUFF": str(BIN / "ruff"), "MIGRATOR": str(BIN / "migrator")}
    done = make(folder, "check", **here)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LEFT OUT" not in done.stdout
    for said in ("== lint", " passed in ", "is a valid SAM Template", "passed  workflows", "passed  budget"):
        assert said in done.stdout, said
