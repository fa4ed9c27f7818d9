"""The import contracts hold, and each one breaks on the import that it is there to forbid."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]

# contract -> files to add to, each with the import that the contract forbids
VIOLATIONS: dict[str, dict[str, str]] = {
    "Data flows one way: the layers, top to bottom": {"domain/effects.py": "import migrator.cli.app"},
    "The rollout half reaches nothing of the analysis half": {"rollout/ports.py": "import migrator.source"},
    "libcst has its home in facts, plan and artifacts": {"adapters/__init__.py": "import libcst"},
    "jinja2 has its home in artifacts and cli.formats": {"compare/__init__.py": "import jinja2"},
    "boto3 has its home in adapters": {"rollout/ports.py": "import boto3"},
    "typer and rich have their home in cli": {"artifacts/__init__.py": "import rich"},
    "Framework plug-ins stand alone": {
        "model/frameworks/first_new.py": "import migrator.model.frameworks.second_new",
        "model/frameworks/second_new.py": "",
    },
    "Handler plug-ins stand alone": {
        "artifacts/triggers/first_new.py": "import migrator.artifacts.triggers.second_new",
        "artifacts/triggers/second_new.py": "",
    },
    "Adapters of one port stand alone": {
        "adapters/states/first_new.py": "import migrator.adapters.states.second_new",
        "adapters/states/second_new.py": "",
    },
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    script = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [script, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def verdicts(output: str) -> dict[str, str]:
    found = {}
    for line in output.splitlines():
        for word in ("KEPT", "BROKEN"):
            name, separator, _ = line.partition(f" {word}")
            if separator and name.strip() in CONTRACTS:
                found[name.strip()] = word
    return found


def test_every_contract_has_a_violation_to_be_tried() -> None:
    assert sorted(VIOLATIONS) == sorted(CONTRACTS)


def test_the_contracts_hold() -> None:
    done = lint(REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert verdicts(done.stdout) == dict.fromkeys(CONTRACTS, "KEPT")


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_forbidden_import_breaks_the_contract(contract: str, tmp_path: Path) -> None:
    shutil.copytree(REPOSITORY / "migrator", tmp_path / "migrator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "pyproject.toml", tmp_path)
    for file, statement in VIOLATIONS[contract].items():
        path = tmp_path / "migrator" / file
        before = path.read_text() if path.exists() else ""
        path.write_text(f"{before}\n{statement}\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert verdicts(done.stdout)[contract] == "BROKEN", done.stdout + done.stderr
