"""Stands between us and a program, and ends the program when told to or when we are gone.

Run by path in an interpreter of its own, with the standard library only:
`python -I -S guardian.py PARENT_PID STATUS_FD ORPHAN_GRACE_S COMMAND...`.
In: a life line on standard input. A line `stop SECONDS` ends the program (TERM, then KILL after
that many seconds); the end of the life line means that the parent is gone, and ends it too.
Out: on STATUS_FD one line, `started PID` or `failed REASON`; then the program's own exit status,
also a death by signal, as the exit status of this process.

Why a process of its own, and not a flag on the program's start: a death signal from the kernel
reaches one process only and is bound to the *thread* that started it; and a program may put its
children into process groups of their own (the Lambda emulator does), which no signal to its
group reaches. This process adopts every orphan below it (Linux: child subreaper), so nothing that
the program has started, however it was detached, is missed. Where the system has no subreaper
the descendants are listed with `ps` before anything is ended.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time

TYPE_CHECKING = False  # importing typing for it would cost as much as all the rest
if TYPE_CHECKING:
    from collections.abc import Callable

_LINUX = sys.platform == "linux"
_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_LOOK_FOR_PARENT_S = 1.0
_GIVE_UP_KILLING_S = 10.0
_NOT_FOUND = 127


class Guardian:
    """Watches one program."""

    def __init__(self, parent: int, orphan_grace_s: float) -> None:
        self._parent = parent
        self._orphan_grace_s = orphan_grace_s
        self.child = -1
        self._status: int | None = None
        self._told_to_end = False
        self._wake, wake_in = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(wake_in, False)
        signal.set_wakeup_fd(wake_in, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        self._told_to_end = True

    def start(self, command: list[str]) -> str:
        """Start the program; an empty string, or why it cannot be started."""
        prctl = _prctl()
        if prctl is not None:
            prctl(_PR_SET_CHILD_SUBREAPER, 1)
        told, tell = os.pipe()  # closed by a successful exec
        me = os.getpid()
        self.child = os.fork()
        if self.child == 0:
            try:
                os.setsid()
                signal.set_wakeup_fd(-1)
                for number in (
                    signal.SIGCHLD,
                    signal.SIGTERM,
                    signal.SIGINT,
                    signal.SIGHUP,
                    signal.SIGPIPE,
                    signal.SIGXFSZ,
                ):
                    signal.signal(number, signal.SIG_DFL)
                if prctl is not None:
                    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
                    if os.getppid() != me:
                        os._exit(_NOT_FOUND)
                nothing = os.open(os.devnull, os.O_RDONLY)
                os.dup2(nothing, 0)
                os.execvp(command[0], command)
            except OSError as error:
                os.write(tell, (error.strerror or str(error)).encode())
            os._exit(_NOT_FOUND)
        os.close(tell)
        with os.fdopen(told, "rb") as answer:
            return answer.read().decode()

    def watch(self) -> int:
        """Wait for the program's end, for an order, or for the parent's end; the program's wait status."""
        orders = b""
        grace: float | None = None
        while self._status is None and grace is None:
            readable, _, _ = select.select([0, self._wake], [], [], _LOOK_FOR_PARENT_S)
            self._drain()
            if 0 in readable:
                more = os.read(0, 4096)
                orders += more
                if not more:
                    grace = self._orphan_grace_s
                elif b"\n" in orders:
                    grace = float(orders.split()[1])
            if self._told_to_end or os.getppid() != self._parent:
                # A worker process forked by the parent may hold the life line open after it.
                grace = self._orphan_grace_s
            self._reap()
        if self._status is None and grace is not None:
            self._end(grace)
        self._kill_everything()
        return self._status if self._status is not None else signal.SIGKILL

    def _drain(self) -> None:
        try:
            while os.read(self._wake, 512):
                pass
        except BlockingIOError:
            pass

    def _reap(self) -> bool:
        """Collect what has ended; whether any child is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.child:
                self._status = status

    def _end(self, grace: float) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child, signal.SIGTERM)
        until = time.monotonic() + grace
        while self._status is None and (left := until - time.monotonic()) > 0:
            select.select([self._wake], [], [], left)
            self._drain()
            self._reap()

    def _kill_everything(self) -> None:
        until = time.monotonic() + _GIVE_UP_KILLING_S
        beyond_reach = [] if _LINUX else _descendants_by_ps()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child, signal.SIGKILL)
        for pid in beyond_reach:
            _kill(pid)
        # Each round the children of those who have ended become our own.
        while self._reap() and time.monotonic() < until:
            for pid in _children() if _LINUX else ():
                _kill(pid)
            select.select([self._wake], [], [], 0.01)
            self._drain()


def _prctl() -> Callable[[int, int], object] | None:
    if not _LINUX:
        return None
    import ctypes  # not loaded where it is of no use

    return ctypes.CDLL(None, use_errno=True).prctl


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _children() -> list[int]:
    me = os.getpid()
    try:
        with open(f"/proc/{me}/task/{me}/children") as file:  # noqa: PTH123 - pathlib costs 10 ms of start-up
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return [pid for pid, parent in _parents() if parent == me]


def _parents() -> list[tuple[int, int]]:
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - see above
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:  # noqa: PTH123 - see above
                    # The name in parentheses may itself hold blanks and parentheses.
                    found.append((int(name), int(file.read().rpartition(")")[2].split()[1])))
            except (OSError, ValueError, IndexError):
                continue
    return found


def _descendants_by_ps() -> list[int]:
    with os.popen("ps -axo pid=,ppid=") as listing:
        pairs = [tuple(map(int, line.split())) for line in listing if len(line.split()) == 2]
    found = [os.getpid()]
    for ancestor in found:
        found.extend(pid for pid, parent in pairs if parent == ancestor and pid not in found)
    return found[1:]


def _die_alike(status: int) -> None:
    """End as the program did, so that our exit status is its exit status."""
    if os.WIFSIGNALED(status):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else _NOT_FOUND)


def main() -> None:
    """Start the program, say so, watch it, and end as it did."""
    parent, status_fd, orphan_grace_s, command = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    os.set_inheritable(status_fd, False)
    guardian = Guardian(parent, orphan_grace_s)
    reason = guardian.start(command)
    with contextlib.suppress(OSError):  # the parent may be gone: the life line says so too
        os.write(status_fd, (f"failed {reason}\n" if reason else f"started {guardian.child}\n").encode())
    os.close(status_fd)
    _die_alike(guardian.watch())


if __name__ == "__main__":
    main()
