"""A folder of kept analyses: what was kept, or none, whatever has happened to the folder meanwhile."""

from __future__ import annotations

import hashlib
import os
import pickle
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from migrator.adapters.analyses import AnalysisCache
from migrator.domain.assessments import Analysis
from tests.adapters.analyses.test_packing import Calls
from tests.support.as_nobody import as_nobody
from tests.support.killed_writer import killed_at

EMPTY = Analysis("", 0, 0, 0.0, (), ())


@dataclass
class World:
    """A tree, a folder for its analyses, and what is told of the folder."""

    folder: Path
    root: Path
    told: list[str] = field(default_factory=list)

    def cache(self, version: str = "1.2", most_bytes: int = 2**20) -> AnalysisCache:
        return AnalysisCache(self.folder, version, self.told.append, most_bytes=most_bytes)

    def entries(self) -> dict[str, Path]:
        return {path.stem: path for path in self.folder.rglob("*.analysis")}

    def entry(self) -> Path:
        (path,) = self.entries().values()
        return path


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "tree").mkdir()
    return World(tmp_path / "cache" / "analyses", tmp_path / "tree")


def test_what_is_kept_is_loaded_by_another_process(world: World, analysis: Analysis) -> None:
    world.cache().keep(world.root, "key", analysis)
    assert world.cache().load(world.root, "key") == analysis
    assert world.told == []


def test_it_is_of_its_key_its_tree_and_its_kind(world: World) -> None:
    cache = world.cache()
    assert cache.load(world.root, "key") is None
    cache.keep(world.root, "key", EMPTY)
    cache.keep_parts(world.root, {"part": EMPTY}, of=1)
    assert cache.load(world.root, "other") is None
    assert cache.load(world.root, "part") is None
    assert cache.load(world.root.parent, "key") is None
    assert cache.load_part(world.root, "key") is None
    assert cache.load_part(world.root, "part") == EMPTY
    assert world.told == []


def test_a_tree_is_the_same_however_its_path_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.cache().keep(world.root, "key", EMPTY)
    link = world.root.parent / "link"
    link.symlink_to(world.root)
    monkeypatch.chdir(world.root)
    for root in (Path(), Path("../tree"), link):
        assert world.cache().load(root, "key") == EMPTY


def test_nobody_else_may_look_in(world: World) -> None:
    world.cache().keep(world.root, "key", EMPTY)
    assert world.folder.stat().st_mode & 0o077 == 0


def _flipped(byte: int) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[byte] ^= 0x10
        path.write_bytes(data)

    return damage


