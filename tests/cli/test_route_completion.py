"""Completion of routes, service folders and formats: by functions, and in a shell that has sourced the script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from migrator.cli.route_completion import route_names, service_folders

MAIN = """\
version: 1
include: [  # by hand
"routes/*.yaml", 'more/one.yaml']
notifications:
  - name: nobody
routes:
  - name: tax
    rollout:
      gates:
        - name: deeper
  - {name: "order-mail", weight: 0}
"""
FRAGMENT = "routes:\n- name: {0}\n  x:\n    - name: deeper\n- name: {0}-2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for path, text in {
        "router.yaml": MAIN.replace('[  # by hand\n"', '["'),
        "routes/b.yaml": FRAGMENT.format("b"),
        "routes/a.yaml": FRAGMENT.format("a"),
        "more/one.yaml": FRAGMENT.format("one"),
        "services/tax/migrator-manifest.json": "{}",
        "services/deep/er/migrator-manifest.json": "{}",
        "services/other/x.txt": "",
        ".hidden/migrator-manifest.json": "{}",
        "services/$(touch owned)/migrator-manifest.json": "{}",
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


def routes(router: object = None, typed: str = "") -> list[str]:
    return route_names(SimpleNamespace(params={"router": router}), typed)


def test_routes_of_the_file_and_of_what_it_includes(folder: Path) -> None:
    assert routes() == ["tax", "order-mail", "a", "a-2", "b", "b-2", "one", "one-2"]
    assert routes(typed="o") == ["order-mail", "one", "one-2"]
    assert routes(folder / "routes" / "a.yaml") == ["a", "a-2"]
    (folder / "router.yaml").write_text("include:\n  # all\n  - routes/a.yaml\n  - 'routes/b.yaml'\nversion: 1\n")
    assert routes() == ["a", "a-2", "b", "b-2"]


@pytest.mark.parametrize("text", ["", "routes:", "include: [..", "include: [/etc]\nroutes: 3", "\0", "name: x"])
def test_a_file_that_is_none_has_none(folder: Path, text: str) -> None:
    (folder / "router.yaml").write_text(text)
    assert routes() == []
    assert routes("no/such") == []
    assert routes(3) == []


def test_service_folders(folder: Path) -> None:
    assert service_folders(None, "") == ["services/deep/er", "services/tax"]
    assert service_folders(None, "services/t") == ["services/tax"]
    assert service_folders(None, "x") == []


BASH = """
eval "$(migrator --show-completion)"
complete -p migrator
ask() { COMP_WORDS=(migrator "$@"); COMP_CWORD=$#; COMP_LINE="migrator $*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
  "$(complete -p migrator | sed 's/.*-F \\([^ ]*\\).*/\\1/')" migrator; echo "${COMPREPLY[@]}"; }
ask rollout start ta
ask router validate --format gi
ask check services/t
ask roll
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def test_bash_completes_what_it_has_sourced(folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", BASH], cwd=folder, env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    first, *told = done.stdout.splitlines()
    assert first.startswith("complete -o default -F _migrator_completion")
    assert told == ["tax", "github", "services/tax", "rollout"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_of_another_shell_is_one_of_it(shell: str, folder: Path) -> None:
    # What `--show-completion` prints in that shell, which it looks for among its parents.
    asked = {**environment(), "_MIGRATOR_COMPLETE": f"source_{shell}"}
    script = subprocess.run(["migrator"], env=asked, capture_output=True, text=True, check=False).stdout
    assert {"zsh": "compdef _migrator_completion migrator", "fish": "complete --command migrator"}[shell] in script
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here to read its script")
    done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    asks = {
        # What stands at the end of its function is what `_arguments` is given.
        "zsh": f"compdef() {{ :; }}; _arguments() {{ print -r -- $1; }}; {script}\nwords=(migrator rollout start ta); CURRENT=4; _migrator_completion",
        "fish": f"{script}\ncomplete -C 'migrator rollout start ta'",
    }
    done = subprocess.run(
        [shell], input=asks[shell], env=environment(), cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() in ("tax", '*: :(("tax"))'), done.stderr
