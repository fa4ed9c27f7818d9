"""`migrator mend`, as it is called, on the sample shop."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from migrator.resources import sample_root

VIEW = "shop.web.webhooks.slash_command"


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
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_shown_first_then_done_and_a_second_time_nothing(shop: Path) -> None:
    before = contents(shop)
    call = ["mend", "slash_command", "--root", str(shop), "--jobs", "1"]
    shown = migrator(*call, "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "+def slash_command_with(*, body: bytes, signature: str, " in shown.stdout
    assert f"{VIEW}_with: refactor -> with-network (likely): 4 reads in 2 functions become 4 parameters" in shown.stdout
    assert f"{VIEW} is refactor" in shown.stdout
    assert contents(shop) == before

    refused = migrator(*call)
    assert refused.returncode == 2
    assert "there is nobody to ask" in refused.stderr
    assert contents(shop) == before

    done = migrator(*call, "--yes")
    assert done.returncode == 0, done.stderr
    after = contents(shop)
    assert {path for path in after if after[path] != before.get(path)} == {"shop/web/webhooks.py"}
    assert b"check_chat_signature_with(body=body, signature=signature)" in after["shop/web/webhooks.py"]

    again = migrator(*call, "--yes")
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"{VIEW}: nothing to mend\n"
    assert contents(shop) == after


def test_the_verdict_as_json_is_that_of_an_analysis_of_the_written_files(shop: Path) -> None:
    done = migrator("mend", "list_products", "--root", str(shop), "--jobs", "1", "--json", "--yes")
    document = json.loads(done.stdout)
    assert document["schema"] == "migrator.mend/1"
    assert document["written"] is True
    assert document["behind"]["verdict"] == "with-network"
    analyzed = json.loads(migrator("analyze", str(shop), "--json", "--jobs", "1").stdout)
    (candidate,) = [each for each in analyzed["candidates"] if each["name"] == document["candidate"]]
    assert candidate["verdict"] == document["after"]["verdict"] == "refactor"
    assert [effect["effect"] for effect in candidate["effects"]] == document["after"]["effects"]


def test_what_is_left_is_said_with_its_place(shop: Path) -> None:
    shown = migrator("mend", "refresh_suppliers", "--root", str(shop), "--jobs", "1", "--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert (
        "left as it is: shop/common/auth.py:18:17: flask.request reads the current request: in a function"
        in shown.stdout
    )
    assert shown.stdout.endswith("shop.web.admin.refresh_suppliers: nothing to mend\n")


@pytest.mark.thorough
def test_a_file_that_has_the_seam_is_not_touched(shop: Path) -> None:
    root = ["--root", str(shop), "--jobs", "1", "--yes"]
    put_in = migrator("seam", "add", "shop.tasks.orders.archive_order", *root, "--with-results")
    assert put_in.returncode == 0, put_in.stderr
    before = contents(shop)
    refused = migrator("mend", "shop.web.webhooks.payment", *root)
    assert refused.returncode == 1
    assert "migrator seam remove" in refused.stderr
    assert contents(shop) == before


def test_bytes_that_are_not_edited_stay(shop: Path) -> None:
    file = shop / "shop" / "web" / "catalog.py"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    done = migrator("mend", "list_products", "--root", str(shop), "--jobs", "1", "--yes")
    assert done.returncode == 0, done.stderr
    data = file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert b"def list_products_with(" in data


@pytest.mark.thorough
def test_what_was_mended_is_extracted_by_the_name_that_the_framework_knows(shop: Path, tmp_path: Path) -> None:
    root = ["--root", str(shop), "--jobs", "1"]
    done = migrator("mend", "slash_command", *root, "--yes")
    assert done.returncode == 0, done.stderr
    accept = ["--accept", "request-context=the handler makes the request"]
    assert f'next: migrator plan {VIEW} --root {shop} --accept request-context="the handler' in done.stderr

    none = migrator("plan", "slash_command_with", *root)
    assert (none.returncode, f"{VIEW} calls it and is one" in none.stderr) == (2, True), none.stderr
    refused = migrator("plan", VIEW, *root)
    assert (refused.returncode, "its handler gives it" in refused.stderr) == (1, True), refused.stderr

    service = tmp_path / "service"
    extracted = migrator("extract", "slash_command", *root, *accept, "-o", str(service), "--yes", "-q")
    assert extracted.returncode == 0, extracted.stderr
    assert "def slash_command_with(" in (service / "src" / "shop" / "web" / "webhooks.py").read_text("utf-8")
    checked = migrator("check", str(service))
    assert "passed  tests" in checked.stdout, checked.stdout
