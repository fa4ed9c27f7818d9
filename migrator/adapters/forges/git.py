"""No forge: the branch is pushed, and a person opens the request.

In: a pull request that is not opened yet. Out: where it is opened, if the host's pages are known; else its title and body
are what there is to copy. Nothing is asked, so that no token is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from migrator.adapters.forges.addresses import Address, is_cloud, kind_of
from migrator.domain.forges import ForgeKind
from migrator.domain.pull_requests import OpenedPullRequest, Outcome, PullRequestDraft, Standing


class GitForge:
    """Plain git.

    Args:
        place: what the remote's address says.
    """

    def __init__(self, place: Address) -> None:
        self._place = place

    @property
    def kind(self) -> str:
        """`git`."""
        return ForgeKind.GIT.value

    def link(self, path: str, commit: str, line: int = 0, end_line: int = 0) -> str:
        """Empty: where a file is looked at is not known."""
        return ""

    def standing(self, branch: str, base: str) -> tuple[Standing, str] | None:
        """None: git keeps no pull requests."""
        return None

    def open_pull_request(self, draft: PullRequestDraft) -> OpenedPullRequest:
        """Say where it is opened."""
        url = compare_page(self._place, draft.branch, draft.base)
        asked = (
            ("labels", draft.labels),
            ("reviewers", draft.reviewers),
        )
        notes = tuple(f"no {what} were set: {', '.join(names)}" for what, names in asked if names)
        return OpenedPullRequest(Outcome.TO_OPEN, url, notes=notes)

    def close(self) -> None:
        """Nothing is open."""


def compare_page(place: Address, branch: str, base: str) -> str:
    """Where a person opens a request for a branch; empty where the host's pages are not known.

    Sources: GitHub docs, "Using query parameters to create a pull request"; GitLab docs, "Creating merge requests"; what
    Bitbucket Cloud and Gitea print when a branch is pushed.
    """
    page = _PAGES.get(place.name) or _PAGES.get(_family(place.name))
    return page(place.web, branch, base) if page is not None and place.web else ""


def _github(web: str, branch: str, base: str) -> str:
    return f"{web}/compare/{quote(base, safe='/')}...{quote(branch, safe='/')}?expand=1"


def _gitlab(web: str, branch: str, base: str) -> str:
    asked = {"merge_request[source_branch]": branch, "merge_request[target_branch]": base}
    return f"{web}/-/merge_requests/new?{urlencode(asked)}"


def _bitbucket(web: str, branch: str, base: str) -> str:
    return f"{web}/pull-requests/new?{urlencode({'source': branch, 'dest': base, 't': '1'})}"


def _gitea(web: str, branch: str, base: str) -> str:
    return f"{web}/compare/{quote(base, safe='')}...{quote(branch, safe='')}"


def _family(host: str) -> str:
    return ForgeKind.GITHUB.value if is_cloud(host) else kind_of(host).value


_PAGES: Final[Mapping[str, Callable[[str, str, str], str]]] = {
    ForgeKind.GITHUB.value: _github,
    ForgeKind.GITLAB.value: _gitlab,
    "bitbucket.org": _bitbucket,
    "codeberg.org": _gitea,
    "gitea.com": _gitea,
}
