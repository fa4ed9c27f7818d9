"""Small monoliths with jobs: analyzed for real, and planned."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migrator import bootstrap
from migrator.domain.assessments import Assessment
from migrator.domain.plans import Dropped, Kept
from migrator.plan import PlannedSlice, make_plan
from tests.support.slices import monolith


def planned_job(folder: Path, files: Mapping[str, str], name: str, **options: object) -> PlannedSlice:
    """Plan one candidate as the analyzer sees it.

    Args:
        options: for `make_plan`.
    """
    tree = monolith(folder, files)
    analysis, model = bootstrap.analyze_with_model(folder, jobs=1)
    candidates = analysis.candidates
    chosen: Assessment = next(each for each in candidates if each.name == name)
    return make_plan(tree, chosen, others=candidates, model=model, **options)  # type: ignore[arg-type]


def becomes(planned: PlannedSlice, what: str) -> str:
    """What a kept option becomes; an empty string where it is not among them."""
    return next((each.becomes for each in planned.plan.kept if _named(each, what)), "")


def reason(planned: PlannedSlice, what: str) -> str:
    """Why something stays behind; an empty string where it does not."""
    found: list[Dropped] = [each for each in planned.plan.dropped if what in each.what]
    return found[0].reason if found else ""


def _named(kept: Kept, what: str) -> bool:
    return kept.what.startswith(what)
