"""Whether a service starts, runs and is carried within its budget: `budget.toml`.

In: a service folder. Out: a `Check`. Starts and memory are measured on the local Lambda, so the figures are of this machine;
the package is what `sam build` left. Which imports a start is spent on, `measure` says.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.adapters.runtime import load_functions
from migrator.adapters.runtime.once import run_once
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity, judged
from migrator.domain.invocations import Ending, InvocationReport
from migrator.errors import MigratorError

FILE = "budget.toml"
_NAME = "budget"
_MB = 1024 * 1024
_BUILT = ".aws-sam/build"
# What a tighter number leaves to spare; where it would still be less than half of the budget's, it is worth saying.
_SPARE, _SLACK = 1.25, 0.5
_MOST_STARTS = 200


@dataclass(frozen=True, slots=True)
class _Limit:
    """A number of the budget, with what was measured; None where nothing was."""

    key: str
    unit: str
    most: float
    measured: float | None
    unknown: str = ""


def check(folder: Path) -> Check:
    """Start it as often as the budget says, with the first example event, and weigh the package."""
    try:
        start, memory, package = _read(folder / FILE)
    except FileNotFoundError:
        return Check(_NAME, CheckOutcome.PASSED, f"no {FILE}: nothing is held against it")
    except (KeyError, TypeError, ValueError, OSError) as error:
        found = CheckFinding(f"is no budget: {error}", FILE, "extract the function again, or mend it by hand")
        return Check(_NAME, CheckOutcome.FAILED, f"{FILE} cannot be read", (found,))
    count = int(start[1])
    try:
        reports = _started(folder, count)
    except MigratorError as error:
        found = CheckFinding(error.message, "", error.hint, severity=Severity.NOTE)
        return Check(_NAME, CheckOutcome.UNKNOWN, "could not be measured", (found,))
    starts = [report.init_ms for report in reports if report.init_ms is not None]
    peaks = [report.memory_mb for report in reports if report.memory_mb is not None]
    weight = _weight(folder / _BUILT)
    limits = (
        _Limit("start.p95_ms", "ms", start[0], _p95(starts), "it did not start"),
        _Limit("memory.peak_mb", "MB", memory, max(peaks, default=None), "the system does not tell"),
        _Limit("package.unzipped_mb", "MB", package, weight, f"nothing is built in {_BUILT}: make build"),
    )
    ended = next((report.ending for report in reports if report.ending is not Ending.RETURNED), None)
    findings = [*_findings(limits)]
    if ended is not None:
        said = f"the example event did not return ({ended.value}): memory is that of a run that failed"
        findings.append(CheckFinding(said, severity=Severity.NOTE))
    known = any(limit.measured is not None for limit in limits)
    summary = ", ".join(_shown(limit) for limit in limits)
    otherwise = CheckOutcome.PASSED if known else CheckOutcome.UNKNOWN
    return judged(_NAME, f"{summary}; {len(starts)} starts", findings, otherwise=otherwise)


def _read(path: Path) -> tuple[tuple[float, float], float, float]:
    """Start (ms and how often), memory and package (MB)."""
    said = tomllib.loads(path.read_text("utf-8"))
    found = []
    for table, key in (("start", "p95_ms"), ("start", "count"), ("memory", "peak_mb"), ("package", "unzipped_mb")):
        value = said[table][key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
            raise ValueError(f"{table}.{key} = {value!r} is no number above 0")
        found.append(float(value))
    if not 1 <= found[1] <= _MOST_STARTS:
        raise ValueError(f"start.count = {found[1]:g} is not from 1 to {_MOST_STARTS}")
    return (found[0], found[1]), found[2], found[3]


def _started(folder: Path, count: int) -> Sequence[InvocationReport]:
    function = load_functions(folder)[0]
    event = min((folder / "events").glob("*.json"), default=None)
    payload = event.read_bytes() if event is not None else b"{}"
    return [run_once(function, payload)[0] for _ in range(count)]


def _p95(values: Sequence[float]) -> float | None:
    """By nearest rank: of 20 values the 19th."""
    return sorted(values)[math.ceil(len(values) * 0.95) - 1] if values else None


def _weight(built: Path) -> float | None:
    """MB of the heaviest function that was built; None where no build has come to its end."""
    # The SAM CLI writes this last: without it, what lies there is of a build that failed.
    if not (built / "template.yaml").is_file():
        return None
    folders = [path for path in built.iterdir() if path.is_dir()]
    weights = [sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) for path in folders]
    return max(weights) / _MB if weights else None


def _findings(limits: Sequence[_Limit]) -> Iterator[CheckFinding]:
    for limit in limits:
        if limit.measured is None:
            yield CheckFinding(f"{limit.key} is unknown: {limit.unknown}", FILE, severity=Severity.NOTE)
        elif limit.measured > limit.most:
            yield CheckFinding(
                f"{limit.key}: {limit.measured:.0f} {limit.unit}, {limit.most:g} {limit.unit} are allowed",
                FILE,
                "make it smaller, or raise the number in the commit that needs it",
            )
        elif (tighter := math.ceil(limit.measured * _SPARE)) < limit.most * _SLACK:
            said = f"{limit.key} = {tighter} would still leave a quarter to spare"
            yield CheckFinding(said, FILE, severity=Severity.NOTE)


def _shown(limit: _Limit) -> str:
    name = limit.key.partition(".")[0]
    return (
        f"{name} unknown" if limit.measured is None else f"{name} {limit.measured:.0f} of {limit.most:g} {limit.unit}"
    )
