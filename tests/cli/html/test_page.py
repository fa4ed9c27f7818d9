"""The page as a text: it is whole, needs nothing, says everything, and is the same each time."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from html import unescape
from typing import Any

import pytest

from migrator.cli.formats.analysis_html import html_of
from migrator.cli.formats.html import without_script
from migrator.cli.formats.html.sources import NO_SOURCES
from migrator.domain.assessments import Verdict
from migrator.domain.reports import Report
from migrator.domain.trigger_text import trigger_text
from tests.cli.html.reports import Files, analysis, candidate, whole
from tests.support.hostile.skeletons import html
from tests.support.large_reports import Made


@pytest.fixture(scope="module")
def page() -> str:
    return html_of(whole(), Files())


def element(page: str, name: str) -> str:
    found = re.search(rf'<script [^>]*id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return found[1]


def unpacked(page: str) -> Any:
    return json.loads(zlib.decompress(b64decode(element(page, "packed"))))


def text_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)))


def test_every_element_is_closed_and_there_is_one_style_and_one_script(page: str) -> None:
    tags = [each[0] for each in html(page) if isinstance(each, tuple)]  # type: ignore[attr-defined]
    assert tags.count("style") == 1
    assert tags.count("script") == 3  # two of them are data
    assert "link" not in tags
    assert "img" not in tags


def test_the_policy_names_the_style_and_the_script_and_nothing_else(page: str) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    rules = dict(rule.strip().partition(" ")[::2] for rule in unescape(found[1]).split(";"))
    for rule, tag in (("style-src", "style"), ("script-src", "script")):
        inside = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert inside is not None
        digest = b64encode(sha256(inside[1].encode()).digest()).decode()
        assert rules.pop(rule) == f"'sha256-{digest}'"
    assert rules == {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}


def test_nothing_leads_out_of_the_page(page: str) -> None:
    assert set(re.findall(r'\b(?:href|src|action|xlink:href)="([^"#])', page)) == set()
    assert not re.search(r"url\(|@import|\bstyle=|\bon\w+=", page)


def test_each_section_stands_there_without_a_script(page: str) -> None:
    text = " ".join(text_of(page).split())
    for said in (
        "shop, till",
        "2 repositories",
        "6,912 lines",
        "1 not analyzed",
        "three there is no such folder",
        "2 not read",
        "shop/shop/broken.py:7:1 is no Python",
        "2 to mend",
        "new blocker shop shop.mail.keep unbounded",
        "gone till till.gone ready",
        "unbounded 1 candidate, the only blocker of 1",
        "2026-02-01T00:00:00Z 0123456789",
        "shop/mail.py:3:1: a job that sends e-mail",
        "process-state-read till/pay.py:6:5: smtplib.SMTP.send sends a message and 1 more",
        "What to do: Make a second run harmless",
    ):
        assert said in text, said


def test_what_is_not_known_has_no_section_and_no_column() -> None:
    bare = html_of(Report((analysis(candidate("shop.mail.send")),)))
    for mark in ('id="changes"', 'id="history"', 'data-key="calls"', 'data-key="repository"'):
        assert mark in html_of(whole())
        assert mark not in bare
    assert "Nothing has changed" in html_of(Report((analysis(),), changes=()))
    assert "Nothing can move" in html_of(Report((analysis(),)))


def test_rows_say_what_the_report_says(page: str) -> None:
    rows = json.loads(element(page, "rows"))
    columns = rows["columns"]
    ranked = whole().ranked
    assert columns["name"] == [item.name for _, item in ranked]
    assert [rows["verdicts"][number] for number in columns["verdict"]] == [item.verdict for _, item in ranked]
    assert [rows["roots"][number] for number in columns["root"]] == [each.root for each, _ in ranked]
    sets = [{name for bit, name in enumerate(rows["effects"]) if number & 1 << bit} for number in columns["effects"]]
    assert sets == [set(item.effect_names) for _, item in ranked]
    assert [value for value in columns["calls"] if value is not None] == [50.5]
    assert len({len(column) for column in columns.values()}) == 1


def decoded(data: Any, index: int) -> dict[str, Any]:
    """The details of a candidate as the script of the page reads them."""
    texts = data["texts"]

    def place(file: int, line: int, column: int) -> str:
        return f"{texts[data['files'][file][1]]}:{line}:{column}"

    def spot(number: int) -> tuple[str, str, int]:
        file, line, column, reason, changes = data["spots"][5 * number : 5 * number + 5]
        return place(file, line, column), texts[reason], changes

    def way(number: int) -> list[str]:
        names = []
        while number >= 0:
            name, number = data["ways"][2 * number : 2 * number + 2]
            names.append(texts[name])
        return names

    def calls(steps: list[int]) -> list[tuple[str, ...]]:
        found, number = [], 0
        for step in steps:
            number += step
            row = data["calls"][6 * number : 6 * number + 6]
            found.append((place(*row[:3]), *(texts[each] for each in row[3:])))
        return found

    why, at, triggers, effects, hazards, steps, advice, stated, libraries = data["candidates"][index]
    return {
        "reason": texts[why],
        "place": place(*at),
        "triggers": [(texts[text], place(*where)) for _, _, text, *where in triggers],
        "effects": [
            (effect, [(*spot(flat[n]), way(flat[n + 1])) for n in range(0, len(flat), 2)]) for effect, flat in effects
        ],
        "hazards": [(data["hazards"][kind], *spot(number)[:2]) for kind, number in hazards],
        "unresolved": calls(steps),
        "advice": [(texts[title], texts[detail]) for title, detail, *_ in advice],
        "stated": [(allow, texts[name], texts[reason]) for allow, _, name, reason, *_ in stated],
        "libraries": {texts[name]: distance for name, distance in libraries},
    }


@pytest.mark.parametrize("report", [whole(), Made(40).report], ids=["by hand", "dense"])
def test_everything_can_be_read_back_from_the_packed_details(report: Report) -> None:
    page = html_of(report)
    names = json.loads(element(page, "rows"))["effects"]
    data = unpacked(page)
    for index, (_, item) in enumerate(report.ranked):
        read = decoded(data, index)
        assert read["place"] == str(item.location)
        assert read["triggers"] == [(trigger_text(each), str(each.location)) for each in item.triggers]
        assert [(names[effect], evidence) for effect, evidence in read["effects"]] == [
            (
                finding.effect,
                [(str(e.location), e.reason, int(e.changes), list(e.chain[1:])) for e in finding.evidence],
            )
            for finding in item.effects
        ]
        assert read["hazards"] == [(each.kind, str(each.location), each.reason) for each in item.hazards]
        assert sorted(read["unresolved"]) == sorted(
            (str(call.location), call.call, call.reason, call.harmless_because) for call in set(item.unresolved)
        )
        assert read["advice"] == [(each.title, each.detail) for each in item.advice]
        assert read["libraries"] == dict(item.reach.libraries)


def test_excerpts_are_the_lines_around_places_once_each_without_credentials(page: str) -> None:
    data = unpacked(page)
    runs = {data["texts"][path]: runs for (_, path), runs in zip(data["files"], data["runs"], strict=True)}
    assert runs["shop/mail.py"] == [
        [
            1,
            (
                'import smtplib\n\ndef send(order):\n    name = order.name\n    smtp.login("shop", password="•••")\n'
                "    smtp.send(name)"
            ),
        ]
    ]
    assert runs["till/pay.py"] == []  # there is no such file
    assert "hunter2" not in page
    assert all(run == [] for run in unpacked(html_of(whole(), NO_SOURCES))["runs"])


def test_it_is_the_same_each_time(page: str) -> None:
    assert html_of(whole(), Files()) == page


def test_names_are_texts_in_the_page_and_can_be_seen() -> None:
    name = 'shop.<b onload="x">\u202e\x1b</script><!--'
    page = html_of(Report((analysis(candidate(name, verdict=Verdict.REFACTOR)),)), Files())
    assert html(page) == html(html_of(Report((analysis(candidate("shop.b", verdict=Verdict.REFACTOR)),)), Files()))
    assert json.loads(element(page, "rows"))["columns"]["name"] == ['shop.<b onload="x">\\u202e\\x1b</script><!--']
    assert all(char.isprintable() or char == "\n" for char in page)
    assert "<" not in element(page, "rows")  # `<!--<script ` would keep the element from ending


def test_a_long_report_has_details_for_the_first_without_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(without_script, "MOST_TOLD", 2)
    report = Report((analysis(*(candidate(f"shop.n{rank}", rank=rank) for rank in (1, 2, 3))),))
    page = html_of(report)
    assert len(re.findall(r'<tr id="c\d">', page)) == 3
    assert len(re.findall(r'<tr id="c\d">.*<details>', page)) == 2
    assert "only the first 2 have details" in page
