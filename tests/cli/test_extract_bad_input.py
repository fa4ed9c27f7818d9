"""`migrator extract` on what cannot be cut out, and into what is no place for a service: nothing is half done."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from migrator.errors import InputError
from migrator.plan import make_plan
from migrator.source import read_tree
from tests.cli.bad_input import READY, assert_answer, assert_not_imported, digest, run, write_files
from tests.cli.carried_monoliths import WORKS
from tests.cli.refused_monoliths import BAD
from tests.support.slices import assessed, monolith

# `plan` and `extract` go the same way up to the slice: of what ends before that, one of each kind is enough each time.
ONE_OF_EACH = {
    "a slip of the pen",
    "an end that two names have",
    "keep",
    "another effect accepted",
    "accepted without a reason",
    "no such effect",
    "unproven",
    "a lifted function whose name is taken",
    "the module that starts the application",
    "another encoding",
    "the candidate's own module does not parse",
}
CASES = [
    pytest.param(case, there, id=f"{case}, {'a folder of another' if there else 'no folder'}", marks=marks)
    for case, bad in BAD.items()
    for there in (False, True)
    for marks in [() if not there and (bad.shown or case in ONE_OF_EACH) else pytest.mark.thorough]
]


@pytest.mark.parametrize(("case", "there"), CASES)
def test_it_is_answered_with_its_place_and_a_hint(
    case: str, there: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = BAD[case]
    write_files(tmp_path / "monolith", bad.files)
    if there:
        write_files(tmp_path / "services" / "x", {"src/app.py": "mine", "template.yaml": "mine"})
    monkeypatch.chdir(tmp_path)
    before = digest(tmp_path)
    code, out, err = run(
        capsys, "extract", bad.name, "--root", "monolith", "-o", "services/x", "--yes", "-q", *bad.arguments
    )
    assert_answer(bad, code, out, err)
    assert digest(tmp_path) == before
    assert_not_imported(bad.files)


@pytest.mark.parametrize("case", WORKS)
def test_what_can_be_carried_runs(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = WORKS[case]
    write_files(tmp_path / "monolith", good.files)
    monkeypatch.chdir(tmp_path)
    before = digest(tmp_path / "monolith")
    code, out, err = run(
        capsys, "extract", good.name, "--root", "monolith", "-o", "service", "--yes", "-q", *good.arguments
    )
    assert code == 0, err
    assert out.startswith("service: ")
    assert digest(tmp_path / "monolith") == before
    assert_not_imported(good.files)
    python = interpreter(good.python)
    if python is None:
        pytest.skip(f"no Python {'.'.join(map(str, good.python))} here")
    module = good.call.rpartition(".view()")[0]
    called = subprocess.run(
        [python, "-c", f"import {module}, sys; sys.exit(not ({good.call}))"],
        cwd=tmp_path / "service" / "src",
        capture_output=True,
        text=True,
        check=False,
    )
    assert called.returncode == 0, called.stderr


def interpreter(least: tuple[int, int]) -> str | None:
    """A Python of at least a version that starts."""
    if sys.version_info >= least:
        return sys.executable
    for minor in range(least[1], least[1] + 3):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@dataclass(frozen=True)
class Place:
    """Where a service is wanted.

    Attributes:
        says: how the message begins, and what is in it.
        files: what stands there before.
        links: link to its target.
    """

    output: str
    says: tuple[str, ...]
    code: int = 3
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


PLACES: Mapping[str, Place] = {
    "a file": Place("out", ("out: this is a file", "name a folder with -o"), files={"out": "x"}),
    "below a file": Place("out/x", ("out: this is a file",), files={"out": "x"}),
    "a link to a file": Place("out", ("out: this is a file",), files={"f": "x"}, links={"out": "f"}),
    "a link to nowhere": Place("out", ("out: this is a link to nowhere", "hint: remove it"), links={"out": "gone"}),
    "a link to itself": Place("out", ("out: this is a link to nowhere",), links={"out": "out"}),
    "below a link to nowhere": Place("out/x", ("out: this is a link to nowhere",), links={"out": "gone"}),
    "a link inside that leads out": Place(
        "out",
        ("out: 'src/", "leads out of the folder", "hint: take the link away"),
        files={"real/x": "x", "out/x": "x"},
        links={"out/src": "../real"},
    ),
    "the monolith": Place("monolith", ("monolith: this folder is the monolith itself", "-o services/NAME")),
    "the folder above the monolith": Place(".", (".: this folder holds the monolith", "-o services/NAME")),
    "a package of the monolith": Place(
        "monolith/pack/deep", ("monolith/pack/deep: ", "lies in the monolith's package pack", "hint: ")
    ),
    "a file of somebody else": Place(
        "out",
        ("out: nothing was written", "README.md: not written by migrator", "--force", "-o"),
        1,
        files={"out/README.md": "mine\n"},
    ),
    "a name that is too long": Place(
        f"out/{'x' * 300}",
        (f"out/{'x' * 300}: cannot be a folder: ", "hint: name another folder"),
        files={"out/f": "x"},
    ),
    "a name that is too long below nothing": Place(
        f"out/a/{'x' * 300}", (f"out/a/{'x' * 300}: cannot be written: ", "hint: ")
    ),
    "nothing can be made there": Place("/proc/none/x", ("/proc/none/x: cannot be written", "hint: ")),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_place_that_is_none(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = PLACES[case]
    write_files(tmp_path, {"monolith/shop.py": READY, "monolith/pack/__init__.py": "", **place.files})
    for link, target in place.links.items():
        (tmp_path / link).symlink_to(target)
    monkeypatch.chdir(tmp_path)
    before = digest(tmp_path)
    code, out, err = run(capsys, "extract", "view", "--root", "monolith", "-o", place.output, "--yes", "-q")
    assert (code, out) == (place.code, ""), err
    assert err.startswith(f"error: {place.says[0]}"), err
    assert [said for said in place.says if said not in err] == [], err
    assert digest(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folders_that_were_made_go_again_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path / "monolith", {"shop.py": READY})
    (tmp_path / "services").mkdir(mode=0o555)
    monkeypatch.chdir(tmp_path)
    before = digest(tmp_path)
    code, out, err = run(capsys, "extract", "view", "--root", "monolith", "-o", "services/a/b", "--yes", "-q")
    assert (code, out) == (3, "")
    assert err.startswith("error: services/a/b: cannot be written: Permission denied\n  hint: ")
    assert digest(tmp_path) == before


@pytest.mark.parametrize("output", ["services/view", "out"])
def test_a_service_beside_the_packages_is_no_part_of_the_monolith(
    output: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"shop.py": READY})
    monkeypatch.chdir(tmp_path)
    for written in (r"[1-9]\d* files written, 0 unchanged", r"0 files written, [1-9]\d* unchanged"):
        code, out, err = run(capsys, "extract", "shop.view", "-o", output, "--yes", "-q")
        assert (code, bool(re.search(f"{output}: {written}", out))) == (0, True), (out, err)
    _, out, _ = run(capsys, "analyze", ".", "--json")
    assert '"files": 1,' in out


def test_files_of_others_in_the_folder_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(tmp_path, {"monolith/shop.py": READY, "real/notes.txt": "mine"})
    (tmp_path / "out").symlink_to("real")
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "extract", "view", "--root", "monolith", "-o", "out", "--yes", "-q")
    assert code == 0, err
    assert (tmp_path / "real" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "real" / "template.yaml").is_file()
    assert (tmp_path / "out").is_symlink()


CHANGED: Mapping[str, Mapping[str, str]] = {
    "the file is gone": {},
    "the function is gone": {"shop.py": "X = 1\n"},
    "the lines moved": {"shop.py": f"# one\n# two\n# three\n{READY}"},
    "the file does not parse any more": {"shop.py": "def view(:\n"},
}


@pytest.mark.parametrize("how", CHANGED)
def test_a_monolith_that_changed_since_it_was_analyzed(how: str, tmp_path: Path) -> None:
    """A plan of what was analyzed before: it is said, and never the wrong definition that is cut out."""
    found = assessed(monolith(tmp_path, {"shop.py": READY}), "shop.view", registered="@bp")
    (tmp_path / "shop.py").unlink()
    write_files(tmp_path, CHANGED[how])
    with pytest.raises(InputError) as caught:
        make_plan(read_tree(tmp_path), found)
    assert caught.value.location.startswith("shop.py:")
    assert caught.value.hint
