"""`migrator extract` and `migrator check`, as they are called."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.resources import sample_root
from tests.support.local_lambda import require_local_lambda
from tests.support.wheels import Release, write_releases

ROOT = ["--root", str(sample_root()), "--jobs", "1"]
TAX = "shop.api.tax.quote"


def migrator(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """One call of the command line, with nobody to ask."""
    return subprocess.run(
        [sys.executable, "-m", "migrator", *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_extract_then_check(tmp_path: Path) -> None:
    done = migrator("extract", TAX, *ROOT, "-o", str(tmp_path / "tax"), "--yes")
    assert done.returncode == 0, done.stderr
    said = re.search(r"(\d+) files written, 0 unchanged, 0 removed", done.stdout)
    assert said is not None, done.stdout
    total = int(said[1])
    assert "      tax/\n        __init__.py\n        engine.py" in done.stderr
    assert f"next: migrator check {tmp_path / 'tax'}" in done.stderr

    leave_out = ("--skip", "checkov", "--skip", "parliament", "--skip", "cloudsplaining")
    checked = migrator("check", str(tmp_path / "tax"), "--format", "json", *leave_out)
    assert checked.returncode == 0, checked.stdout
    report = json.loads(checked.stdout)
    assert report["schema"] == "migrator.check/1"
    assert report["candidate"] == TAX
    assert [(check["name"], check["outcome"]) for check in report["checks"]] == [
        (name, "unknown" if name == "audit" else "passed")
        for name in (
            *("manifest", "python", "requirements", "sam", "cfn-lint", "limits", "permissions"),
            *("workflows", "audit", "tests"),
        )
    ]

    (tmp_path / "tax" / "src" / "app.py").write_text("def handler(:\n")
    failed = migrator("check", str(tmp_path / "tax"), "--only", "python")
    assert failed.returncode == 1
    assert "failed  python" in failed.stdout
    assert f"{tmp_path / 'tax'}/src/app.py:1:" in failed.stdout

    again = migrator("extract", TAX, *ROOT, "-o", str(tmp_path / "tax"), "--yes")
    assert again.returncode == 0, again.stderr
    assert f" 0 files written, {total} unchanged" in again.stdout
    assert "app.py  (edited by hand, kept)" in again.stderr
    assert (tmp_path / "tax" / "src" / "app.py").read_text() == "def handler(:\n"
    forced = migrator("extract", TAX, *ROOT, "-o", str(tmp_path / "tax"), "--yes", "--force", "--quiet")
    assert forced.returncode == 0
    assert f" 1 files written, {total - 1} unchanged" in forced.stdout


def test_a_dry_run_shows_and_writes_nothing(tmp_path: Path) -> None:
    done = migrator("extract", "tax.quote", *ROOT, "-o", str(tmp_path / "tax"), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{TAX}  (ready, proven)\n")
    assert "template.yaml" in done.stdout
    assert not (tmp_path / "tax").exists()


def test_the_plan_as_json(tmp_path: Path) -> None:
    done = migrator("extract", TAX, *ROOT, "-o", str(tmp_path / "tax"), "--dry-run", "--json")
    document = json.loads(done.stdout)
    assert document["written"] is False
    assert document["plan"]["schema"] == "migrator.plan/1"
    assert document["plan"]["modules"][0] == "shop.api.tax"
    assert "src/shop/tax/engine.py" in document["files"]["created"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["shop.api.tax.quot"], 2, TAX),
        (["shop.web.warehouse.order_feed", "--yes"], 1, "unbounded"),
        (["shop.web.cart.clear", "--yes"], 1, "process-state-write"),
        (["shop.api.pricing.price", "--strategy", "function", "--yes"], 1, "whose models find each other"),
        (["shop.models.catalog.keep_old_price", "--yes"], 1, "objects of the process"),
        ([TAX], 2, "there is nobody to ask"),
        ([TAX, "--accept", "memoize"], 2, "has no reason"),
        ([TAX, "--accept", "magic=yes"], 2, "there is no such effect"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(arguments: list[str], code: int, says: str, tmp_path: Path) -> None:
    done = migrator("extract", *arguments, *ROOT, "-o", str(tmp_path / "out"))
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.local_stack
@pytest.mark.parametrize("front", ["rest-api", "alb"])
def test_a_route_behind_another_front_runs_with_the_events_of_that_front(front: str, tmp_path: Path) -> None:
    require_local_lambda()
    service = tmp_path / "tax"
    done = migrator("extract", TAX, *ROOT, "-o", str(service), "--yes", "--front", front)
    assert done.returncode == 0, done.stderr
    event = next(path for path in sorted((service / "events").glob("get-*.json")) if "miss" not in path.name)
    request = json.loads(event.read_text("utf-8"))
    assert "multiValueHeaders" in request
    event.write_text(json.dumps({**request, "path": "/api/tax/DE/books/consumer/1000"}), "utf-8")
    answered = migrator("invoke", str(service), "--event", str(event))
    assert answered.returncode == 0, answered.stderr
    answer = json.loads(answered.stdout)
    assert answer["statusCode"] == 200
    assert answer["multiValueHeaders"]["content-type"] == ["application/json"]


@pytest.mark.thorough
def test_an_index_is_asked_only_when_told(tmp_path: Path) -> None:
    wheels = ["aws-lambda-powertools", "aws-xray-sdk"]
    write_releases(tmp_path / "wheels", [Release(name, "3.20.0") for name in wheels])
    index = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path / "wheels")}
    quiet = migrator("extract", TAX, *ROOT, "-o", str(tmp_path / "tax"), "--dry-run", **index)
    assert "packaging: unknown: no package index was asked" in quiet.stdout
    told = migrator("extract", TAX, *ROOT, "-o", str(tmp_path / "tax"), "--yes", "--ask-index", **index)
    assert told.returncode == 0, told.stderr
    assert "packaging: everything has wheels for arm64; 0 of 250 MB unzipped" in told.stderr
    checked = migrator("check", str(tmp_path / "tax"), "--ask-index", "--only", "packages", **index)
    assert "passed  packages       1 wheels for arm64" in checked.stdout, checked.stdout


def test_check_of_any_other_folder(tmp_path: Path) -> None:
    done = migrator("check", str(tmp_path))
    assert done.returncode == 3
    assert "this is not a service folder" in done.stderr


def test_a_monolith_that_is_not_there(tmp_path: Path) -> None:
    done = migrator("extract", TAX, "--root", str(tmp_path / "none"), "-o", str(tmp_path / "out"), "--yes")
    assert done.returncode == 3
