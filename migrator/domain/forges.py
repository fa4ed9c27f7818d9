"""What can be chosen about the forge that pull requests are opened at, and about what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ForgeKind(StrEnum):
    """What keeps the pull requests."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GIT = "git"  # nothing: the branch is pushed, and a person opens the request


@dataclass(frozen=True, slots=True)
class ForgeSettings:
    """`[forge]` of `migrator.toml`.

    Attributes:
        kind: None where the host of the remote says it.
        remote: the remote's name in the person's clone.
        base: the branch that pull requests go to; empty for the remote's default branch.
        url: base URL of the REST API; empty where the host of the remote says it.
        token_env: the only environment variable that is looked into for a token; empty for those that the forge's own
            tools read, and git's credential helper after them.
        services: the folder of service folders, from the repository's top.
        router: the router configuration, from the repository's top.
        branch: a branch's name, with `{name}` for the candidate's.
        labels: put on each pull request.
        reviewers: names of people, or `OWNER/TEAM`, without `@`.
        codeowners: whether the owners of what changes are asked too.
        draft: whether pull requests are opened as drafts.
    """

    kind: ForgeKind | None = None
    remote: str = "origin"
    base: str = ""
    url: str = ""
    token_env: str = ""
    services: str = "services"
    router: str = "router.yaml"
    branch: str = "migrator/{name}"
    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    codeowners: bool = True
    draft: bool = False
