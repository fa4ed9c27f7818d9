"""GitLab, its own and self-managed, asked by python-gitlab.

In: one question at a time. Out: values of `desks`, or errors of `answers`. Sources of paths, limits and words: GitLab docs, "Merge
requests API", "Users API", "Draft merge requests".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from migrator.adapters.forges.addresses import Address
from migrator.adapters.forges.answers import Meaning
from migrator.adapters.forges.desks import Kept
from migrator.adapters.forges.logs import silenced
from migrator.domain.pull_requests import PullRequestDraft, Standing

if TYPE_CHECKING:
    from gitlab.v4.objects import Project

_DRAFT: Final = re.compile(r"^\s*(\[draft\]|\(draft\)|draft:)\s*", re.IGNORECASE)
_ACTION: Final = re.compile(r"^/(?=[A-Za-z_]+(?:\s|$))", re.MULTILINE)
_STANDING: Final = {"opened": Standing.OPEN, "locked": Standing.OPEN, "merged": Standing.MERGED}
"""A merge request is locked while it is being merged; every other state is closed."""
_PATH: Final = "/api/v4"
_LOOKED_AT: Final = 100


class GitLabDesk:
    """One project.

    Args:
        api: base URL of the REST API.
        answer_s: seconds that an answer is waited for.
    """

    longest_title = 255 - len("[Draft] ")
    longest_body = 1_048_576

    def __init__(self, api: str, repository: str, meaning: Meaning, answer_s: float) -> None:
        import gitlab

        from migrator.adapters.forges.sessions import guarded_session

        self._name = repository
        self._meaning = meaning
        self._silence = silenced(meaning.token)
        self._client = gitlab.Gitlab(
            url=api.removesuffix(_PATH),
            # As a bearer, which GitLab takes for tokens of each kind, and which no library sends to another host.
            oauth_token=meaning.token.secret,
            timeout=answer_s,
            user_agent="migrator",
            per_page=_LOOKED_AT,
            keep_base_url=True,
            retry_transient_errors=False,
            session=guarded_session(api),
        )
        self._project: Project | None = None
        self._drafts: dict[int, str] = {}
        self._people: dict[str, int] = {}

    def requests(self, branch: str) -> tuple[Kept, ...]:
        """All merge requests from a branch, newest first."""
        with self._asking():
            project = self._found()
            listed = project.mergerequests.list(
                source_branch=branch, state="all", order_by="created_at", sort="desc", get_all=False
            )
            # Those of forks are listed too.
            ours = [each.attributes for each in listed]
            return tuple(
                self._kept(each)
                for each in ours
                if each["source_branch"] == branch and each["source_project_id"] == project.get_id()
            )

    def shown(self, body: str) -> str:
        """The text without quick actions: a line such as `/merge` is done, in the name of whoever has the token. It is also
        where GitLab does not see that it is code. Source: GitLab docs, "GitLab quick actions"."""
        return _ACTION.sub(r"\\/", body)

    def create(self, draft: PullRequestDraft) -> Kept:
        """Open one."""
        title = f"Draft: {draft.title}" if draft.draft else draft.title
        with self._asking():
            made = self._found().mergerequests.create(
                {
                    "source_branch": draft.branch,
                    "target_branch": draft.base,
                    "title": title,
                    "description": draft.body,
                }
            )
            return self._kept(made.attributes)

    def change(self, kept: Kept, title: str, body: str) -> None:
        """Let title and description be these; the word for a draft stays."""
        self._changed(kept, {"title": f"{self._drafts.get(kept.number, '')}{title}", "description": body})

    def label(self, kept: Kept, labels: Sequence[str]) -> None:
        """Put labels on it; GitLab makes those that it does not have."""
        self._changed(kept, {"add_labels": ",".join(labels)})

    def reviewed_by(self, kept: Kept) -> frozenset[str]:
        """Those who are asked; whoever has reviewed it stays among them."""
        return kept.asked

    def ask(self, kept: Kept, reviewers: Sequence[str]) -> tuple[str, ...]:
        """Ask people. A group cannot be a reviewer, and without a license for more GitLab keeps one."""
        notes = [f"{name} was not asked: a group cannot review" for name in reviewers if "/" in name]
        wanted = [(name, self._number_of(name)) for name in (*sorted(kept.asked), *reviewers) if "/" not in name]
        notes += [f"{name} was not asked: nobody has this name" for name, number in wanted if number is None]
        numbers = [number for _, number in wanted if number is not None]
        if not any(number is not None and name not in kept.asked for name, number in wanted):
            return tuple(notes)
        answer = self._changed(kept, {"reviewer_ids": numbers})
        taken = {str(person["username"]).casefold() for person in answer.get("reviewers", ())}
        left = [name for name, number in wanted if number is not None and name.casefold() not in taken]
        return (*notes, *(f"{name} was not asked: GitLab did not take them" for name in left))

    def close(self) -> None:
        """Give up the connections."""
        self._client.session.close()
        self._silence.lift()

    def _number_of(self, name: str) -> int | None:
        if name in self._people:
            return self._people[name]
        with self._asking():
            found = self._client.users.list(username=name, get_all=False)
            return next((int(user.get_id() or 0) for user in found), None)

    def _changed(self, kept: Kept, values: dict[str, Any]) -> dict[str, Any]:
        with self._asking():
            answer = self._found().mergerequests.update(kept.number, values)
            if not isinstance(answer, dict):
                raise self._meaning.odd("no merge request")
            return answer

    def _found(self) -> Project:
        if self._project is None:
            project = self._client.projects.get(self._name)
            if not isinstance(project.get_id(), int):
                raise self._meaning.odd("no project")
            self._project = project
        return self._project

    def _kept(self, values: dict[str, Any]) -> Kept:
        number = int(values["iid"])
        word = _DRAFT.match(values["title"])
        self._drafts[number] = word[0] if word else ""
        reviewers = values.get("reviewers") or ()
        self._people.update((person["username"], int(person["id"])) for person in reviewers)
        return Kept(
            number=number,
            url=self._meaning.inert(str(values["web_url"])),
            title=_DRAFT.sub("", values["title"]),
            body=values["description"] or "",
            base=values["target_branch"],
            standing=_STANDING.get(values["state"], Standing.CLOSED),
            author=(values.get("author") or {}).get("username", ""),
            labels=frozenset(values["labels"]),
            asked=frozenset(person["username"] for person in reviewers),
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        import requests
        from gitlab.exceptions import GitlabError

        from migrator.adapters.forges.sessions import Unsuccessful

        try:
            yield
        except Unsuccessful as error:
            raise self._meaning.error(error.answer) from None
        except requests.RequestException as error:
            raise self._meaning.unreached(type(error).__name__) from None
        except (GitlabError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._meaning.odd(f"what is none of GitLab's ({type(error).__name__})") from None


def link(place: Address, path: str, commit: str, line: int, end_line: int) -> str:
    """The page of lines of a file. Source: GitLab docs, "Link to specific lines"."""
    if not place.web:
        return ""
    lines = f"#L{line}" + (f"-{end_line}" if end_line > line else "") if line else ""
    return f"{place.web}/-/blob/{quote(commit, safe='')}/{quote(path)}{lines}"