def _folder(path: Path) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGED = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-20]),
    "cut within its head": lambda path: path.write_bytes(path.read_bytes()[:9]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "a bit of the head": _flipped(0),
    "a bit of the checksum": _flipped(30),
    "a bit of what is packed": _flipped(-30),
    "garbage": lambda path: path.write_bytes(os.urandom(400)),
    "text": lambda path: path.write_text("no analysis\n"),
    "empty": lambda path: path.write_bytes(b""),
    "a folder": _folder,
    "a pipe": _pipe,
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_damaged_is_told_and_replaced(world: World, damage: Callable[[Path], object]) -> None:
    world.cache().keep(world.root, "key", EMPTY)
    damage(world.entry())
    cache = world.cache()
    assert cache.load(world.root, "key") is None
    assert [text.count("\n") for text in world.told] == [0]
    assert "is damaged and is made anew" in world.told[0]
    cache.keep(world.root, "key", EMPTY)
    assert world.entry().is_file()
    assert world.cache().load(world.root, "key") == EMPTY
    assert len(world.told) == 1


@pytest.mark.parametrize("key", ["key", "of other text"])
def test_another_version_is_told_once_and_not_taken(world: World, key: str) -> None:
    world.cache("1.1").keep_parts(world.root, {"key": EMPTY, "second": EMPTY}, of=2)
    newer = world.cache("1.2")
    assert newer.load_part(world.root, key) is None
    assert newer.load_part(world.root, "third") is None
    assert world.told == ["the kept analysis is of migrator 1.1 and is made anew"]
    newer.keep_parts(world.root, {key: replace(EMPTY, files=7)}, of=2)
    found = world.cache("1.2").load_part(world.root, key)
    assert found is not None and found.files == 7
    assert world.cache("1.2").load_part(world.root, "third") is None
    assert len(world.told) == 1, "from then on there is one of this version"


def test_a_pickle_of_somebody_else_is_not_run(world: World, tmp_path: Path) -> None:
    world.cache().keep(world.root, "key", EMPTY)
    mark = tmp_path / "mark"
    payload = zlib.compress(pickle.dumps(Calls(os.system, f"touch {mark}")))
    head = world.entry().read_bytes().partition(b"\n")[0]
    world.entry().write_bytes(b"\n".join((head, hashlib.sha256(payload).hexdigest().encode(), payload)))
    assert world.cache().load(world.root, "key") is None
    assert "it names" in world.told[0] and not mark.exists()


@pytest.mark.parametrize("above", [0, 1])
def test_a_file_in_place_of_the_folder_is_told_once(world: World, above: int) -> None:
    place = (world.folder, *world.folder.parents)[above]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("mine")
    cache = world.cache()
    assert cache.load(world.root, "key") is None
    cache.keep_parts(world.root, {"one": EMPTY, "two": EMPTY}, of=2)
    cache.keep(world.root, "key", EMPTY)
    assert [text.partition(":")[0] for text in world.told] == ["the analysis could not be kept for the next time"]
    assert place.read_text() == "mine"


def test_a_folder_that_is_only_read_still_helps() -> None:
    with TemporaryDirectory() as above:  # not below pytest's own, which is for its user alone
        Path(above).chmod(0o755)
        world = World(Path(above) / "analyses", Path(above))
        world.cache().keep(world.root, "key", EMPTY)
        for path in (world.folder, *world.folder.rglob("*")):
            path.chmod(0o555)
        with as_nobody():
            cache = world.cache()
            assert cache.load(world.root, "key") == EMPTY
            assert world.told == []
            cache.keep(world.root, "other", EMPTY)
        assert len(world.told) == 1 and "Permission denied" in world.told[0]


def _lain(world: World, *, hours: int) -> None:
    """Everything was used some hours earlier than it was."""
    for path in world.folder.rglob("*.analysis*"):
        seen = path.stat().st_mtime
        os.utime(path, (seen - hours * 3600, seen - hours * 3600))


def test_of_one_tree_four_stay_the_last_used(world: World) -> None:
    cache = world.cache()
    for key in ("a", "b", "c", "d"):
        _lain(world, hours=1)
        cache.keep(world.root, key, EMPTY)
    _lain(world, hours=1)
    assert cache.load(world.root, "a") == EMPTY
    _lain(world, hours=1)
    cache.keep(world.root, "e", EMPTY)
    assert world.entries().keys() == {"a", "c", "d", "e"}


def test_of_its_parts_as_many_times_four(world: World) -> None:
    cache = world.cache()
    cache.keep_parts(world.root, {f"old {number}": EMPTY for number in range(8)}, of=2)
    assert len(world.entries()) == 8
    _lain(world, hours=1)
    cache.keep_parts(world.root, {"new": EMPTY, "newer": EMPTY}, of=2)
    assert len(world.entries()) == 8 and {"new", "newer"} <= world.entries().keys()


def test_what_is_kept_last_stays_whatever_the_clock_said_of_others(world: World) -> None:
    cache = world.cache()
    for key in ("a", "b", "c", "d"):
        cache.keep(world.root, key, EMPTY)
    _lain(world, hours=-24)
    cache.keep(world.root, "new", EMPTY)
    assert "new" in world.entries() and len(world.entries()) == 5
    cache.keep(world.root, "newer", EMPTY)
    assert "newer" in world.entries()


def test_all_trees_together_take_so_many_bytes(world: World) -> None:
    world.cache().keep(world.root, "0", EMPTY)
    cache = world.cache(most_bytes=3 * world.entry().stat().st_size)
    for number in range(1, 5):
        _lain(world, hours=1)
        root = world.root / str(number)
        root.mkdir()
        cache.keep(root, str(number), EMPTY)
    assert world.entries().keys() == {"2", "3", "4"}
    world.cache(most_bytes=1).keep(world.root, "large", EMPTY)
    assert world.entries().keys() == {"large"}


def test_a_writer_that_is_killed_leaves_nothing_that_is_taken(world: World) -> None:
    full = replace(EMPTY, files=7)
    world.cache().keep(world.root, "old", EMPTY)
    number = 0
    while killed_at(number, world.folder, lambda: world.cache().keep(world.root, "new", full)):
        assert world.cache().load(world.root, "new") in (None, full)
        assert world.cache().load(world.root, "old") == EMPTY
        number += 1
    assert number > 3, "it was killed while it wrote"
    assert world.cache().load(world.root, "new") == full
    assert world.told == []
    _halves_go(world)


def _halves_go(world: World) -> None:
    """What killed writers have begun goes as soon as nobody can be writing it."""
    halves = set(world.folder.rglob(".*"))
    assert halves
    world.cache().keep(world.root, "new", EMPTY)
    assert set(world.folder.rglob(".*")) == halves
    _lain(world, hours=2)
    world.cache().keep(world.root, "new", EMPTY)
    assert not set(world.folder.rglob(".*"))
