"""report: which format goes where, and what is never written over."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from migrator.cli.app import main
from migrator.cli.commands.report import app
from migrator.cli.report_files import Kind
from tests.cli.test_analyze import run
from tests.support.fleet_world import PLAIN, SHARED, repositories

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository, and beside it the document of its analysis."""
    folder = tmp_path_factory.mktemp("kept")
    (root,) = repositories(folder, {"orders": SHARED})
    document = folder / "orders.json"
    with pytest.raises(SystemExit):
        main(["report", str(root), "-o", str(document), "--quiet", "--jobs", "1"])
    return document


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def begins(kind: Kind, text: str) -> bool:
    match kind:
        case Kind.HTML:
            return text.startswith("<!doctype html>") and text.endswith("</html>\n")
        case Kind.MARKDOWN:
            return text.startswith(("#", "<!-- ")) and "| " in text
        case Kind.SARIF:
            return bool(json.loads(text)["version"] == "2.1.0")
        case Kind.JSON:
            return bool(json.loads(text)["schema"] == "migrator.analysis/1")
        case Kind.TEXT:
            return "\nStart here\n" in text and "\x1b" not in text


@pytest.mark.parametrize("kind", Kind)
def test_every_format_is_written_by_the_name_of_its_file_and_by_its_own(
    capsys: pytest.CaptureFixture[str], kept: Path, kind: Kind
) -> None:
    ending = {Kind.HTML: "htm", Kind.MARKDOWN: "md", Kind.SARIF: "sarif.json", Kind.JSON: "json", Kind.TEXT: "txt"}
    file = Path(f"Out.{ending[kind].upper()}")
    code, out, err = run(capsys, "report", kept, "-o", file)
    assert (code, out) == (0, "")
    assert err.startswith(f"wrote {file}: 2 candidates of 1 repository, ")
    text = file.read_text(encoding="utf-8")
    assert begins(kind, text)
    code, out, err = run(capsys, "report", kept, "-o", "-", "--format", kind)
    assert (code, err) == (0, "")
    assert begins(kind, out)
    again = run(capsys, "report", kept, "-o", file)
    if kind is Kind.TEXT:  # nothing in it says whose it is
        assert again[0] == 1
    else:
        assert again[0] == 0, "what was written by a report is replaced by the next one"
        assert file.read_text(encoding="utf-8") == text


def test_a_page_goes_to_a_file_and_all_else_to_where_it_can_be_piped_on(
    capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    code, out, err = run(capsys, "report", kept)
    assert (code, out) == (0, "")
    assert err.startswith("wrote report.html: ")
    assert begins(Kind.HTML, Path("report.html").read_text(encoding="utf-8"))
    code, out, err = run(capsys, "report", kept, "--format", "json")
    assert (code, err) == (0, "")
    assert begins(Kind.JSON, out)
    assert sorted(path.name for path in Path().iterdir()) == ["report.html"]


def test_a_file_of_somebody_else_stays_as_it_is(
    capsys: pytest.CaptureFixture[str], kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path("report.html")
    file.write_text("<html>mine, and about migrator</html>", encoding="utf-8")
    code, _, err = run(capsys, "report", kept)
    assert code == 1
    assert "report.html: there is a file that `migrator report` did not write" in err and "--force" in err
    assert "mine" in file.read_text(encoding="utf-8")
    code, _, err = run(capsys, "report", "gone", "-o", file)
    assert code == 1, "it is said before the analysis"
    assert run(capsys, "report", kept, "--force")[0] == 0
    assert begins(Kind.HTML, file.read_text(encoding="utf-8"))
    assert run(capsys, "report", kept, "-o", file, "--format", "json")[0] == 0, "a report of whichever kind"
    file.write_bytes(b"")
    assert run(capsys, "report", kept)[0] == 0, "an empty file is nobody's"


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        ("folder", 3, "folder: is a folder"),
        ("gone/report.html", 3, "there is no folder for it"),
        ("report.pdf", 2, "does not say which format"),
        ("report", 2, "does not say which format"),
    ],
)
def test_where_nothing_can_be_written(
    capsys: pytest.CaptureFixture[str], kept: Path, output: str, code: int, said: str
) -> None:
    Path("folder").mkdir()
    format_ = ("--format", "html") if output == "folder" else ()
    found, out, err = run(capsys, "report", kept, "-o", output, *format_)
    assert (found, out) == (code, "")
    assert said in err and "hint:" in err
    assert [path.name for path in Path().iterdir()] == ["folder"]


