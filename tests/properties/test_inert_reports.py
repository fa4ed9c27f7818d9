"""Texts of analyzed code stay texts in every format of a report: no line, key, link or character more than of a harmless
twin. What commands print is `test_inert_commands`'.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from rich.console import Console

from migrator import bootstrap
from migrator.cli.baseline_options import Failed, tell_failed
from migrator.cli.formats import changes_github
from migrator.cli.formats.analysis_json import json_of
from migrator.cli.formats.analysis_markdown import markdown_of
from migrator.cli.formats.analysis_sarif import sarif_of
from migrator.cli.formats.changes_text import write_changes
from migrator.cli.formats.github_annotations import annotation_lines
from migrator.cli.formats.page import Page
from migrator.documents.baseline import CODEC
from migrator.domain.assessments import Analysis, Assessment, Confidence
from migrator.domain.json import json_text
from migrator.domain.locations import Location
from migrator.domain.reports import Baselines, ChangeKind, Report
from migrator.verdicts.baselines import baseline_of
from migrator.verdicts.changes import changes_between
from tests.properties.test_inert import EVERY_TRICK, harmless
from tests.support.hostile.monoliths import SHOP, write_files
from tests.support.hostile.skeletons import json_tree, markdown, seen
from tests.support.hostile.texts import PRODUCT
from tests.support.sarif import valid

AT: Final = "2026-11-26T12:00:00Z"


@cache
def analyzed(*, hostile: bool) -> Analysis:
    with TemporaryDirectory() as folder:
        root = write_files(SHOP, Path(folder) / "shop", (lambda name: EVERY_TRICK) if hostile else harmless)
        found = bootstrap.analyze(root, jobs=1)
    text = EVERY_TRICK if hostile else harmless("")
    return replace(found, root="shop", seconds=0.0, candidates=tuple(_named(item, text) for item in found.candidates))


def _named(item: Assessment, text: str) -> Assessment:
    """The candidate with the text in its names and its files, which a kept document brings from anywhere."""

    def moved(place: Location) -> Location:
        return replace(place, path=place.path.replace(".py", f"{text}.py".replace("..", "")))

    effects = tuple(
        replace(
            finding,
            evidence=tuple(
                replace(each, location=moved(each.location), chain=tuple(f"{name}{text}" for name in each.chain))
                for each in finding.evidence
            ),
        )
        for finding in item.effects
    )
    return replace(item, name=f"{item.name}{text}", location=moved(item.location), effects=effects)


def _before(found: Analysis) -> Analysis:
    """One in which something else is wrong with each candidate, so that changes of every kind are told."""
    items = list(found.candidates)
    first = replace(items[0], effects=(), confidence=Confidence.UNPROVEN)
    second = replace(items[1], effects=(*items[1].effects, *items[-1].effects), name=f"{items[1].name}_old")
    return replace(found, candidates=(first, second, *items[3:-1], replace(items[-1], name="shop.gone", triggers=())))


@cache
def report(*, hostile: bool) -> Report:
    found = analyzed(hostile=hostile)
    baseline = baseline_of(_before(found), AT, "c" * 40, root="shop")
    return Report((found,), changes_between(baseline, found), baseline.history, before={"shop": baseline})


def _page(found: Report) -> str:
    stream = io.StringIO()
    console = Console(file=stream, no_color=True, highlight=False, soft_wrap=True, emoji=False, markup=False)
    write_changes(Page(console, wraps=False), found, show_all=True)
    return stream.getvalue()


def _annotations(found: Report) -> str:
    pairs = [(found.analyses[0], item) for item in found.analyses[0].candidates]
    told = changes_github.annotations_of(found, found.changes or (), pairs)
    return "\n".join(annotation_lines(told, rest="migrator x"))


def _lines(text: str) -> object:
    return len(text.splitlines())


FORMATS: Final[Mapping[str, tuple[Callable[[Report], str], Callable[[str], object]]]] = {
    "Markdown": (markdown_of, markdown),
    "Markdown without a baseline": (lambda found: markdown_of(Report(found.analyses)), markdown),
    "SARIF": (lambda found: json_text(sarif_of(found, "1", here=Path("/x"), checkout=Path("/x")), indent=2), json_tree),
    "changes": (_page, _lines),
    "changes as JSON": (json_of, json_tree),
    "changes as annotations": (_annotations, _lines),
    "the step's summary": (changes_github.summary_of, markdown),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_says_as_much_as_of_a_harmless_monolith(name: str) -> None:
    write, read = FORMATS[name]
    hostile, plain = write(report(hostile=True)), write(report(hostile=False))
    assert seen(hostile, tabs=True) == ""
    assert PRODUCT not in hostile
    assert read(hostile) == read(plain)
    if name in ("changes", "changes as JSON"):
        assert "renamed" in hostile.lower()


def test_the_comparison_tells_most_kinds_of_changes() -> None:
    kinds = {change.kind for change in report(hostile=True).changes or ()}
    assert kinds >= {ChangeKind.NEW_CANDIDATE, ChangeKind.GONE, ChangeKind.RENAMED, ChangeKind.LOST_EFFECT}
    assert [change.kind for change in report(hostile=False).changes or ()].count(ChangeKind.GONE) == 1


def test_messages_of_sarif_have_no_links_but_to_candidates() -> None:
    run = valid(sarif_of(report(hostile=True), "1", here=Path("/x"), checkout=Path("/x")))
    for result in run["results"]:
        for text in _messages(result):
            assert "](" not in text.replace("](1)", "").replace("\\](", "")
            assert seen(text) == ""
        for place in (*result["locations"], *result.get("relatedLocations", ())):
            assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("shop/")


def _messages(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        yield from (text for each in value.values() for text in _messages(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in _messages(each))


def test_a_baseline_keeps_any_text() -> None:
    for hostile in (True, False):
        kept = Baselines((report(hostile=hostile).before["shop"],), "1")
        text = CODEC.dump_text(kept)
        assert seen(text) == ""
        assert json.loads(text)["repositories"][0]["root"] == "shop"
        assert CODEC.load_text(text) == kept


def test_what_failed_is_a_line_each_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    told = []
    for hostile in (True, False):
        found = report(hostile=hostile)
        tell_failed(
            Failed(tuple((found.analyses[0], item) for item in found.analyses[0].candidates), found.changes or ())
        )
        told.append(capsys.readouterr().err)
    assert seen(told[0]) == ""
    assert _lines(told[0]) == _lines(told[1])
