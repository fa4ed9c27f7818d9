"""The page of a report, of hostile code and of its twin: elements, drawings and what the browser makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from jinja2 import Environment

from migrator import bootstrap
from migrator.bootstrap.sources import CodeOf
from migrator.cli.formats.analysis_html import html_of
from migrator.cli.formats.html.pages import environment
from migrator.domain.assessments import Analysis
from migrator.domain.reports import Change, ChangeKind, Report, Totals, Unanalyzed
from tests.properties.test_inert import EVERY_TRICK, Recording, harmless
from tests.support.browsers import Watched, browser, chromium
from tests.support.hostile.monoliths import SHOP, write_files
from tests.support.hostile.skeletons import html, seen
from tests.support.hostile.templates import NEEDED_BY
from tests.support.hostile.texts import PRODUCT

TEMPLATES = NEEDED_BY["the page of a report"]


@contextmanager
def templates_read() -> Iterator[set[str]]:
    """The names of what is read meanwhile below the folder of templates."""
    asked: set[str] = set()
    jinja: Environment = environment()
    loader = jinja.loader
    assert loader is not None
    jinja.loader = Recording(loader, asked)
    if jinja.cache is not None:
        jinja.cache.clear()
    try:
        yield asked
    finally:
        jinja.loader = loader


def reported(folder: Path, texts: Callable[[str], str]) -> str:
    """The page of a monolith, with a text wherever a document or a baseline may have one."""
    write_files(SHOP, folder, texts)
    found = bootstrap.analyze(folder, jobs=1)
    analysis = told(replace(found, root="shop"), texts)
    first = analysis.candidates[0]
    changes = (
        Change(ChangeKind.GONE, "shop", f"a{texts('gone')}", f"b{texts('was')}", f"c{texts('now')}"),
        Change(ChangeKind.RENAMED, "shop", first.name, f"d{texts('renamed')}", first.name, first),
    )
    day = Totals(f"e{texts('at')}", f"f{texts('commit')}", 1, 10, 1, {}, 1)
    failed = (Unanalyzed(f"g{texts('root')}", f"h{texts('reason')}"),)
    other = replace(analysis, root=f"other{texts('other')}", candidates=analysis.candidates[:1])
    report = Report((analysis, other), changes, (day, day), failed)
    return html_of(report, CodeOf({"shop": folder}))


def told(analysis: Analysis, texts: Callable[[str], str]) -> Analysis:
    """The analysis with names and reasons that no source has, as a document may have them."""
    first, *others = analysis.candidates
    at = replace(first.location, path=f"{texts('folder')}/{first.location.path}{texts('path')}")
    hostile = replace(
        first,
        name=f"{first.name}{texts('name')}",
        location=at,
        hazards=tuple(replace(each, reason=texts("hazard")) for each in first.hazards),
        unresolved=tuple(replace(each, call=texts("call"), reason=texts("why")) for each in first.unresolved),
        advice=tuple(replace(each, title=f"i{texts('title')}", detail=texts("detail")) for each in first.advice),
    )
    return replace(analysis, candidates=(hostile, *others))


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folders = {name: tmp_path_factory.mktemp(name) for name in ("hostile", "plain")}
    return {
        "hostile": reported(folders["hostile"], lambda name: EVERY_TRICK),
        "plain": reported(folders["plain"], harmless),
    }


def test_a_page_is_made_of_the_same_whatever_the_texts(pages: dict[str, str]) -> None:
    assert html(pages["hostile"]) == html(pages["plain"])
    assert seen(pages["hostile"]) == ""
    assert PRODUCT not in pages["hostile"]


def test_every_template_of_it_is_tried(tmp_path: Path) -> None:
    with templates_read() as asked:
        reported(tmp_path, harmless)
    assert asked == set(TEMPLATES)


def test_a_browser_makes_texts_of_them_too(pages: dict[str, str], tmp_path: Path) -> None:
    kinds = {}
    with browser(chromium()) as started:
        for name, text in pages.items():
            file = tmp_path / f"{name}.html"
            file.write_text(text, encoding="utf-8")
            watched = Watched(started.new_page())
            page = watched.open(file)
            page.locator("#table a.open").first.click()
            page.wait_for_selector("dialog .body")
            kinds[name] = page.evaluate(
                "[...document.querySelectorAll('*')].map((each) => each.tagName + [...each.attributes].map((a) => a.name))"
            )
            assert watched.complaints == []
            assert watched.asked == []
    assert kinds["hostile"] == kinds["plain"]
