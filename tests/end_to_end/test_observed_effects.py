"""What the sample shop is seen to do when it runs, beside what the analyzer says that it does.

The oracle is `tests/support/effect_trace`: each candidate is run for real and watched. An effect that was seen and is
not reported is the worst error that the analyzer can make; one that is reported and never seen is a guess, or a drive
that does not provoke it. `unbounded` alone cannot be seen from outside.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from migrator import bootstrap
from migrator.resources import sample_root
from tests.support.effect_trace.drives import DRIVES
from tests.support.effect_trace.run import observe
from tests.support.sample_expectations import EXPECTED

UNSEEABLE = {"unbounded"}
PLANTED = """
import functools, os, smtplib, subprocess, tempfile, threading
from pathlib import Path
import flask, requests
from shop import settings
from shop.common.storage import ObjectStore
from shop.db import session_scope
from shop.extensions import cache
from shop.models import Product
from shop.tasks.suppliers import refresh_feed
from flask import request

COUNT = {}

class Tariff:
    last = None

@functools.lru_cache
def remembered(value): return value

def plant():
    COUNT["calls"] = COUNT.get("calls", 0) + 1
    Tariff.last = object()
    remembered(1)
    Path(settings.VAR_DIR).mkdir(exist_ok=True)
    Path(settings.VAR_DIR, "seen").write_text("x")
    Path(settings.VAR_DIR, "seen").read_text()
    tempfile.TemporaryFile().close()
    threading.Thread(target=print, daemon=True).start()
    subprocess.run(["lp"], stdin=subprocess.DEVNULL)
    with session_scope() as session: session.query(Product).count()
    cache.get("x")
    ObjectStore("b").put("k", b"", "text/plain")
    refresh_feed.delay()
    smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT).quit()
    requests.get(settings.SUPPLIER_FEED_URL)
    request.headers
    os.environ.get("HOME")
"""


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]]]:
    """What each candidate was seen to do."""
    return observe(sample_root(), DRIVES, tmp_path_factory.mktemp("oracle"))


@pytest.fixture(scope="module")
def reported() -> dict[str, set[str]]:
    """What the analyzer says of each candidate."""
    found = bootstrap.analyze(sample_root(), jobs=1).candidates
    return {item.name: set(item.effect_names) for item in found}


def test_every_candidate_is_driven() -> None:
    assert sorted(DRIVES) == sorted(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_is_seen_is_reported(
    name: str, observed: dict[str, dict[str, list[str]]], reported: dict[str, set[str]]
) -> None:
    unreported = {effect: seen for effect, seen in observed[name].items() if effect not in reported[name]}
    assert not unreported


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_the_shop_says_of_itself_is_what_is_seen(name: str, observed: dict[str, dict[str, list[str]]]) -> None:
    assert set(observed[name]) == set(EXPECTED[name]["effects"]) - UNSEEABLE


def test_each_kind_of_effect_is_seen_and_reported(
    observed: dict[str, dict[str, list[str]]], reported: dict[str, set[str]]
) -> None:
    claimed = {effect for effects in reported.values() for effect in effects} - UNSEEABLE
    seen = {effect for name in observed for effect in observed[name]}
    assert claimed == seen
    assert len(seen) == 16


def test_a_planted_effect_is_caught(tmp_path: Path) -> None:
    name = "shop.api.tax.quote"
    shop = tmp_path / "copy"
    shutil.copytree(sample_root(), shop, ignore=shutil.ignore_patterns("var", "__pycache__", ".pytest_cache"))
    (shop / "shop" / "planted.py").write_text(PLANTED)
    module = shop / "shop" / "api" / "tax.py"
    code = module.read_text().replace("    try:\n        result", "    plant()\n    try:\n        result")
    module.write_text(
        code.replace("from flask import Blueprint", "from flask import Blueprint\nfrom shop.planted import plant")
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    assert EXPECTED[name]["effects"] == []
    seen = observe(shop, [name], scratch)[name]
    assert set(seen) == {
        "background",
        "cache",
        "database",
        "email",
        "enqueue",
        "environment",
        "http-out",
        "local-disk-read",
        "local-disk-write",
        "memoize",
        "object-storage",
        "process-state-read",
        "process-state-write",
        "request-context",
        "subprocess",
        "temp-disk",
    }
    assert seen["process-state-write"] == ["shop.planted.COUNT", "shop.planted.Tariff.last"]
    assert seen["process-state-read"] == ["shop.planted.COUNT"]
