"""Whatever ends us, what we have started ends too."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator.adapters.processes import free_port, require_free_port, start, wait_until
from migrator.errors import InputError, RemoteError
from tests.support.processes import alive, descendants

# A program whose child leaves its process group and session and outlives its own parent.
FAMILY = textwrap.dedent("""
    import os, signal, sys, time
    from pathlib import Path
    folder = Path(sys.argv[1])
    if "deaf" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            (folder / "detached").write_text(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    os.wait()
    if os.fork() == 0:
        (folder / "child").write_text(str(os.getpid()))
        time.sleep(600)
    while not all((folder / name).exists() and (folder / name).read_text() for name in ("child", "detached")):
        time.sleep(0.005)
    (folder / "main.new").write_text(str(os.getpid()))
    (folder / "main.new").rename(folder / "main")
    print("up", flush=True)
    time.sleep(600)
""")

PARENT = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from migrator.adapters.processes import start
    folder = Path(sys.argv[1])
    with start([sys.executable, "-c", {family!r}, str(folder)], name="family"):
        (folder / "ready").touch()
        {then}
""")


def pids(folder: Path) -> list[int]:
    names = ("main", "child", "detached")
    assert wait_until(lambda: all((folder / name).exists() and (folder / name).read_text() for name in names), 20), (
        "the family did not come up"
    )
    return [int((folder / name).read_text()) for name in names]


def all_gone(found: list[int], deadline_s: float = 10) -> bool:
    return wait_until(lambda: not any(alive(pid) for pid in found), deadline_s)


