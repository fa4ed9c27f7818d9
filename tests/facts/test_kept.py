"""Facts from last time: the same as those that are read, of all that is the same and of nothing else."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.assessments import Skipped
from migrator.facts import KeptFacts, ModuleFacts, Packed, extract_packed, opened, run, unpacked, with_facts
from migrator.facts.expressions import Await, Expression, Name
from migrator.facts.records import Evaluate
from migrator.packing import packed
from migrator.source import SourceFile, SourceTree
from tests.adapters.analyses.test_packing import Calls
from tests.support.programs import tree_of

SOURCES = {
    "shop.orders": "import smtplib\n\ndef order(who):\n    smtplib.SMTP(who).quit()\n",
    "shop.tax": "from shop import orders\nTASK = 'shop.orders.order'\n\nclass Tax:\n    rate: int = 2j\n",
    "shop.newer": "type Rate = int\n",
    "shop.broken": "def (\n",
}


@dataclass
class Store:
    """Rows in memory, and who was asked for."""

    rows: dict[bytes, tuple[bytes, bytes]] = field(default_factory=dict)
    used: set[bytes] = field(default_factory=set)
    asked: set[bytes] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def outlines(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        return {key: self.rows[key][0] for key in keys if key in self.rows}

    def facts(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        self.asked.update(keys)
        return {key: self.rows[key][1] for key in keys if key in self.rows}

    def refuse(self, keys: Collection[bytes], reason: str) -> None:
        self.refused.append(reason)
        for key in keys:
            del self.rows[key]

    def keep(self, rows: Iterable[tuple[bytes, bytes, bytes]], used: Collection[bytes]) -> None:
        self.rows.update({key: (outline, facts) for key, outline, facts in rows})
        self.used = set(used)


class Reads:
    """Which files are read, and not taken from last time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []
        really = run.facts_of

        def noting(file: SourceFile) -> ModuleFacts | Skipped:
            self.names.append(file.name)
            return really(file)

        monkeypatch.setattr(run, "facts_of", noting)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


Said = tuple[dict[str, ModuleFacts], tuple[Skipped, ...]]


def said(tree: SourceTree, store: Store | None = None, reader: str = "1", jobs: int = 1) -> Said:
    """All facts of a tree, as a run takes them that has a store, and what was skipped."""
    if store is None:
        modules, skipped = extract_packed(tree, jobs)
        return unpacked(modules), skipped
    kept = KeptFacts(store, reader)
    modules, skipped = extract_packed(tree, jobs, kept=kept)
    facts, refused = opened(with_facts(modules, tree, kept, jobs))
    kept.refuse(refused, "holds no facts")
    kept.keep()
    return facts, skipped


def test_what_is_the_same_is_not_read_again(reads: Reads) -> None:
    tree, store = tree_of(SOURCES), Store()
    first = said(tree, store)
    assert sorted(reads.names) == sorted(tree.modules) and "shop.broken" not in first[0]
    reads.names.clear()
    assert said(tree, store) == first
    assert reads.names == [], "not even what cannot be read, nor what a slower parser has read"
    assert said(tree) == first
    assert store.used == store.rows.keys() and len(store.used) == len(tree.modules)


def test_what_has_changed_is(reads: Reads) -> None:
    store = Store()
    said(tree_of(SOURCES), store)
    edited = tree_of({**SOURCES, "shop.tax": SOURCES["shop.tax"] + "\n", "shop.broken": "x = 1\n"})
    reads.names.clear()
    found = said(edited, store)
    assert sorted(reads.names) == ["shop.broken", "shop.tax"]
    assert found == said(edited)
    reads.names.clear()
    assert said(tree_of(SOURCES), store) == said(tree_of(SOURCES)), "the way back"


def _changed(**changes: object) -> SourceTree:
    file = replace(tree_of("x = 1\n").modules["app"], **changes)  # type: ignore[arg-type]
    return SourceTree(Path("/nowhere"), {file.name: file})


@pytest.mark.parametrize(
    ("changes", "reader"),
    [
        ({"text": "x = 2\n"}, "1"),
        ({"name": "apt"}, "1"),
        ({"path": "src/app.py"}, "1"),
        ({"is_package": True}, "1"),
        ({"path": "a' 'b.py"}, "1"),
        ({}, "2"),
    ],
)
def test_all_that_facts_are_made_of_counts(reads: Reads, changes: dict[str, object], reader: str) -> None:
    store, expected = Store(), said(_changed(**changes))
    said(_changed(), store)
    reads.names.clear()
    assert said(_changed(**changes), store, reader) == expected
    assert reads.names
    reads.names.clear()
    said(_changed(sha256="of other bytes with the same text"), store)
    assert reads.names == []


