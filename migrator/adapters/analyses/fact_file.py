"""Facts of the files of one tree, in one SQLite file beside its kept analyses.

In: bytes by key. Out: bytes by key, those that were kept and no others: each has its checksum, and the file the tables that
it is made with. As of analyses, whatever is wrong with it is told in a line and made anew, and nothing is waited for longer
than it is worth; a run that is killed while it writes leaves what was there before, which SQLite sees to.
"""

from __future__ import annotations

import hashlib
import sqlite3
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from migrator.adapters.analyses.room import mark_used, remove

_RUNS = 8
"""Runs for which a file's facts stay without being used: a tree is looked at on a few branches by turns. Only what has
changed between them is there twice."""

PATIENCE_S = 1.0
"""How long another run that writes is waited for: it writes for a third of a second (a million lines)."""

_OUTLINES, _FACTS = "outlines", "facts"
_ROW = "(key BLOB PRIMARY KEY, checksum BLOB NOT NULL, data BLOB NOT NULL)"
_TABLES = (
    f"CREATE TABLE {_FACTS} {_ROW}",
    "CREATE TABLE kept_by (version TEXT NOT NULL)",
    f"CREATE TABLE {_OUTLINES} {_ROW}",
    "CREATE TABLE used (key BLOB PRIMARY KEY, run INTEGER NOT NULL) WITHOUT ROWID",
)
"""By name; a file with any others is none of ours."""

_AT_ONCE = 500  # SQLite takes no more than 999 values in a statement where it is old
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_WRONG = (sqlite3.Error, TypeError, ValueError, OverflowError)
"""What a file is told by: all but the first are of values that we have not written."""

_CANNOT_BE_WRITTEN = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_UNREADABLE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY})


