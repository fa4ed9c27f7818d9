"""Files that nobody means to be analyzed: every output stays inert, every one is named, and the rest is analyzed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from migrator.cli.app import main

VIEW = "from flask import Flask\nimport subprocess\napp = Flask(__name__)\n@app.route({path!r})\ndef view():\n    subprocess.run([{text}])\n"
NAMES = (
    "host<script>alert(1)",
    "evil\x1b[31m",
    "bidi\u202ename",
    "new\nline",
    "tab\tname",
    "quote'\"",
    "[bold]markup",
    "$(touch x)",
)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = 0
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def monolith(tmp_path: Path) -> Path:
    for name in NAMES:
        text = VIEW.format(path=f"/{name}", text=ascii(name + "\ud800"))
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    raw = os.fsencode(tmp_path) + b"/sur\xffrogate.py"
    Path(os.fsdecode(raw)).write_text(VIEW.format(path="/s", text="'x'"), encoding="utf-8")
    (tmp_path / "py2.py").write_text("print 'x'\n", encoding="utf-8")
    (tmp_path / "cut.py").write_text("é = (1,\n", encoding="utf-8")
    (tmp_path / "nul.py").write_bytes(b"x = 1\ny = '\x00'\n")
    (tmp_path / "latin.py").write_bytes(b"x = 1\n# \xe9\n")
    (tmp_path / "coded.py").write_bytes(
        b"# coding: latin-1\n" + VIEW.format(path="/caf\xe9", text="'x'").encode("latin-1")
    )
    (tmp_path / "no_such.py").write_bytes(b"# coding: no-such\n")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    return tmp_path


def is_inert(text: str) -> bool:
    return all(char.isprintable() or char in "\n" for char in text)


def test_text_is_inert_and_everything_is_named(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    for arguments in (("analyze", monolith), ("analyze", monolith, "--all")):
        code, out, err = run(capsys, *arguments)
        assert (code, err) == (0, "")
        assert is_inert(out), ascii(out)
    assert "[bold]markup.view" in out


def test_json_names_each_with_place_and_reason(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    code, out, _ = run(capsys, "analyze", monolith, "--json")
    assert code == 0
    out.encode("utf-8")
    document = json.loads(out)
    said = {item["path"]: (item["line"], item["column"], item["reason"].split(":")[0]) for item in document["skipped"]}
    assert said == {
        "cut.py": (1, 5, "syntax error"),
        "gone.py": (1, 1, "cannot be read"),
        "latin.py": (2, 3, "is not utf-8"),
        "no_such.py": (1, 1, "cannot be decoded"),
        "nul.py": (2, 6, "contains a null byte"),
        "pipe.py": (1, 1, "is not a regular file"),
        "py2.py": (1, 1, "syntax error"),
    }
    assert len(document["candidates"]) == len(NAMES) + 2
    assert all([finding["effect"] for finding in item["effects"]] == ["subprocess"] for item in document["candidates"])


@pytest.mark.parametrize("name", [*NAMES, "sur\udcffrogate"])
def test_explain_is_inert(capsys: pytest.CaptureFixture[str], monolith: Path, name: str) -> None:
    code, out, err = run(capsys, "explain", f"{name}.view", "--root", monolith)
    assert (code, err) == (0, "")
    assert is_inert(out), ascii(out)
    assert "subprocess" in out
