"""What is kept of a tree in parts: the answer is the one that would have been given, whatever was edited or lost meanwhile."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator import bootstrap
from migrator.adapters.analyses import AnalysisCache
from migrator.adapters.analyses.packing import unpacked
from migrator.bootstrap import kept
from migrator.cli.cache_options import analysis_cache
from migrator.documents.analysis import CODEC
from migrator.domain.assessments import Skipped
from migrator.facts import ModuleFacts, run
from migrator.packing import packed
from migrator.source import SourceFile
from tests.adapters.analyses.test_packing import Calls
from tests.bootstrap.test_parts import LONG, PROGRAM

FIRST = {"orders": PROGRAM + LONG, "post": PROGRAM + LONG}
"""A tree of two packages, each a part of its own."""

EDITED = {**FIRST, "post": PROGRAM.replace("localhost", "elsewhere") + LONG}
AGAIN = {**EDITED, "post": PROGRAM + LONG + "X = 1\n"}


def write(root: Path, texts: Mapping[str, str]) -> None:
    """Write the packages."""
    for name, text in texts.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name / "__init__.py").touch()
        (root / name / "jobs.py").write_text(text)


def document(root: Path, cache: AnalysisCache | None = None, jobs: int = 1) -> str:
    """What is said of a tree, without what differs from run to run and from place to place."""
    return json.dumps({**CODEC.dump(bootstrap.analyze(root, jobs=jobs, cache=cache)), "seconds": 0, "root": ""})


def expected(texts: Mapping[str, str]) -> str:
    """What is said of a tree when nothing is kept."""
    return _expected(tuple(texts.items()))


@cache
def _expected(texts: tuple[tuple[str, str], ...]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), dict(texts))
        return document(Path(folder))


@dataclass(frozen=True)
class World:
    """A tree, and what is kept of it."""

    root: Path
    kept: Path

    def said(self, texts: Mapping[str, str], told: list[str] | None = None, jobs: int = 1) -> str:
        """Write the tree, and analyze it with what is kept."""
        write(self.root, texts)
        tell = pytest.fail if told is None else told.append
        return document(self.root, AnalysisCache(self.kept, "1", tell), jobs)

    def facts(self) -> Path:
        (path,) = self.kept.glob("*/*.facts")
        return path

    def whole(self) -> Path:
        (path,) = self.kept.glob("*[!s]/*.analysis")
        return path


@pytest.fixture(scope="module")
def analyzed(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A first run, for all tests."""
    folder = tmp_path_factory.mktemp("analyzed")
    world = World(folder / "tree", folder / "kept")
    assert world.said(FIRST) == expected(FIRST)
    return world


@pytest.fixture
def world(analyzed: World, tmp_path: Path) -> World:
    """The tree as it was analyzed, and what is kept of it, for one test to change."""
    shutil.copytree(analyzed.kept, tmp_path / "kept")
    write(analyzed.root, FIRST)
    return World(analyzed.root, tmp_path / "kept")


def test_each_way_gives_the_same_document(world: World) -> None:
    assert world.said(FIRST) == expected(FIRST), "unchanged"
    for texts in (EDITED, {**FIRST, "orders": "def broken(:\n"}):
        assert world.said(texts) == expected(texts), "after an edit"
        assert world.said(texts) == expected(texts), "unchanged after it"
    assert world.said(FIRST) == expected(FIRST), "back"


def _row(table: str) -> Callable[[World], None]:
    def damage(world: World) -> None:
        with closing(sqlite3.connect(world.facts())) as database, database:
            database.execute(f"UPDATE {table} SET data = x'00'")

    return damage


def _no_part(world: World) -> None:
    for path in world.kept.glob("*-parts/*"):
        path.unlink()


LOST: dict[str, tuple[Callable[[World], object], int]] = {
    "facts of files": (_row("facts"), 1),
    "outlines of files": (_row("outlines"), 1),
    "all that is known of files": (lambda world: world.facts().write_bytes(b"no facts"), 1),
    "what is said of the parts": (_no_part, 0),
}


@pytest.mark.parametrize(("lose", "told"), LOST.values(), ids=LOST.keys())
def test_what_is_lost_is_made_anew(world: World, lose: Callable[[World], object], told: int) -> None:
    lose(world)
    lines: list[str] = []
    assert world.said(EDITED, lines) == expected(EDITED)
    assert len(lines) == told
    assert world.said(AGAIN) == expected(AGAIN)


