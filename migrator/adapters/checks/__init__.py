"""Checks of a service folder: one small file each, listed once here, independent of each other.

In: a service folder. Out: a `CheckReport`. Nothing is changed in the folder, nothing outside is asked unless an index
is given or advisories are wanted, and no check stops the ones behind it.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.adapters.checks.running import CheckFunction, run_beside
from migrator.domain.checks import Check

if TYPE_CHECKING:
    from migrator.adapters.checks.tools import Runner
    from migrator.plan.requirements import PackageIndex

PROGRAMS = ("checkov", "parliament", "cloudsplaining", "workflows", "audit")
"""Those that run a program of others."""


def checks(
    root: Path | None = None,
    index: PackageIndex | None = None,
    *,
    measured: bool = False,
    programs: bool = False,
    advisories: bool = False,
    runner: Runner | None = None,
) -> Mapping[str, CheckFunction]:
    """Every check by its name, in the order in which they are told.

    Args:
        root: the monolith, if it is not where the service was generated from.
        index: asked whether the requirements can be installed and fit; None asks nobody.
        measured: also start the function on the local Lambda, for figures.
        programs: also those that run a program of others.
        advisories: whether the advisory service may be asked.
        runner: of the programs.
    """
    from migrator.adapters.checks import (
        audit,
        budget,
        cfn_lint,
        checkov,
        cloudsplaining,
        generated_tests,
        limits,
        manifest,
        measure,
        packages,
        parliament,
        permissions,
        python_source,
        requirements,
        sam_template,
        workflows,
    )
    from migrator.adapters.checks.tools import Runner

    runs = runner or Runner()
    by_program: dict[str, CheckFunction] = {
        "checkov": partial(checkov.check, runner=runs),
        "parliament": partial(parliament.check, runner=runs),
        "cloudsplaining": partial(cloudsplaining.check, runner=runs),
        "workflows": partial(workflows.check, runner=runs),
        "audit": partial(audit.check, runner=runs, ask=advisories),
    }
    return {
        "manifest": partial(manifest.check, root=root),
        "python": python_source.check,
        "requirements": requirements.check,
        **({"packages": partial(packages.check, index=index)} if index is not None else {}),
        "sam": sam_template.check,
        "cfn-lint": cfn_lint.check,
        "limits": limits.check,
        "permissions": permissions.check,
        **(by_program if programs else {}),
        "tests": generated_tests.check,
        **({"budget": budget.check, "measure": measure.check} if measured else {}),
    }


def run_checks(
    folder: Path,
    root: Path | None = None,
    index: PackageIndex | None = None,
    *,
    measured: bool = False,
    programs: bool = False,
    advisories: bool = False,
    left_out: Collection[str] = (),
) -> Iterator[Check]:
    """Run them; each is handed out as it ends, in their order.

    Args:
        left_out: names of checks that are not run; the others are as for `checks`.
    """
    from migrator.adapters.checks.tools import Runner

    stopped = threading.Event()
    every = checks(
        root, index, measured=measured, programs=programs, advisories=advisories, runner=Runner(stopped=stopped)
    )
    wanted = {name: check for name, check in every.items() if name not in left_out}
    return run_beside(wanted, frozenset(PROGRAMS), folder, stopped)
