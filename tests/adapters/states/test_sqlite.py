"""What is SQLite's own: files that are no store, two processes, a lock, a full disk."""

from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.adapters.states.sqlite.schema import prepare
from migrator.errors import InputError
from migrator.rollout.ports import Conflict
from tests.support.recorded import AUDIT, LINE, STATE

_ADD = """
import sys
from dataclasses import replace
from pathlib import Path
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.rollout.ports import Conflict
from tests.support.recorded import STATE

with SqliteStateStore(Path(sys.argv[1])) as store:
    won = 0
    while won < 25:
        state = store.load("tax") or STATE
        try:
            store.save(replace(state, weight=state.weight + 1), expected_version=state.version)
        except Conflict:
            continue
        won += 1
"""

_FORK = """
import os
import sys
from pathlib import Path
from migrator.adapters.states.sqlite import SqliteStateStore
from tests.support.recorded import STATE

with SqliteStateStore(Path(sys.argv[1])) as store:
    saved = store.save(STATE, expected_version=0)
    child = os.fork()
    if child == 0:
        saved = store.save(saved, expected_version=1)
        sys.exit(saved.version != 2)
    assert os.waitpid(child, 0)[1] == 0
    assert store.save(store.load("tax"), expected_version=2).version == 3
"""


class _Overtaken(sqlite3.Connection):
    """A connection in the middle of whose look at a new file another process makes its tables."""

    path: Path
    others = 1

    def execute(self, statement: str, *parameters: object) -> sqlite3.Cursor:
        if statement == "PRAGMA user_version" and self.others:
            self.others = 0
            other = sqlite3.connect(self.path, timeout=0.05, isolation_level=None)
            # It has to wait while somebody reads.
            with contextlib.closing(other), contextlib.suppress(sqlite3.OperationalError):
                prepare(other, self.path)
        return super().execute(statement, *parameters)


def test_a_file_that_another_process_begins_meanwhile_is_one_with_rollouts(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None, factory=_Overtaken)
    connection.path = path
    with contextlib.closing(connection):
        prepare(connection, path)
        assert connection.others == 0
    with SqliteStateStore(path) as store:
        assert store.load("tax") is None


def test_no_change_of_concurrent_processes_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    writers = [subprocess.Popen([sys.executable, "-c", _ADD, str(path)], cwd=Path.cwd()) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    with SqliteStateStore(path) as store:
        state = store.load("tax")
    assert state is not None and (state.weight, state.version) == (75, 75)


def test_no_change_of_concurrent_threads_is_lost(tmp_path: Path) -> None:
    with SqliteStateStore(tmp_path / "rollouts.sqlite3") as store:

        def add() -> None:
            for _ in range(20):
                while True:
                    state = store.load("tax") or STATE
                    try:
                        store.save(replace(state, weight=state.weight + 1), expected_version=state.version)
                        break
                    except Conflict:
                        continue

        threads = [threading.Thread(target=add) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        state = store.load("tax")
    assert state is not None and state.weight == 60


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at" * 20, b"SQLite format 3\0" + b"\7" * 5000]
)
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rollouts.sqlite3"
    path.write_bytes(content)
    with SqliteStateStore(path) as store, pytest.raises(InputError) as caught:
        store.load("tax")
    assert caught.value.location == str(path) and caught.value.hint
    assert path.read_bytes() == content


def test_somebody_elses_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (id INTEGER)")
    connection.close()
    before = path.read_bytes()
    with SqliteStateStore(path) as store, pytest.raises(InputError, match="not one with rollouts"):
        store.save(STATE, expected_version=0)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    with SqliteStateStore(path) as store:
        store.save(STATE, expected_version=0)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with SqliteStateStore(path) as store, pytest.raises(InputError, match="schema version 99"):
        store.load("tax")


def test_a_damaged_record_is_refused_with_its_route(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    with SqliteStateStore(path) as store:
        store.save(STATE, expected_version=0)
    connection = sqlite3.connect(path)
    connection.execute('UPDATE rollouts SET document = \'{"schema": "migrator.rollout/1"\'')
    connection.commit()
    connection.close()
    with SqliteStateStore(path) as store, pytest.raises(InputError, match="rollout of tax"):
        store.load("tax")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        SqliteStateStore(tmp_path / "file" / "rollouts.sqlite3") as store,
        pytest.raises(InputError, match="cannot use"),
    ):
        store.load("tax")


def test_a_store_that_came_through_a_fork_works_on_both_sides(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FORK, str(tmp_path / "rollouts.sqlite3")], cwd=Path.cwd(), timeout=60)
    assert done.returncode == 0


def test_a_path_with_spaces_and_signs_is_only_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=ro#%20" / "roll outs.sqlite3"
    with SqliteStateStore(path) as store:
        store.save(STATE, expected_version=0)
    assert path.exists()


