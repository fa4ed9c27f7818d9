"""GitLab's REST API for merge requests, as its documentation has it.

It refuses what GitLab refuses: fields of a wrong type, branches that do not exist, a second open request for one source and target;
and it leaves out without a word what it leaves out: reviewers who are no members, and all but one without a license for more. Shapes
and words: GitLab docs, "Merge requests API", "Users API", "Projects API"; statuses of refusals as its API's source has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.support.forges.server import ForgeServer, Reply, Request, checked, stamp


@dataclass
class Merge:
    """A merge request as the server keeps it."""

    iid: int
    title: str
    description: str | None
    source: str
    target: str
    author: str = "robot"
    state: str = "opened"
    source_project: int = 15
    labels: list[str] = field(default_factory=list)
    reviewers: list[int] = field(default_factory=list)


class FakeGitLab(ForgeServer):
    """One project of a group.

    Attributes:
        acted: quick actions that stood in a description, and were done.
        many: whether there is a license for more than one reviewer.
        renamed: whether the project has moved to `acme/store`.
    """

    kind = "gitlab"
    root = "/api/v4"

    def prepare(self) -> None:
        self.merges: list[Merge] = []
        self.users = {"robot": 1, "ann": 2, "bob": 3, "outsider": 9}
        self.members = {1, 2, 3}
        self.acted: list[str] = []
        self.many = True
        self.renamed = False

    @property
    def open_requests(self) -> list[Merge]:
        """Those that are open."""
        return [merge for merge in self.merges if merge.state == "opened"]

    def add(self, source: str, target: str = "main", **values: Any) -> Merge:
        """One that somebody else has opened."""
        fields = {"title": "theirs", "description": None, **values}
        self.merges.append(Merge(len(self.merges) + 1, source=source, target=target, **fields))
        return self.merges[-1]

    def token_of(self, headers: dict[str, str]) -> str:
        if "private-token" in headers:
            return headers.pop("private-token")
        kind, _, token = headers.pop("authorization", "").partition(" ")
        return token if kind == "Bearer" else ""

    def refused(self, token: str) -> Reply:
        return Reply(401, {"message": "401 Unauthorized"})

    def handle(self, request: Request) -> Reply:
        for method, pattern, answer in self._routes:
            found = re.fullmatch(pattern, request.path)
            if not found or method != request.method:
                continue
            name = found.groupdict().get("project")
            if name is not None and self.renamed and name == "acme%2Fshop":
                return Reply(301, None, {"location": f"{self.url}{request.path.replace(name, '15')}"})
            if name is not None and name not in ("15", self._name.replace("/", "%2F")):
                return Reply(404, {"message": "404 Project Not Found"})
            reply: Reply = answer(self, request, *([found["iid"]] if "iid" in found.groupdict() else []))
            return reply
        return Reply(404, {"error": "404 Not Found"})

    @property
    def _name(self) -> str:
        return "acme/store" if self.renamed else "acme/shop"

    @property
    def _web(self) -> str:
        return f"{self.url.removesuffix(self.root)}/{self._name}"

    def _see(self, request: Request) -> Reply:
        return Reply(
            200,
            {
                "id": 15,
                "name": "Shop",
                "path_with_namespace": self._name,
                "default_branch": "main",
                "web_url": self._web,
                "visibility": "private",
                "_links": {"self": f"{self.url}/projects/15"},
            },
        )

    def _who(self, request: Request) -> Reply:
        name = request.query.get("username", "").lower()
        return Reply(200, [self._user(name)] if name in self.users else [])

    def _list(self, request: Request) -> Reply:
        asked = request.query
        state = asked.get("state", "all")
        found = [
            merge
            for merge in self.merges
            if state in (merge.state, "all")
            and asked.get("source_branch", merge.source) == merge.source
            and asked.get("target_branch", merge.target) == merge.target
        ]
        if asked.get("sort", "desc") == "desc":
            found.reverse()
        count, page = int(asked.get("per_page", "20")), int(asked.get("page", "1"))
        return Reply(200, [self._merge(merge) for merge in found[(page - 1) * count : page * count]])

    def _create(self, request: Request) -> Reply:
        body = request.body
        wrong = checked(
            body,
            ("source_branch", "target_branch", "title"),
            {"source_branch": str, "target_branch": str, "title": str, "description": str, "labels": str},
        )
        if wrong:
            return Reply(400, {"error": ", ".join(f"{name} is {_WORD[what]}" for name, what in wrong)})
        source, target = body["source_branch"], body["target_branch"]
        if source == target:
            return Reply(422, {"message": ["You can't use same project/branch for source and target"]})
        for branch, what in ((source, "Source"), (target, "Target")):
            if branch not in self.branches:
                return Reply(422, {"message": [f'{what} branch "{branch}" does not exist']})
        same = [
            merge
            for merge in self.open_requests
            if (merge.source, merge.target, merge.source_project) == (source, target, 15)
        ]
        if same:
            known = f"Another open merge request already exists for this source branch: !{same[0].iid}"
            return Reply(409, {"message": [known]})
        if too_long := self._too_long(body):
            return too_long
        text = self._without_actions(body.get("description"))
        merge = self.add(source, target, title=body["title"], description=text)
        return Reply(201, self._merge(merge))

    def _change(self, request: Request, iid: str) -> Reply:
        merge = next((each for each in self.merges if each.iid == int(iid)), None)
        if merge is None:
            return Reply(404, {"message": "404 Not found"})
        body = request.body
        wrong = checked(
            body, (), {"title": str, "description": str, "labels": str, "add_labels": str, "reviewer_ids": list}
        )
        if wrong:
            return Reply(400, {"error": ", ".join(f"{name} is {_WORD[what]}" for name, what in wrong)})
        if not set(body) & {"title", "description", "labels", "add_labels", "reviewer_ids", "target_branch"}:
            return Reply(400, {"error": "at least one parameter must be provided"})
        if too_long := self._too_long(body):
            return too_long
        merge.title = body.get("title", merge.title)
        if "description" in body:
            merge.description = self._without_actions(body["description"])
        new = [label.strip() for label in body.get("add_labels", "").split(",") if label.strip()]
        merge.labels += [label for label in new if label not in merge.labels]
        if "reviewer_ids" in body:
            members = [number for number in body["reviewer_ids"] if number in self.members]
            merge.reviewers = members if self.many else members[:1]
        return Reply(200, self._merge(merge))

    _routes = (
        ("GET", "/users", _who),
        ("GET", "/projects/(?P<project>[^/]+)", _see),
        ("GET", "/projects/(?P<project>[^/]+)/merge_requests", _list),
        ("POST", "/projects/(?P<project>[^/]+)/merge_requests", _create),
        ("PUT", r"/projects/(?P<project>[^/]+)/merge_requests/(?P<iid>\d+)", _change),
    )

    def _too_long(self, body: dict[str, Any]) -> Reply | None:
        if len(body.get("title") or "") > 255:
            return Reply(400, {"message": {"title": ["is too long (maximum is 255 characters)"]}})
        if len(body.get("description") or "") > 1_048_576:
            return Reply(400, {"message": {"description": ["is too long (maximum is 1048576 characters)"]}})
        return None

    def _without_actions(self, text: str | None) -> str | None:
        """A description as GitLab keeps it: what it does is taken out of it."""
        found = re.compile(r"^/(?:merge|close|approve|assign|label)(?:[ ][^\n]*)?(?:\s*\n|$)", re.MULTILINE)
        if text is None:
            return None
        text = text.replace("\r", "")
        self.acted += found.findall(text)
        return found.sub("", text).rstrip()

    def _user(self, name: str) -> dict[str, Any]:
        return {"id": self.users[name], "username": name, "name": name.title(), "state": "active"}

    def _merge(self, merge: Merge) -> dict[str, Any]:
        names = {number: name for name, number in self.users.items()}
        return {
            "id": 1000 + merge.iid,
            "iid": merge.iid,
            "project_id": 15,
            "title": merge.title,
            "description": merge.description,
            "state": merge.state,
            "created_at": stamp(merge.iid),
            "updated_at": stamp(merge.iid),
            "target_branch": merge.target,
            "source_branch": merge.source,
            "source_project_id": merge.source_project,
            "target_project_id": 15,
            "author": self._user(merge.author),
            "labels": list(merge.labels),
            "draft": bool(re.match(r"\s*(\[draft\]|\(draft\)|draft:)", merge.title, re.IGNORECASE)),
            "reviewers": [self._user(names[number]) for number in merge.reviewers],
            "web_url": f"{self._web}/-/merge_requests/{merge.iid}",
        }


_WORD = {"missing": "missing", "type": "invalid"}
