"""The command line is light: its help loads nothing heavy, and each listed command exists."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer.main

from migrator.cli.registry import COMMANDS

HEAVY = ("rich", "libcst", "boto3", "botocore", "jinja2", "pydantic", "httpx", "ruamel.yaml", "samtranslator")

PROBE = """
import json, sys
sys.argv = ["migrator", *{arguments!r}]
from migrator.cli.app import main
try:
    main()
except SystemExit as end:
    code = end.code
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def run_and_list_modules(*arguments: str) -> tuple[int, set[str], str]:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=list(arguments))], capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    return int(code or 0), set(modules), done.stdout


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...]) -> None:
    code, modules, output = run_and_list_modules(*arguments)
    assert code == 0
    assert "migrator" in output
    assert modules.isdisjoint(HEAVY), sorted(modules & set(HEAVY))


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_the_help_of_a_command_loads_nothing_heavy_and_ends_with_examples(entry: object) -> None:
    name = entry.name  # type: ignore[attr-defined]
    code, modules, output = run_and_list_modules(name, "--help")
    assert code == 0
    # Typer itself loads pydantic as soon as it reads the root's options; what the command loads is ours.
    heavy = set(HEAVY) - {"pydantic"}
    assert modules.isdisjoint(heavy), sorted(modules & heavy)
    assert "--install-completion" not in output, "completion is installed once, for the whole program"
    assert output.count(f"migrator {name}") >= 3, "the usage line and two examples"


def test_an_analysis_loads_nothing_of_the_other_half(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text("from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef view(): ...\n")
    code, modules, output = run_and_list_modules("analyze", str(tmp_path), "--json", "--jobs", "1")
    assert code == 0 and "web.view" in output
    other = ("rich", "boto3", "botocore", "jinja2", "httpx", "ruamel.yaml", "migrator.rollout", "migrator.router")
    assert modules.isdisjoint(other), sorted(modules & set(other))


def test_an_analysis_of_last_time_loads_nothing_that_makes_one(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text("from flask import Flask\napp = Flask(__name__)\n@app.get('/')\ndef view(): ...\n")
    for makes in (True, False):
        code, modules, output = run_and_list_modules("analyze", str(tmp_path), "--jobs", "1")
        assert code == 0 and "web.view" in output
        assert modules.isdisjoint({"migrator.model", "migrator.facts", "libcst"}) is not makes


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_every_listed_command_exists_and_says_what_it_is(entry: object) -> None:
    module = import_module(f"migrator.cli.commands.{entry.module}")  # type: ignore[attr-defined]
    assert module.__doc__
    command = typer.main.get_command(module.app)
    assert command.help, "the first paragraph of a command's help says what it does"


def test_an_unknown_command_is_a_usage_error() -> None:
    done = subprocess.run([sys.executable, "-m", "migrator", "analyse"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "analyze" in done.stderr
    assert "Traceback" not in done.stderr
