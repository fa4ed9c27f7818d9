"""The call graph against small programs, by feature of the language; the calls were written before the graph was made."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from migrator import bootstrap

_CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
_PRECISION, _RECALL = 0.97, 0.93

Edges = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """A program and its calls."""

    name: str
    files: dict[str, str]
    calls: Edges


def _cases() -> Iterator[Case]:
    for path in _CASES:
        for case in tomllib.loads(path.read_text())["case"]:
            yield Case(
                f"{path.stem}: {case['name']}", {"main.py": case["main"], **_flat(case.get("files", {}))}, _edges(case)
            )


def _flat(files: dict[str, Any]) -> dict[str, str]:
    return {name: str(text) for name, text in files.items()}


def _edges(case: dict[str, Any]) -> Edges:
    return frozenset((caller, callee) for caller, callees in case["calls"].items() for callee in callees)


def _made(case: Case, folder: Path) -> Edges:
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return frozenset((call.caller, call.callee) for call in bootstrap.call_graph(folder, jobs=1).calls)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Edges, Edges]]:
    """For each case the calls that there are, and those that were found."""
    folder = tmp_path_factory.mktemp("programs")
    return {case.name: (case.calls, _made(case, folder / str(number))) for number, case in enumerate(_cases())}


def test_there_are_enough_cases(made: dict[str, tuple[Edges, Edges]]) -> None:
    assert len(made) >= 60


def test_precision_and_recall_of_calls(made: dict[str, tuple[Edges, Edges]]) -> None:
    right = sum(len(there & found) for there, found in made.values())
    extra = {name: sorted(found - there) for name, (there, found) in made.items() if found - there}
    missing = {name: sorted(there - found) for name, (there, found) in made.items() if there - found}
    precision = right / (right + sum(map(len, extra.values())))
    recall = right / (right + sum(map(len, missing.values())))
    assert precision >= _PRECISION, (precision, extra)
    assert recall >= _RECALL, (recall, missing)


def test_a_dictionary_of_more_keys_than_are_followed_is_copied(tmp_path: Path) -> None:
    filled = "".join(f"table['key {number}'] = work\n" for number in range(200))
    main = f"def work():\n    pass\n\ntable = {{}}\n{filled}both = {{**table}}\nboth['key 7']()\n"
    assert _made(Case("", {"main.py": main}, frozenset()), tmp_path) == {("main", "main.work")}
