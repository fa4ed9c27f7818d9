"""Parts of a tree that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pytest

from migrator.facts import extract_packed
from migrator.model import components_of
from tests.support.programs import knowledge, tree_of

SHOP: Mapping[str, str] = {"shop.tax": "def quote(): pass\n", "shop.mail": "def send(): pass\n"}
POST: Mapping[str, str] = {"post.letters": "class Letter: pass\n"}


def _parts(*sources: Mapping[str, str]) -> list[set[str]]:
    return [{name.partition(".")[0] for name in names} for names in _components(dict(_all(sources)))]


def _all(sources: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    for each in sources:
        yield from each.items()


def _components(sources: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    modules, _ = extract_packed(tree_of(sources))
    outlines = {name: module.outline for name, module in modules.items()}
    return components_of(outlines, knowledge().is_known_library)


def test_packages_that_know_nothing_of_each_other_are_parts() -> None:
    assert _parts(SHOP, POST) == [{"post"}, {"shop"}]


@pytest.mark.parametrize(
    "line",
    [
        "import post.letters",
        "from post import letters",
        "from post.letters import Letter",
        "def late():\n    from post.letters import Letter",
        "SENDS = 'post.letters.Letter'",
        "APPLICATION = 'post.letters:Letter'",
        "OWNER = 'post.Letter'",
    ],
)
def test_an_import_or_a_name_in_a_text_joins(line: str) -> None:
    assert _parts(SHOP, POST, {"shop.orders": f"{line}\n"}) == [{"post", "shop"}]


@pytest.mark.parametrize("line", ["import json", "NAME = 'post'", "MAIL = 'a@post.example'", "KIND = 'posted.Letter'"])
def test_other_lines_do_not(line: str) -> None:
    assert _parts(SHOP, POST, {"shop.orders": f"{line}\n"}) == [{"post"}, {"shop"}]


def test_what_a_third_one_imports_is_one_part() -> None:
    assert _parts(SHOP, POST, {"main": "import shop.tax\nimport post.letters\n"}) == [{"main", "post", "shop"}]


def test_a_relative_import_joins_modules_of_a_folder() -> None:
    assert ("a", "a.one", "a.two") in _components({"a.one": "from . import two\n", "a.two": "", "b": ""})
