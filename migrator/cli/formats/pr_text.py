"""The plan of `migrator pr`, and what became of it, as lines.

In: what is ready, or published. Out: lines of text. Control characters are escaped where they are printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from migrator.domain.pull_requests import FileChange, OpenedPullRequest, Outcome
from migrator.domain.wording import count

if TYPE_CHECKING:
    from migrator.bootstrap.publishing import Ready
    from migrator.publishing import Part, Prepared, Published

# Of one commit: a service has some forty files, which fit on a screen.
_MOST_FILES = 60
# Seam diffs are the part of the monolith that changes, so they are shown whole up to here.
_MOST_DIFF = 200


def plan_lines(ready: Ready, *, diff: bool = True) -> Iterator[str]:
    """What would be pushed and opened.

    Args:
        diff: whether the changes of the monolith's own code are shown.
    """
    yield f"{ready.around.candidate}: {ready.around.asked.stage.value}"
    shown = [part for part in ready.parts if not part.prepared.empty]
    if not shown:
        yield f"  nothing to do: {ready.parts[0].prepared.wanted.base} has all of it"
    for part in shown:
        yield ""
        yield from _part(ready, part, diff=diff)


def _part(ready: Ready, part: Part, *, diff: bool) -> Iterator[str]:
    prepared = part.prepared
    wanted, start = prepared.wanted, prepared.start
    yield f"branch  {wanted.branch}, for {wanted.base} of {wanted.remote}, at {ready.address(part)}"
    if start.tip is None:
        yield f"  begins at {start.base[:12]}, the {wanted.base} of the remote"
    else:
        yield f"  goes on at {start.tip[:12]}, its tip on the remote"
    if prepared.merges_base:
        yield f"  merges {start.base[:12]}, the {wanted.base} of the remote"
    yield f"title   {prepared.draft().title}"
    yield "text    the same command with --dry-run prints it"
    if not prepared.commits:
        yield "commits none: the branch has everything"
    for commit in prepared.commits:
        yield f"commit  {commit.subject}"
        yield from _files(commit.files)
    if diff:
        yield from _diff(ready, prepared)


def _files(files: Sequence[FileChange]) -> Iterator[str]:
    for each in files[:_MOST_FILES]:
        lines = "" if each.added is None or each.taken is None else f"  +{each.added} -{each.taken}"
        yield f"  {each.path}{lines}"
    if len(files) > _MOST_FILES:
        yield f"  and {count(len(files) - _MOST_FILES, 'more file')}"


def _diff(ready: Ready, prepared: Prepared) -> Iterator[str]:
    """The part of the diff that changes files which were there before, but for the service's own."""
    layout = ready.around.layout
    lines: list[str] = []
    for text in prepared.diff.split("\ndiff --git ")[0:]:
        head, *rest = text.removeprefix("diff --git ").splitlines()
        changed = any(line.startswith("--- ") and line != "--- /dev/null" for line in rest[:6])
        if changed and f"b/{layout.service}/" not in head:
            lines += ["", *(line for line in rest if not line.startswith(("index ", "old mode", "new mode")))]
    yield from lines[:_MOST_DIFF]
    if len(lines) > _MOST_DIFF:
        yield f"and {count(len(lines) - _MOST_DIFF, 'more line')}"


def published_lines(published: Sequence[Published]) -> Iterator[str]:
    """What became of it; the address stands on a line of its own, so that it can be taken from the output."""
    for each in published:
        if each.opened is None:
            yield f"{each.branch}: nothing to merge into {each.base}"
            continue
        yield f"{each.branch}: {_became(each, each.opened)}"
        if each.opened.url:
            yield each.opened.url
        yield from (f"  {note}" for note in each.opened.notes)


def _became(published: Published, opened: OpenedPullRequest) -> str:
    pushed = f"pushed {published.commit[:12]}" if published.pushed and published.commit else "nothing new to push"
    number = f" #{opened.number}" if opened.number else ""
    match opened.outcome:
        case Outcome.TO_OPEN:
            return f"{pushed}; open the pull request{' at' if opened.url else ' by hand'}"
        case _:
            return f"{pushed}; pull request{number} {opened.outcome.value}"
