"""How long a function takes to start, how much memory it needs, and what its imports have to do with it.

In: a function, an event. Out: a `Measured`. Everything runs on the local Lambda and on this machine's processor: the
figures compare functions and releases with each other, AWS has figures of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from migrator.adapters.runtime import import_edges
from migrator.adapters.runtime.environment import variables_of
from migrator.adapters.runtime.function import Function
from migrator.adapters.runtime.import_costs import ImportCost, costs_of, read_times
from migrator.adapters.runtime.once import run_once
from migrator.domain.invocations import Ending
from migrator.errors import RemoteError

# Enough that one slow start does not decide.
_STARTS = 3
_IMPORT_DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one function.

    Attributes:
        init_ms: median of the starts.
        run_ms: median of the first runs after a start.
        memory_mb: the highest peak of resident memory, in MiB.
        import_ms: what the import of the handler took, by `-X importtime`.
        imports: the libraries that the slice imports.
        ending: how the runs ended; the first that did not return decides.
    """

    init_ms: float
    run_ms: float | None
    memory_mb: float | None
    import_ms: float
    imports: tuple[ImportCost, ...]
    ending: Ending


def measure(function: Function, event: bytes, slice_modules: Set[str]) -> Measured:
    """Start it some times, run it once each, and import it twice.

    Args:
        slice_modules: dotted names of what was cut out of the monolith.

    Raises:
        RemoteError: the local Lambda is missing, or the handler cannot be imported.
    """
    reports = [run_once(function, event)[0] for _ in range(_STARTS)]
    ending = next((each.ending for each in reports if each.ending is not Ending.RETURNED), Ending.RETURNED)
    starts = [report.init_ms for report in reports if report.init_ms is not None]
    runs = [report.duration_ms for report in reports if report.duration_ms is not None]
    if not starts:
        failure = reports[0].failure
        raise RemoteError(f"the function does not start: {failure.message if failure is not None else ending.value}")
    module = function.handler.rpartition(".")[0]
    with tempfile.TemporaryDirectory(prefix="migrator-imports-") as folder:
        times = read_times(_imported(function, Path(folder), "-X", "importtime", "-c", f"import {module}"))
        edges = Path(folder) / "edges.jsonl"
        _imported(function, Path(folder), str(import_edges.__file__), module, str(edges))
        pairs = [(str(one), str(other)) for one, other in map(json.loads, edges.read_text("utf-8").splitlines())]
    memory = [report.memory_mb for report in reports if report.memory_mb is not None]
    return Measured(
        init_ms=round(statistics.median(starts), 1),
        run_ms=round(statistics.median(runs), 1) if runs else None,
        memory_mb=round(max(memory), 1) if memory else None,
        import_ms=round(sum(times.own_us.values()) / 1000, 1),
        imports=costs_of(module, times, pairs, slice_modules),
        ending=ending,
    )


def _imported(function: Function, folder: Path, *arguments: str) -> str:
    """What Python wrote to standard error; the environment is the one that the runtime gets."""
    try:
        done = subprocess.run(
            [sys.executable, "-S", *arguments],
            cwd=function.code,
            env=variables_of(function, folder, "local/imports"),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_IMPORT_DEADLINE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RemoteError(f"the import of the handler took longer than {_IMPORT_DEADLINE_S:g} s") from error
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise RemoteError(f"the handler cannot be imported: {last}")
    return done.stderr
