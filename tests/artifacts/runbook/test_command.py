"""`migrator runbook` as people call it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from migrator.artifacts.runbook import runbook_markdown
from migrator.bootstrap.runbooks import Asked, runbook_of
from migrator.errors import UsageError
from tests.artifacts.runbook.cases import HTTP, SERVICES
from tests.support.runbooks.reading import read_blocks

SHOP = {
    "shop/__init__.py": "",
    "shop/web.py": """
from flask import Flask, jsonify

app = Flask(__name__)


@app.post("/orders/<name>")
def view(name: str):
    return jsonify(name=name)
""",
}


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a monolith, a service of it, and its route; the current folder."""
    top = tmp_path / "shop repository"
    (top / ".git").mkdir(parents=True)
    for path, text in SHOP.items():
        file = top / "backend" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    shutil.copytree(SERVICES / HTTP.folder, top / "services" / HTTP.service)
    (top / "router.yaml").write_text(HTTP.routes)
    (top / "CODEOWNERS").write_text("* @everybody\n/backend/shop/ @example/orders\n")
    monkeypatch.chdir(top)
    return top


def written(name: str, **asked: Any) -> tuple[str, str]:
    """The runbook from the current folder, and what is noted about it."""
    context, notes = runbook_of(Asked(name, Path("backend"), jobs=1, **asked))
    return runbook_markdown(context), " ".join(notes)


def test_a_route_whose_candidate_has_gone_has_a_runbook(top: Path) -> None:
    text, notes = written(HTTP.service)
    assert read_blocks(text)[0].commands[0].startswith(f"migrator rollout rollback {HTTP.service}")
    assert "what it changes elsewhere is left out" in notes


def test_a_candidate_without_a_route_has_none(top: Path) -> None:
    with pytest.raises(UsageError, match=r"no route of router\.yaml leads to the function shop-web-view"):
        written("shop.web.view", service=Path("nowhere"))


def test_owners_and_places_are_those_of_the_repository(top: Path) -> None:
    (top / "router.yaml").write_text(HTTP.routes.replace("lambda: shop-view", "lambda: shop-web-view"))
    folder = top / "services" / "shop-web-view"
    (top / "services" / HTTP.service).rename(folder)
    template = (folder / "template.yaml").read_text()
    (folder / "template.yaml").write_text(
        template.replace('FunctionName: "shop-view"', 'FunctionName: "shop-web-view"')
    )
    text, notes = written("shop.web.view", state="dynamodb://night")
    assert not notes
    assert "| Who owns it | `example/orders` |" in text
    assert "`backend/shop/web.py:8`" in text
    assert "service `services/shop-web-view`" in text
    said = "migrator pr shop.web.view --root backend --stage clean-up --state dynamodb://night --dry-run"
    assert said in text


def test_what_is_not_there_is_said(top: Path) -> None:
    shutil.rmtree(top / "services")
    text, notes = written(HTTP.service)
    assert "no template.yaml" in notes and "cloudformation" not in text
    with pytest.raises(UsageError, match="no candidate") as refused:
        written("nobody")
    assert refused.value.hint


def test_a_file_is_a_page_by_its_name(top: Path) -> None:
    command = [sys.executable, "-m", "migrator", "runbook", HTTP.service, "--root", "backend", "-o", "tax.html"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (top / "tax.html").read_text().startswith("<!doctype html>")
