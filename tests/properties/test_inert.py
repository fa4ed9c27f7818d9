"""Texts of analyzed code stay texts in all that is written about it, and in every file that is made of it.

Each case is compared with a twin in which the texts are harmless: a text that became markup, code, a key, a line or a
command makes the two differ in what they are made of.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jinja2 import BaseLoader, Environment

from migrator.artifacts import Artifacts
from migrator.artifacts.rendering import environment
from migrator.errors import Refused
from migrator.resources import templates_root
from tests.support.hostile.monoliths import CASES, made
from tests.support.hostile.skeletons import seen, skeleton
from tests.support.hostile.templates import NEEDED_BY
from tests.support.hostile.texts import LOOKED_UP, PRODUCT, TRICKS

EVERY_TRICK = "".join(TRICKS.values())
# What the suite tries beside every trick at once, and what the thorough try of each case.
FEW, MANY = 4, 25


def harmless(name: str) -> str:
    return " plain"


class Recorded(dict[Any, Any]):
    """Jinja's own store of templates, which notes what it is asked for."""

    capacity = 400  # of the store that an overlay of the environment makes for itself

    def __init__(self, asked: set[str]) -> None:
        super().__init__()
        self._asked = asked

    def get(self, key: Any, default: Any = None) -> Any:
        self._asked.add(key[1])
        return super().get(key, default)


class Recording(BaseLoader):
    """Reads templates as another loader does, and notes which: an overlay reads all it needs again."""

    def __init__(self, loader: BaseLoader, asked: set[str]) -> None:
        self._loader = loader
        self._asked = asked

    def get_source(self, environment: Environment, template: str) -> Any:
        self._asked.add(template)
        return self._loader.get_source(environment, template)


@cache
def _recorders() -> tuple[set[str], Recorded, Recording]:
    asked: set[str] = set()
    loader = environment().loader
    assert loader is not None
    return asked, Recorded(asked), Recording(loader, asked)


@contextmanager
def templates_asked_for() -> Iterator[set[str]]:
    """The names of the templates that are rendered meanwhile, includes too."""
    jinja = environment()
    before = jinja.cache, jinja.loader
    asked, jinja.cache, jinja.loader = _recorders()
    asked.clear()
    try:
        yield asked
    finally:
        jinja.cache, jinja.loader = before


@cache
def twin(case: str) -> Artifacts:
    with TemporaryDirectory() as folder:
        return made(CASES[case], Path(folder), harmless)


def assert_inert(case: str, folder: Path, texts: Callable[[str], str]) -> None:
    """Every generated file has the skeleton of its harmless twin, and nothing in it that cannot be seen."""
    hostile, plain = made(CASES[case], folder, texts), twin(case)
    assert list(hostile.files) == list(plain.files)
    of_the_monolith = {f"src/{path}" for path in CASES[case].files}
    for path, text in hostile.files.items():
        if path in of_the_monolith:
            continue  # its own text, to the comment
        assert skeleton(path, text) == skeleton(path, plain.files[path]), path
        assert seen(text, tabs=path == "Makefile") == "", path
        assert PRODUCT not in text, f"{path}: Jinja has read a text"


def test_every_template_is_tried() -> None:
    there = {path.relative_to(templates_root()).as_posix() for path in templates_root().rglob("*") if path.is_file()}
    listed = [name for names in NEEDED_BY.values() for name in names]
    assert sorted(there) == sorted(listed)
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("case", CASES)
def test_a_service_is_made_of_the_same_whatever_the_texts(case: str, tmp_path: Path) -> None:
    with templates_asked_for() as asked:
        assert_inert(case, tmp_path, lambda name: EVERY_TRICK)
    assert sorted(set(NEEDED_BY.get(case, ())) - asked) == []


def _some(seed: int) -> Callable[[str], str]:
    """At each place other tricks, in another order."""

    def texts(name: str) -> str:
        drawn = random.Random(f"{seed} {name}")
        return "".join(drawn.sample(list(TRICKS.values()), drawn.randrange(len(TRICKS))))

    return texts


@settings(max_examples=FEW, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(case=st.sampled_from(sorted(CASES)), seed=st.integers(0, 2**32))
def test_so_it_is_with_some_of_them_anywhere(case: str, seed: int) -> None:
    _try(case, seed)


@pytest.mark.thorough
@pytest.mark.parametrize("case", CASES)
@settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_so_it_is_with_many(case: str, seed: int) -> None:
    _try(case, seed)


@pytest.mark.thorough
@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("case", CASES)
def test_so_it_is_with_each_alone(case: str, trick: str, tmp_path: Path) -> None:
    assert_inert(case, tmp_path, lambda name: TRICKS[trick])


def _try(case: str, seed: int) -> None:
    with TemporaryDirectory() as folder:
        assert_inert(case, Path(folder), _some(seed))


@pytest.mark.parametrize("case", ["a plain view", "a task of a clock", "a bucket"])
def test_what_would_be_looked_up_is_refused(case: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="which CloudFormation looks up"):
        made(CASES[case], tmp_path, lambda name: LOOKED_UP)
