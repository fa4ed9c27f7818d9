"""Which file belongs to which commit, so that each of them is a step that a reviewer can take alone.

In: the files that change, by path from the repository's top, and where things lie. Out: `CommitDraft`s in their order:
service, infrastructure, seam, tests. Making them is left to the repository.

The runbook is in the last one, with the tests: both say how the rest is to be used, and a reviewer has seen the rest by
then. So is the manifest, which speaks of every file of the service folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from migrator.domain.layouts import Layout
from migrator.domain.pull_requests import CommitDraft
from migrator.markdown import one_line


class Part(StrEnum):
    """A step of a move, in the order in which they are committed."""

    SERVICE = "service"
    INFRASTRUCTURE = "infrastructure"
    SEAM = "seam"
    TESTS = "tests"


@dataclass(frozen=True, slots=True)
class _Wording:
    first: str
    again: str
    body: str


_WORDINGS: Mapping[Part, _Wording] = {
    Part.SERVICE: _Wording(
        "Add the service {service}",
        "Bring the service {service} up to date",
        "{name} as a Lambda function: the handler, what it needs of the monolith, and events to try it with.",
    ),
    Part.INFRASTRUCTURE: _Wording(
        "Describe how {service} is deployed and routed",
        "Bring up to date how {service} is deployed and routed",
        "Template, pipelines, and routes at weight 0: all calls stay with legacy.",
    ),
    Part.SEAM: _Wording(
        "Let legacy code ask the router for {name}",
        "Let legacy code ask the router for {name} also where it is new",
        "At weight 0 legacy does everything, as before. `migrator seam remove` takes exactly this out again.",
    ),
    Part.TESTS: _Wording(
        "Test {service}, and say how it is run",
        "Bring the tests of {service} and its runbook up to date",
        "Tests of the handler, the load test, the runbook, and the manifest that tells hand edits from generated text.",
    ),
}

# Of a service folder: the first pattern that fits; what fits none belongs to the service itself.
_PATTERNS: tuple[tuple[str, Part], ...] = (
    (".migrator/*", Part.TESTS),
    ("migrator-manifest.json", Part.TESTS),
    ("RUNBOOK.*", Part.TESTS),
    ("tests/*", Part.TESTS),
    ("loadtest/*", Part.TESTS),
    ("requirements-dev.txt", Part.TESTS),
    ("template.yaml", Part.INFRASTRUCTURE),
    ("samconfig.toml", Part.INFRASTRUCTURE),
    (".checkov.yaml", Part.INFRASTRUCTURE),
    ("hooks/*", Part.INFRASTRUCTURE),
    ("Makefile", Part.INFRASTRUCTURE),
    ("budget.toml", Part.INFRASTRUCTURE),
    ("requirements-tools.txt", Part.INFRASTRUCTURE),
    (".gitlab-ci.yml", Part.INFRASTRUCTURE),
    (".github/*", Part.INFRASTRUCTURE),
)
# Subjects are cut where hosts cut them in their lists; git itself has no limit.
_LONGEST_SUBJECT = 100


def part_of(path: str, layout: Layout, seam: frozenset[str]) -> Part:
    """The commit that a file belongs to.

    Args:
        path: from the repository's top.
        seam: the files that the seam is put in by.
    """
    if path in seam:
        return Part.SEAM
    inside = path.removeprefix(f"{layout.service}/")
    if inside == path:
        return Part.INFRASTRUCTURE
    return next((part for pattern, part in _PATTERNS if fnmatchcase(inside, pattern)), Part.SERVICE)


def commits(
    name: str,
    service: str,
    files: Mapping[str, bytes | None],
    layout: Layout,
    seam: frozenset[str] = frozenset(),
    *,
    again: bool = False,
) -> tuple[CommitDraft, ...]:
    """The commits that change the files; a part with none has none.

    Args:
        name: of the candidate.
        service: its service's.
        files: path to its new bytes, None where it goes.
        again: whether the branch has commits of ours already.
    """
    drafts = []
    for part, wording in _WORDINGS.items():
        own = {path: data for path, data in sorted(files.items()) if part_of(path, layout, seam) is part}
        if own:
            subject = (wording.again if again else wording.first).format(name=_shortened(name), service=service)
            drafts.append(CommitDraft(subject[:_LONGEST_SUBJECT], wording.body.format(name=one_line(name)), own))
    return tuple(drafts)


def _shortened(name: str) -> str:
    """The module and the function: the whole name is in the trailer."""
    return ".".join(one_line(name).split(".")[-2:])
