"""How long each handler of the sample shop takes to start on the local Lambda, what it needs, and which import costs most.

Cuts out every candidate that moves as a zip, with tests of its own left out, and measures it as `migrator check
--measure` does. The figures are this machine's; they compare handlers with each other. `--only PART` of a name.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from migrator import bootstrap
from migrator.adapters.checks import measure
from migrator.artifacts import make_artifacts, write
from migrator.domain.assessments import Assessment, Verdict
from migrator.domain.checks import Check, CheckOutcome
from migrator.errors import MigratorError
from migrator.plan import make_plan
from migrator.resources import sample_root
from migrator.source import read_tree

_MOVABLE = (Verdict.READY, Verdict.WITH_NETWORK)


def main() -> int:
    """Measure and print, one handler a line and what it could save below; exit 1 where one could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench.handlers")
    parser.add_argument("--only", default="")
    only = parser.parse_args().only
    candidates = bootstrap.analyze(sample_root(), jobs=1).candidates
    tree = read_tree(sample_root())
    failed = 0
    for candidate in sorted(candidates, key=lambda each: each.name):
        if candidate.verdict not in _MOVABLE or only not in candidate.name:
            continue
        try:
            made = make_artifacts(make_plan(tree, candidate, others=candidates))
        except MigratorError as error:
            print(f"{candidate.name}: no service: {error.message.splitlines()[0]}")
            continue
        with tempfile.TemporaryDirectory(prefix="handler-") as folder:
            write(made, Path(folder) / "service")
            failed += _shown(candidate, measure.check(Path(folder) / "service"))
    return int(failed > 0)


def _shown(candidate: Assessment, check: Check) -> bool:
    print(f"{candidate.name}: {check.summary}")
    for finding in check.findings:
        print(f"    {finding.message}")
    sys.stdout.flush()
    return check.outcome is not CheckOutcome.PASSED


if __name__ == "__main__":
    sys.exit(main())
