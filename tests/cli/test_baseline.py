"""`--baseline`, `--write-baseline` and `--fail-on` as a pipeline calls them, in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from migrator import bootstrap
from migrator.cli.app import main
from migrator.cli.baseline_options import fail_on_names, limits_of
from migrator.documents.baseline import CODEC as BASELINE
from migrator.documents.changes import CODEC as CHANGES
from migrator.domain.reports import Baselines
from migrator.verdicts.baselines import baseline_of

WEB = """
from flask import Flask
app = Flask(__name__)
SEEN = {}

@app.get("/price/<int:number>")
def price(number):
    return {"price": number * 2}

@app.get("/list")
def price_list():
    return {"all": []}
"""
WORSE = WEB.replace("    return {", "    SEEN[number] = True\n    return {", 1)


@pytest.fixture(autouse=True)
def monolith(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "web.py").write_text(WEB)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "shop"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["analyze", "shop", "--jobs", "1", *arguments])
    captured = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, captured.out, captured.err


@cache
def _of_the_shop(code: str) -> str:
    """What is known of the shop as it is, by the same analysis that the command makes."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "shop").mkdir()
        (Path(folder) / "shop" / "web.py").write_text(code)
        found = bootstrap.analyze(Path(folder) / "shop", jobs=1)
    return BASELINE.dump_text(Baselines((baseline_of(found, "2026-01-01T00:00:00Z", "", root="shop"),)))


def written(code: str = WEB) -> bytes:
    Path("base.json").write_text(_of_the_shop(code))
    return Path("base.json").read_bytes()


