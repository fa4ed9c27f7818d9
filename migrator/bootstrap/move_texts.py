"""What the text of a move's pull request is told: the plan that is carried out, the files, the routes.

In: a planned slice with its artifacts, and what the branch holds. Out: a `Move`. How it is said is
`artifacts.pull_request`'s.
"""

from __future__ import annotations

from migrator.artifacts import Artifacts
from migrator.artifacts.outside import outside_of
from migrator.artifacts.permissions import permissions_of, settings_shown
from migrator.artifacts.pipeline.placing import gitlab_job, workflow_path
from migrator.artifacts.pull_request import Move, Seam, missing_of, resources_of
from migrator.artifacts.runbook import routes_to
from migrator.bootstrap.around import Around
from migrator.domain.comparisons import Comparison
from migrator.domain.forges import ForgeKind
from migrator.domain.services import ServiceChoices
from migrator.plan import PlannedSlice
from migrator.router import RouterConfig

_VARIABLES = "`MIGRATOR`, `LOAD_TEST`, `LOAD_URL`, `AWS_ROLE_ARN` and `AWS_REGION`"


def described_move(
    around: Around,
    planned: PlannedSlice,
    artifacts: Artifacts,
    choices: ServiceChoices,
    *,
    commit: str,
    seam: Seam | None,
    router: RouterConfig | None,
    comparison: Comparison | None,
    disagree: tuple[str, ...] = (),
) -> Move:
    """Everything that the text says.

    Args:
        commit: of the monolith, that lines are counted at.
        disagree: generated files that stay as people have them.
    """
    outside = outside_of(planned.plan, around.service, choices.secrets)
    template = artifacts.files["template.yaml"]
    return Move(
        planned=planned,
        service=around.service,
        layout=around.layout,
        commit=commit,
        link=around.link(commit),
        outside=outside,
        permissions=permissions_of(planned.plan, settings_shown(outside)),
        resources=resources_of(template),
        missing=missing_of(template),
        findings=artifacts.findings,
        plans=tuple(entry.rollout for entry in routes_to(router, around.service)) if router is not None else (),
        seam=seam,
        comparison=comparison,
        pipeline=_pipeline(around),
        notes=tuple(
            f"{path} stays as people have edited it: the same lines are generated otherwise now." for path in disagree
        ),
        unresolved_because=around.asked.accept.get("unresolved", ""),
        apart=around.apart,
    )


def _pipeline(around: Around) -> tuple[str, ...]:
    """What a person has to do at the forge so that the service's pipeline runs; Markdown of our own."""
    match around.services.forge.kind:
        case ForgeKind.GITHUB.value:
            return (
                f"`{workflow_path(around.service)}` runs it, and reads {_VARIABLES}: its head says whose they are.",
            )
        case ForgeKind.GITLAB.value:
            job = gitlab_job(around.service, around.layout.service)
            return (
                "Add this to the `.gitlab-ci.yml` at the top, which runs the service's own file as a child pipeline:",
                f"```yaml\n{job}```",
                f"It reads {_VARIABLES}: the head of the service's file says whose they are.",
            )
        case _:
            said = (
                f"Nothing runs the service's pipeline yet: `make -C {around.layout.service} pipeline` puts it where GitHub reads "
                "it, and prints what GitLab needs."
            )
            return (said,)
