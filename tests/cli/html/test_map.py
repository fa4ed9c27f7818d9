"""The drawing of the code base: areas are lines, nothing sticks out, no candidate is lost, links filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.cli.formats.html import packages
from migrator.cli.formats.html.packages import Piece, pieces_of
from migrator.cli.formats.html.rows import VERDICTS
from migrator.cli.formats.html.sources import NO_SOURCES
from migrator.cli.formats.html.treemap import HEIGHT, WIDTH, Tile, rows_of, tiles_of
from migrator.domain.assessments import Verdict
from migrator.domain.reports import Report
from tests.cli.html.reports import Files, analysis, candidate

SIZES = {
    "shop/web/cart.py": 600,
    "shop/web/pay.py": 200,
    "shop/jobs/mail.py": 400,
    "shop/models.py": 300,
    "shop/texts.py": 500,
}
FILES = Files({path: ["x"] * lines for path, lines in SIZES.items()})
FOUND = (
    candidate("shop.web.cart.add", path="shop/web/cart.py"),
    candidate("shop.web.cart.drop", rank=2, path="shop/web/cart.py", verdict=Verdict.KEEP),
    candidate("shop.jobs.mail.send", rank=3, path="shop/jobs/mail.py", verdict=Verdict.REFACTOR),
)


def tiles(report: Report) -> dict[str, Tile]:
    return {tile.label: tile for tile in tiles_of(pieces_of(report, FILES), "of code")}


def area(tile: Tile) -> float:
    return tile.box.width * tile.box.height


def test_folders_lie_in_folders_and_modules_without_a_candidate_are_one() -> None:
    found = tiles(Report((analysis(*FOUND),)))
    modules = {"cart.py", "pay.py", "mail.py", "2 modules without a candidate"}
    assert set(found) == {"shop/shop", "web", "jobs", *modules}
    assert {label for label, tile in found.items() if tile.kind == "folder"} == {"shop/shop", "web", "jobs"}
    for inner, outer in (("cart.py", "web"), ("web", "shop/shop"), ("mail.py", "jobs")):
        assert inside(found[inner], found[outer])


def inside(inner: Tile, outer: Tile) -> bool:
    (x, y, width, height), (left, top, wide, high) = inner.box, outer.box
    return left <= x and top <= y and x + width <= left + wide + 0.2 and y + height <= top + high + 0.2


def test_twice_the_lines_have_twice_the_area() -> None:
    found = tiles(Report((analysis(*FOUND),)))
    assert area(found["cart.py"]) / area(found["pay.py"]) == pytest.approx(3, rel=0.05)


def test_a_tile_is_banded_by_the_verdicts_of_its_candidates_and_filters_by_its_path() -> None:
    cart = tiles(Report((analysis(*FOUND),)))["cart.py"]
    assert [(band.verdict, round(band.width / cart.box.width, 2)) for band in cart.bands] == [
        ("ready", 0.5),
        ("keep", 0.5),
    ]
    assert [round(band.x - cart.box.x) for band in cart.bands] == [0, round(cart.box.width / 2)]
    assert cart.note == "2"
    assert cart.target == "#in=shop/web/cart.py"
    assert cart.title == "shop/web/cart.py: 600 lines of code, 2 candidates (1 ready, 1 keep)"
    assert tiles(Report((analysis(*FOUND),)))["pay.py"].target == ""


def test_a_repository_is_a_folder_where_there_are_several() -> None:
    both = Report((analysis(*FOUND, root="a/one"), replace(analysis(FOUND[0]), root="b/two")))
    root = pieces_of(both, FILES)
    assert {part.place for part in root.parts} == {"one/shop/", "two/shop/"}
    assert "#in=one/shop/web/cart.py" in {tile.target for tile in tiles_of(root, "of code")}


def test_without_the_files_it_is_drawn_by_the_lines_of_candidates() -> None:
    root = pieces_of(Report((analysis(*FOUND),)), NO_SOURCES)
    assert root.lines == 12  # three definitions of four lines
    assert not packages.is_measured(Report((analysis(*FOUND),)), NO_SOURCES)


def test_the_table_says_the_same_as_the_drawing() -> None:
    rows = {row.name: row for row in rows_of(pieces_of(Report((analysis(*FOUND),)), FILES))}
    assert {name: (row.lines, sum(row.numbers)) for name, row in rows.items()} == {
        "web": (800, 2),
        "cart.py": (600, 2),
        "jobs": (400, 1),
        "mail.py": (400, 1),
    }
    assert rows["cart.py"].depth == rows["web"].depth + 1


def leaves(found: Sequence[Tile]) -> list[Tile]:
    return [tile for tile in found if tile.kind != "folder"]


paths = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=4).map(lambda parts: "/".join(parts) + ".py")


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.dictionaries(paths, st.integers(0, 5_000), min_size=1, max_size=60),
    placed=st.lists(st.tuples(paths, st.sampled_from(VERDICTS)), max_size=40),
)
def test_any_tree_is_drawn_within_its_frame_with_every_candidate(
    sizes: dict[str, int], placed: list[tuple[str, Verdict]]
) -> None:
    found = [candidate(f"n{n}", rank=n + 1, path=path, verdict=verdict) for n, (path, verdict) in enumerate(placed)]
    files = Files({path: ["x"] * lines for path, lines in sizes.items()})
    root = pieces_of(Report((analysis(*found),)), files)
    assert dict(zip(VERDICTS, root.verdicts, strict=True)) == {
        verdict: Counter(verdict for _, verdict in placed)[verdict] for verdict in VERDICTS
    }
    drawn = tiles_of(root, "of code")
    for tile in drawn:
        x, y, width, height = tile.box
        assert min(x, y, width, height) >= 0
        assert x + width <= WIDTH + 0.2
        assert y + height <= HEIGHT + 0.2
        assert sum(band.width for band in tile.bands) == pytest.approx(width if tile.bands else 0, abs=0.5)
    boxes = [tile.box for tile in leaves(drawn)]
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert across <= 0.3 or down <= 0.3


def test_a_folder_of_very_many_modules_is_drawn_too() -> None:
    files = Files({f"m{n}.py": ["x"] * (n % 50 + 1) for n in range(3_000)})
    found = [candidate(f"n{n}", rank=n + 1, path=f"m{n}.py") for n in range(2_000)]
    root = pieces_of(Report((analysis(*found),)), files)
    assert root.candidates == 2_000
    assert len(root.parts) == packages.MOST_PARTS
    assert sum(part.lines for part in root.parts) == root.lines
    assert isinstance(root, Piece)
    assert len(tiles_of(root, "of code")) > 50