def test_what_got_worse_is_told_with_its_place_and_mend(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    before = written()
    (monolith / "web.py").write_text("# a line above\n" + WORSE)
    code, out, err = run(capsys, "--baseline", "base.json", "--fail-on", "worse-verdict,new-blocker")
    assert code == 1
    assert "web.price  now has process-state-write" in out
    assert "web.py:9:5  changes web.SEEN" in out
    assert "Move the state out of the process" in out
    assert "web.price_list" not in out
    assert "web.price now has process-state-write  shop/web.py:9:5" in err
    assert "web.price was ready, is refactor" in err
    assert Path("base.json").read_bytes() == before


def test_only_what_was_asked_for_fails(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    written()
    (monolith / "web.py").write_text(WORSE)
    code, _, err = run(capsys, "--baseline", "base.json", "--fail-on", "new-effect,new-candidate", "--fail-on", "keep")
    assert (code, err) == (0, "")
    code, _, err = run(capsys, "--baseline", "base.json", "--fail-on", "new-effect", "--fail-on", "refactor")
    assert code == 1
    assert "web.price is refactor  shop/web.py:7:1" in err


def test_a_better_verdict_fails_on_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    written(WORSE)
    losses = "new-blocker,worse-verdict,less-confident,new-effect,new-candidate"
    code, out, _ = run(capsys, "--baseline", "base.json", "--fail-on", losses)
    assert code == 0
    assert "web.price  was refactor, is ready" in out


def test_it_is_written_anew_only_where_nothing_failed(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    before = written()
    (monolith / "web.py").write_text(WORSE)
    arguments = ("--baseline", "base.json", "--write-baseline")
    assert run(capsys, *arguments, "--fail-on", "new-blocker")[0] == 1
    assert Path("base.json").read_bytes() == before
    code, out, _ = run(capsys, *arguments)
    assert code == 0 and "web.price" in out
    kept = BASELINE.load_text(Path("base.json").read_text())
    assert [known.verdict.value for known in kept.repositories[0].candidates] == ["refactor", "ready"]
    assert len(kept.repositories[0].history) == 2
    code, _, err = run(capsys, *arguments, "--fail-on", "new-blocker")
    assert (code, err) == (0, "base.json is as it was\n")


def test_the_first_one_has_nothing_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "--baseline", "base.json")
    assert (code, out) == (3, "")
    assert "hint: write the first one: migrator analyze shop --baseline base.json --write-baseline" in err
    code, out, err = run(capsys, "--baseline", "base.json", "--write-baseline", "--fail-on", "new-blocker")
    assert (code, err) == (0, "base.json written; commit it\n")
    assert "Verdicts" in out
    code, out, _ = run(capsys, "--baseline", "base.json")
    assert code == 0 and "Nothing has changed" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--fail-on", "new-blocker"), "needs something to compare with"),
        (("--fail-on", "new-blockers", "--baseline", "x.json"), "neither a verdict nor a change"),
        (("--fail-on", "gone", "--baseline", "x.json"), "neither a verdict nor a change"),
        (("--fail-on", "", "--baseline", "x.json"), "neither a verdict nor a change"),
        (("--write-baseline",), "does not know where"),
    ],
)
def test_a_wrong_call_is_told_before_anything_is_analyzed(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err and "hint:" in err


def test_as_json_it_is_a_document(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    written()
    (monolith / "web.py").write_text(WORSE)
    code, out, _ = run(capsys, "--baseline", "base.json", "--fail-on", "new-blocker", "--json")
    assert code == 1
    said = CHANGES.load(json.loads(out))
    assert [change.kind.value for change in said.changes] == ["new-blocker", "worse-verdict"]
    assert [change.now for change in said.failing] == ["process-state-write"]
    assert [totals.candidates for totals in said.history] == [2, 2]


def test_github_shows_only_what_got_worse(
    capsys: pytest.CaptureFixture[str], monolith: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(f"{WEB}\n@app.get('/gone')\ndef gone():\n    return {{}}\n")
    (monolith / "web.py").write_text(WORSE)
    (monolith / "broken.py").write_text("def (:\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    code, out, err = run(capsys, "--baseline", "base.json", "--fail-on", "new-blocker", "--format", "github")
    assert (code, err) == (1, "")
    assert [line.split(" ")[0] for line in out.splitlines()] == ["::error", "::warning"]
    assert "file=shop/web.py,line=8,col=5,title=new-blocker::web.price now has process-state-write" in out
    summary = Path("summary.md").read_text()
    assert "[`shop/web.py:8`](shop/web.py#L8)" in summary and "## History" in summary
    assert "| gone | `web.gone` |" in summary


def test_one_of_another_version_is_compared_with_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    written()
    text = json.loads(Path("base.json").read_text())
    Path("base.json").write_text(json.dumps({**text, "version": "0.0.1\nx"}))
    code, out, err = run(capsys, "--baseline", "base.json")
    assert code == 0 and "Nothing has changed" in out
    assert err.startswith("base.json was written by migrator 0.0.1\\nx, this is ")


def test_a_kept_analysis_does_as_well(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    Path("kept.json").write_text(run(capsys, "--json")[1])
    (monolith / "web.py").write_text(WORSE)
    assert run(capsys, "--baseline", "kept.json", "--fail-on", "new-blocker")[0] == 1
    code, _, err = run(capsys, "--baseline", "kept.json", "--write-baseline")
    assert code == 3 and "is no baseline, and is not written over" in err
    assert json.loads(Path("kept.json").read_text())["schema"] == "migrator.analysis/1"


def test_the_shell_offers_what_it_fails_on() -> None:
    assert fail_on_names("new-") == ["new-blocker", "new-effect", "new-candidate"]
    assert fail_on_names("keep,wor") == ["keep,worse-verdict"]
    for name in fail_on_names(""):
        limits_of([name], baseline=Path("x.json"))


def test_many_that_failed_are_counted(capsys: pytest.CaptureFixture[str], monolith: Path) -> None:
    views = "".join(f"\n@app.get('/v{n}')\ndef v{n}():\n    SEEN['x'] = 1\n    return {{}}\n" for n in range(12))
    written()
    (monolith / "web.py").write_text(WEB + views)
    code, out, err = run(capsys, "--baseline", "base.json", "--fail-on", "new-blocker")
    assert code == 1
    assert "and 2 more (--all shows them)" in out
    assert err.splitlines()[0] == "--fail-on was reached: 12 times"
    assert err.splitlines()[-1] == "  and 2 more"
    assert "v11" in run(capsys, "--baseline", "base.json", "--all")[1]


def test_of_several_repositories_each_change_names_its_own(
    capsys: pytest.CaptureFixture[str], monolith: Path, tmp_path: Path
) -> None:
    known = BASELINE.load_text(_of_the_shop(WEB)).repositories[0]
    Path("base.json").write_text(BASELINE.dump_text(Baselines((replace(known, root="mail"), known))))
    (tmp_path / "mail").mkdir()
    (tmp_path / "new").mkdir()
    (tmp_path / "mail" / "web.py").write_text(WORSE)
    (tmp_path / "new" / "web.py").write_text(WEB)
    code, out, err = run(capsys, "mail", "new", "--baseline", "base.json", "--fail-on", "new-blocker,new-candidate")
    assert code == 1
    assert "mail: 2 candidates, 2 changes since the baseline" in out
    assert "shop: 2 candidates, 0 changes since the baseline" in out
    assert "mail  web.price  now has process-state-write" in out
    assert "mail/web.py:8:5  changes web.SEEN" in out
    assert "base.json does not know new: everything in it is new" in err
    assert "web.price is new, and ready  new/web.py:7:1" in err