@pytest.mark.parametrize("jobs", [1, 2])
def test_rows_that_say_something_else_are_told_and_go(world: World, tmp_path: Path, jobs: int) -> None:
    """Their checksums are right: whoever wrote them meant to."""
    mark = tmp_path / "mark"
    hostile = packed(Calls(os.system, f"touch {mark}"))
    with closing(sqlite3.connect(world.facts())) as database, database:
        for (key,) in database.execute("SELECT key FROM facts").fetchall():
            checksum = hashlib.sha256(b"facts\0" + key + b"\0" + hostile).digest()
            database.execute("UPDATE facts SET checksum = ?, data = ? WHERE key = ?", (checksum, hostile, key))
    _no_part(world)  # so that both are followed again
    lines: list[str] = []
    assert world.said(EDITED, lines, jobs) == expected(EDITED)
    assert len(lines) == 1 and "holds no facts" in lines[0] and not mark.exists()
    assert world.said(AGAIN) == expected(AGAIN)


def test_the_whole_holds_nothing_that_its_parts_hold(world: World) -> None:
    cache = AnalysisCache(world.kept, "1", pytest.fail)
    entry = unpacked(world.whole().read_bytes().split(b"\n", 2)[2])
    assert entry.analysis.candidates == () and len(entry.parts) == 2
    parts = {path.stem: path for path in world.kept.glob("*-parts/*")}
    assert parts.keys() == set(entry.parts)
    for path in parts.values():
        os.utime(path, (1, 1))
    assert cache.load(world.root, world.whole().stem) is not None
    assert all(path.stat().st_mtime > 1 for path in parts.values()), "they are used as the whole is"
    parts[entry.parts[1]].unlink()
    assert cache.load(world.root, world.whole().stem) is None


def test_without_the_cache_nothing_is_read_or_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(world.kept.parent))
    world.facts().write_bytes(b"no facts")
    before = {path: path.stat() for path in world.kept.rglob("*")}
    assert analysis_cache(no_cache=True) is None
    assert document(world.root) == expected(FIRST)
    assert {path: path.stat() for path in world.kept.rglob("*")} == before


class Read(list[str]):
    """Names of the modules that are read, and not taken from last time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__()
        really = run.facts_of

        def noting(file: SourceFile) -> ModuleFacts | Skipped:
            self.append(file.name)
            return really(file)

        monkeypatch.setattr(run, "facts_of", noting)


ALL = ["orders", "orders.jobs", "post", "post.jobs"]


@pytest.mark.parametrize(("stages", "names"), [("_READING", ALL), ("_STAGES", ["post.jobs"])])
def test_facts_are_of_whoever_reads_and_of_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch, stages: str, names: list[str]
) -> None:
    monkeypatch.setattr(kept, stages, ("domain",))
    read = Read(monkeypatch)
    world.said(EDITED)
    assert sorted(read) == names


NOT_OF_FACTS = {
    "migrator": "holds nothing but the version, which the file has in it",
    "migrator.collector": "when memory is freed",
    "migrator.errors": "an error is not kept",
    "migrator.source": "gives the text, which is in the key as it is",
    "migrator.workers": "who does the work",
}
"""Parts of the program that are loaded where a file is read, and are not in the key of its facts, and why."""


def test_all_that_reads_a_file_is_in_the_key_of_its_facts_and_nothing_else() -> None:
    program = (
        "import sys; from migrator.facts import facts_of; from migrator.source import SourceFile; "
        "[facts_of(SourceFile('app', 'app.py', text, False, '')) for text in ('x = 1', 'type X = int', 'def (')]; "
        "print(*(name for name in sys.modules if name.partition('.')[0] == 'migrator'))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    loaded = {".".join(name.split(".")[:2]) for name in done.stdout.split()}
    stages = {"migrator." + stage.removesuffix(".py") for stage in kept._READING}
    assert loaded - NOT_OF_FACTS.keys() == stages


def test_one_part_is_kept_once(tmp_path: Path) -> None:
    world = World(tmp_path / "tree", tmp_path / "kept")
    texts = {"orders": PROGRAM}
    assert world.said(texts) == expected(texts)
    assert not list(world.kept.glob("*-parts"))
    assert unpacked(world.whole().read_bytes().split(b"\n", 2)[2]).analysis.candidates
    texts = {"orders": PROGRAM + "X = 1\n"}
    assert world.said(texts) == expected(texts)


EDITS = st.lists(
    st.tuples(
        st.sampled_from(tuple(FIRST)),
        st.sampled_from(
            (
                PROGRAM,
                PROGRAM.replace("localhost", "elsewhere"),
                PROGRAM.replace("@shared_task\n", ""),
                "import orders.jobs\n" + PROGRAM,
                "def broken(:\n",
                "type Newer = int\n" + PROGRAM,
                "# migrator: effect email -- reason\ndef f(): pass\n",
                "NAMED = 'orders.jobs.send'\n",
                "",
            )
        ),
        st.sampled_from((LONG, "", "# é\n")),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.thorough
@settings(max_examples=25, deadline=None)
@given(EDITS)
def test_what_was_kept_never_changes_the_answer(edits: list[tuple[str, str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder, "tree"), Path(folder, "kept"))
        texts = dict(FIRST)
        world.said(texts)
        for name, text, end in edits:
            texts[name] = text + end
            assert world.said(texts) == expected(texts)
