"""Checks of a service folder: one small file each, listed once here, independent of each other.

In: a service folder. Out: a `CheckReport`. Nothing is changed in the folder, nothing outside is asked unless an index
is given, and no check stops the ones behind it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from migrator.domain.checks import Check

if TYPE_CHECKING:
    from migrator.plan.requirements import PackageIndex

CheckFunction: TypeAlias = "Callable[[Path], Check]"


def checks(
    root: Path | None = None, index: PackageIndex | None = None, *, measured: bool = False
) -> Mapping[str, CheckFunction]:
    """Every check by its name, in the order in which they run: the quick ones first.

    Args:
        root: the monolith, if it is not where the service was generated from.
        index: asked whether the requirements can be installed and fit; None asks nobody.
        measured: also start the function on the local Lambda, for figures.
    """
    from migrator.adapters.checks import (
        cfn_lint,
        generated_tests,
        manifest,
        measure,
        packages,
        python_source,
        requirements,
        sam_template,
    )

    return {
        "manifest": partial(manifest.check, root=root),
        "python": python_source.check,
        "requirements": requirements.check,
        **({"packages": partial(packages.check, index=index)} if index is not None else {}),
        "sam": sam_template.check,
        "cfn-lint": cfn_lint.check,
        "tests": generated_tests.check,
        **({"measure": measure.check} if measured else {}),
    }


def run_checks(
    folder: Path, root: Path | None = None, index: PackageIndex | None = None, *, measured: bool = False
) -> Iterator[Check]:
    """Run them one after the other; each is handed out as it ends."""
    for check in checks(root, index, measured=measured).values():
        started = time.monotonic()
        yield replace(check(folder), seconds=round(time.monotonic() - started, 3))
