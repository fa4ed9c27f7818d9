"""Rollouts in one SQLite file: the store, and the tables it needs."""

from migrator.adapters.states.sqlite.store import SCHEME, SqliteStateStore, path_of

__all__ = ["SCHEME", "SqliteStateStore", "path_of"]
