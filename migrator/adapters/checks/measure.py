"""How long the function takes to start on the local Lambda, how much memory it needs, and which imports cost most.

In: a service folder. Out: a `Check`. It is not among those that run by themselves: it takes some seconds, and its
figures are of this machine.
"""

from __future__ import annotations

from pathlib import Path

from migrator.adapters.runtime import load_functions
from migrator.adapters.runtime.import_costs import ImportCost
from migrator.adapters.runtime.measuring import Measured, measure
from migrator.domain.checks import Check, CheckFinding, CheckOutcome, Severity
from migrator.domain.invocations import Ending
from migrator.errors import MigratorError

_NAME = "measure"
# Imports below are lost in the noise of a measurement.
_LEAST_MS = 5.0
_MOST_NAMED = 5
_OWN = ("app", "lambda_")


def check(folder: Path) -> Check:
    """Measure with the first example event."""
    try:
        function = load_functions(folder)[0]
        event = min((folder / "events").glob("*.json"), default=None)
        payload = event.read_bytes() if event is not None else b"{}"
        measured = measure(function, payload, _slice_modules(function.code))
    except MigratorError as error:
        return Check(
            _NAME,
            CheckOutcome.UNKNOWN,
            "could not be measured",
            (CheckFinding(error.message, "", error.hint, Severity.WARNING),),
        )
    longest = max((cost.ms for cost in measured.imports), default=0.0)
    findings = [
        _told(cost, folder)
        for cost in measured.imports
        if cost.saved_ms >= _LEAST_MS or (cost.ms == longest and cost.ms >= _LEAST_MS)
    ]
    if measured.ending is not Ending.RETURNED:
        told = f"the example event did not return: {measured.ending.value}"
        findings.append(CheckFinding(told, severity=Severity.WARNING))
    return Check(_NAME, CheckOutcome.PASSED, _summary(measured, function.memory_mb), tuple(findings[:_MOST_NAMED]))


def _summary(measured: Measured, memory_mb: int) -> str:
    run = f", first run {measured.run_ms:.0f} ms" if measured.run_ms is not None else ""
    peak = f", {measured.memory_mb:.0f} of {memory_mb} MB" if measured.memory_mb is not None else ""
    return f"init {measured.init_ms:.0f} ms ({measured.import_ms:.0f} ms of imports){run}{peak}"


def _told(cost: ImportCost, folder: Path) -> CheckFinding:
    stem = f"src/{cost.importers[0].replace('.', '/')}"
    shared = "" if cost.saved_ms >= cost.ms else ", since others load it too"
    return CheckFinding(
        f"{cost.name} takes {cost.ms:.0f} ms at import; to import it where it is used would save {cost.saved_ms:.0f} ms{shared}",
        next((path for path in (f"{stem}.py", f"{stem}/__init__.py") if (folder / path).is_file()), ""),
        severity=Severity.NOTE,
    )


def _slice_modules(code: Path) -> frozenset[str]:
    """Dotted names of the modules beside the handler's own."""
    found = set()
    for path in code.rglob("*.py"):
        parts = path.relative_to(code).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if not name.startswith(_OWN):
            found.add(name)
    return frozenset(found)
