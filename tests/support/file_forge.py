"""A `Forge` that keeps its pull requests in a file, so that they outlive a process that is killed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.domain.pull_requests import OpenedPullRequest, Outcome, PullRequestDraft, Standing


@dataclass
class FileForge:
    """A forge.

    Attributes:
        path: where its pull requests are.
        host: what its addresses begin with.
    """

    path: Path
    host: str = "https://forge.example"

    @property
    def kind(self) -> str:
        return "file"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """All pull requests, the oldest first."""
        found: list[dict[str, Any]] = json.loads(self.path.read_text()) if self.path.exists() else []
        return found

    def link(self, path: str, commit: str, line: int = 0, end_line: int = 0) -> str:
        return f"{self.host}/{commit}/{path}#L{line}-L{end_line}"

    def standing(self, branch: str, base: str) -> tuple[Standing, str] | None:
        found = [each for each in self.requests if (each["branch"], each["base"]) == (branch, base)]
        return (Standing(found[-1]["standing"]), found[-1]["url"]) if found else None

    def open_pull_request(self, draft: PullRequestDraft) -> OpenedPullRequest:
        requests = self.requests
        said = {"branch": draft.branch, "base": draft.base, "title": draft.title, "body": draft.body}
        for each in requests:
            if (each["branch"], each["base"], each["standing"]) == (draft.branch, draft.base, "open"):
                outcome = Outcome.UNCHANGED if said.items() <= each.items() else Outcome.UPDATED
                each |= said
                self._save(requests)
                return OpenedPullRequest(outcome, each["url"], each["number"])
        number = len(requests) + 1
        requests.append({**said, "number": number, "url": f"{self.host}/{number}", "standing": "open"})
        self._save(requests)
        return OpenedPullRequest(Outcome.CREATED, f"{self.host}/{number}", number)

    def set(self, standing: Standing) -> None:
        """Let the newest one stand so."""
        requests = self.requests
        requests[-1]["standing"] = standing.value
        self._save(requests)

    def close(self) -> None:
        """Nothing to give up."""

    def _save(self, requests: list[dict[str, Any]]) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(requests))
        new.replace(self.path)
