"""The guard of SQL databases: a mirrored call may read.

Each statement has to be one that reads. Where the database can be told that nothing may change, it
is told so as well: it also knows what a function or a trigger does. A connection that was told so
is told otherwise, or closed, when the call ends.
"""

from __future__ import annotations

import gc
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlparse.lexer
from django.db.backends.utils import CursorWrapper
from sqlparse import tokens

import lambda_shadow as shadow
import lambda_shadow_network as network

_READS = frozenset({"DESC", "DESCRIBE", "EXPLAIN", "SELECT", "SHOW", "TABLE", "VALUES", "WITH"})
# Without a write before it, each of them changes nothing.
_TRANSACTION = frozenset({"BEGIN", "COMMIT", "END", "RELEASE", "ROLLBACK", "SAVEPOINT", "START"})
# What a SET, or a PRAGMA of SQLite, must not be about.
_OPENS = frozenset(
    {
        "WRITE",
        "GLOBAL",
        "PERSIST",
        "PERSIST_ONLY",
        "PASSWORD",
        "ROLE",
        "READ_ONLY",
        "TRANSACTION_READ_ONLY",
        "TX_READ_ONLY",
        "DEFAULT_TRANSACTION_READ_ONLY",
    }
)
_PRAGMAS = frozenset(
    {
        "COLLATION_LIST",
        "DATABASE_LIST",
        "FOREIGN_KEYS",
        "FOREIGN_KEY_CHECK",
        "FOREIGN_KEY_LIST",
        "INDEX_INFO",
        "INDEX_LIST",
        "INDEX_XINFO",
        "TABLE_INFO",
        "TABLE_LIST",
        "TABLE_XINFO",
    }
)
_LOCKS = frozenset({("FOR", "KEY"), ("FOR", "NO"), ("FOR", "SHARE"), ("IN", "SHARE")})


def reads(sql: str) -> bool:
    """Whether every statement of a text reads, by its words; what is not known to read does not."""
    statements: list[list[tuple[Any, str]]] = [[]]
    for kind, text in sqlparse.lexer.tokenize(sql):
        if kind is tokens.Punctuation and text == ";":
            statements.append([])
        elif kind not in tokens.Comment and kind not in tokens.Whitespace and text != "(":
            statements[-1].append((kind, " ".join(text.upper().split())))
    return all(_reads(each) for each in statements if each)


def _reads(statement: Sequence[tuple[Any, str]]) -> bool:
    words = [text for _, text in statement]
    first = words[0].partition(" ")[0]
    match first:
        case "SET":
            return not _OPENS.intersection(word for text in words for word in text.split())
        case "PRAGMA":
            return len(words) > 1 and words[1] in _PRAGMAS
        case _ if first in _TRANSACTION:
            return True
        case _ if first not in _READS:
            return False
    for kind, text in statement:
        if kind in tokens.Keyword and (kind in tokens.Keyword.DDL or text == "INTO"):
            return False
        if kind in tokens.Keyword.DML and text != "SELECT":
            return False
    return not _LOCKS.intersection(pairwise(words))


@dataclass(frozen=True)
class Enforcing:
    """How a database is told that nothing may change.

    Attributes:
        until_told: for the connection, and the opposite.
        transaction: for the transaction that runs, where it can be said there.
        at_once: whether it holds within a transaction that runs; that may go on after the call.
    """

    until_told: tuple[str, str]
    transaction: str = ""
    at_once: bool = False


# "SET TRANSACTION" of PostgreSQL and of MySQL, "PRAGMA query_only" of SQLite, read 2026-11.
_POSTGRESQL = Enforcing(
    (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    ),
    "SET TRANSACTION READ ONLY",
)
_MYSQL = Enforcing(("SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"))
_SQLITE = Enforcing(("PRAGMA query_only = ON", "PRAGMA query_only = OFF"), at_once=True)
# By the package of the connection's class, or of one that it inherits from.
ENFORCING: Mapping[str, Enforcing] = {
    **dict.fromkeys(("psycopg2", "psycopg", "pg8000"), _POSTGRESQL),
    **dict.fromkeys(("pymysql", "MySQLdb", "mysql"), _MYSQL),
    "sqlite3": _SQLITE,
}
# Connections of the mirrored call that runs, by identity, with what takes it back.
_told: dict[int, tuple[Any, Enforcing, str]] = {}


def enforcing(connection: Any) -> Enforcing | None:
    """How the database of a connection is told; None where nobody knows."""
    packages = (kind.__module__.partition(".")[0] for kind in connection.__class__.__mro__)
    return next((ENFORCING[package] for package in packages if package in ENFORCING), None)


