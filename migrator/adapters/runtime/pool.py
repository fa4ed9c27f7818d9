"""Environments of one function: started on demand, used again, ended when idle, never used twice at once.

In: a function and a limit. Out: invocations, from any thread. What an invocation costs and how it ended stands
in `Invocation`; what HTTP makes of it is the front's matter.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, assert_never

from migrator.adapters.runtime.environment import Environment, start_environment
from migrator.adapters.runtime.function import Function
from migrator.adapters.runtime.outcomes import Crashed, FunctionError, Invocation, Outcome, Result, Throttled, TimedOut
from migrator.adapters.runtime.rie import find_rie, require_runtime_client
from migrator.errors import MigratorError


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a pool has done since it was made.

    Attributes:
        invokes: invocations asked for, the throttled ones included.
        cold_starts: environments started.
        function_errors: invocations whose handler, or its import, raised.
        timeouts: invocations that met the function's time-out.
        crashes: invocations whose runtime ended under them.
        throttles: invocations refused at the limit.
        ended_idle: environments ended because nobody had used them.
        alive: environments that run now.
        busy: those of them that run an invocation now.
    """

    invokes: int = 0
    cold_starts: int = 0
    function_errors: int = 0
    timeouts: int = 0
    crashes: int = 0
    throttles: int = 0
    ended_idle: int = 0
    alive: int = 0
    busy: int = 0


class Pool:
    """The environments of one function.

    Args:
        limit: how many may run at once; past it invocations are throttled. The concurrency of the function.
        idle_s: seconds after which an unused environment is ended.
        rie: the emulator's binary; None to look for it.

    Raises:
        RemoteError: the emulator or the runtime client is not installed.
    """

    def __init__(
        self,
        function: Function,
        *,
        limit: int = 4,
        idle_s: float = 60.0,
        rie: Path | None = None,
    ) -> None:
        if limit < 1:
            raise ValueError(f"a pool needs a limit of at least 1, not {limit}")
        require_runtime_client()
        self._rie = find_rie(rie)
        self._function = function
        self._limit = limit
        self._idle_s = idle_s
        self._folder = Path(tempfile.mkdtemp(prefix="migrator-lambda-"))
        self._changed = threading.Condition()
        self._idle: list[tuple[float, Environment]] = []  # the one used last stands last
        self._busy: set[Environment] = set()
        self._starting = 0
        self._started = 0
        self._closed = False
        self._counts = dict.fromkeys(
            ("invokes", "cold_starts", "function_errors", "timeouts", "crashes", "throttles", "ended_idle"), 0
        )
        # Ending an environment takes some milliseconds that no caller should wait for.
        self._retiring = ThreadPoolExecutor(2, thread_name_prefix=f"retire-{function.name}")
        self._reaper = threading.Thread(target=self._reap, name=f"idle-{function.name}", daemon=True)
        self._reaper.start()

    @property
    def function(self) -> Function:
        """What it runs."""
        return self._function

    @property
    def limit(self) -> int:
        """How many environments may run at once."""
        return self._limit

    def statistics(self) -> Statistics:
        """What it has done so far."""
        with self._changed:
            busy = len(self._busy)
            return Statistics(**self._counts, alive=busy + len(self._idle), busy=busy)

    def invoke(self, payload: bytes) -> Invocation:
        """Run the handler once with a JSON text; never raises for what the function does."""
        began = time.perf_counter()
        found = self._take()
        with self._changed:
            self._counts["invokes"] += 1
        if isinstance(found, Throttled):
            self._count(found)
            return Invocation(found, "", cold=False, seconds=time.perf_counter() - began)
        environment = found or self._begin()
        if isinstance(environment, Crashed):
            self._count(environment)
            return Invocation(environment, "", cold=True, seconds=time.perf_counter() - began)
        outcome: Outcome | None = None
        reusable = False
        try:
            if found is None:
                outcome = environment.initialize()
            if outcome is None:
                outcome = environment.invoke(payload)
                reusable = isinstance(outcome, Result | FunctionError) and environment.running
        finally:
            self._give_back(environment, reusable=reusable)
        self._count(outcome)
        return Invocation(outcome, environment.id, cold=found is None, seconds=time.perf_counter() - began)

    def warm(self) -> None:
        """Start and initialize one environment ahead of the first invocation, if none is there."""
        found = self._take()
        if isinstance(found, Throttled):
            return
        environment = found or self._begin()
        if isinstance(environment, Crashed):
            return
        reusable = False
        try:
            reusable = found is not None or environment.initialize() is None
        finally:
            self._give_back(environment, reusable=reusable)

    def stop(self) -> None:
        """End all environments, the busy ones too, and return when they have gone."""
        with self._changed:
            self._closed = True
            environments = [environment for _, environment in self._idle] + list(self._busy)
            self._idle.clear()
            self._changed.notify_all()
        for environment in environments:
            self._retiring.submit(environment.stop)
        self._reaper.join()
        with self._changed:  # whoever is just starting one gives it back first
            self._changed.wait_for(lambda: not self._starting and not self._busy, timeout=60)
        self._retiring.shutdown(wait=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take(self) -> Environment | Throttled | None:
        """A warm environment, or None with a place reserved for a new one, or the word that there is no place."""
        with self._changed:
            while self._idle:
                _, environment = self._idle.pop()
                if environment.running:
                    self._busy.add(environment)
                    return environment
                self._retire(environment)
            if self._closed or len(self._busy) + self._starting >= self._limit:
                return Throttled(self._limit)
            self._starting += 1
            return None

    def _begin(self) -> Environment | Crashed:
        """Start an environment in the place reserved for it."""
        with self._changed:
            self._started += 1
            folder = self._folder / f"{self._started:04d}"
        environment: Environment | Crashed = Crashed("the start of an environment was interrupted")
        try:
            folder.mkdir()
            environment = start_environment(self._function, folder, rie=self._rie)
        except (MigratorError, OSError) as error:
            environment = Crashed(f"no environment could be started: {error}")
        finally:
            with self._changed:
                self._starting -= 1
                if isinstance(environment, Environment):
                    self._counts["cold_starts"] += 1
                    self._busy.add(environment)
                self._changed.notify_all()
        return environment

    def _give_back(self, environment: Environment, *, reusable: bool) -> None:
        with self._changed:
            self._busy.discard(environment)
            if reusable and not self._closed:
                self._idle.append((time.monotonic(), environment))
            else:
                self._retire(environment)
            self._changed.notify_all()

    def _retire(self, environment: Environment) -> None:
        self._retiring.submit(environment.stop)

    def _count(self, outcome: Outcome) -> None:
        match outcome:
            case FunctionError():
                name = "function_errors"
            case TimedOut():
                name = "timeouts"
            case Crashed():
                name = "crashes"
            case Throttled():
                name = "throttles"
            case Result():
                return
            case _:
                assert_never(outcome)
        with self._changed:
            self._counts[name] += 1

    def _reap(self) -> None:
        """End what nobody has used for long, until the pool is closed."""
        with self._changed:
            while not self._closed:
                now = time.monotonic()
                while self._idle and now - self._idle[0][0] >= self._idle_s:
                    self._retire(self._idle.pop(0)[1])
                    self._counts["ended_idle"] += 1
                wait = self._idle[0][0] + self._idle_s - now if self._idle else self._idle_s
                self._changed.wait(max(wait, 0.01))