def test_a_link_is_followed_and_no_half_file_is_left(capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    Path("real.html").touch()
    Path("link.html").symlink_to("real.html")
    assert run(capsys, "report", kept, "-o", "link.html")[0] == 0
    assert Path("link.html").is_symlink()
    assert begins(Kind.HTML, Path("real.html").read_text(encoding="utf-8"))
    assert run(capsys, "report", kept, "-o", "/dev/null", "--format", "html")[0] == 0
    assert Path("/dev/null").is_char_device()
    full, out, err = run(capsys, "report", kept, "-o", "/dev/full", "--format", "html")
    assert (full, out) == (3, "")
    assert "/dev/full: cannot be written: No space left on device" in err


def test_excerpts_are_shown_of_a_folder_that_is_analyzed_or_named(
    capsys: pytest.CaptureFixture[str], kept: Path
) -> None:
    root = kept.with_suffix("")
    sizes = {}
    for name, arguments in (("analyzed", (root,)), ("kept", (kept,)), ("named", (kept, "--root", root))):
        code, _, err = run(capsys, "report", *arguments, "-o", f"{name}.html", "--jobs", 1)
        assert code == 0 and "not as it was" not in err
        sizes[name] = Path(f"{name}.html").stat().st_size
    assert sizes["kept"] < sizes["analyzed"] == sizes["named"]
    (other,) = repositories(Path(), {"other": f"{PLAIN}x = 1\n"})
    code, _, err = run(capsys, "report", kept, "--root", other, "-o", "other.html")
    assert code == 0
    assert f"{root}: the code is not as it was when it was analyzed" in err


def test_a_report_of_several_is_written_although_one_fails(capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    code, _, err = run(capsys, "report", kept, "gone", kept.with_suffix(""), "-o", "all.json", "--jobs", 1)
    assert code == 3
    assert "wrote all.json: 4 candidates of 2 repositories" in err
    assert "1 repository could not be analyzed:\n  gone: there is no such file or folder" in err
    found = json.loads(Path("all.json").read_text(encoding="utf-8"))
    assert found["schema"] == "migrator.fleet/1"
    assert [one["root"] for one in found["failed"]] == ["gone"]


def test_what_has_changed_since_a_baseline_is_in_the_report(capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    before = json.loads(kept.read_text(encoding="utf-8"))
    before["candidates"] = [item for item in before["candidates"] if item["name"] != "web.me"]
    Path("before.json").write_text(json.dumps(before), encoding="utf-8")
    assert "web.me" in run(capsys, "report", kept, "--format", "text", "--baseline", "before.json")[1]
    code, out, _ = run(capsys, "report", kept, "--format", "json", "--baseline", "before.json")
    assert code == 0
    assert [change["kind"] for change in json.loads(out)["changes"]] == ["new-blocker", "new-candidate"]
    assert run(capsys, "report", kept, "--baseline", "gone.json")[0] == 3
    assert not Path("report.html").exists()


def test_the_examples_of_the_help_run(kept: Path) -> None:
    epilog = typer.main.get_command(app).epilog or ""
    examples = [part.strip() for part in epilog.removeprefix("Examples:").split("    ") if part.strip()]
    assert len(examples) == 2
    Path("sample_monolith").symlink_to(kept.with_suffix(""))
    shell = "migrator() { " + shlex.quote(sys.executable) + ' -m migrator "$@"; }; set -o pipefail; '
    for example in examples:
        done = subprocess.run(
            ["bash", "-c", shell + example],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )
        assert done.returncode == 0, done.stderr
    assert begins(Kind.HTML, Path("shop.html").read_text(encoding="utf-8"))
    assert begins(Kind.MARKDOWN, done.stdout)
