"""Facts of a tree's files in a file of their own: what was kept, or none, whatever has happened to it meanwhile."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from migrator.adapters.analyses import AnalysisCache
from migrator.adapters.analyses.fact_file import FactFile
from migrator.domain.assessments import Analysis
from tests.support.as_nobody import as_nobody
from tests.support.killed_writer import killed_at

ROWS = {b"one": (b"outline 1", b"facts 1"), b"two": (b"outline 2", b"facts 2" * 2_000)}
OUTLINES = {key: outline for key, (outline, _) in ROWS.items()}
FACTS = {key: facts for key, (_, facts) in ROWS.items()}


@dataclass
class World:
    """A tree, a folder for what is kept of it, and what is told of the folder."""

    folder: Path
    root: Path
    told: list[str] = field(default_factory=list)

    def cache(self, version: str = "1.2", most_bytes: int = 2**20) -> AnalysisCache:
        return AnalysisCache(self.folder, version, self.told.append, most_bytes=most_bytes)

    def facts(self, version: str = "1.2") -> FactFile:
        return self.cache(version).facts(self.root)

    def keep(self, rows: dict[bytes, tuple[bytes, bytes]] = ROWS) -> None:
        """A run that has read these files, and uses no others."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.facts().keep([(key, *row) for key, row in rows.items()], rows)

    def file(self) -> Path:
        (path,) = self.folder.rglob("*.facts")
        return path

    def does(self, statement: str, *values: object) -> None:
        with closing(sqlite3.connect(self.file())) as database, database:
            database.execute(statement, values)


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "tree").mkdir()
    return World(tmp_path / "cache" / "analyses", tmp_path / "tree")


def test_what_is_kept_is_found_by_another_run(world: World) -> None:
    assert world.facts().outlines(ROWS) == world.facts().facts(ROWS) == {}
    world.keep()
    assert world.facts().outlines([*ROWS, b"three"]) == OUTLINES
    assert world.facts().facts([b"two"]) == {b"two": FACTS[b"two"]}
    assert world.told == []
    assert [path.name for path in world.file().parent.iterdir()] == ["files.facts"], "nothing stays beside it"


def test_many_are_found(world: World) -> None:
    rows = {b"%d" % number: (b"o%d" % number, b"f%d" % number) for number in range(2_500)}
    world.keep(rows)
    assert world.facts().facts(rows) == {key: facts for key, (_, facts) in rows.items()}
    assert world.facts().outlines(list(rows)[::3]) == {key: rows[key][0] for key in list(rows)[::3]}


def test_a_tree_has_its_own(world: World) -> None:
    world.keep()
    assert world.cache().facts(world.root.parent).outlines(ROWS) == {}


def _flipped(text: bytes) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        data = path.read_bytes()
        assert text in data
        path.write_bytes(data.replace(text, bytes([text[0] ^ 1]) + text[1:], 1))

    return damage


def _folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _other_tables(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE VIEW outlines AS SELECT 1 AS key, 2 AS checksum, 3 AS data")


def _trigger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TRIGGER theirs AFTER INSERT ON used BEGIN DELETE FROM facts; END")


DAMAGED: dict[str, Callable[[Path], object]] = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:5_000]),
    "cut within its head": lambda path: path.write_bytes(path.read_bytes()[:50]),
    "a bit of its head": _flipped(b"SQLite format"),
    "a bit of a table": _flipped(b"checksum"),
    "garbage": lambda path: path.write_bytes(os.urandom(8_192)),
    "garbage in its middle": lambda path: path.write_bytes(path.read_bytes()[:100] + os.urandom(30_000)),
    "text": lambda path: path.write_text("no facts\n" * 100),
    "a database of somebody else": _other_tables,
    "its tables with a trigger of somebody else": _trigger,
    "a folder": _folder,
    "a pipe": _pipe,
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_damaged_is_told_and_made_anew(world: World, damage: Callable[[Path], object]) -> None:
    world.keep()
    damage(world.file())
    facts = world.facts()
    assert facts.outlines(ROWS) == {}
    assert facts.facts(ROWS) == {}
    assert [text.count("\n") for text in world.told] == [0]
    assert "are damaged and are made anew" in world.told[0]
    facts.keep([(key, *row) for key, row in ROWS.items()], ROWS)
    assert world.facts().outlines(ROWS) == OUTLINES
    assert world.facts().facts(ROWS) == FACTS
    assert len(world.told) == 1


