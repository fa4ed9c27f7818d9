"""The hooks that others pull, run by pre-commit itself in a repository of theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.cli.changed_services import services_of
from tests.artifacts.event_services import call

pytest.importorskip("pre_commit")

CHECKOUT = Path(__file__).resolve().parents[2]
HOOKS = ".pre-commit-hooks.yaml"
# The hooks' program is the one of this environment: pre-commit would install all it needs from the network. Nothing else
# of what the file says is changed.
CONFIG = """\
repos:
  - repo: {source}
    rev: {revision}
    hooks:
      - {{id: migrator-router-validate, language: system}}
      - {{id: migrator-check, language: system, args: [--quiet, --only=python, --only=manifest]}}
"""
ROUTER = """\
version: 1
include: ["routes/*.yaml"]
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
legacy: {url: http://127.0.0.1:8000}
"""
ROUTES = """\
version: 1
routes:
  - name: tax
    match: {http: {path: /tax}}
    canary: {lambda: tax, url: http://127.0.0.1:9000}
    weight: 0
"""


class Repository:
    """A repository whose commits the hooks look at."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            **{f"GIT_{role}_{what}": "a@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
            "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
            "HOME": str(folder.parent),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        folder.mkdir()
        self.run("git", "init", "--quiet")

    def run(self, *command: str, ends: int = 0) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == ends, done.stdout + done.stderr
        return done.stdout

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        self.run("git", "add", "--all")

    def hooks(self, *, ends: int = 0) -> str:
        return self.run(sys.executable, "-m", "pre_commit", "run", "--color", "never", ends=ends)


@pytest.mark.thorough
def test_the_hooks_look_at_what_has_changed_and_say_no(tmp_path: Path) -> None:
    source = Repository(tmp_path / "migrator")
    source.write(HOOKS, (CHECKOUT / HOOKS).read_text("utf-8"))
    source.run("git", "commit", "--quiet", "--message", "hooks")
    revision = source.run("git", "rev-parse", "HEAD").strip()

    theirs = Repository(tmp_path / "theirs")
    theirs.write(".pre-commit-config.yaml", CONFIG.format(source=source.folder, revision=revision))
    theirs.write("README.md", "nothing of ours\n")
    said = theirs.hooks()
    assert "router.yaml and what it includes" in said
    assert "(no files to check)Skipped" in said

    theirs.write("router.yaml", ROUTER)
    theirs.write("routes/tax.yaml", ROUTES)
    for path, text in call(tmp_path / "monolith").files.items():
        theirs.write(f"services/greet/{path}", text)
    assert theirs.hooks().count("Passed") == 2
    theirs.run("git", "commit", "--quiet", "--message", "all")

    theirs.write("routes/tax.yaml", ROUTES.replace("weight: 0", "weight: heavy"))
    theirs.write("services/greet/src/app.py", "def handler(:\n")
    said = theirs.hooks(ends=1)
    assert "routes/tax.yaml:6:13: routes[0].weight" in said
    assert "failed  python" in said
    assert "services/greet/src/app.py:1:" in said


def test_a_file_belongs_to_the_nearest_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "a/inner"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "migrator-manifest.json").touch()
    files = ["a/x.py", "a/inner/src/y.py", "a/src/z.py", "other.py", "gone/b.py"]
    assert list(services_of(files)) == [Path("a"), Path("a/inner")]