class FactFile:
    """Kept facts of one tree; see `migrator.facts.FactStore`.

    Args:
        path: of the file; its folder may not be there yet.
        version: of the program that keeps them; those of another one are not taken.
        tell: told what is wrong.
        tell_version: told by which other version the facts were kept.
        tell_unkept: told why facts could not be kept.
        kept: told the path when something was.
        patience_s: how long another run that writes is waited for, once.
    """

    def __init__(
        self,
        path: Path,
        version: str,
        *,
        tell: Callable[[str], None],
        tell_version: Callable[[str], None],
        tell_unkept: Callable[[str], None],
        kept: Callable[[Path], None],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._path = path
        self._version = version
        self._tell = tell
        self._tell_version = tell_version
        self._tell_unkept = tell_unkept
        self._kept = kept
        self._patience_s = patience_s
        self._is_wrong = False
        self._refused: set[bytes] = set()

    def outlines(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The outlines that are kept, of these keys."""
        return self._rows(_OUTLINES, keys)

    def facts(self, keys: Collection[bytes]) -> dict[bytes, bytes]:
        """The facts that are kept, of these keys."""
        return self._rows(_FACTS, keys)

    def refuse(self, keys: Collection[bytes], reason: str) -> None:
        """What was given under these keys is not what was kept."""
        self._refused.update(keys)
        self._tell(f"kept facts are damaged and are made anew: {reason} ({self._path})")

    def keep(self, rows: Iterable[tuple[bytes, bytes, bytes]], used: Collection[bytes]) -> None:
        """Keep an outline and facts by key for the next run, and note which keys this one has used."""
        try:
            self._path.parent.mkdir(exist_ok=True)
            if self._is_wrong:
                self._remove()
            with closing(self._open("rwc")) as database:
                database.execute("BEGIN IMMEDIATE")
                if _is_new(database):
                    _make(database, self._version)
                self._write(database, rows, used)
                database.execute("COMMIT")
            self._kept(self._path)
        except OSError as error:
            self._tell_unkept(error.strerror or str(error))
        except _WRONG as error:
            if not self._was_busy(error):  # else somebody keeps the same
                self._tell_unkept(str(error))
                self._remove_useless(error)

    def _rows(self, table: str, keys: Collection[bytes]) -> dict[bytes, bytes]:
        if self._is_wrong or not self._is_there():
            return {}
        found: dict[bytes, bytes] = {}
        damaged: list[bytes] = []
        try:
            with closing(self._open("rw")) as database:  # read only, where it may not be written
                if not _is_new(database) and self._is_of_this_version(database):
                    for key, checksum, data in _selected(database, table, keys):
                        if checksum == _checksum(table, key, data):
                            found[key] = data
                        else:
                            damaged.append(key)
                    mark_used(self._path)
        except _WRONG as error:
            if not self._was_busy(error):
                self._say_wrong(error)
            return {}
        if damaged:
            self.refuse(damaged, "a checksum is another one")
        return found

    def _is_there(self) -> bool:
        """Whether there is a file; opening a pipe would wait for whoever writes to it."""
        try:
            mode = self._path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            self._say_wrong(error)
            return False
        if not stat.S_ISREG(mode):
            self._say_wrong(ValueError("it is no file"))
        return not self._is_wrong

    def _was_busy(self, error: Exception) -> bool:
        """Whether another run was waited for in vain, as it is not to be again."""
        is_busy = _code(error) in _BUSY
        self._patience_s = 0.0 if is_busy else self._patience_s
        return is_busy

    def _say_wrong(self, error: Exception) -> None:
        self._is_wrong = True
        if isinstance(error, OSError) or _code(error) in _UNREADABLE:
            reason = getattr(error, "strerror", None) or error
            self._tell(f"kept facts cannot be read and are made anew: {reason} ({self._path.parent})")
        else:
            self._tell(f"kept facts are damaged and are made anew: {error} ({self._path})")

    def _is_of_this_version(self, database: sqlite3.Connection) -> bool:
        """Whether this version has made the file.

        Raises:
            ValueError: nobody has who keeps facts.
        """
        tables = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        if tuple(sql for (sql,) in tables) != _TABLES:
            raise ValueError("it has other tables")
        versions = [version for (version,) in database.execute("SELECT version FROM kept_by LIMIT 2")]
        if len(versions) != 1:
            raise ValueError("it does not say who made it")
        if versions != [self._version]:
            self._is_wrong = True
            self._tell_version(str(versions[0]))
        return not self._is_wrong

    def _write(
        self, database: sqlite3.Connection, rows: Iterable[tuple[bytes, bytes, bytes]], used: Collection[bytes]
    ) -> None:
        (last,) = database.execute("SELECT max(run) FROM used").fetchone()
        run = (last or 0) + 1
        for key, outline, facts in rows:
            for table, data in ((_OUTLINES, outline), (_FACTS, facts)):
                row = (key, _checksum(table, key, data), data)
                database.execute(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", row)
            self._refused.discard(key)
        taken = ((key, run) for key in used if key not in self._refused)
        database.executemany("INSERT OR REPLACE INTO used VALUES (?, ?)", taken)
        for table in (_OUTLINES, _FACTS):
            database.executemany(f"DELETE FROM {table} WHERE key = ?", ((key,) for key in self._refused))
            database.execute(f"DELETE FROM {table} WHERE key IN (SELECT key FROM used WHERE run <= ?)", (run - _RUNS,))
        database.execute("DELETE FROM used WHERE run <= ?", (run - _RUNS,))

    def _open(self, mode: str) -> sqlite3.Connection:
        # Transactions are begun and ended here, not where Python sees fit.
        return sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode={mode}", uri=True, timeout=self._patience_s, isolation_level=None
        )

    def _remove(self) -> None:
        """Make room for a new file, in whose place may lie whatever."""
        remove(self._path)
        remove(self._path.with_name(f"{self._path.name}-journal"))
        self._is_wrong = False

    def _remove_useless(self, error: Exception) -> None:
        """Leave no file behind that nothing could be written to, or that is damaged where only writing shows it."""
        is_new = self._path.is_file() and not self._path.stat().st_size
        if is_new or _code(error) not in _UNREADABLE | _CANNOT_BE_WRITTEN:
            self._remove()


def _selected(database: sqlite3.Connection, table: str, keys: Iterable[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    waiting = iter(keys)
    while some := tuple(islice(waiting, _AT_ONCE)):
        marks = ",".join("?" * len(some))
        yield from database.execute(f"SELECT key, checksum, data FROM {table} WHERE key IN ({marks})", some)


def _is_new(database: sqlite3.Connection) -> bool:
    """Whether nothing was written to it yet, as by a run that was killed before it had."""
    return not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _make(database: sqlite3.Connection, version: str) -> None:
    for table in _TABLES:
        database.execute(table)
    database.execute("INSERT INTO kept_by VALUES (?)", (version,))


def _checksum(table: str, key: bytes, data: bytes) -> bytes:
    return hashlib.sha256(b"%s\0%s\0%s" % (table.encode(), key, data)).digest()


def _code(error: Exception) -> int:
    """SQLite's own number for what is wrong, without its particulars; 0 for what is none of its errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
