"""GitHub's REST API for pull requests, as its documentation has it.

It refuses what GitHub refuses: fields of a wrong type, a head or a base that does not exist, a second open request for one head and
base, a reviewer who is no collaborator or the author. Shapes and words: GitHub REST API (2022-11-28), "Pulls", "Review requests",
"Labels", "Repositories"; the words of a refusal as people have reported them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.support.forges.server import ForgeServer, Reply, Request, checked, stamp

DOCS = "https://docs.github.com/rest"


@dataclass
class Pull:
    """A pull request as the server keeps it."""

    number: int
    title: str
    body: str | None
    head: str
    base: str
    draft: bool
    author: str = "robot"
    state: str = "open"
    merged: bool = False
    fork: str = ""
    labels: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    reviews: list[str] = field(default_factory=list)


class FakeGitHub(ForgeServer):
    """One repository of an organization, with an enterprise's path to its API.

    Attributes:
        drafts: whether the repository takes drafts.
        renamed: whether it has moved to `acme/store`.
    """

    kind = "github"
    root = "/api/v3"

    def prepare(self) -> None:
        self.pulls: list[Pull] = []
        self.collaborators = {"ann", "bob", "robot"}
        self.teams = {"orders"}
        self.drafts = True
        self.renamed = False

    @property
    def open_requests(self) -> list[Pull]:
        """Those that are open."""
        return [pull for pull in self.pulls if pull.state == "open"]

    def add(self, head: str, base: str = "main", **values: Any) -> Pull:
        """One that somebody else has opened."""
        fields = {"title": "theirs", "body": None, "draft": False, **values}
        self.pulls.append(Pull(len(self.pulls) + 1, head=head, base=base, **fields))
        return self.pulls[-1]

    def token_of(self, headers: dict[str, str]) -> str:
        kind, _, token = headers.pop("authorization", "").partition(" ")
        return token if kind in ("Bearer", "token") else ""

    def refused(self, token: str) -> Reply:
        return Reply(401, {"message": "Bad credentials", "documentation_url": DOCS, "status": "401"})

    def handle(self, request: Request) -> Reply:
        repository = re.match(r"/(?:repos/(?P<name>[^/]+/[^/]+)|repositories/(?P<id>\d+))(?P<rest>/.*)?$", request.path)
        if repository is None:
            return self._not_found()
        name = repository["name"]
        if self.renamed and name is not None and name.lower() == "acme/shop":
            where = f"{self.url}/repositories/1296269{repository['rest'] or ''}"
            return Reply(
                301 if request.method == "GET" else 307,
                {"message": "Moved Permanently", "url": where, "documentation_url": DOCS},
                {"location": where},
            )
        if name is not None and name.lower() != self._name.lower():
            return self._not_found()
        for method, pattern, answer in self._routes:
            found = re.fullmatch(pattern, repository["rest"] or "")
            if found and method == request.method:
                reply: Reply = answer(self, request, *found.groups())
                return reply
        return self._not_found()

    @property
    def _name(self) -> str:
        return "acme/store" if self.renamed else "acme/shop"

    def _see(self, request: Request) -> Reply:
        return Reply(200, self._repository())

    def _list(self, request: Request) -> Reply:
        asked = request.query
        state = asked.get("state", "open")
        head = asked.get("head", "")
        # A head without its owner is no filter at all, as people find out.
        owner, colon, branch = head.partition(":")
        found = [
            pull
            for pull in self.pulls
            if state in (pull.state, "all")
            and (not colon or (branch == pull.head and owner in ("acme", pull.fork.partition("/")[0])))
            and asked.get("base", pull.base) == pull.base
        ]
        if asked.get("sort", "created") == "created" and asked.get("direction", "desc") == "desc":
            found.reverse()
        count, page = int(asked.get("per_page", "30")), int(asked.get("page", "1"))
        return Reply(200, [self._pull(pull) for pull in found[(page - 1) * count : page * count]])

    def _create(self, request: Request) -> Reply:
        body = request.body
        wrong = checked(
            body, ("title", "head", "base"), {"title": str, "head": str, "base": str, "body": str, "draft": bool}
        )
        if wrong:
            return self._invalid(*(f"Invalid request. {name!r} is {what}." for name, what in wrong))
        head, base = body["head"].removeprefix("acme:"), body["base"]
        if head not in self.branches:
            return self._invalid({"resource": "PullRequest", "field": "head", "code": "invalid"})
        if base not in self.branches:
            return self._invalid({"resource": "PullRequest", "field": "base", "code": "invalid"})
        if any(pull.head == head and pull.base == base and not pull.fork for pull in self.open_requests):
            return self._invalid(_custom(f"A pull request already exists for acme:{head}."))
        if body.get("draft") and not self.drafts:
            return self._invalid(_custom("Draft pull requests are not supported in this repository."))
        if too_long := self._too_long(body):
            return too_long
        pull = self.add(
            head, base, title=body["title"].strip(), body=body.get("body"), draft=bool(body.get("draft", False))
        )
        return Reply(201, self._pull(pull))

    def _change(self, request: Request, number: str) -> Reply:
        pull = self._numbered(number)
        if pull is None:
            return self._not_found()
        if wrong := checked(request.body, (), {"title": str, "body": str, "state": str, "base": str}):
            return self._invalid(*(f"Invalid request. {name!r} is {what}." for name, what in wrong))
        if too_long := self._too_long(request.body):
            return too_long
        pull.title = request.body.get("title", pull.title).strip()
        pull.body = request.body.get("body", pull.body)
        return Reply(200, self._pull(pull))

    def _label(self, request: Request, number: str) -> Reply:
        pull = self._numbered(number)
        labels = request.body.get("labels") if isinstance(request.body, dict) else request.body
        if pull is None:
            return self._not_found()
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            return self._invalid("Invalid request. For 'links/0/schema', nil is not an array.")
        pull.labels += [label for label in labels if label.lower() not in {each.lower() for each in pull.labels}]
        return Reply(200, [self._named(label) for label in pull.labels])

    def _ask(self, request: Request, number: str) -> Reply:
        pull = self._numbered(number)
        if pull is None:
            return self._not_found()
        people, teams = request.body.get("reviewers", []), request.body.get("team_reviewers", [])
        if not isinstance(people, list) or not isinstance(teams, list):
            return self._invalid("Invalid request.")
        if any(name.lower() == pull.author for name in people):
            return self._refused("Review cannot be requested from pull request author.")
        if {name.lower() for name in people} - self.collaborators or set(teams) - self.teams:
            return self._refused(
                "Reviews may only be requested from collaborators. One or more of the users or teams you specified is "
                "not a collaborator of the acme/shop repository."
            )
        pull.reviewers += [name for name in people if name not in pull.reviewers]
        pull.teams += [name for name in teams if name not in pull.teams]
        return Reply(201, self._pull(pull))

    def _reviews(self, request: Request, number: str) -> Reply:
        pull = self._numbered(number)
        if pull is None:
            return self._not_found()
        kept = [
            {"id": place, "user": self._user(name), "state": "APPROVED", "body": ""}
            for place, name in enumerate(pull.reviews, 1)
        ]
        return Reply(200, kept)

    _routes = (
        ("GET", "", _see),
        ("GET", "/pulls", _list),
        ("POST", "/pulls", _create),
        ("PATCH", r"/pulls/(\d+)", _change),
        ("POST", r"/issues/(\d+)/labels", _label),
        ("POST", r"/pulls/(\d+)/requested_reviewers", _ask),
        ("GET", r"/pulls/(\d+)/reviews", _reviews),
    )

    def _numbered(self, number: str) -> Pull | None:
        return next((pull for pull in self.pulls if pull.number == int(number)), None)

    def _too_long(self, body: dict[str, Any]) -> Reply | None:
        if len(body.get("title") or "") > 256:
            return self._invalid(_custom("title is too long (maximum is 256 characters)"))
        if len(body.get("body") or "") > 65_536:
            return self._invalid(_custom("body is too long (maximum is 65536 characters)"))
        return None

    def _not_found(self) -> Reply:
        return Reply(404, {"message": "Not Found", "documentation_url": DOCS, "status": "404"})

    def _invalid(self, *errors: Any) -> Reply:
        return Reply(
            422, {"message": "Validation Failed", "errors": list(errors), "documentation_url": DOCS, "status": "422"}
        )

    def _refused(self, message: str) -> Reply:
        return Reply(422, {"message": message, "documentation_url": DOCS, "status": "422"})

    def _user(self, login: str) -> dict[str, Any]:
        return {"login": login, "id": sum(login.encode()), "type": "User", "url": f"{self.url}/users/{login}"}

    def _named(self, label: str) -> dict[str, Any]:
        return {"id": sum(label.encode()), "name": label, "color": "ededed", "url": f"{self.url}/labels/{label}"}

    def _repository(self) -> dict[str, Any]:
        return {
            "id": 1296269,
            "name": self._name.partition("/")[2],
            "full_name": self._name,
            "owner": {**self._user("acme"), "type": "Organization"},
            "private": True,
            "url": f"{self.url}/repos/{self._name}",
            "html_url": f"{self.url.removesuffix(self.root)}/{self._name}",
            "default_branch": "main",
            "permissions": {"admin": False, "push": True, "pull": True},
        }

    def _branch(self, name: str, fork: str = "") -> dict[str, Any]:
        full = fork or self._name
        repository: dict[str, Any] | None = {**self._repository(), "full_name": full, "url": f"{self.url}/repos/{full}"}
        if fork == "ghost":  # it was deleted
            repository = None
        return {"label": f"acme:{name}", "ref": name, "sha": "6dcb09b5", "repo": repository}

    def _pull(self, pull: Pull) -> dict[str, Any]:
        repository = f"{self.url}/repos/{self._name}"
        teams = [{"id": sum(slug.encode()), "slug": slug, "name": slug} for slug in pull.teams]
        return {
            "id": pull.number,
            "number": pull.number,
            "url": f"{repository}/pulls/{pull.number}",
            "issue_url": f"{repository}/issues/{pull.number}",
            "html_url": f"{self.url.removesuffix(self.root)}/{self._name}/pull/{pull.number}",
            "state": pull.state,
            "title": pull.title,
            "body": pull.body,
            "user": self._user(pull.author),
            "labels": [self._named(label) for label in pull.labels],
            "draft": pull.draft,
            "head": self._branch(pull.head, pull.fork),
            "base": self._branch(pull.base),
            "requested_reviewers": [self._user(name) for name in pull.reviewers],
            "requested_teams": teams,
            "created_at": stamp(pull.number),
            "updated_at": stamp(pull.number),
            "closed_at": None if pull.state == "open" else stamp(pull.number + 1),
            "merged_at": stamp(pull.number + 1) if pull.merged else None,
        }


def _custom(message: str) -> dict[str, str]:
    return {"resource": "PullRequest", "code": "custom", "message": message}
