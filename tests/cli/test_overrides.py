"""Overrides and the configuration as the commands show them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrator.cli.app import main

SHOP = """\
from flask import Flask
import functools

app = Flask(__name__)


# migrator: allow environment -- set by the image
@app.route("/price")
def price():
    import os
    return os.environ["PRICE"]


@app.route("/tax")
def tax():  # migrator: allow email -- not any more
    return "1"
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    (tmp_path / "vendored").mkdir()
    (tmp_path / "vendored" / "other.py").write_text(SHOP, encoding="utf-8")
    return tmp_path


def test_explain_shows_what_the_verdict_rests_on(capsys: pytest.CaptureFixture[str], shop: Path) -> None:
    code, out, _ = run(capsys, "explain", "shop.price", "--root", shop)
    assert code == 0
    assert "environment does not count in shop.price: set by the image" in out
    assert "shop.py:7:1" in out
    _, out, _ = run(capsys, "explain", "shop.price", "--root", shop, "--json")
    stated = json.loads(out)["candidates"][0]["overrides"]
    assert stated == [
        {
            "kind": "allow",
            "effect": "environment",
            "function": "shop.price",
            "location": {"path": "shop.py", "line": 7, "end_line": 7, "column": 1},
            "reason": "set by the image",
        }
    ]


def test_analyze_shows_what_no_longer_applies(capsys: pytest.CaptureFixture[str], shop: Path) -> None:
    _, out, _ = run(capsys, "analyze", shop)
    assert "shop.py:15:13  nothing to allow: shop.tax does not have the effect email" in out
    _, out, _ = run(capsys, "analyze", shop, "--json")
    findings = json.loads(out)["findings"]
    assert [(item["kind"], item["location"]["line"]) for item in findings if item["location"]["path"] == "shop.py"] == [
        ("override", 15)
    ]


def test_the_configuration_is_obeyed_by_each_command(capsys: pytest.CaptureFixture[str], shop: Path) -> None:
    (shop / "migrator.toml").write_text(
        '[source]\nexclude = ["vendored"]\n[[effects.override]]\nfunction = "shop.tax"\neffect = ["unbounded"]\n'
        'reason = "it polls"\n[[effects.override]]\nfunction = "shop.gone"\nallow = ["cache"]\nreason = "moved"\n',
        encoding="utf-8",
    )
    _, out, _ = run(capsys, "analyze", shop, "--json")
    document = json.loads(out)
    assert {item["name"]: item["verdict"] for item in document["candidates"]} == {
        "shop.price": "ready",
        "shop.tax": "keep",
    }
    assert "migrator.toml:9:10  there is no function 'shop.gone'" in run(capsys, "analyze", shop)[1]
    code, _, err = run(capsys, "extract", "shop.tax", "--root", shop, "-o", shop / "out", "--dry-run")
    assert (code, "it polls" in err or "unbounded" in err) == (1, True), err
    none = shop / "none.toml"
    none.write_text("", encoding="utf-8")
    _, out, _ = run(capsys, "analyze", shop, "--json", "--config", none)
    assert len(json.loads(out)["candidates"]) == 4


def test_mistakes_end_the_command_before_anything_is_read(capsys: pytest.CaptureFixture[str], shop: Path) -> None:
    (shop / "migrator.toml").write_text("[source]\nrots = 1\n[efects]\n", encoding="utf-8")
    for arguments in (("analyze", shop), ("explain", "x", "--root", shop)):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (3, "")
        assert "migrator.toml:2:1: source.rots: no such key; did you mean roots?" in err
        assert "migrator.toml:3:1: efects: no such key; did you mean effects?" in err


def test_two_files_of_one_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("a", "b"):
        folder = tmp_path / "services" / name / "src"
        folder.mkdir(parents=True)
        (folder / "worker.py").write_text(SHOP.replace("# migrator", "#"), encoding="utf-8")
    _, out, _ = run(capsys, "analyze", tmp_path, "--json")
    document = json.loads(out)
    assert len(document["candidates"]) == 4
    (finding,) = [item for item in document["findings"] if item["kind"] == "module-name"]
    assert finding["location"]["path"] == "services/b/src/worker.py"
    assert "services/a/src/worker.py is imported as worker too" in finding["reason"]