@contextlib.contextmanager
def parent(folder: Path, then: str) -> Iterator[subprocess.Popen[bytes]]:
    script = PARENT.format(family=FAMILY, then=then)
    with subprocess.Popen([sys.executable, "-c", script, str(folder)], start_new_session=True) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def test_a_program_runs_and_its_output_is_kept(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with start(
        ["sh", "-c", "pwd; echo $WORD; echo err >&2"],
        name="sh",
        env={"WORD": "hi", "PATH": os.defpath},
        cwd=tmp_path,
        log=log,
    ) as it:
        assert it.wait(10) == 0
    assert log.read_text().splitlines() == [str(tmp_path), "hi", "err"]
    assert it.tail(1) == "err"


def test_the_exit_status_is_the_programs_own() -> None:
    with start(["sh", "-c", "exit 7"], name="sh") as it:
        assert it.wait(10) == 7
    with start(["sh", "-c", "kill -SEGV $$"], name="sh") as it:
        assert it.wait(10) == -signal.SIGSEGV
    with start(["sh", "-c", "kill -KILL $$"], name="sh") as it:
        assert it.wait(10) == -signal.SIGKILL


def test_a_program_that_is_not_there_is_named() -> None:
    with pytest.raises(RemoteError, match=r"envoy could not be started: /no/such/program: No such file"):
        start(["/no/such/program"], name="envoy")
    with pytest.raises(RemoteError, match=r"envoy could not be started: .*/no/such/folder"):
        start(["true"], name="envoy", cwd=Path("/no/such/folder"))


@pytest.mark.parametrize("deaf", [[], ["deaf"]])
def test_stop_ends_children_and_those_that_have_left_the_group(tmp_path: Path, deaf: list[str]) -> None:
    it = start([sys.executable, "-c", FAMILY, str(tmp_path), *deaf], name="family")
    found = pids(tmp_path)
    assert it.pid in found
    assert it.stop(grace_s=0.3) == (-signal.SIGKILL if deaf else -signal.SIGTERM)
    assert not any(alive(pid) for pid in found), "stop returned before everything was gone"
    assert it.stop() == it.poll(), "a second stop changes nothing"
    assert not it.running


def test_stop_leaves_time_to_end_well(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "trap 'sleep 0.2; echo tidy; exit 3' TERM; echo up; while :; do sleep 0.02; done"
    with start(["sh", "-c", script], name="sh", log=log) as it:
        it.wait_until(lambda: "up" in it.tail(), 10)
        assert it.stop(grace_s=10) == 3
    assert log.read_text().endswith("tidy\n")


def test_leftovers_of_a_program_that_ended_by_itself_are_ended(tmp_path: Path) -> None:
    with start(
        [
            sys.executable,
            "-c",
            FAMILY.replace('print("up", flush=True)\ntime.sleep(600)', "pass"),
            str(tmp_path),
        ],
        name="family",
    ) as it:
        found = pids(tmp_path)
        assert it.wait(20) == 0
        assert all_gone(found)


@pytest.mark.parametrize(
    ("then", "number"),
    [
        pytest.param("time.sleep(600)", signal.SIGKILL, id="killed"),
        pytest.param("time.sleep(600)", signal.SIGTERM, id="terminated"),
        pytest.param("time.sleep(600)", signal.SIGINT, id="interrupted"),
        pytest.param(
            "import os; [time.sleep(0.02) for _ in iter(lambda: (folder / 'main').exists(), True)]; os._exit(0)",
            None,
            id="left-without-a-word",
        ),
        # A forked worker that outlives its parent holds the parent's end of the life line open.
        pytest.param(
            "import os; (os.fork() or time.sleep(60)) and time.sleep(600)", signal.SIGKILL, id="killed-worker-left"
        ),
    ],
)
def test_nothing_is_left_when_the_parent_is_gone(tmp_path: Path, then: str, number: signal.Signals | None) -> None:
    with parent(tmp_path, then) as process:
        found = pids(tmp_path)
        assert wait_until((tmp_path / "ready").exists, 10)
        if number is not None:
            found += [pid for pid in descendants(process.pid) if "guardian.py" in _command(pid)]
            process.send_signal(number)
        process.wait(20)
        assert all_gone(found), [(_command(pid)) for pid in found if alive(pid)]


def test_a_killed_guardian_takes_the_program_with_it(tmp_path: Path) -> None:
    it = start([sys.executable, "-c", FAMILY, str(tmp_path)], name="family")
    found = pids(tmp_path)
    try:
        it._guard.kill()
        assert it.wait(10) == -signal.SIGKILL
        assert all_gone([it.pid])
        assert it.stop() == -signal.SIGKILL
    finally:
        for pid in found[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def test_a_program_outlives_the_thread_that_started_it() -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as pool:
        it = pool.submit(start, ["sleep", "600"], name="sleep").result()
    with it:
        time.sleep(0.3)  # a death signal of the kernel would have come with the thread's end
        assert it.running


def test_starting_is_quick() -> None:
    began = time.perf_counter()
    for _ in range(5):
        start(["true"], name="true").stop()
    assert (time.perf_counter() - began) / 5 < 1


def test_a_program_that_ends_before_it_is_ready_is_quoted(tmp_path: Path) -> None:
    with (
        start(["sh", "-c", "echo bad config; exit 2"], name="envoy", log=tmp_path / "log") as it,
        pytest.raises(RemoteError, match="envoy ended with status 2") as caught,
    ):
        it.wait_until(lambda: False, 10)
    assert "bad config" in caught.value.hint


def test_a_program_that_is_never_ready_meets_the_deadline() -> None:
    with (
        start(["sleep", "600"], name="envoy") as it,
        pytest.raises(RemoteError, match=r"envoy was not ready within 0\.1 s"),
    ):
        it.wait_until(lambda: False, 0.1)


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port} .*wanted by the front, is already in use") as caught:
            require_free_port(port, purpose="the front", option="--port")
        assert "--port" in caught.value.hint
    assert require_free_port(port, purpose="the front") == port
    assert require_free_port(0, purpose="the front") > 0
    with pytest.raises(InputError, match="70000 is not a port"):
        require_free_port(70000, purpose="the front")


def test_free_ports_differ() -> None:
    assert len({free_port() for _ in range(100)}) == 100


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):
        return ""
