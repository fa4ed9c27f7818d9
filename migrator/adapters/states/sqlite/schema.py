"""The tables of a SQLite file with rollouts, and how a file of an earlier version becomes one of this version.

In: an open connection. Out: the same, to a file that has the tables of `SCHEMA_VERSION`; what earlier versions have
recorded stays. Reading and writing records is the store's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from migrator.errors import InputError

SCHEMA_VERSION: Final = 2

_APPLICATION_ID: Final = 0x6D696772  # "migr"
_STEPS: Final[Mapping[int, tuple[str, ...]]] = {
    1: (
        "CREATE TABLE rollouts (route TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID",
        (
            "CREATE TABLE history (route TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, "
            "PRIMARY KEY (route, number)) WITHOUT ROWID"
        ),
    ),
    # Entries are some kilobytes long: rows of such a size are found faster by their number than inside of the index.
    2: (
        (
            "CREATE TABLE audit (route TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, "
            "PRIMARY KEY (route, number))"
        ),
        # Who wants to make room drops these two first, and so has to mean it.
        "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'an audit log only grows'); END",
        "CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'an audit log only grows'); END",
        "CREATE TABLE cursors (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID",
    ),
}
"""By version, what makes it from the one before."""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables that are missing, as one change, and put the file into write-ahead mode.

    Args:
        path: of the file, for errors.

    Raises:
        InputError: it is something else, or of a newer version; nothing was changed.
        sqlite3.Error: it is no database, damaged, locked or not writable.
    """
    if _version_at_once(connection, path) < SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Asked again: another process may have been faster.
            for version in range(_version(connection, path) + 1, SCHEMA_VERSION + 1):
                for statement in _STEPS[version]:
                    connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")


def _version_at_once(connection: sqlite3.Connection, path: Path) -> int:
    """The version as one moment had it: what another process makes meanwhile is there as a whole, or not at all."""
    connection.execute("BEGIN")
    try:
        return _version(connection, path)
    finally:
        connection.rollback()


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the file; 0 for an empty one."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == 0 and version == 0 and tables == 0:
        return 0
    if application != _APPLICATION_ID:
        raise InputError(
            "this is a SQLite file, but not one with rollouts",
            hint="name another file with --state sqlite:///PATH",
            location=str(path),
        )
    if version > SCHEMA_VERSION:
        raise InputError(
            f"the file has schema version {version}, this program knows up to {SCHEMA_VERSION}",
            hint="use the migrator version that wrote it, or a newer one",
            location=str(path),
        )
    return int(version)
