"""What the stages that follow a rollout have in common: the candidate's routes, and how a change is handed on.

In: `Around`. Out: what the base says of the routes; a `Made` for `migrator.publishing.prepare`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from migrator.artifacts.pull_request import title
from migrator.bootstrap.around import Around, Site
from migrator.bootstrap.publishing import reviewers_of
from migrator.domain.pull_requests import CommitDraft, PullRequestDraft, Stage
from migrator.publishing import Made, Start
from migrator.router.yaml_tree import read_tree


def routes_of(around: Around) -> tuple[str, ...]:
    """The names of a candidate's routes, as its route file on the base says them; none where there is no such file."""
    return tuple(sorted(canaries_of(around)))


def canaries_of(around: Around) -> Mapping[str, Mapping[str, Any]]:
    """Each route of a candidate with what its route file says of the canary."""
    data = _at_base(around, around.layout.routes)
    tree = read_tree(data.decode()).value if data is not None else None
    routes = tree.get("routes") if isinstance(tree, dict) else None
    found: dict[str, Mapping[str, Any]] = {}
    for each in routes if isinstance(routes, list) else ():
        if isinstance(each, dict) and "name" in each:
            canary = each.get("canary")
            found[str(each["name"])] = canary if isinstance(canary, dict) else {}
    return found


def _at_base(around: Around, path: str) -> bytes | None:
    """A file of the services' repository on the base."""
    settings, repository = around.settings, around.services.repository
    base = settings.base or repository.default_branch(settings.remote)
    commit = repository.commit_of(f"refs/remotes/{settings.remote}/{base}")
    return repository.read(commit, path) if commit is not None else None


def is_scheduled(around: Around) -> bool:
    """Whether the service has a clock of its own, by the parameter of its template."""
    return b"ScheduleState:" in (_at_base(around, f"{around.layout.service}/template.yaml") or b"")


def made(
    around: Around,
    site: Site,
    start: Start,
    stage: Stage,
    drafts: tuple[CommitDraft, ...],
    body: str,
    paths: Sequence[str],
) -> Made:
    """A change with the texts of its request.

    Args:
        paths: what changes, for those who own it.
    """
    settings = around.settings
    reviewers = reviewers_of(around, site, start, paths)
    name = title(stage, around.candidate)
    return Made(drafts, lambda _: PullRequestDraft("", "", name, body, settings.labels, reviewers, settings.draft))


def base_of(around: Around) -> str:
    """The branch that it is merged into."""
    settings = around.settings
    return settings.base or around.monolith.repository.default_branch(settings.remote)