def test_an_outline_of_another_module_is_refused() -> None:
    tree, store = tree_of({"app": "x = 1\n", "other": "import y\n"}), Store()
    said(tree, store)
    (key, row), (_, other) = store.rows.items()
    store.rows[key] = (other[0], row[1])
    modules, _ = extract_packed(tree, kept=KeptFacts(store, "1"))
    assert [module.outline.name for module in modules.values()] == ["app", "other"]
    assert len(store.refused) == 1


def test_facts_are_asked_for_only_where_they_are_needed() -> None:
    tree, store = tree_of(SOURCES), Store()
    said(tree, store)
    store.asked.clear()
    kept = KeptFacts(store, "1")
    modules, _ = extract_packed(tree, kept=kept)
    assert modules.keys() == {"shop", "shop.newer", "shop.orders", "shop.tax"} and not store.asked
    assert modules["shop.tax"].outline.classes == ("Tax",)
    assert with_facts({"shop.tax": modules["shop.tax"]}, tree, kept).keys() == {"shop.tax"}
    assert len(store.asked) == 1


def test_processes_keep_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    tree, alone, together = tree_of(SOURCES), Store(), Store()
    said(tree, alone)
    monkeypatch.setattr(run, "_SMALL_TREE", 0)
    assert said(tree, together, jobs=2) == said(tree)
    assert together.rows.keys() == alone.rows.keys()
    assert said(tree, together) == said(tree, alone) == said(tree)


def test_what_nests_too_deeply_to_be_kept_is_not() -> None:
    tree, store = tree_of({"app": "x = a\n", "other": "x = 1\n"}), Store()
    kept = KeptFacts(store, "1")
    modules, _ = extract_packed(tree, kept=kept)
    facts = modules["app"].facts()
    deep: Expression = Name("a", 1, 1)
    for _ in range(100_000):
        deep = Await(deep)
    scope = replace(facts.scopes[0], steps=(Evaluate(deep),))
    kept.add({"app": Packed(modules["app"].outline, replace(facts, scopes=(scope,)))})
    kept.keep()
    assert len(store.rows) == 1
    assert said(tree, store) == said(tree)


def _hostile(mark: Path) -> bytes:
    return packed(Calls(os.system, f"touch {mark}"))


WRONG = {
    "a call": _hostile,
    "garbage": lambda _: b"garbage",
    "nothing": lambda _: b"",
    "another value": lambda _: packed(Skipped("elsewhere.py", 1, "reason")),
    "another module's": lambda _: b"other",
}


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_facts_is_refused_and_read_again(which: int, wrong: object, tmp_path: Path) -> None:
    tree, store = tree_of({"app": "x = 1\n", "other": "y = 2\n"}), Store()
    first = said(tree, store)
    (key, row), (_, other) = store.rows.items()
    data = wrong(tmp_path / "mark")  # type: ignore[operator]
    data = other[which] if data == b"other" else data
    store.rows[key] = (data, row[1]) if which == 0 else (row[0], data)
    assert said(tree, store) == first
    assert len(store.refused) == 1 and not (tmp_path / "mark").exists()
    said(tree, store)
    assert said(tree, store) == first and len(store.refused) == 1 and len(store.rows) == 2


def test_facts_that_have_gone_meanwhile_are_read(reads: Reads) -> None:
    tree, store = tree_of(SOURCES), Store()
    first = said(tree, store)
    kept = KeptFacts(store, "1")
    modules, skipped = extract_packed(tree, kept=kept)
    store.rows.clear()
    reads.names.clear()
    assert (unpacked(with_facts(modules, tree, kept)), skipped) == first
    assert sorted(reads.names) == sorted(first[0])
    kept.keep()
    assert len(store.rows) == len(first[0])


def test_facts_that_nobody_has_asked_for_are_no_facts() -> None:
    tree, store = tree_of("x = 1\n"), Store()
    said(tree, store)
    modules, _ = extract_packed(tree, kept=KeptFacts(store, "1"))
    with pytest.raises(ValueError, match="not asked for"):
        unpacked(modules)
    assert isinstance(modules["app"], Packed)


TEXTS = st.sampled_from(
    ("", "x = 1\n", "def f(): pass\n", "type X = int\n", "def (\n", "'shop.tax'\n", "# é\nx = -2j\n")
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(tuple("abc")), TEXTS), min_size=1, max_size=6))
def test_what_is_kept_never_changes_the_facts(trees: list[dict[str, str]]) -> None:
    store = Store()
    for texts in trees:
        assert said(tree_of(texts), store) == said(tree_of(texts))
    assert store.refused == []
