"""What commands say of analyzed code, in every format: no line, key or character more than of a harmless twin."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from migrator.cli.app import main
from tests.properties.test_inert import EVERY_TRICK, harmless, templates_asked_for
from tests.support.hostile.monoliths import SHOP, write_files
from tests.support.hostile.skeletons import html, json_tree, markdown, python, seen
from tests.support.hostile.templates import NEEDED_BY
from tests.support.hostile.texts import PRODUCT
from tests.support.sampled import one_in

VIEW, TASK, CART = "shop.web.view", "shop.jobs.tell", "shop.cart.add"
# For each command: what it is called with below a monolith, and with which exit code it ends.
COMMANDS: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "analyze": (("analyze", "."), 0),
    "the whole table": (("analyze", ".", "--all"), 0),
    "an analysis as JSON": (("analyze", ".", "--json"), 0),
    "explain": (("explain", CART, "--all"), 0),
    "plan": (("plan", TASK), 0),
    "a plan as JSON": (("plan", VIEW, "--json"), 0),
    "extract": (("extract", VIEW, "-o", "out", "--yes"), 0),
    "extract as JSON": (("extract", VIEW, "-o", "more", "--yes", "--json"), 0),
    "the route": (("router", "validate", "out/router.yaml"), 0),
    "the runbook": (("runbook", VIEW, "--router", "out/router.yaml", "--service", "out"), 0),
    "the runbook as a page": (
        ("runbook", VIEW, "--router", "out/router.yaml", "--service", "out", "--format", "html"),
        0,
    ),
    "annotations": (("analyze", ".", "--format", "github"), 0),
    "what would be routed": (("seam", "add", TASK, "--dry-run"), 0),
    "routed": (("seam", "add", TASK, "--yes"), 0),
    "what is routed": (("seam", "show"), 0),
}
# What a shell can hand over: no null, and bytes that are no UTF-8 by their own surrogates.
_ARGUMENT: Final = EVERY_TRICK.replace("\x00", "").replace("\ud800", "\udcff")
# What they are called with for nothing: the error repeats a name.
UNKNOWN: Final = {
    "explain": ("explain", _ARGUMENT),
    "plan": ("plan", _ARGUMENT),
    "extract": ("extract", _ARGUMENT, "-o", "out"),
    "seam": ("seam", "add", _ARGUMENT),
    "check": ("check", _ARGUMENT[:200]),
    "analyze": ("analyze", _ARGUMENT[:200]),
    "validate": ("router", "validate", _ARGUMENT[:200]),
    "only": ("check", ".", "--only", _ARGUMENT),
    "accept": ("plan", "x", "--accept", f"{_ARGUMENT}={_ARGUMENT}"),
}

# What is read by a program of its own.
_READ: Final[Mapping[str, Callable[[str], object]]] = {
    "the runbook as a page, result": html,
    "the runbook, result": markdown,
}


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = 0
    try:
        main([*arguments])
    except SystemExit as end:
        code = int(end.code or 0)
    return code, *capsys.readouterr()


def told(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each command says, in one monolith, one after the other."""
    monkeypatch.chdir(folder)
    found = {}
    for name, (arguments, expected) in COMMANDS.items():
        jobs = () if arguments[0] in ("router",) or arguments[:2] == ("seam", "show") else ("--jobs", "1")
        code, out, err = said(capsys, *arguments, *jobs)
        assert code == expected, f"{name}: {err}"
        found[f"{name}, result"], found[f"{name}, beside it"] = out, err
    return found


