"""`migrator plan`: the text as accepted, the JSON document, what is refused and how."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from migrator.cli.app import main
from tests.support.golden import GOLDEN, assert_golden

FOLDER = GOLDEN / "analyze"
SAMPLE = Path(__file__).resolve().parents[2] / "sample_monolith"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    printed = capsys.readouterr()
    return int(ended.value.code or 0), printed.out, printed.err


@pytest.mark.parametrize(
    ("golden", "arguments"),
    [
        ("ready.txt", ("priority",)),
        ("with_network.txt", ("recall",)),
        (
            "accepted.txt",
            ("open_ticket", "--accept", "process-state-write=one process", "--accept", "request-context=x", "--all"),
        ),
    ],
)
def test_the_text_on_a_pipe(
    golden: str,
    arguments: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Away from the pins of this repository, which would be read as the monolith's.
    shutil.copytree(FOLDER / "monolith", tmp_path / "monolith")
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "plan", *arguments, "--root", "monolith", "--jobs", "1")
    assert (code, err) == (0, "")
    assert "\x1b" not in out
    assert_golden(f"plan/{golden}", out)


def test_the_plan_of_an_application_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "plan", "send_order_mail", "--root", str(SAMPLE), "--json", "--jobs", "1")
    assert code == 0
    document = json.loads(out)
    assert document["schema"] == "migrator.plan/1"
    assert (document["strategy"], document["boot"]["kind"]) == ("application", "mapped")
    assert "shop/mail_templates/order_placed.txt" in document["data_files"]
    assert {each["name"] for each in document["settings"]} >= {"SHOP_DATABASE_URL", "SHOP_SMTP_HOST"}


def test_an_application_of_many_modules_is_shown_by_package(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "plan", "shop.api.pricing.price", "--root", str(SAMPLE), "--jobs", "1")
    assert code == 0
    assert "shop.app.create_app(), once an environment" in out
    whole = out[out.index("modules that travel whole") :]
    assert "  shop.web (" in whole
    assert "shop.web.cart" not in whole


def test_the_strategy_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "plan", "tax.quote", "--root", str(SAMPLE), "--strategy", "module", "--jobs", "1")
    assert code == 0
    assert "strategy  module: asked for" in out


def test_without_a_handler_the_slice_is_planned_and_what_stands_in_the_way_comes_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(capsys, "plan", "keep_old_price", "--root", str(SAMPLE), "--jobs", "1")
    assert code == 0
    assert "nowhere yet: no handler" in out
    assert out.index("hands it objects of the process") < out.index("definitions (")
    assert "migrator extract" not in out


@pytest.mark.parametrize(
    ("files", "arguments", "code", "says"),
    [
        ({"a.py": "def f(): ...\n"}, ("a.f",), 2, ""),
        (
            {"a.py": "from flask import Flask\nx = Flask('a')\n@x.get('/b')\ndef f():\n    return g()\nfrom b import g\n",
             "b.py": "def g(:\n"},
            ("a.f", "--accept", "unresolved=x"),
            3,
            "b.py:1:",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_answered_with_its_place(
    files: dict[str, str],
    arguments: tuple[str, ...],
    code: int,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for path, text in files.items():
        (tmp_path / path).write_text(text, "utf-8")
    ended, out, err = run(capsys, "plan", *arguments, "--root", str(tmp_path), "--jobs", "1")
    assert (ended, out) == (code, ""), err
    assert says in err


def test_nothing_of_the_monolith_is_imported_or_changed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(FOLDER / "monolith", tmp_path / "monolith")
    for file in (tmp_path / "monolith").rglob("*.py"):
        file.write_text(file.read_text("utf-8") + "\nraise SystemExit('imported')\n", "utf-8")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "monolith").rglob("*")}
    code, _, _ = run(capsys, "plan", "priority", "--root", str(tmp_path / "monolith"), "--jobs", "1")
    assert code == 0
    assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "monolith").rglob("*")}
