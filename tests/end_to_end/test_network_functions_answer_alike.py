"""Functions of the sample shop that need its database: cut out, and beside the shop on one database.

Each passes its own tests without the database; the routes among them answer the shop's own products as the shop does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from migrator import bootstrap
from migrator.adapters.checks import generated_tests, python_source
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.http_events import http_event
from migrator.domain.assessments import Assessment
from migrator.domain.checks import CheckOutcome
from migrator.plan import PlannedSlice, make_plan
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.end_to_end.test_ready_functions_answer_alike import comparable
from tests.support.sample_expectations import EXPECTED

SUPPORT = Path(__file__).resolve().parents[1] / "support"
# These run another program, send themselves, are handed rows by SQLAlchemy, or are not proven.
NOT_YET = {
    "shop.commands.rebuild_recommendations",
    "shop.commands.ship",
    "shop.models.catalog.keep_old_price",
    "shop.tasks.orders.expire_unpaid",
}
NAMES = sorted(name for name, entry in EXPECTED.items() if entry["verdict"] == "with-network" and name not in NOT_YET)
# Every fifth; the others are tried by the thorough run.
TRIED = [pytest.param(name, marks=() if turn % 5 == 0 else pytest.mark.thorough) for turn, name in enumerate(NAMES)]
ROUTES = {
    "shop.web.catalog.product_detail": "/products/{}",
    "shop.web.catalog.recommendations": "/products/{}/also-bought",
    "shop.web.catalog.StockView.get": "/products/{}/stock",
    "shop.api.pricing.price": "/api/price/{}/3",
    "shop.web.site.health": "/health",
}
SKUS = ["TENT-1001", "TENT-1002", "BAG-2001", "NONE-0000", "größe 42"]


@pytest.fixture(scope="module")
def candidates() -> dict[str, Assessment]:
    return {candidate.name: candidate for candidate in bootstrap.analyze(sample_root(), jobs=1).candidates}


def cut_out(name: str, candidates: Mapping[str, Assessment], folder: Path) -> PlannedSlice:
    planned = make_plan(read_tree(sample_root()), candidates[name], others=tuple(candidates.values()))
    write(make_artifacts(planned), folder)
    return planned


@pytest.mark.parametrize("name", TRIED)
def test_it_compiles_and_passes_its_own_tests(name: str, candidates: dict[str, Assessment], tmp_path: Path) -> None:
    cut_out(name, candidates, tmp_path / "service")
    for check in (python_source.check, generated_tests.check):
        found = check(tmp_path / "service")
        assert found.outcome is CheckOutcome.PASSED, found.findings


@pytest.mark.parametrize("name", ROUTES)
def test_the_handler_answers_from_the_shops_database(
    name: str, candidates: dict[str, Assessment], tmp_path: Path
) -> None:
    cut_out(name, candidates, tmp_path / "service")
    shop = {**os.environ, "SHOP_VAR_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    seeded = "from shop.app import create_app\nfrom shop.services import seeding\ncreate_app()\nseeding.seed()\n"
    # What the shop would not fill in by itself: only who asks this database can know.
    seeded += (
        "from sqlalchemy import text\nfrom shop.db import session_scope\nwith session_scope() as session:\n"
        "    session.execute(text(\"UPDATE products SET stock = 3, price_cents = 777 WHERE sku = 'TENT-1001'\"))\n"
    )
    subprocess.run([sys.executable, "-c", seeded], env=shop, cwd=sample_root(), check=True, capture_output=True)
    paths = list(dict.fromkeys(quote(ROUTES[name].format(sku)) for sku in SKUS))
    legacy = asked(SUPPORT / "legacy_answers.py", [json.dumps(["GET", path]) for path in paths], shop, sample_root())
    events = [
        json.dumps(http_event("GET", unquote(path), template="/{proxy+}", variables={}, url=path)) for path in paths
    ]
    source = tmp_path / "service" / "src"
    # Secrets are variables on the emulator; none of the shop's own gets in.
    handler = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SHOP"))},
        **dict.fromkeys(("CHAT_SIGNING_SECRET", "PAYMENT_WEBHOOK_SECRET", "SHOP_SECRET_KEY"), "of the tests"),
        "AWS_SAM_LOCAL": "true",
        "SHOP_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "SHOP_VAR_DIR": str(tmp_path),
        "PYTHONPATH": str(source),
        "PYTHONDONTWRITEBYTECODE": "1",
        "POWERTOOLS_SERVICE_NAME": "service",
        "POWERTOOLS_METRICS_NAMESPACE": "tests",
        "POWERTOOLS_TRACE_DISABLED": "1",
    }
    answers = asked(SUPPORT / "handler_answers.py", events, handler, source)
    assert [comparable(json.loads(line)) for line in answers[: len(paths)]] == [
        comparable(json.loads(line)) for line in legacy
    ]
    assert any(json.loads(line)[0] == 200 for line in legacy), "the requests have to find something"


def asked(program: Path, lines: list[str], environment: Mapping[str, str], folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(program)],
        input="\n".join(lines) + "\n",
        env=dict(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()
