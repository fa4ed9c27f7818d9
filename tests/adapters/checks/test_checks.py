"""Each check of a service folder, on a good one and on one that is broken for it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from migrator.adapters.checks import checks, manifest, run_checks
from migrator.artifacts import make_artifacts, write
from migrator.domain.checks import Check, CheckOutcome
from tests.support.slices import planned

SOURCE = """
import re

from flask import Blueprint

bp = Blueprint("b", __name__)

@bp.get("/tax/<country>/<int:cents>")
def view(country, cents):
    return {"country": re.sub("x", "y", country), "cents": cents}
"""


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service folder as it was generated."""
    folder = tmp_path_factory.mktemp("good")
    made = planned(
        folder / "monolith", {"shop.py": SOURCE}, "shop.view", paths=["/tax/<country>/<int:cents>"], registered="@bp"
    )
    write(make_artifacts(made), folder / "service")
    return folder / "service"


@pytest.fixture
def folder(good: Path, tmp_path: Path) -> Path:
    """A copy of it to break."""
    shutil.copytree(good, tmp_path / "service")
    return tmp_path / "service"


def run(name: str, folder: Path) -> Check:
    return checks()[name](folder)


def test_a_service_as_generated_passes_all(good: Path) -> None:
    before = sorted(path.relative_to(good).as_posix() for path in good.rglob("*"))
    found = list(run_checks(good))
    assert [(each.name, each.outcome) for each in found] == [(name, CheckOutcome.PASSED) for name in checks()]
    assert not any(each.findings for each in found)
    assert sorted(path.relative_to(good).as_posix() for path in good.rglob("*")) == before


def edit(path: str, old: str, new: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / path).read_text("utf-8")
        assert old in text
        (folder / path).write_text(text.replace(old, new), "utf-8")

    return change


def lose(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).unlink()


def append(path: str, text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).write_text((folder / path).read_text("utf-8") + text, "utf-8")


@pytest.mark.parametrize(
    ("name", "breaks", "says"),
    [
        ("manifest", lose("src/shop.py"), "src/shop.py: is missing"),
        ("manifest", lose("migrator-manifest.json"), "there is no migrator-manifest.json"),
        ("manifest", edit("migrator-manifest.json", "migrator.manifest/1", "other/1"), "expected a migrator.manifest/1"),
        ("python", append("src/shop.py", "\ndef broken(:\n"), "src/shop.py:"),
        ("python", lose("src/app.py"), "src/app.py: is missing"),
        ("requirements", append("src/requirements.txt", "no-such-thing-at-all==1\n"), "no-such-thing-at-all is not installed"),
        ("requirements", append("src/requirements.txt", "!!\n"), "not a requirement"),
        ("requirements", append("src/shop.py", "\nimport werkzeug\n"), "werkzeug belongs to no requirement"),
        ("requirements", append("src/shop.py", "\nimport no_such_module\n"), "provides no_such_module"),
        ("sam", edit("template.yaml", "Handler: app.handler", "Handle: app.handler"), "template.yaml: "),
        ("sam", edit("template.yaml", "Resources:", "Things:"), "has no Resources"),
        ("sam", edit("template.yaml", "Transform:", "Transform: ["), "is not YAML"),
        ("sam", lose("template.yaml"), "cannot be read"),
        ("cfn-lint", edit("template.yaml", "Timeout: 29", "Timeout: 29000"), "template.yaml:"),
        ("cfn-lint", edit("template.yaml", "!GetAtt Logs.Arn", "!GetAtt Log.Arn"), "template.yaml:"),
        ("tests", edit("src/app.py", "integer()", "integer(low=5000)"), "test_handler.py"),
        ("tests", edit("src/lambda_http.py", "return Response(code, body", "return Response(code + 1, body"), "assert"),
        ("tests", edit("src/lambda_http.py", 'f"{text}\\n", "application/json"', 'f"{text}\\n", "text/plain"'), "assert"),
        ("tests", edit("src/app.py", "        raise\n", '        return {"statusCode": 500}\n'), "test_an_error_leaves"),
        ("tests", lose("tests/test_handler.py"), "no tests were found"),
    ],
)  # fmt: skip
def test_a_broken_service_is_told(name: str, breaks: Callable[[Path], None], says: str, folder: Path) -> None:
    breaks(folder)
    found = run(name, folder)
    assert found.outcome is CheckOutcome.FAILED
    assert any(says in f"{finding.location}: {finding.message}" for finding in found.findings)