@pytest.mark.parametrize("table", ["outlines", "facts"])
@pytest.mark.parametrize(
    "damage",
    ["data = x'00'", "checksum = x'00'", "data = 'text'", "checksum = 7", "key = x'01'"],
)
def test_a_row_that_is_not_as_it_was_kept_is_told_and_goes(world: World, table: str, damage: str) -> None:
    world.keep()
    world.does(f"UPDATE {table} SET {damage} WHERE key = ?", b"one")
    read = {"outlines": OUTLINES, "facts": FACTS}[table]
    facts = world.facts()
    found = getattr(facts, table)([*ROWS, b"\x01"])
    assert found in ({b"two": read[b"two"]}, {})
    assert [text.count("\n") for text in world.told] == [0] and "damaged" in world.told[0]
    missing = {key: ROWS[key] for key in ROWS if key not in found}
    facts.keep([(key, *row) for key, row in missing.items()], ROWS)
    assert getattr(world.facts(), table)([*ROWS, b"\x01"]) == read
    assert len(world.told) == 1


def test_a_row_in_the_place_of_another_is_not_taken(world: World) -> None:
    world.keep()
    world.does("UPDATE facts SET (checksum, data) = (SELECT checksum, data FROM outlines WHERE key = facts.key)")
    assert world.facts().facts(ROWS) == {}
    assert "checksum" in world.told[0]


def test_what_is_refused_goes(world: World) -> None:
    world.keep()
    facts = world.facts()
    assert facts.outlines(ROWS) == OUTLINES
    facts.refuse([b"one"], "it is no outline")
    facts.keep([], ROWS)
    assert world.facts().outlines(ROWS) == {b"two": OUTLINES[b"two"]}
    assert world.facts().facts(ROWS) == {b"two": FACTS[b"two"]}
    assert world.told == [f"kept facts are damaged and are made anew: it is no outline ({world.file()})"]


def test_those_of_another_version_are_told_and_not_taken(world: World) -> None:
    world.keep()
    newer = world.facts("1.3")
    assert newer.outlines(ROWS) == newer.facts(ROWS) == {}
    assert world.told == ["the kept analysis is of migrator 1.2 and is made anew"]
    newer.keep([(b"one", b"new", b"new")], [b"one"])
    assert world.facts("1.3").outlines(ROWS) == {b"one": b"new"}
    assert len(world.told) == 1


def test_a_file_to_which_nothing_was_written_is_none(world: World) -> None:
    world.keep()
    world.file().write_bytes(b"")
    assert world.facts().outlines(ROWS) == {}
    world.keep()
    assert world.facts().outlines(ROWS) == OUTLINES
    assert world.told == []


def test_nothing_is_kept_below_a_file(world: World) -> None:
    world.folder.parent.mkdir()
    world.folder.write_text("mine")
    facts = world.facts()
    assert facts.outlines(ROWS) == {}
    facts.keep([(b"one", b"1", b"1")], [b"one"])
    assert [text.partition(":")[0] for text in world.told] == ["the analysis could not be kept for the next time"]
    assert world.folder.read_text() == "mine"


def test_a_file_that_is_only_read_still_helps() -> None:
    with TemporaryDirectory() as above:  # not below pytest's own, which is for its user alone
        Path(above).chmod(0o755)
        world = World(Path(above) / "analyses", Path(above))
        world.keep()
        for path in (world.folder, *world.folder.rglob("*")):
            path.chmod(0o555)
        with as_nobody():
            facts = world.facts()
            assert facts.outlines(ROWS) == OUTLINES and facts.facts(ROWS) == FACTS
            assert world.told == []
            facts.keep([(b"three", b"3", b"3")], [b"three"])
        assert len(world.told) == 1 and "could not be kept" in world.told[0]
        assert world.facts().outlines([*ROWS, b"three"]) == OUTLINES, "it is not removed for that"


