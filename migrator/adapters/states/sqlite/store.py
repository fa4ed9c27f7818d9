"""Keeps rollouts in one SQLite file, which any number of processes may share.

In: `sqlite:///PATH`. Out: the `StateStore` port. A state, its line of history and its audit entry are one transaction;
the file is in write-ahead mode, so that a view can read while a controller writes. What the tables are is
`schema`'s; which file it is, is the caller's to say.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from migrator.adapters.states.sqlite.schema import prepare
from migrator.documents import audit as audit_document
from migrator.documents import history as history_document
from migrator.documents import rollout as rollout_document
from migrator.domain.looks import AuditEntry
from migrator.domain.rollouts import HistoryEntry, RolloutState
from migrator.errors import InputError, MigratorError, RemoteError, UsageError
from migrator.rollout.ports import Conflict

SCHEME = "sqlite:///"

_BUSY_S = 5.0
_PAGE = 500  # audit entries that are read at once: the file is not kept busy, and memory not filled


def path_of(url: str) -> Path:
    """The file that `sqlite:///PATH` names; `sqlite:////absolute/path` for one from the root on.

    Raises:
        UsageError: it is no such URL.
    """
    path = url.removeprefix(SCHEME)
    if path == url or not path:
        raise UsageError(f"{url!r} names no store of rollouts", hint="give sqlite:///PATH or dynamodb://TABLE")
    return Path(path).expanduser()


class SqliteStateStore:
    """The `StateStore` port on a SQLite file, made on first use.

    Threads and processes may share the file; a store that came through a fork opens it again.

    Args:
        path: of the file; folders above it are made on the first write or read.

    Raises:
        InputError: from every method, where the file is not such a store, is damaged, or cannot be written.
        RemoteError: from every method, where another process keeps the file locked (retryable).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._inherited: list[sqlite3.Connection] = []

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def load(self, route: str) -> RolloutState | None:
        """The recorded state, or None."""
        with self._transaction("DEFERRED") as connection:
            row = connection.execute("SELECT version, document FROM rollouts WHERE route = ?", (route,)).fetchone()
        return None if row is None else self._state(route, row)

    def save(
        self,
        state: RolloutState,
        *,
        expected_version: int,
        entry: HistoryEntry | None = None,
        audit: AuditEntry | None = None,
    ) -> RolloutState:
        """Record a state, and with it a line of history and an audit entry, as one change; return what is recorded."""
        saved = replace(
            state,
            version=expected_version + 1,
            history_length=state.history_length + (entry is not None),
            audit_length=state.audit_length + (audit is not None),
        )
        with self._transaction("IMMEDIATE") as connection:
            row = connection.execute("SELECT version FROM rollouts WHERE route = ?", (state.route,)).fetchone()
            found = 0 if row is None else int(row[0])
            if found != expected_version:
                raise Conflict(
                    f"the rollout of {state.route} was changed by another process (version {found}, "
                    f"not {expected_version})",
                    hint="look at it again: migrator rollout status " + state.route,
                )
            connection.execute(
                "INSERT INTO rollouts (route, version, document) VALUES (?, ?, ?) "
                "ON CONFLICT (route) DO UPDATE SET version = excluded.version, document = excluded.document",
                (state.route, saved.version, rollout_document.CODEC.dump_line(saved)),
            )
            if entry is not None:
                connection.execute(
                    "INSERT INTO history (route, number, document) VALUES (?, ?, ?)",
                    (state.route, saved.history_length, history_document.CODEC.dump_line(entry)),
                )
            if audit is not None:
                connection.execute(
                    "INSERT INTO audit (route, number, document) VALUES (?, ?, ?)",
                    (
                        state.route,
                        saved.audit_length,
                        audit_document.CODEC.dump_line(replace(audit, version=saved.version)),
                    ),
                )
        return saved

    def history(self, route: str) -> tuple[HistoryEntry, ...]:
        """All lines of history, oldest first."""
        with self._transaction("DEFERRED") as connection:
            rows = connection.execute(
                "SELECT number, document FROM history WHERE route = ? ORDER BY number", (route,)
            ).fetchall()
        return tuple(
            history_document.CODEC.load_text(document, source=f"{self._path} (history of {route}, line {number})")
            for number, document in rows
        )

    def audit(self, route: str) -> Iterator[AuditEntry]:
        """All audit entries, oldest first; read in pages, so that writers never wait for the reader."""
        last = 0
        while True:
            with self._transaction("DEFERRED") as connection:
                rows = connection.execute(
                    "SELECT number, document FROM audit WHERE route = ? AND number > ? ORDER BY number LIMIT ?",
                    (route, last, _PAGE),
                ).fetchall()
            for number, document in rows:
                yield audit_document.CODEC.load_text(
                    document, source=f"{self._path} (audit of {route}, entry {number})"
                )
                last = number
            if len(rows) < _PAGE:
                return

    def cursor(self, name: str) -> int:
        """How far somebody has come who works through a history; 0 at first."""
        with self._transaction("DEFERRED") as connection:
            row = connection.execute("SELECT position FROM cursors WHERE name = ?", (name,)).fetchone()
        return 0 if row is None else int(row[0])

    def move_cursor(self, name: str, to: int) -> None:
        """Record how far somebody has come; a cursor never goes back."""
        with self._transaction("IMMEDIATE") as connection:
            connection.execute(
                "INSERT INTO cursors (name, position) VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET position = max(position, excluded.position)",
                (name, to),
            )

    def routes(self) -> tuple[str, ...]:
        """The routes that have a record, sorted."""
        with self._transaction("DEFERRED") as connection:
            rows = connection.execute("SELECT route FROM rollouts ORDER BY route").fetchall()
        return tuple(str(row[0]) for row in rows)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _state(self, route: str, row: tuple[int, str]) -> RolloutState:
        version, document = row
        state = rollout_document.CODEC.load_text(document, source=f"{self._path} (rollout of {route})")
        if state.version != version or state.route != route:
            raise self._damaged(f"the record of {route} contradicts itself")
        return state

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                connection = self._open()
                connection.execute(f"BEGIN {kind}")
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
            except (sqlite3.Error, OSError) as error:
                raise self._translated(error) from error

    def _open(self) -> sqlite3.Connection:
        if self._connection is not None and self._owner == os.getpid():
            return self._connection
        if self._connection is not None:
            # Of the process that forked this one: SQLite forbids to use it here, and to close it too.
            self._inherited.append(self._connection)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            prepare(connection, self._path)
            # An intent must be on the disk before the plane is touched.
            connection.execute("PRAGMA synchronous = FULL")
        except BaseException:
            connection.close()
            raise
        self._connection, self._owner = connection, os.getpid()
        return connection

    def _translated(self, error: sqlite3.Error | OSError) -> MigratorError:
        code = getattr(error, "sqlite_errorcode", None)
        primary = code & 0xFF if isinstance(code, int) else None
        if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return RemoteError(
                f"another process keeps the file locked for more than {_BUSY_S:g} s",
                location=str(self._path),
                retryable=True,
            )
        if primary in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT) or isinstance(error, sqlite3.IntegrityError):
            return self._damaged(str(error))
        if primary == sqlite3.SQLITE_FULL:
            return InputError("the disk is full", hint="make room, then try again", location=str(self._path))
        return InputError(
            f"cannot use the file: {error}",
            hint="check that the folder exists and may be written, or name another file with --state sqlite:///PATH",
            location=str(self._path),
        )

    def _damaged(self, what: str) -> InputError:
        return InputError(
            f"not a readable store of rollouts: {what}",
            hint="the live weights are with the data plane and unchanged; move the file away and start the rollout "
            "again, or name another file with --state sqlite:///PATH",
            location=str(self._path),
        )
