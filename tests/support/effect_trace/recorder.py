"""Watches a process while a candidate runs, and says in the vocabulary's words what it did.

In: audit events of the interpreter, statements of SQLAlchemy, messages of Celery, the start and end of threads, the
reading of `os.environ` and of Flask's context by first-party code. Out: effect -> details, in `Recorder.seen`.
An audit hook cannot be taken away again, so there is one recorder a process, which listens only inside `recording`.
"""

from __future__ import annotations

import os
import site
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.effect_trace.state import changed, first_party_modules, memos, snapshot

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_SYSTEM = ("/dev/", "/proc/", "/sys/", "/etc/", "/usr/", "/lib/", "/opt/", "/var/lib/")
_PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.spawn"}
# audit event -> the positions of the paths that it changes and of their folders' descriptors
_CHANGES = {
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.truncate": ((0, None),),
    "os.link": ((1, 3),),
    "os.symlink": ((1, 2),),
    "os.chmod": ((0, 2),),
    "os.utime": ((0, 3),),
}
_CONTEXT = ("request", "session", "g")


class Recorder:
    """What a process was seen to do.

    Attributes:
        seen: effect -> details, of the recording that is going on or was last.
    """

    def __init__(self, package: str, root: Path, ports: Mapping[int, str]) -> None:
        """Listens to the interpreter from now on.

        Args:
            package: the first-party package, imported.
            root: the folder that it is in; what it ships may be read.
            ports: the effect that talking to a port of 127.0.0.1 is.
        """
        self.seen: dict[str, set[str]] = {}
        self._package = package
        self._ports = ports
        self._on = False
        self._temp = os.path.realpath(tempfile.gettempdir())
        shipped = {str(root / package), sys.prefix, sys.base_prefix, *site.getsitepackages()}
        self._code = tuple(sorted({f"{os.path.realpath(path)}{os.sep}" for path in shipped}))
        self._started: list[threading.Thread] = []
        self._joined: set[threading.Thread] = set()
        sys.addaudithook(self._audit)
        self._watch_threads()
        self._watch_environment()
        self._watch_context()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Takes note of what happens in the block."""
        self.seen = {}
        self._started.clear()
        self._joined.clear()
        for memo in memos(self._package).values():
            memo.cache_clear()
        before = snapshot(self._package)
        self._on = True
        try:
            yield
        finally:
            self._on = False
        for name in changed(before, snapshot(self._package)):
            self.note("process-state-write", name)
        for name, memo in memos(self._package).items():
            if memo.cache_info().currsize:
                self.note("memoize", name)
        for thread in self._started:
            if thread not in self._joined:
                self.note("background", f"thread {thread.name} was not waited for")
        for thread in self._started:
            thread.join(10)

    def note(self, effect: str, detail: str) -> None:
        """One thing that was seen."""
        self.seen.setdefault(effect, set()).add(detail)

    def noticed(self, effect: str, detail: str) -> None:
        """The same, for listeners that hear all the time."""
        if self._on:
            self.note(effect, detail)

    # The interpreter

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = bool(flags & _WRITING) or (isinstance(mode, str) and any(letter in mode for letter in "wax+"))
            self._touch(path, None, writes)
        elif event == "socket.connect":
            self._connect(arguments[1])
        elif event in _PROGRAMS:
            self.note("subprocess", f"{event} {arguments[0]!r}"[:200])
        elif event in _CHANGES:
            for path, folder in _CHANGES[event]:
                self._touch(arguments[path], arguments[folder] if folder is not None else None, True)

    def _touch(self, path: object, folder: int | None, writes: bool) -> None:
        if isinstance(path, int) or path is None:
            return
        text = os.fsdecode(path)  # type: ignore[arg-type]
        if folder is not None and folder >= 0:
            text = str(Path(f"/proc/self/fd/{folder}").readlink() / text)
        text = os.path.realpath(text)
        if text == self._temp or text.startswith(f"{self._temp}{os.sep}"):
            self.note("temp-disk", text.removeprefix(self._temp))
        elif writes:
            if not text.startswith("/dev/") and not text.endswith(".pyc") and "__pycache__" not in text:
                self.note("local-disk-write", text)
        elif not text.startswith((*self._code, *_SYSTEM)):
            self.note("local-disk-read", text)

    def _connect(self, address: object) -> None:
        if isinstance(address, tuple):
            self.note(self._ports.get(address[1], "http-out"), f"connects to {address[0]}:{address[1]}")
        else:
            self.note("http-out", f"connects to {address!r}")

    # What the interpreter does not tell of

    def _watch_threads(self) -> None:
        start, join = threading.Thread.start, threading.Thread.join
        recorder = self

        def watched_start(thread: threading.Thread) -> None:
            if recorder._on:
                recorder._started.append(thread)
            start(thread)

        def watched_join(thread: threading.Thread, timeout: float | None = None) -> None:
            join(thread, timeout)
            if recorder._on and not thread.is_alive():
                recorder._joined.add(thread)

        threading.Thread.start = watched_start  # type: ignore[method-assign]
        threading.Thread.join = watched_join  # type: ignore[method-assign]

    def _watch_environment(self) -> None:
        recorder, package = self, self._package
        kind = type(os.environ)

        class Watched(kind):  # type: ignore[misc, valid-type]
            def __getitem__(self, key: str) -> str:
                frame = sys._getframe(1)
                while frame.f_back is not None and frame.f_globals.get("__name__") in ("os", "collections.abc"):
                    frame = frame.f_back
                if str(frame.f_globals.get("__name__")).partition(".")[0] == package:
                    recorder.noticed("environment", key)
                return super().__getitem__(key)  # type: ignore[no-any-return]

        os.environ.__class__ = Watched  # type: ignore[assignment]

    def _watch_context(self) -> None:
        import flask

        ambient = {name: getattr(flask, name) for name in _CONTEXT}
        for module in first_party_modules(self._package):
            for name, value in list(vars(module).items()):
                for known, proxy in ambient.items():
                    if value is proxy:
                        setattr(module, name, _WatchedProxy(proxy, self._hear("request-context", f"flask.{known}")))

    def _hear(self, effect: str, detail: str) -> Callable[[], None]:
        return lambda: self.noticed(effect, detail)


class _WatchedProxy:
    """Stands in front of one of Flask's context proxies, in the modules that use it."""

    def __init__(self, proxy: Any, note: Callable[[], None]) -> None:
        self.__dict__.update(_proxy=proxy, _note=note)

    def __getattr__(self, name: str) -> Any:
        self.__dict__["_note"]()
        return getattr(self.__dict__["_proxy"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__["_note"]()
        setattr(self.__dict__["_proxy"], name, value)

    def __getitem__(self, key: Any) -> Any:
        self.__dict__["_note"]()
        return self.__dict__["_proxy"][key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self.__dict__["_note"]()
        self.__dict__["_proxy"][key] = value

    def __contains__(self, key: object) -> bool:
        self.__dict__["_note"]()
        return key in self.__dict__["_proxy"]