def test_a_hand_edit_is_told_and_passes(folder: Path) -> None:
    append("README.md", "more\n")(folder)
    found = run("manifest", folder)
    assert found.outcome is CheckOutcome.PASSED
    assert [(finding.location, finding.message) for finding in found.findings] == [
        ("README.md", "edited by hand since it was generated")
    ]


def test_the_tests_run_without_what_stands_around_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "monolith").mkdir()
    (folder.parent / "monolith" / "secret_of_the_monolith.py").write_text("")
    (folder.parent / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    append("src/shop.py", "\nimport secret_of_the_monolith\n")(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder.parent / "monolith"))
    found = run("tests", folder)
    assert found.outcome is CheckOutcome.FAILED
    assert "No module named 'secret_of_the_monolith'" in found.findings[0].message


def test_tests_are_ended_when_the_check_is_left(folder: Path) -> None:
    """Ctrl-C while they run ends the process that runs them."""
    import os
    import signal
    import threading

    append("tests/test_handler.py", "\n\ndef test_slow():\n    import os, time\n    open('pid', 'w').write(str(os.getpid()))\n    time.sleep(60)\n")(folder)  # fmt: skip
    mark = folder / "pid"

    def interrupt() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not (mark.exists() and mark.read_text()):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        run("tests", folder)
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_a_changed_source_is_told_with_its_name_and_what_to_type(good: Path, tmp_path: Path) -> None:
    monolith = shutil.copytree(good.parent / "monolith", tmp_path / "monolith")
    service = shutil.copytree(good, tmp_path / "service")
    assert "not compared" in manifest.check(service).summary, "nobody said where the monolith is"
    assert manifest.check(service, monolith).outcome is CheckOutcome.PASSED
    (monolith / "shop.py").write_text(SOURCE.replace("re.sub", "re.subn"))
    found = manifest.check(service, monolith)
    assert found.outcome is CheckOutcome.FAILED
    assert [(finding.message, finding.hint) for finding in found.findings] == [
        (
            f"{monolith}/shop.py: changed since the service was generated from it",
            f"migrator extract shop.view --root {monolith} -o {service} --dry-run, then with --yes",
        )
    ]
    (monolith / "shop.py").unlink()
    assert "the monolith no longer has it" in manifest.check(service, monolith).findings[0].message


def test_the_monolith_is_found_where_it_was_also_after_both_moved(good: Path, tmp_path: Path) -> None:
    made = planned(tmp_path / "a" / "monolith", {"shop.py": SOURCE}, "shop.view", registered="@bp")
    write(make_artifacts(made), tmp_path / "a" / "service", root=tmp_path / "a" / "monolith")
    shutil.move(tmp_path / "a", tmp_path / "b")
    assert manifest.check(tmp_path / "b" / "service").summary.endswith("0 of 1 source files changed since")
    (tmp_path / "b" / "monolith" / "shop.py").write_text("")
    assert manifest.check(tmp_path / "b" / "service").outcome is CheckOutcome.FAILED
    shutil.rmtree(tmp_path / "b" / "monolith")
    gone = manifest.check(tmp_path / "b" / "service")
    assert gone.outcome is CheckOutcome.PASSED
    assert "not compared" in gone.summary


def test_a_file_beside_the_code_may_have_been_left_out_on_purpose(folder: Path) -> None:
    lose("README.md")(folder)
    found = run("manifest", folder)
    assert found.outcome is CheckOutcome.PASSED
    assert [(finding.location, finding.message) for finding in found.findings] == [("README.md", "is missing")]


def test_a_record_of_the_seam_that_cannot_be_read_ends_no_check(good: Path, tmp_path: Path) -> None:
    monolith = shutil.copytree(good.parent / "monolith", tmp_path / "monolith")
    (monolith / ".migrator").mkdir()
    (monolith / ".migrator" / "seam.json").write_text("{")
    assert manifest.check(good, monolith).outcome is CheckOutcome.PASSED
    (monolith / "shop.py").write_text("")
    assert "changed since" in manifest.check(good, monolith).findings[0].message
