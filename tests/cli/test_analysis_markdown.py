"""An analysis as Markdown: the sample shop as accepted, and what only some reports have."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from migrator import bootstrap
from migrator.cli.app import main
from migrator.cli.formats.analysis_markdown import markdown_of
from migrator.domain.assessments import Analysis, Finding, FindingKind, Hazard, HazardKind, Skipped
from migrator.domain.effects import Effect, EffectFinding, Evidence
from migrator.domain.locations import Location
from migrator.domain.reports import Report, Totals, Unanalyzed
from migrator.domain.usage import Usage
from migrator.markdown import file_link
from migrator.verdicts.baselines import baseline_of
from migrator.verdicts.changes import changes_between
from tests.support.golden import assert_golden
from tests.support.hostile.skeletons import markdown, seen
from tests.support.hostile.texts import TRICKS
from tests.support.reported import UNHURRIED, analyses, analysis, assessment

ROOT = Path(__file__).resolve().parents[2]
STATE = Effect.PROCESS_STATE_WRITE
AT = "2026-11-26T12:00:00Z"


@cache
def shop() -> Analysis:
    return replace(bootstrap.analyze(ROOT / "sample_monolith", jobs=1), root="sample_monolith", seconds=0.0)


def titles(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def test_the_sample_shop_as_accepted() -> None:
    assert_golden("analyze/sample.md", markdown_of(Report((shop(),))))


def test_its_links_lead_to_lines_of_files() -> None:
    links = re.findall(r"\]\(([^)]*)\)", markdown_of(Report((shop(),))))
    assert links
    for link in links:
        path, _, line = link.partition("#L")
        assert int(line) <= len((ROOT / path).read_text("utf-8").splitlines()), link


def test_what_has_changed_and_the_history_are_told() -> None:
    before = analysis(assessment("a.f"), assessment("a.g", Effect.EMAIL))
    now = analysis(assessment("a.f", STATE), assessment("b.h"))
    baseline = baseline_of(before, AT, "0123456789abcdef")
    history = (*baseline.history, Totals("2026-11-27T00:00:00Z", "", 4, 1300, 2, {}))
    text = markdown_of(Report((now,), changes_between(baseline, now), history))
    assert titles(text) == ["Verdicts", "Since the baseline", "Where to start", "In the way", "History"]
    assert "New blockers: 1, worse verdicts: 1, new candidates: 1 and gone: 1." in text
    row = "| new-blocker | `a.f` | now has process-state-write | [`shop/a.py:40`](shop/a.py#L40) | it does"
    assert row in text
    assert "| gone | `a.g` | is gone, was ready |  |  |" in text
    assert "| 2026-11-26 | `0123456789` | 3 | 1,200 | 2 | 2 | 0 | 0 | 0 |" in text
    assert text.index("2026-11-27") < text.index("2026-11-26")
    assert "Nothing has changed." in markdown_of(Report((now,), ()))


def test_recorded_usage_has_columns_where_there_is_any() -> None:
    used = replace(assessment("a.f"), usage=Usage(900, 450.0, 12.0, 3400.0, 2048, 0.25, ("combined",)))
    never = replace(assessment("a.g"), usage=Usage(0, 0.0))
    text = markdown_of(Report((analysis(used, never, assessment("a.h")),)))
    assert "| runs on | calls | median | p95 | payload (p95) | failed |" in text
    assert "| `GET /a.f` | 450 calls a day | 12 ms | 3.4 s | 2 kB | 25 % |" in text
    assert "| `GET /a.g` | none | – | – | – | – |" in text
    assert "| `GET /a.h` | – | – | – | – | – |" in text
    assert "calls" not in markdown_of(Report((analysis(assessment("a.h")),)))


def test_several_repositories_are_told_apart_and_compared() -> None:
    reason = "acme.pay changes acme.STATE"

    def blocked(name: str) -> Analysis:
        evidence = Evidence(Location("web.py", 7), reason, ("web.f",))
        item = replace(assessment("web.f", STATE), effects=(EffectFinding(STATE, (evidence,)),))
        return analysis(item, assessment("web.g"), root=f"repos/{name}")

    failed = Unanalyzed("repos/gone", "there is no repos/gone")
    text = markdown_of(Report((blocked("one"), blocked("two")), failed=(failed,)))
    assert text.startswith("# What can move out of 2 repositories\n\n2,400 lines in 6 files, 4 candidates.\n")
    assert "- `repos/gone`: there is no repos/gone" in text
    assert "| `one` | 3 | 1,200 | 0 | 2 | 1 | 0 | 1 | 0 |" in text
    assert "| 2 | `one` | `web.g` | ready |" in text and "| 4 | `two` | `web.g` |" in text
    assert "| process-state-write | `acme.pay` changes `acme.STATE` | `one` and `two` | 2 | 2 |" in text
    assert "[`repos/two/web.py:7`](repos/two/web.py#L7)" in text
    assert "in the way of 1 candidate of `two`, `web.f`" in text


def test_what_was_not_read_and_what_is_to_mend_are_lists_with_an_end() -> None:
    skipped = tuple(Skipped(f"b{number}.py", 3, "syntax error") for number in range(23))
    finding = Finding(FindingKind.OVERRIDE, Location("a.py", 1), "allows what is not there")
    text = markdown_of(Report((replace(analysis(), skipped=skipped, findings=(finding,)),)))
    assert "23 entries not read." in text
    assert "No event-shaped function was found." in text
    assert "- [`shop/a.py:1`](shop/a.py#L1) allows what is not there" in text
    assert text.endswith("- and 3 more\n")
    hazard = Hazard(HazardKind.ORDERING, Location("a.py", 1), "by order")
    risky = markdown_of(Report((analysis(assessment("a.f", STATE, hazards=[hazard, hazard])),)))
    assert "| ordering | 1 | Keep the order, or stop needing it |" in risky
    assert "Nothing can move before something changes" in risky


@settings(UNHURRIED, max_examples=25)
@given(analyses(), analyses(), st.booleans())
def test_any_report_is_a_page_with_tables_that_hold(before: Analysis, now: Analysis, several: bool) -> None:
    found = (now, replace(before, root="other/app")) if several else (now,)
    baseline = baseline_of(before, AT, "")
    text = markdown_of(Report(found, changes_between(baseline, now), baseline.history))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [sum(token.type in ("td_open", "th_open") for token in tokens)]
    assert sum(line.count(" | ") + 1 for line in rows if not line.startswith("|---")) == cells[0]


@pytest.mark.parametrize("trick", TRICKS)
def test_no_text_of_the_code_is_markup(trick: str) -> None:
    def of(text: str) -> str:
        path = f"p{text}.py".replace("..", "")  # no file of a tree is above it, and there is no link to one
        item = assessment("a.f", STATE, event=f"/{text}", path=path)
        evidence = Evidence(Location(path, 3), f"changes {text}", (f"n{text}",))
        named = replace(item, name=f"n{text}", effects=(EffectFinding(STATE, (evidence,)),))
        ready = replace(assessment("b.g"), name=f"m{text}")
        found = replace(
            analysis(named, ready, root=f"r{text}".replace("..", "")), skipped=(Skipped(path, 1, f"bad {text}"),)
        )
        baseline = baseline_of(analysis(replace(ready, name=f"o{text}")), AT, text)
        failed = (Unanalyzed(f"f{text}", f"no {text}"),)
        return markdown_of(Report((found,), changes_between(baseline, found), baseline.history, failed))

    hostile, plain = of(TRICKS[trick]), of(" plain")
    assert seen(hostile) == ""
    assert len(hostile.splitlines()) == len(plain.splitlines())
    assert markdown(hostile) == markdown(plain)


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("a b/c.py", "[`a b/c.py:3`](a%20b/c.py#L3)"),
        ("javascript:alert(1)/c.py", "[`javascript:alert(1)/c.py:3`](javascript%3Aalert%281%29/c.py#L3)"),
        ("a|b`.py", "[``a\\|b`.py:3``](a%7Cb%60.py#L3)"),
        ("/abs/c.py", "`/abs/c.py:3`"),
        ("../c.py", "`../c.py:3`"),
    ],
)
def test_a_link_leads_only_to_a_file(path: str, link: str) -> None:
    assert file_link(PurePath(path), 3, cell=True) == link


def test_the_command_writes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "web.py").write_text(
        "from flask import Flask\napp = Flask('x')\n@app.get('/')\ndef v():\n    return {}\n"
    )
    with pytest.raises(SystemExit) as ended:
        main(["analyze", ".", "--jobs", "1", "--format", "markdown"])
    out, err = capsys.readouterr()
    assert (ended.value.code, err) == (0, "")
    assert out.startswith("# What can move out of ")
    assert "[`web.py:4`](web.py#L4)" in out
