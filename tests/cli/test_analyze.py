"""analyze and explain as programs and people call them, with good input and bad."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from migrator.cli.app import main
from migrator.documents.analysis import CODEC
from tests.support.analyzing import analyzing, assert_group_ends, children, large_repository

VIEW = """
from flask import Flask
app = Flask(__name__)

@app.get("/price/<int:number>")
def price(number):
    return {"price": number * 2}

@app.get("/price_list")
def price_list():
    return {}
"""


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    code = ended.value.code
    return (code if isinstance(code, int) else 1), captured.out, captured.err


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    folder = tmp_path / "monolith"
    folder.mkdir()
    (folder / "web.py").write_text(VIEW, encoding="utf-8")
    return folder


def document(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    code, out, err = run(capsys, *arguments, "--format", "json", "--jobs", 1)
    assert (code, err) == (0, "")
    loaded: dict[str, Any] = json.loads(out)
    assert CODEC.load(loaded).root == loaded["root"]
    return loaded


def test_json_is_the_versioned_document(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    found = document(capsys, "analyze", monolith)
    assert found["schema"] == "migrator.analysis/1"
    assert found["files"] == 1 and found["lines"] == VIEW.count("\n")
    first = found["candidates"][0]
    assert first["name"] == "web.price_list" or first["name"] == "web.price"
    assert first["rank"] == 1 and first["verdict"] == "ready" and first["confidence"] == "proven"
    assert first["triggers"][0]["kind"] == "http"


def test_explain_as_json_is_that_candidate_alone(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    found = document(capsys, "explain", "price", "--root", monolith)
    assert [item["name"] for item in found["candidates"]] == ["web.price"]


@pytest.mark.parametrize(("verdict", "code"), [("keep", 0), ("refactor", 0), ("with-network", 0), ("ready", 1)])
def test_fail_on_counts_the_verdict_and_all_worse(
    capsys: pytest.CaptureFixture[str], monolith: Path, verdict: str, code: int
) -> None:
    assert run(capsys, "analyze", monolith, "--fail-on", verdict)[0] == code


def test_fail_on_is_reached_by_a_worse_verdict(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    (monolith / "web.py").write_text(VIEW + "\n@app.get('/l')\ndef loop():\n    while True: pass\n", encoding="utf-8")
    assert run(capsys, "analyze", monolith, "--fail-on", "refactor")[0] == 1


def test_fail_on_something_else_is_a_wrong_call(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    code, _, err = run(capsys, "analyze", monolith, "--fail-on", "readdy")
    assert code == 2 and "with-network" in err


def test_quiet_leaves_out_what_to_type_next(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    assert "Next" in run(capsys, "analyze", monolith)[1]
    assert "Next" not in run(capsys, "analyze", monolith, "--quiet")[1]


@pytest.mark.parametrize("command", [("analyze",), ("explain", "price", "--root")])
def test_a_missing_path(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: tuple[str, ...]) -> None:
    code, out, err = run(capsys, *command, tmp_path / "nowhere")
    assert code == 3 and out == ""
    assert "nowhere" in err and "hint:" in err


def test_an_empty_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    code, out, _ = run(capsys, "analyze", folder)
    assert code == 0
    assert "0 files" in out and "0 candidates" in out
    assert "flask" in out and "celery" in out
    assert run(capsys, "analyze", folder, "--all")[0] == 0
    assert document(capsys, "analyze", folder)["candidates"] == []


def test_files_that_cannot_be_read_are_named_and_the_rest_is_analyzed(
    capsys: pytest.CaptureFixture[str], monolith: Path
) -> None:
    (monolith / "latin.py").write_bytes(b"name = '\xe9t\xe9'\n")
    (monolith / "broken.py").write_text("x = 1\ndef broken(:\n", encoding="utf-8")
    (monolith / "nulls.py").write_bytes(b"x = 1\n\x00\n")
    code, out, _ = run(capsys, "analyze", monolith)
    assert code == 0
    assert "latin.py:1:9  is not utf-8" in out
    assert "broken.py:2:12  syntax error" in out
    assert "nulls.py" in out
    assert "web.price" in out
    skipped = document(capsys, "analyze", monolith)["skipped"]
    assert {item["path"] for item in skipped} == {"latin.py", "broken.py", "nulls.py"}


def test_an_import_cycle(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    (monolith / "web.py").write_text("from other import helper\n" + VIEW, encoding="utf-8")
    (monolith / "other.py").write_text("from web import price as helper\nfrom web import missing\n", encoding="utf-8")
    assert len(document(capsys, "analyze", monolith)["candidates"]) == 2


def test_a_loop_of_symbolic_links(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    (monolith / "again").symlink_to(monolith, target_is_directory=True)
    (monolith / "self.py").symlink_to(monolith / "self.py")
    found = document(capsys, "analyze", monolith)
    assert [item["name"] for item in found["candidates"]] == ["web.price_list", "web.price"] or len(
        found["candidates"]
    ) == 2


def test_one_file(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    assert document(capsys, "analyze", monolith / "web.py")["files"] == 1
    code, out, _ = run(capsys, "explain", "web.price", "--root", monolith / "web.py")
    assert code == 0 and "GET /price/<int:number>" in out


def test_an_unknown_candidate_is_offered_the_nearest(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    code, out, err = run(capsys, "explain", "web.prise", "--root", monolith)
    assert code == 2 and out == ""
    assert "web.prise" in err and "web.price" in err


def test_names_and_source_of_the_monolith_cannot_drive_the_terminal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "hostile\x1b[31m"
    folder.mkdir()
    (folder / "web.py").write_text(
        "import requests\nfrom flask import Flask\napp = Flask(__name__)\n"
        '@app.get("/\\x1b[2J\\u202e\\n[bold]")\ndef view():\n'
        '    return requests.get("\x1b]0;owned\x07 \u202e").text  # [red]\n',
        encoding="utf-8",
    )
    for arguments in (("analyze", folder), ("analyze", folder, "--all"), ("explain", "view", "--root", folder)):
        code, out, err = run(capsys, *arguments)
        assert code == 0
        for char in ("\x1b", "\x07", "\u202e"):
            assert char not in out + err
    code, out, _ = run(capsys, "explain", "view", "--root", folder)
    assert "[bold]" in out and "# [red]" in out


def test_own_knowledge(capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path) -> None:
    (monolith / "web.py").write_text("import acme\n" + VIEW.replace("number * 2", "acme.pay(number)"), encoding="utf-8")
    file = tmp_path / "acme.toml"
    file.write_text(
        'modules = ["acme"]\n[[entry]]\nnames = ["acme.pay"]\neffects = ["http-out"]\nreason = "calls the bank"\n',
        encoding="utf-8",
    )
    _, out, _ = run(capsys, "explain", "price", "--root", monolith, "--knowledge", file)
    assert "acme.pay calls the bank" in out
    file.write_text("modules = 3\n", encoding="utf-8")
    code, _, err = run(capsys, "analyze", monolith, "--knowledge", file)
    assert code == 3 and str(file) in err and "modules" in err


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A monolith that takes a few seconds and is read by several processes."""
    return large_repository(tmp_path / "large")


@pytest.mark.parametrize("whole_group", [True, False])
def test_interrupted(large: Path, whole_group: bool) -> None:
    """Ctrl-C in the middle: 130, no traceback, nothing left running."""
    with analyzing(large) as process:
        # A terminal signals the whole group; `kill -INT` the one process.
        (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert out == ""
        assert err == "interrupted\n"
        assert_group_ends(process.pid)


@pytest.mark.thorough
def test_a_worker_that_is_killed_changes_nothing_of_the_answer(tmp_path: Path) -> None:
    large = large_repository(tmp_path / "large", modules=12)
    answers = []
    for killed in (False, True):
        with analyzing(large, arguments=("--json", "--no-cache")) as process:
            if killed:
                os.kill(children(process.pid)[0], signal.SIGKILL)
            out, err = process.communicate(timeout=300)
        assert (process.returncode, err) == (0, "")
        answers.append({**json.loads(out), "seconds": 0})
    assert answers[0] == answers[1]
    assert answers[0]["files"] == 12


def test_workers_end_with_a_parent_that_is_killed(large: Path) -> None:
    with analyzing(large) as process:
        process.kill()
        process.wait(timeout=10)
        assert_group_ends(process.pid)