def test_a_file_that_may_not_be_read_is_told() -> None:
    with TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        world = World(Path(above) / "analyses", Path(above))
        world.keep()
        world.file().chmod(0)
        with as_nobody():
            assert world.facts().outlines(ROWS) == {}
        assert len(world.told) == 1 and "cannot be read and are made anew" in world.told[0]


def impatient(path: Path) -> FactFile:
    """Waits for nobody, and has nothing to tell."""
    return FactFile(
        path, "1.2", tell=pytest.fail, tell_version=pytest.fail, tell_unkept=pytest.fail, kept=pytest.fail, patience_s=0
    )


@pytest.mark.parametrize("locked", ["EXCLUSIVE", "IMMEDIATE"])
def test_another_run_that_writes_is_done_without(world: World, locked: str) -> None:
    world.keep()
    with closing(sqlite3.connect(world.file(), isolation_level=None)) as other:
        other.execute(f"BEGIN {locked}")
        facts = impatient(world.file())
        found = facts.outlines(ROWS)
        assert found == ({} if locked == "EXCLUSIVE" else OUTLINES)
        facts.keep([(b"three", b"3", b"3")], [b"three"])
    assert world.facts().outlines([*ROWS, b"three"]) == OUTLINES
    assert world.told == []


def test_two_that_keep_the_same_both_keep_it(world: World) -> None:
    first, second = world.facts(), world.facts()
    assert first.outlines(ROWS) == second.outlines(ROWS) == {}
    world.folder.mkdir(parents=True)
    for facts in (first, second):
        facts.keep([(key, *row) for key, row in ROWS.items()], ROWS)
    assert world.facts().outlines(ROWS) == OUTLINES
    assert world.told == []


def test_what_no_run_has_used_for_long_goes(world: World) -> None:
    world.keep()
    for number in range(7):
        world.keep({b"two": ROWS[b"two"], b"other": (b"o", b"%d" % number)})
    assert world.facts().facts([b"one"]) == {b"one": FACTS[b"one"]}
    world.facts().keep([], [b"two"])
    found = [*ROWS, b"other"]
    assert world.facts().outlines(found).keys() == world.facts().facts(found).keys() == {b"two", b"other"}


def test_its_bytes_count_with_those_of_all_trees(world: World) -> None:
    world.keep()
    size = world.file().stat().st_size
    os.utime(world.file(), (1, 1))
    world.cache(most_bytes=size // 2).keep(world.root, "key", Analysis("", 0, 0, 0.0, (), ()))
    assert not list(world.folder.rglob("*.facts"))
    (world.root / "other").mkdir()
    world.keep()
    os.utime(world.file(), (1, 1))
    other = world.cache(most_bytes=size // 2).facts(world.root / "other")
    other.keep([(b"one", b"1", b"1")], [b"one"])
    assert other.outlines([b"one"]) == {b"one": b"1"}, "what was kept last stays in any case"
    assert world.facts().outlines(ROWS) == {}


@pytest.mark.parametrize("before", [{}, ROWS])
def test_a_writer_that_is_killed_leaves_what_was_there(world: World, before: dict[bytes, tuple[bytes, bytes]]) -> None:
    world.keep(before)
    kept = {key: outline for key, (outline, _) in before.items()}
    if not before:
        world.file().unlink()

    def die_writing() -> None:
        world.facts().keep(_rows_and_death(), [])

    assert killed_at(-1, world.folder, die_writing)
    assert (world.file().parent / "files.facts-journal").exists(), "pages were written that must go"
    assert world.facts().outlines([*ROWS, b"0", b"2999"]) == kept
    world.facts().keep([(b"three", b"3", b"3")], [b"three"])
    assert world.facts().outlines([*ROWS, b"0", b"three"]) == {**kept, b"three": b"3"}
    assert world.told == []
    assert not list(world.folder.rglob("*-journal"))


def _rows_and_death() -> Iterator[tuple[bytes, bytes, bytes]]:
    for number in range(3_000):  # more than SQLite holds in memory until the end
        yield b"%d" % number, os.urandom(1_000), os.urandom(1_000)
    os.kill(os.getpid(), signal.SIGKILL)
