"""A move as its pull request is told of it, without a repository: for tests of the text."""

from __future__ import annotations

from migrator.artifacts import make_artifacts
from migrator.artifacts.naming import service_name
from migrator.artifacts.outside import outside_of
from migrator.artifacts.permissions import permissions_of, settings_shown
from migrator.artifacts.pull_request import Move, missing_of, resources_of
from migrator.artifacts.pull_request.move import Link
from migrator.domain.gates import ErrorRateGate, ParityGate
from migrator.domain.layouts import layout
from migrator.domain.rollouts import RolloutPlan, Step
from migrator.domain.services import ServiceChoices
from migrator.plan import PlannedSlice

COMMIT = "0123456789" * 4
PLAN = (Step(5, 300), Step(100, 3600, approval=True)), (ErrorRateGate(worse_by_pp=1), ParityGate(different=0))


def github(path: str, line: int, end_line: int) -> str:
    """Links as GitHub has them."""
    last = f"-L{end_line}" if end_line > line else ""
    return f"https://github.com/o/r/blob/{COMMIT}/{path}#L{line}{last}"


def move_of(planned: PlannedSlice, link: Link = github, choices: ServiceChoices | None = None) -> Move:
    """The move of a slice, with a rollout of two steps."""
    chosen = choices or ServiceChoices()
    made = make_artifacts(planned, chosen)
    service = service_name(planned.plan.candidate)
    outside = outside_of(planned.plan, service, chosen.secrets)
    template = made.files["template.yaml"]
    return Move(
        planned=planned,
        service=service,
        layout=layout(service),
        commit=COMMIT,
        link=link,
        outside=outside,
        permissions=permissions_of(planned.plan, settings_shown(outside)),
        resources=resources_of(template),
        missing=missing_of(template),
        findings=made.findings,
        plans=(RolloutPlan(service, *PLAN),),
        pipeline=("It runs.",),
    )
