"""The page in a real browser: it sorts, filters and opens by pointer and by keys alone, and asks the network for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrator.cli.formats.analysis_html import html_of
from migrator.domain.effects import Effect
from migrator.domain.reports import Report
from tests.cli.html.reports import Files, analysis, whole
from tests.support.browsers import Watched, browser, chromium
from tests.support.large_reports import Made

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MANY = Made(150)
RANKED = [item for _, item in MANY.report.ranked]


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser(chromium()) as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    pages = {
        "many": html_of(MANY.report, MANY),
        "whole": html_of(whole(), Files()),
        "empty": html_of(Report((analysis(),))),
    }
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture
def watched(started: Browser) -> Iterator[Watched]:
    """A page that must be silent to the end, and ask for nothing."""
    context = started.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    found = Watched(context.new_page())
    yield found
    assert found.complaints == []
    assert found.asked == []
    context.close()


def names(page: Page) -> list[str]:
    found: list[str] = page.locator("#table a.open").all_text_contents()
    return found


def becomes(page: Page, expression: str, value: object) -> None:
    """Waits until it is so: a page acts on keys, closing and going back a moment later."""
    page.wait_for_function(f"value => ({expression}) === value", arg=value)


FOCUSED = "document.activeElement.textContent"
STATUS = "document.getElementById('status').textContent"
OPEN = "document.getElementById('details').open"


def test_it_sorts_and_filters_and_keeps_both_in_the_address(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["many"])
    assert names(page) == [item.name for item in RANKED[: len(names(page))]]
    page.click("th[data-key=lines] button")
    by_lines = sorted(RANKED, key=lambda item: (-item.reach.lines, item.rank))
    assert names(page)[:20] == [item.name for item in by_lines[:20]]
    assert page.get_attribute("th[data-key=lines]", "aria-sort") == "descending"
    page.click("th[data-key=lines] button")
    assert page.get_attribute("th[aria-sort]", "aria-sort") == "ascending"
    page.click("th[data-key=name] button")
    assert page.get_attribute("th[aria-sort]", "data-key") == "name"
    assert names(page)[:20] == sorted(item.name for item in RANKED)[:20]

    page.fill("#query", "A -database")
    page.click("#chips button:has-text('ready')")
    page.click("#chips button:has-text('http-out')")
    page.click("#chips button:has-text('enqueue')")
    wanted = {
        item.name
        for item in RANKED
        if item.verdict == "ready"
        and item.effect_names >= {Effect.HTTP_OUT, Effect.ENQUEUE}
        and "database" not in item.effect_names
        and "a" in item.name
    }
    assert set(names(page)) == wanted
    becomes(page, STATUS, f"{len(wanted)} of 150 candidates")
    address = page.url
    assert "verdict=ready" in address
    assert "sort=name" in address
    shown = names(page)

    again = watched.page.context.new_page()
    again.goto(address)
    assert names(again) == shown
    again.click("#clear")
    becomes(again, STATUS, "150 candidates")


def test_keys_alone_lead_through_it(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["many"])
    press = page.keyboard.press
    press("/")
    assert page.evaluate("document.activeElement.id") == "query"
    page.keyboard.type("order")
    shown = names(page)
    press("ArrowDown")
    press("ArrowDown")
    becomes(page, FOCUSED, shown[1])
    press("Enter")
    page.wait_for_selector("dialog .body")
    becomes(page, "document.getElementById('details-name').textContent", shown[1])
    press("ArrowRight")
    becomes(page, "document.getElementById('details-name').textContent", shown[2])
    press("Escape")
    becomes(page, OPEN, False)
    becomes(page, FOCUSED, shown[2])
    press("ArrowUp")
    press("Tab")
    becomes(page, FOCUSED, shown[2])
    press("End")
    becomes(page, FOCUSED, names(page)[-1])
    press("Home")
    press("ArrowUp")
    press("Escape")
    assert page.input_value("#query") == ""
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_details_tell_the_way_to_each_line(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["whole"], "#open=shop.mail.send&root=one/shop")
    page.wait_for_selector("dialog .body")
    said = page.inner_text("dialog")
    for text in (
        "A job that sends e-mail",
        "50.5 calls a day",
        "shop/mail.py:6:5",
        "double-run",
        "thing.go",
        "the cache is shared",
    ):
        assert text in said
    assert page.locator("dialog .way").first.locator("li").all_text_contents() == [
        "shop.mail.send",
        "shop.mail.helper",
        "shop.smtp.post",
    ]
    marked = page.locator("dialog .evidence mark").first.text_content()
    assert marked == "6smtp.send(name)"
    page.keyboard.press("Escape")
    becomes(page, "location.hash.includes('open=')", False)


def test_the_map_filters_and_the_way_back_is_the_browsers_own(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["whole"])
    page.locator(".map a[href='#in=shop/shop/mail.py']").click()
    becomes(page, STATUS, "2 of 3 candidates in shop/shop/mail.py")
    assert page.locator(".map .chosen").count() == 1
    page.go_back()
    becomes(page, STATUS, "3 candidates")
    page.locator(".shares a").last.click()
    assert names(page) == ["shop.mail.keep"]


def test_the_head_of_a_column_has_room_for_its_arrow(watched: Watched, files: dict[str, Path]) -> None:
    too_wide = """[...document.querySelectorAll("#table thead th")].filter((head) => {
      head.firstElementChild.click();
      return head.firstElementChild.offsetWidth > head.offsetWidth;
    }).map((head) => head.textContent)"""
    assert watched.open(files["many"]).evaluate(too_wide) == []


def test_a_report_without_a_candidate_says_so(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["empty"])
    assert page.inner_text("#more") == "No event-shaped function was found."
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("x")


def _reload_until(page: Page, theme: str) -> None:
    """What a page of a file keeps is written down by another process of the browser, some time later."""
    for _ in range(20):
        page.reload()
        if page.inner_text("#theme") == theme:
            return
    raise AssertionError(page.inner_text("#theme"))


def test_the_theme_is_chosen_and_remembered(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["whole"])
    paper = "getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(paper)
    page.click("#theme")
    assert page.evaluate(paper) == "rgb(255, 255, 255)" != dark
    _reload_until(page, "Theme: light")
    assert page.evaluate(paper) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("name", ["many", "whole"])
def test_nothing_is_wider_than_the_screen(name: str, watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files[name])
    page.locator("#table a.open").first.click()
    page.wait_for_selector("dialog .body")
    for width in (360, 800, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("document.getElementById('details').scrollWidth") <= width


def test_without_a_script_the_table_and_its_details_are_there(started: Browser, files: dict[str, Path]) -> None:
    context = started.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["whole"].as_uri())
    page.locator("noscript summary").nth(1).click()
    assert page.get_by_text("process-state-read", exact=True).last.is_visible()
    assert page.locator("#scripted").is_hidden()
    context.close()


def test_it_is_whole_on_paper(watched: Watched, files: dict[str, Path]) -> None:
    page = watched.open(files["many"])
    assert len(names(page)) < 150
    paper = page.pdf()
    assert len(names(page)) == 150
    assert len(re.findall(rb"/Type /Page\b", paper)) <= 18  # where a column is left no room, hundreds
