"""The trees that the benchmark of the analysis is run on: copies that know nothing of each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools.bench.analysis.corpus import parseable, renamed, repeated

MODULE = '''\
"""shop.models is described in the shop."""
import shop
import shop.models as models, workshop.shop
from shop.tasks import send
from . import shop as inner
from workshop import shop_of

TASK = "shop.tasks.send"
ENTRY = "shop:main"
SAME = ('shop', r"shop.models", 'a shop.models', "workshop.shop")
\f
def price(order):
    return shop.models.price(order.shop.name), f"{shop.NAME} of shop"
'''

COPY = '''\
"""shop_2.models is described in the shop."""
import shop_2
import shop_2.models as models, workshop.shop
from shop_2.tasks import send
from . import shop_2 as inner
from workshop import shop_of

TASK = "shop_2.tasks.send"
ENTRY = "shop_2:main"
SAME = ('shop_2', r"shop_2.models", 'a shop.models', "workshop.shop")
\f
def price(order):
    return shop_2.models.price(order.shop.name), f"{shop_2.NAME} of shop"
'''


def test_a_copy_names_itself() -> None:
    copy = renamed(MODULE, {"shop": "shop_2"})
    if "{shop." in copy:  # below Python 3.12 a formatted text is one token
        copy = copy.replace("{shop.", "{shop_2.")
    assert copy == COPY


@pytest.fixture
def roots(tmp_path: Path) -> list[Path]:
    for name in ("shop", "post"):
        package = tmp_path / name / name
        (package / "tests").mkdir(parents=True)
        (package / "__init__.py").write_text(f"import {name}.a\n")
        (package / "a.py").write_text(f"TASK = '{name}.a.run'\nx = 1\n")
        (package / "tests" / "test_a.py").write_text("y = 1\n")
    (tmp_path / "post" / "post" / "old.py").write_text("print 'post.a'\n")
    return [tmp_path / "shop", tmp_path / "post"]


def test_copies_are_made_until_there_are_so_many_lines(roots: list[Path], tmp_path: Path) -> None:
    written = repeated(roots, 8, tmp_path / "large")
    found = {str(path.relative_to(written.folder)): path.read_text() for path in written.folder.rglob("*.py")}
    assert found == {
        "shop/__init__.py": "import shop.a\n",
        "shop/a.py": "TASK = 'shop.a.run'\nx = 1\n",
        "post/__init__.py": "import post.a\n",
        "post/a.py": "TASK = 'post.a.run'\nx = 1\n",
        "post/old.py": "print 'post.a'\n",
        "shop_1/__init__.py": "import shop_1.a\n",
        "shop_1/a.py": "TASK = 'shop_1.a.run'\nx = 1\n",
    }
    assert (written.files, written.lines) == (7, 10)


def test_only_what_the_parser_takes_is_compared_with_it(roots: list[Path], tmp_path: Path) -> None:
    written = parseable(roots, tmp_path / "parseable")
    assert written.files == 4
    for path in written.folder.rglob("*.py"):
        ast.parse(path.read_text())


def test_newer_syntax_is_renamed_too(roots: list[Path], tmp_path: Path) -> None:
    (roots[0] / "shop" / "open.py").write_text("import shop.a\nx = ('shop.a'\n")
    written = repeated(roots[:1], 8, tmp_path / "large")
    assert (written.folder / "shop_1" / "open.py").read_text() == "import shop_1.a\nx = ('shop_1.a'\n"