_VERSION_1 = """
PRAGMA application_id = 1835624306;
PRAGMA user_version = 1;
CREATE TABLE rollouts (route TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE history (
    route TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (route, number)
) WITHOUT ROWID;
INSERT INTO rollouts VALUES ('tax', 7, '{
  "schema": "migrator.rollout/1", "route": "tax",
  "plan": {"route": "tax", "steps": [{"weight": 5.0, "bake_s": 60.0, "min_requests": 20}],
           "gates": [{"worse_by_pp": 1.0}, {"different": 0}]},
  "phase": "shifting", "step": 0, "weight": 5.0, "revision": 2, "started": 1.5, "since": 2.5,
  "evidence": [{"name": "parity", "outcome": "pass", "evidence": "0 of 3"}],
  "history_length": 2, "version": 7, "confirmed": {"weight": 5.0, "at": 2.75, "mark": "m"}, "reason": "“why”"
}');
INSERT INTO history VALUES ('tax', 1, '{"schema": "migrator.rollout-history/1", "at": 1.5, "phase": "pending",
  "step": -1, "weight": 0.0, "reason": "began", "gates": []}');
INSERT INTO history VALUES ('tax', 2, '{"schema": "migrator.rollout-history/1", "at": 2.5, "phase": "shifting",
  "step": 0, "weight": 5.0, "reason": "on", "gates": []}');
"""


def test_a_file_of_version_1_keeps_its_records_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(_VERSION_1)
    connection.close()
    with SqliteStateStore(path) as store:
        state = store.load("tax")
        assert state is not None
        assert (state.version, state.weight, state.revision, state.reason) == (7, 5.0, 2, "“why”")
        assert state.confirmed is not None and (state.confirmed.weight, state.confirmed.at) == (5.0, 2.75)
        assert [line.reason for line in store.history("tax")] == ["began", "on"]
        assert list(store.audit("tax")) == [] and store.cursor("tax") == 0
        saved = store.save(state, expected_version=7, entry=LINE, audit=AUDIT)
        store.move_cursor("tax", 3)
    with SqliteStateStore(path) as store:
        assert store.load("tax") == saved
        assert [len(store.history("tax")), len(list(store.audit("tax"))), store.cursor("tax")] == [3, 1, 3]


def test_a_writer_that_is_killed_anywhere_leaves_all_of_a_change_or_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_store", str(tmp_path)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    seen = []
    for number in range(int(done.stdout)):
        with SqliteStateStore(tmp_path / f"{number}.sqlite3") as store:
            state = store.load("tax")
            assert state is not None
            held = (state.version, state.history_length, state.audit_length)
            assert held == (state.version, len(store.history("tax")), len(list(store.audit("tax"))))
        seen.append(held)
    assert set(seen) == {(1, 1, 1), (2, 2, 2)}
    assert seen == sorted(seen) and len(seen) > 8


@pytest.mark.parametrize(
    "statement", ["DELETE FROM audit", "UPDATE audit SET document = '{}'", "UPDATE audit SET number = 7"]
)
def test_what_the_audit_log_says_cannot_be_unsaid(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "rollouts.sqlite3"
    with SqliteStateStore(path) as store:
        store.save(STATE, expected_version=0, audit=AUDIT)
        connection = sqlite3.connect(path)
        with pytest.raises(sqlite3.IntegrityError, match="only grows"):
            connection.execute(statement)
        connection.close()
        assert len(list(store.audit("tax"))) == 1


@pytest.mark.thorough
def test_100000_audit_entries_are_read_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    with SqliteStateStore(path) as store:
        state = store.save(STATE, expected_version=0, audit=AUDIT)
        connection = sqlite3.connect(path)
        connection.execute(
            "WITH RECURSIVE numbers (number) AS (SELECT 2 UNION ALL SELECT number + 1 FROM numbers WHERE number < 100000) "
            "INSERT INTO audit SELECT route, numbers.number, document FROM audit, numbers"
        )
        connection.commit()
        connection.close()
        tracemalloc.start()
        try:
            count = sum(1 for _ in store.audit("tax"))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert count == 100_000
        assert peak < 5_000_000
        store.save(replace(state, audit_length=100_000), expected_version=1, audit=AUDIT)


def test_nobody_waits_for_a_reader_of_an_audit(tmp_path: Path) -> None:
    path = tmp_path / "rollouts.sqlite3"
    with SqliteStateStore(path) as store, SqliteStateStore(path) as other:
        state = store.save(STATE, expected_version=0, audit=AUDIT)
        entries = store.audit("tax")
        next(entries)
        state = store.save(state, expected_version=1, audit=AUDIT)
        other.save(state, expected_version=2, audit=AUDIT)