def test_commands_say_as_much_as_of_a_harmless_monolith(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with templates_asked_for() as asked:
        hostile = told(write_files(SHOP, tmp_path / "a", lambda name: EVERY_TRICK), capsys, monkeypatch)
    plain = told(write_files(SHOP, tmp_path / "b", harmless), capsys, monkeypatch)
    for name, text in hostile.items():
        assert seen(text, tabs=True) == "", name  # a line of the code may have a tab in it
        assert PRODUCT not in text, name
        assert _skeleton(name, text) == _skeleton(name, plain[name]), name
    for path in (tmp_path / "a" / "shop").glob("*.py"):
        if path.name != "broken.py":
            assert python(path.read_text("utf-8")) == python((tmp_path / "b" / "shop" / path.name).read_text("utf-8"))
    assert {*NEEDED_BY["the seam"], *NEEDED_BY["the runbook"]} <= asked


def _skeleton(name: str, text: str) -> object:
    for beginning, read in _READ.items():
        if name.startswith(beginning):
            return read(text)
    try:
        json.loads(text)
    except ValueError:
        return len(text.splitlines())
    return json_tree(text)


@pytest.mark.parametrize("arguments", UNKNOWN.values(), ids=UNKNOWN)
def test_an_error_repeats_a_name_on_one_line(
    arguments: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = said(capsys, *arguments)
    assert code in (2, 3)
    assert out == ""
    assert seen(err) == ""
    assert len(err.splitlines()) <= 2


_ROUTER: Final = """\
version: 1
plane: {{kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}}
{0}: {0}
routes:
  - name: {0}
    match: {{http: {{path: {0}, methods: [{0}]}}}}
    legacy: {{url: {0}}}
    canary: {{lambda: {0}, url: {0}, {0}: {0}}}
    weight: {0}
    rollout: {{steps: [{{weight: {0}, bake: {0}}}], gates: [{{{0}: {0}}}]}}
"""
_TOML: Final = "[source]\nroots = [{0}]\n{0} = {0}\n[{0}]\n{0} = 1\n[forge]\nkind = {0}\nremote = {0}\n"


def test_mistakes_in_files_that_people_write_are_a_line_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and values of the router configuration and of `migrator.toml`, which pull requests bring from anybody."""
    told = {}
    for name, text in {
        "hostile": EVERY_TRICK.replace("\ud800", "").replace("\x00", ""),
        "plain": "../a text of a length that no name has " * 20,
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        literal = json.dumps(text).replace("\x7f", "\\u007f")
        Path("router.yaml").write_text(_ROUTER.format(literal), "utf-8")
        Path("migrator.toml").write_text(_TOML.format(literal), "utf-8")
        Path("a.py").write_text("x = 1\n")
        calls = [
            ("router", "validate"),
            ("router", "validate", "--json"),
            ("router", "validate", "--format", "github"),
            ("router", "show"),
            ("analyze", ".", "--jobs", "1"),
            ("rollout", "status", text),
        ]
        told[name] = [said(capsys, *arguments) for arguments in calls]
    for hostile, plain in zip(told["hostile"], told["plain"], strict=True):
        assert hostile[0] == plain[0] != 0
        for theirs, ours in zip(hostile[1:], plain[1:], strict=True):
            assert seen(theirs) == ""
            assert _skeleton("", theirs) == _skeleton("", ours), f"{theirs}\n{ours}"


# Files and folders that a file system takes, and modules that can be asked for by name.
PATHS: Final = (
    *("host<script>alert(1)", "evil\x1b[31m", "bidi\u202ename", "new\nline", "quote'\"", "[x](javascript:alert(1))"),
    *(
        "$(touch owned)",
        "{{ 7919 * 7907 }}",
        "::add-mask::x",
        "##[error]x",
        "..",
        "a b",
        "-n",
        "@octocat",
        "${Stage}",
        "sur\udcffrogate",
    ),
)


@pytest.mark.parametrize("name", one_in(4, PATHS))
def test_a_path_is_only_a_path(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop" / f"d{name}").mkdir(parents=True)
    source = "from flask import Flask\napp = Flask(__name__)\n@app.get('/x')\ndef view():\n    return {}\n"
    for path in (f"{name}.py", f"d{name}/m.py"):
        (tmp_path / "shop" / path).write_text(source, "utf-8")
    monkeypatch.chdir(tmp_path)
    code, out, err = said(capsys, "analyze", "shop", "--jobs", "1", "--json")
    found = [candidate["name"] for candidate in json.loads(out)["candidates"]]
    assert (code, err, len(found)) == (0, "", 2)
    assert seen(out) == ""
    for candidate in found:
        code, out, err = said(
            capsys, "extract", "--root", "shop", "-o", "made", "--yes", "--jobs", "1", "--", candidate
        )
        assert code in (0, 1, 3), err
        assert seen(out + err, tabs=True) == ""
        assert PRODUCT not in out + err
        assert not code or len(err.splitlines()) <= 2, err
    assert {path.name for path in tmp_path.iterdir()} <= {"shop", "made", "xdg_cache_home"}
