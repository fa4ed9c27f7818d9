"""The sample shop without a route, a schedule and a task that it sends: it runs on, and its tests pass.

What the shop still sends is done by an untouched copy of it, in a process of its own, as the Lambda function would do it.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.bootstrap import analyze
from tests.support.cleaned import Cleaned, clean

SHOP = Path(__file__).parents[3] / "sample_monolith"
# They compare the shop with a list of everything in it.
LISTS = ("expected.json", "tests/test_expected.py")
ROUTE, SCHEDULE, TASK = "shop.api.tax.quote", "shop.tasks.reports.nightly", "shop.tasks.mail.send_sold_out_mail"
FAR_SIDE = '''
"""What reaches the queue is done by the function as it was."""

import json
import os
import subprocess
import sys


def pytest_configure():
    # Not before: the shop's conftest sets up the world that it reads its settings from.
    import conftest
    from shop.migrator_clients.shop_tasks_mail_send_sold_out_mail import send_sold_out_mail

    def run(body, delay):
        message = json.loads(body)
        assert message["task"] == "shop.tasks.mail.send_sold_out_mail" and message["id"] and delay == 0
        code = "import json, sys; from shop.tasks import mail; mail.send_sold_out_mail(*json.loads(sys.argv[1]))"
        subprocess.run(
            [sys.executable, "-c", code, json.dumps(message["args"])], cwd=os.environ["FAR_SIDE"], check=True
        )

    send_sold_out_mail.send = run
'''


def copied(into: Path) -> Path:
    shutil.copytree(SHOP, into, ignore=shutil.ignore_patterns("__pycache__", ".*cache*"))
    for path in LISTS:
        (into / path).unlink()
    return into


def verdicts(root: Path) -> Mapping[str, tuple[str, str]]:
    return {each.name: (each.verdict.value, each.confidence.value) for each in analyze(root, jobs=1).candidates}


def only_removed(root: Path, before: Path, change: Cleaned) -> None:
    """Every statement that is left stood there before, but for imports of clients; every other file is as it was."""
    changed = set(change.change.change.files)
    for path in sorted(before.rglob("*")):
        name = path.relative_to(before).as_posix()
        if not path.is_file() or "__pycache__" in name:
            continue
        if name not in changed:
            assert (root / name).read_bytes() == path.read_bytes(), name
        elif (root / name).is_file():
            known = [ast.dump(each) for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.stmt)]
            left = [each for each in ast.parse((root / name).read_text()).body if not isinstance(each, ast.ImportFrom)]
            assert all(ast.dump(each) in known for each in left if name != "shop/celery_app.py"), name


# Of the shop's tests those about what is removed and what is near it; all of them take ten seconds.
NEAR = (
    "tests/test_tax.py",
    "tests/test_reports.py",
    "tests/test_shop.py::test_order",
    "tests/test_shop.py::test_orders_that_wait_for_their_turn",
)


@pytest.mark.parametrize("tests", [NEAR, pytest.param(("tests",), marks=pytest.mark.thorough)], ids=["near", "all"])
def test_the_shop_runs_on_without_a_route_a_schedule_and_a_task(tests: tuple[str, ...], tmp_path: Path) -> None:
    shop = copied(tmp_path / "shop")
    before = copied(tmp_path / "before")
    known = verdicts(shop)
    for name in (ROUTE, SCHEDULE, TASK):
        last = copied_as(shop, tmp_path / name)
        done = clean(shop, name)
        only_removed(shop, last, done)
        assert not done.change.accepted
    assert verdicts(shop) == {name: each for name, each in known.items() if name not in (ROUTE, SCHEDULE, TASK)}
    assert "nightly-report" not in (shop / "shop/celery_app.py").read_text()
    (shop / "far_side.py").write_text(FAR_SIDE)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "far_side", *tests],
        cwd=shop,
        env={**os.environ, "PYTHONPATH": f"{shop}{os.pathsep}{shop / 'tests'}", "FAR_SIDE": str(before)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout[-3000:]
    assert "passed" in told.stdout and json.dumps(TASK) not in told.stdout


def copied_as(root: Path, into: Path) -> Path:
    return Path(shutil.copytree(root, into, ignore=shutil.ignore_patterns("__pycache__")))
