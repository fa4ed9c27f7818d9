"""What the page says of several repositories: each with its figures, and what they share."""

from __future__ import annotations

import re
from html import unescape

from migrator.cli.formats.analysis_html import html_of
from migrator.cli.formats.html.repositories import repositories_of
from migrator.domain.assessments import Verdict
from migrator.domain.effects import Effect
from migrator.domain.reports import Report
from tests.cli.html.reports import analysis, candidate
from tests.support.hostile.texts import TRICKS

BLOCKED = candidate("shop.a", verdict=Verdict.REFACTOR, effects=(Effect.REQUEST_CONTEXT,))


def rows(page: str) -> list[list[str]]:
    found = re.search(r'<section id="repositories".*?</table>', page, re.DOTALL)
    assert found is not None
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", found[0]))
    return [[unescape(re.sub("<[^>]+>", "", cell)) for cell in row] for row in cells]


def test_one_repository_has_no_section_of_its_own() -> None:
    report = Report((analysis(BLOCKED, root="shop"),))
    assert repositories_of(report) is None
    assert 'id="repositories"' not in html_of(report)


def test_each_has_a_row_of_figures_that_leads_to_its_candidates() -> None:
    one, two = analysis(BLOCKED, candidate("shop.b", rank=2), root="a/shop"), analysis(BLOCKED, root="b/shop")
    page = html_of(Report((one, two)))
    head, *found = rows(page)
    assert head == [
        "Repository",
        "Files",
        "Lines",
        "Candidates",
        "ready",
        "with-network",
        "refactor",
        "keep",
        "Not read",
    ]
    assert [row[:1] + row[3:8] for row in found] == [
        ["a/shop", "2", "1", "0", "1", "0"],
        ["b/shop", "1", "0", "0", "1", "0"],
    ]
    assert '<a class="name" href="#in=a/shop/">a/shop</a>' in page
    assert '<a href="#repositories">' in page


def test_what_they_share_is_told_with_who_has_it() -> None:
    shared = repositories_of(Report(tuple(analysis(BLOCKED, root=f"r{number}") for number in range(7))))
    assert shared is not None
    assert {cause.head for cause in shared.causes} == {"request-context"}
    assert shared.causes[0].said == "7 candidates of r0, r1, r2, r3, r4 and 2 more"
    assert shared.libraries == ()


def test_names_of_repositories_are_text_and_nothing_else() -> None:
    tricky = tuple(
        analysis(BLOCKED, root=f"r/{text}") for text in TRICKS.values() if "/" not in text and "\0" not in text
    )
    page = html_of(Report(tricky))
    assert len(rows(page)) == len(tricky) + 1
    for link in re.findall(r'href="(#in=[^"]*)"', page):
        assert re.fullmatch(r"#in=[\w%./~-]+", link)
