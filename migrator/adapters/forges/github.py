"""GitHub, in the cloud and on one's own servers, asked by PyGithub.

In: one question at a time. Out: values of `desks`, or errors of `answers`. Sources of paths, limits and words: GitHub REST API,
"Pull requests", "Review requests", "Labels", "Pull request reviews".
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from migrator.adapters.forges.addresses import Address, origin_of
from migrator.adapters.forges.answers import Answer, Invalid, Meaning
from migrator.adapters.forges.desks import Kept, NoDrafts
from migrator.adapters.forges.logs import kept_off_the_terminal, silenced
from migrator.domain.pull_requests import PullRequestDraft, Standing

if TYPE_CHECKING:
    from github.PullRequest import PullRequest
    from github.Repository import Repository

_NO_DRAFTS: Final = "draft pull requests are not supported"
_LOOKED_AT: Final = 100
"""Pull requests of one branch that are looked at: a page."""


class GitHubDesk:
    """One repository.

    Args:
        api: base URL of the REST API.
        answer_s: seconds that an answer is waited for.
    """

    longest_title = 256
    longest_body = 65_536

    def __init__(self, api: str, repository: str, meaning: Meaning, answer_s: float) -> None:
        from github import Auth, Github

        kept_off_the_terminal("github")
        self._silence = silenced(meaning.token)
        self._api = api
        self._name = repository
        self._meaning = meaning
        # It is tried again elsewhere, within a bound; and four writes need no pauses between them.
        self._client = Github(
            auth=Auth.Token(meaning.token.secret),
            base_url=api,
            timeout=max(1, math.ceil(answer_s)),
            user_agent="migrator",
            per_page=_LOOKED_AT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._repository: Repository | None = None
        self._pulls: dict[int, PullRequest] = {}

    def requests(self, branch: str) -> tuple[Kept, ...]:
        """All pull requests from a branch, newest first."""
        with self._asking():
            # Asked anew: under the name that it had before it was renamed, the library loses what is looked for.
            self._repository = None
            repository = self._found()
            owner = repository.full_name.partition("/")[0]
            listed = repository.get_pulls(state="all", sort="created", direction="desc", head=f"{owner}:{branch}")
            # A branch of the same name in a fork of the same owner is another branch.
            ours = [
                pull
                for pull in listed.get_page(0)
                if pull.head.ref == branch
                and pull.head.repo is not None
                and pull.head.repo.full_name == repository.full_name
            ]
            return tuple(self._kept(pull) for pull in ours)

    def shown(self, body: str) -> str:
        """The text itself: GitHub does nothing that stands in a body."""
        return body

    def create(self, draft: PullRequestDraft) -> Kept:
        """Open one."""
        with self._asking():
            repository = self._found()
            try:
                return self._kept(self._made(repository, draft))
            except Invalid as error:
                if draft.draft and _NO_DRAFTS in error.message.lower():
                    raise NoDrafts from None
                raise

    def change(self, kept: Kept, title: str, body: str) -> None:
        """Let title and body be these."""
        with self._asking():
            self._pulls[kept.number].edit(title=title, body=body)

    def label(self, kept: Kept, labels: Sequence[str]) -> None:
        """Put labels on it; GitHub makes those that it does not have."""
        with self._asking():
            self._pulls[kept.number].add_to_labels(*labels)

    def reviewed_by(self, kept: Kept) -> frozenset[str]:
        """Those who are asked, and those who have reviewed it: whoever has, is not in the list of those asked any more."""
        with self._asking():
            reviews = self._pulls[kept.number].get_reviews()
            return kept.asked | {review.user.login for review in reviews if review.user is not None}

    def ask(self, kept: Kept, reviewers: Sequence[str]) -> tuple[str, ...]:
        """Ask people and teams. GitHub refuses all where it does not know one, so that then each is asked for alone."""
        with self._asking():
            owner = self._found().full_name.partition("/")[0].casefold()
        notes = [f"{name} was not asked: no team of {owner}" for name in reviewers if _is_strange(name, owner)]
        known = [name for name in reviewers if not _is_strange(name, owner)]
        try:
            self._ask(kept, known)
        except Invalid as error:
            if len(known) == 1:
                return (*notes, f"{known[0]} was not asked: {error.message}")
            for name in known:
                try:
                    self._ask(kept, [name])
                except Invalid as refused:
                    notes.append(f"{name} was not asked: {refused.message}")
        return tuple(notes)

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()
        self._silence.lift()

    def _ask(self, kept: Kept, reviewers: Sequence[str]) -> None:
        people = [name for name in reviewers if "/" not in name]
        teams = [name.partition("/")[2] for name in reviewers if "/" in name]
        if people or teams:
            with self._asking():
                self._pulls[kept.number].create_review_request(reviewers=people, team_reviewers=teams)

    def _made(self, repository: Repository, draft: PullRequestDraft) -> PullRequest:
        with self._asking():
            return repository.create_pull(
                base=draft.base, head=draft.branch, title=draft.title, body=draft.body, draft=draft.draft
            )

    def _found(self) -> Repository:
        if self._repository is None:
            repository = self._client.get_repo(self._name)
            if not isinstance(repository.full_name, str):
                raise self._meaning.odd("no repository")
            self._ours(repository.url)
            # One that was renamed answers by its new name, under which it can be written to.
            self._repository = repository
        return self._repository

    def _kept(self, pull: PullRequest) -> Kept:
        if not pull.number:
            raise self._meaning.odd("no pull request")
        self._ours(pull.url)
        self._ours(pull.issue_url)
        self._pulls[pull.number] = pull
        merged = pull.merged_at is not None
        owner = self._found().full_name.partition("/")[0]
        return Kept(
            number=pull.number,
            url=self._meaning.inert(pull.html_url),
            title=pull.title,
            body=pull.body or "",
            base=pull.base.ref,
            standing=Standing.MERGED if merged else Standing.OPEN if pull.state == "open" else Standing.CLOSED,
            author=pull.user.login if pull.user is not None else "",
            labels=frozenset(label.name for label in pull.labels),
            asked=frozenset(
                (
                    *(user.login for user in pull.requested_reviewers),
                    *(f"{owner}/{team.slug}" for team in pull.requested_teams),
                )
            ),
        )

    def _ours(self, url: str) -> None:
        """That an address which the library will ask is one of this forge."""
        if origin_of(url) != origin_of(self._api):
            raise self._meaning.odd("addresses of another host or scheme")

    @contextmanager
    def _asking(self) -> Iterator[None]:
        import requests
        from github import BadAttributeException, GithubException, IncompletableObject

        try:
            yield
        except IncompletableObject:
            raise self._meaning.odd("less than GitHub does") from None
        except GithubException as error:
            headers = {str(name).lower(): str(value) for name, value in (error.headers or {}).items()}
            raise self._meaning.error(Answer(error.status, _words(error.data), headers)) from None
        except requests.RequestException as error:
            raise self._meaning.unreached(type(error).__name__) from None
        except RuntimeError:
            # A redirect to another host or scheme, which the library does not follow.
            raise self._meaning.error(Answer(301)) from None
        except (BadAttributeException, AssertionError, TypeError, ValueError, AttributeError) as error:
            raise self._meaning.odd(f"what is none of GitHub's ({type(error).__name__})") from None


def link(place: Address, path: str, commit: str, line: int, end_line: int) -> str:
    """The page of lines of a file. Source: GitHub docs, "Creating a permanent link to a code snippet"."""
    if not place.web:
        return ""
    lines = f"#L{line}" + (f"-L{end_line}" if end_line > line else "") if line else ""
    return f"{place.web}/blob/{quote(commit, safe='')}/{quote(path)}{lines}"


def _is_strange(name: str, owner: str) -> bool:
    return "/" in name and name.partition("/")[0].casefold() != owner


def _words(data: Any) -> str:
    """GitHub's own words. Source: GitHub docs, "Troubleshooting the REST API", "Validation failed"."""
    if not isinstance(data, dict):
        return str(data or "")
    errors = data.get("errors")
    details = [_detail(each) for each in errors] if isinstance(errors, list) else [str(errors)] if errors else []
    return ": ".join(filter(None, (str(data.get("message", "")), "; ".join(details))))


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or " ".join(str(error.get(name, "")) for name in ("field", "code")).strip())
