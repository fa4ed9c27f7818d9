"""What is SQLite's own: files that are no store, two processes, a lock, a full disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.errors import InputError
from migrator.rollout.ports import Conflict
from migrator.rollout.transitions import begun
from tests.support.rollout_world import PLAN

STATE = begun(PLAN, 1.0)

_ADD = """
import sys
from dataclasses import replace
from pathlib import Path
from migrator.adapters.states.sqlite import SqliteStateStore
from migrator.rollout.ports import Conflict
from tests.adapters.states.test_sqlite import STATE

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
from tests.adapters.states.test_sqlite import STATE

with SqliteStateStore(Path(sys.argv[1])) as store:
    saved = store.save(STATE, expected_version=0)
    child = os.fork()
    if child == 0:
        saved = store.save(saved, expected_version=1)
        sys.exit(saved.version != 2)
    assert os.waitpid(child, 0)[1] == 0
    assert store.save(store.load("tax"), expected_version=2).version == 3
"""


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