def read_only(connection: Any, *, reading: bool = True) -> None:
    """Tell the database of a connection that nothing may change until the call ends."""
    by, call = enforcing(connection), shadow.acting()
    if by is None or call is None or "database" in call.allowed:
        return
    if by.transaction and not getattr(connection, "autocommit", False):
        # It ends with the transaction, and each has to be told; what ends one needs no telling.
        _told.setdefault(id(connection), (connection, by, ""))
        if reading:
            _run(connection, by.transaction)
    elif id(connection) not in _told or not _told[id(connection)][2]:
        _run(connection, by.until_told[0])
        _told[id(connection)] = (connection, by, by.until_told[1])


def _run(connection: Any, sql: str) -> None:
    with shadow.own_doing():
        cursor = connection.cursor()
        try:
            cursor.execute(sql)
        finally:
            cursor.close()


def take_back(connection: Any) -> None:
    """Tell the database of a connection that things may change again."""
    _, _, opposite = _told.pop(id(connection), (None, None, ""))
    if opposite:
        _run(connection, opposite)


@contextmanager
def taking_back(call: shadow.Call) -> Iterator[None]:
    """Around a mirrored call: connections may change things again after it."""
    # By their types: to ask a lazy object for its class makes it.
    for connection in [
        each for each in gc.get_objects() if issubclass(type(each), sqlite3.Connection)
    ]:
        # Not one that is closed, nor another thread's: that one tells it when it uses it.
        with suppress(sqlite3.ProgrammingError):
            read_only(connection)
    try:
        yield
    finally:
        for connection, by, _ in list(_told.values()):
            try:
                with shadow.own_doing():
                    if not by.at_once:
                        connection.rollback()
                take_back(connection)
            except Exception:
                # Closed already, as it should be; or nothing that a real call may find.
                with suppress(Exception):
                    connection.close()
        _told.clear()


def says_read_only(error: BaseException) -> bool:
    """Whether it is the error of a database that was told so."""
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    number = error.args[0] if error.args else None
    by_sqlite = str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_READONLY")
    return (
        code == "25006"
        or by_sqlite
        or (number == 1792 and error.__class__.__module__.partition(".")[0] in ENFORCING)
    )


def vet(sql: Any, connection: Any) -> None:
    """Refuse a statement that writes, and have the database refuse what it writes all the same."""
    call = shadow.acting()
    if call is None:
        return
    text = str(sql)
    # A library that keeps its queue in a database says better what a write is.
    effect = network.effect_of(library) if (library := network.used_by()) else "database"
    if not reads(text):
        call.check(effect, f"SQL {' '.join(text.split()[:3])}")
        take_back(connection)
        return
    first = text.split(None, 1)[0].upper().strip(";") if text.strip() else ""
    read_only(connection, reading=first not in _TRANSACTION)


def refused_there(error: BaseException) -> None:
    """Refuse what the database has refused."""
    call = shadow.acting()
    if call is not None and shadow.is_read_only(error):
        call.check("database", "the database was to be changed")


_connect = sqlite3.connect
_opening: ContextVar[bool] = ContextVar("lambda_shadow_opening", default=False)


def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
    """Open a database of SQLite."""
    token = _opening.set(True)
    try:
        connection: sqlite3.Connection = _connect(*args, **kwargs)
    finally:
        _opening.reset(token)
    read_only(connection)
    return connection


def opened(name: str, _: tuple[Any, ...]) -> None:
    """Python calls it for each of its events: somebody opens a database without the guard."""
    call = shadow.acting() if name == "sqlite3.connect" and not _opening.get() else None
    if call is not None:
        call.check("database", "a database of SQLite is opened")


sqlite3.connect = sqlite3.dbapi2.connect = connect
sys.addaudithook(opened)

_init, _execute = CursorWrapper.__init__, CursorWrapper.execute
_executemany, _callproc = CursorWrapper.executemany, CursorWrapper.callproc


def init(self: Any, cursor: Any, db: Any) -> None:
    """Django makes a cursor."""
    if shadow.acting() is not None:
        read_only(db.connection)
    _init(self, cursor, db)


def execute(self: Any, sql: Any, params: Any = None) -> Any:
    """Django is about to send a statement."""
    vet(sql, self.db.connection)
    try:
        return _execute(self, sql, params)
    except Exception as error:
        refused_there(error)
        raise


def executemany(self: Any, sql: Any, param_list: Any) -> Any:
    """Django is about to send a statement with several sets of parameters."""
    vet(sql, self.db.connection)
    return _executemany(self, sql, param_list)


def callproc(self: Any, procname: str, params: Any = None, kparams: Any = None) -> Any:
    """Django is about to call a procedure, of which nobody knows what it does."""
    call = shadow.acting()
    if call is not None:
        call.check("database", f"the procedure {procname}")
    return _callproc(self, procname, params, kparams)


CursorWrapper.__init__, CursorWrapper.execute = init, execute  # type: ignore[method-assign]
CursorWrapper.executemany, CursorWrapper.callproc = executemany, callproc
network.VETTED.add("django.db")

shadow.AROUND.append(taking_back)
shadow.SAY_READ_ONLY.append(says_read_only)
