"""`migrator seam`, as it is called, on the sample shop."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.resources import sample_root

MAIL = "shop.tasks.mail.send_order_mail"
TAX = "shop.api.tax.quote"


def migrator(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One call of the command line, with nobody to ask."""
    return subprocess.run(
        [sys.executable, "-m", "migrator", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A copy of the shop to edit."""
    ignored = shutil.ignore_patterns("__pycache__", "var", ".pytest_cache")
    return shutil.copytree(sample_root(), tmp_path / "shop", ignore=ignored)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_without_a_weights_file_everything_is_there_but_that(shop: Path) -> None:
    done = migrator("seam", "add", MAIL, "--root", str(shop), "--jobs", "1", "--no-weights", "--yes", "--json")
    assert done.returncode == 0, done.stderr
    new = {".migrator/seam.json", f".migrator/seam/{MAIL}.json", "shop/migrator_seam.py"}
    assert new < set(json.loads(done.stdout)["files"]) and all((shop / path).is_file() for path in new)
    assert not (shop / "shop" / "migrator_seam.json").exists()


def test_in_by_name_shown_and_out_again(shop: Path) -> None:
    before = contents(shop)
    root = ["--root", str(shop)]
    shown = migrator("seam", "add", "mail.send_order_mail", *root, "--jobs", "1", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert f'+    migrator_seam.task("{MAIL}", send_order_mail).delay(order.id)' in shown.stdout
    assert "+from shop import migrator_seam" in shown.stdout
    assert contents(shop) == before

    refused = migrator("seam", "add", MAIL, *root, "--jobs", "1")
    assert refused.returncode == 2
    assert "there is nobody to ask" in refused.stderr
    assert contents(shop) == before

    done = migrator("seam", "add", MAIL, *root, "--jobs", "1", "--sticky", "order_id", "--queue", "https://q", "--yes")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "1 place in 1 file routed, 0 left as they are\n"
    assert f"stands in {shop}/shop/migrator_seam.json: {MAIL}" in done.stderr
    entry = json.loads((shop / "shop" / "migrator_seam.json").read_text())["routes"][MAIL]
    assert entry == {"weight": 0, "canary": {"queue": "https://q"}, "sticky": {"argument": "order_id"}}
    assert migrator("seam", "add", TAX, *root, "--jobs", "1", "--yes").returncode == 0

    listed = json.loads(migrator("seam", "show", *root, "--json").stdout)
    assert [(each["name"], each["at"], each["weight"]) for each in listed["routed"]] == [
        (TAX, "registration", 0),
        (MAIL, "sends", 0),
    ]
    assert "0 % of its sends\n  shop/services/orders.py:52" in migrator("seam", "show", *root).stdout

    out = migrator("seam", "remove", *root, "--yes", "--json")
    document = json.loads(out.stdout)
    assert (document["action"], document["written"], document["left"]) == ("remove", True, [])
    assert contents(shop) == before


@pytest.mark.thorough
def test_the_seam_is_the_programs_own_and_no_part_of_the_monolith(shop: Path, tmp_path: Path) -> None:
    """With the seam in, the same is found, and the same service is cut out."""
    root, service = ["--root", str(shop), "--jobs", "1"], str(tmp_path / "service")
    assert migrator("extract", TAX, *root, "-o", service, "--yes").returncode == 0
    found = json.loads(migrator("analyze", str(shop), "--json", "--jobs", "1").stdout)["candidates"]
    for name in (TAX, MAIL):
        assert migrator("seam", "add", name, *root, "--yes").returncode == 0
    again = json.loads(migrator("analyze", str(shop), "--json", "--jobs", "1").stdout)["candidates"]
    assert [(each["name"], each["verdict"], each["effects"] == []) for each in again] == [
        (each["name"], each["verdict"], each["effects"] == []) for each in found
    ]
    (tax,) = (each for each in again if each["name"] == TAX)
    line = (shop / "shop" / "api" / "tax.py").read_text().splitlines()[tax["location"]["line"] - 1]
    assert line.startswith("def quote("), "places are those of the files on disk"
    once_more = migrator("extract", TAX, *root, "-o", service, "--yes")
    assert re.search(r" 0 files written, [1-9]\d* unchanged, 0 removed", once_more.stdout)
    assert "0 of 9 source files changed since" in migrator("check", service, "--only", "manifest").stdout
    with (shop / "shop" / "api" / "tax.py").open("a") as file:
        file.write("# edited\n")
    checked = migrator("check", service, "--only", "manifest")
    assert checked.returncode == 1
    assert f"{shop}/shop/api/tax.py: changed since the service was generated from it" in checked.stdout
    assert f"hint: migrator extract {TAX} --root {shop} -o {service} --dry-run" in checked.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["add", "no.such", "--yes"], 2, "there is no candidate"),
        (["add", "shop.api.pricing.price", "--at", "sends", "--yes"], 1, "only sends of Celery tasks are known"),
        (
            ["add", "shop.tasks.orders.place_queued", "--yes"],
            1,
            "shop/web/orders.py:46: the code uses what it gives back",
        ),
        (["add", "shop.tasks.reports.nightly", "--at", "sends", "--yes"], 1, "a scheduler fires it: route that with"),
        (["add", MAIL, "--module", "none", "--yes"], 2, "cannot be imported from none"),
        (["remove", "--yes"], 2, "there is no seam in this monolith"),
        (["show"], 2, "there is no seam in this monolith"),
    ],
)
def test_a_refusal_says_why_and_changes_nothing(arguments: list[str], code: int, says: str, shop: Path) -> None:
    before = contents(shop)
    done = migrator("seam", *arguments, "--root", str(shop))
    assert done.returncode == code, done.stderr
    assert says in done.stderr
    assert contents(shop) == before
