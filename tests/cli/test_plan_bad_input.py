"""`migrator plan` on what cannot be cut out, and on what only looks so: a clear answer, and nothing is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.bad_input import assert_answer, assert_not_imported, digest, run, write_files
from tests.cli.carried_monoliths import WORKS
from tests.cli.refused_monoliths import BAD


@pytest.mark.parametrize("case", BAD)
def test_it_is_answered_with_its_place_and_a_hint(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = BAD[case]
    write_files(tmp_path / "monolith", bad.files)
    monkeypatch.chdir(tmp_path)
    before = digest(tmp_path)
    code, out, err = run(capsys, "plan", bad.name, "--root", "monolith", *bad.arguments)
    if bad.shown:
        assert (code, err) == (0, ""), err
        assert "nowhere yet: no handler can be made" in out
        text = " ".join(out[: out.index("definitions (")].split())
        assert [said for said in (bad.place, *bad.says, *bad.hint) if said not in text] == [], out
        assert "migrator extract" not in out
    else:
        assert_answer(bad, code, out, err)
    assert digest(tmp_path) == before
    assert_not_imported(bad.files)


@pytest.mark.parametrize("case", WORKS)
def test_what_can_be_carried_is_shown(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = WORKS[case]
    write_files(tmp_path / "monolith", good.files)
    monkeypatch.chdir(tmp_path)
    before = digest(tmp_path)
    code, out, err = run(capsys, "plan", good.name, "--root", "monolith", *good.arguments)
    assert (code, err) == (0, ""), err
    assert "migrator extract" in out
    text = " ".join(out.split())
    assert [said for said in good.told if said not in text] == [], out
    assert digest(tmp_path) == before
    assert_not_imported(good.files)


def test_a_monolith_that_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = run(capsys, "plan", "view", "--root", "monolith")
    assert (code, out) == (3, "")
    assert err.startswith("error: monolith: there is no such file or folder\n  hint: ")
