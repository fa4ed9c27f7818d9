"""A view that its application guards: whoever plans or extracts it is told first of all, and so is who deploys it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.bad_input import run, write_files

SHOP = """\
from flask import Blueprint, Flask, abort, request

bp = Blueprint("orders", __name__)


@bp.before_request
def only_staff():
    if request.headers.get("x-key") != "staff":
        abort(403)


@bp.after_request
def stamped(answer):
    return answer


@bp.route("/orders/<int:number>")
def order(number):
    return {"number": number}


app = Flask(__name__)
app.register_blueprint(bp)
"""
CHECK = "shop.py:6:2: bp.before_request"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_files(tmp_path / "monolith", {"shop.py": SHOP})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_plan_says_it_before_all_else(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "plan", "order", "--root", "monolith")
    assert code == 0, err
    heading = out.index("access checks that are NOT carried (1)")
    assert heading < out.index(CHECK) < out.index("look at these first")
    assert "bp.after_request" in out[out.index("look at these first") :]
    code, out, _ = run(capsys, "plan", "order", "--root", "monolith", "--json")
    [check] = json.loads(out)["access_checks"]
    assert check["what"] == CHECK
    assert "may turn the request away" in check["reason"]


def test_extract_says_it_too_and_leaves_a_list_to_the_service(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "extract", "order", "--root", "monolith", "-o", "service", "--yes")
    assert code == 0, err
    assert err.index("access checks that are NOT carried") < err.index(CHECK) < err.index("stays behind")
    readme = (shop / "service" / "README.md").read_text("utf-8")
    assert (
        readme.index("## Not carried: access checks")
        < readme.index(f"- [ ] `{CHECK}`")
        < readme.index("## Messages" if "## Messages" in readme else "## What stayed behind")
    )
    assert readme.count(CHECK) == 1


def test_without_one_nothing_is_said(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_files(shop / "monolith", {"shop.py": SHOP.replace("abort(403)", "pass")})
    code, out, err = run(capsys, "plan", "order", "--root", "monolith")
    assert (code, "access checks" in out) == (0, False), err
    assert CHECK in out
