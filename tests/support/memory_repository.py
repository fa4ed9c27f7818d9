"""A `Repository` in memory: commits are whole trees, merges compare whole files.

In: what people commit, by `Remote.commit`. Out: the port. The contract suite holds it to what git does; where git merges
within a file, this one sees a conflict.
"""

from __future__ import annotations

import difflib
import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from migrator.domain.pull_requests import CommitDraft, FileChange
from migrator.errors import InputError, Refused, RemoteError
from migrator.publishing.ports import Settle

Trailers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Commit:
    """A commit: its files, parents, subject and trailers."""

    files: Mapping[str, bytes]
    parents: tuple[str, ...]
    subject: str = ""
    trailers: tuple[tuple[str, str], ...] = ()


@dataclass
class Objects:
    """Commits by id, shared by clones and remotes."""

    commits: dict[str, Commit] = field(default_factory=dict)

    def add(self, commit: Commit) -> str:
        """Keep a commit; no two have one id."""
        new = hashlib.sha1(f"{len(self.commits)}{commit}".encode()).hexdigest()
        self.commits[new] = commit
        return new

    def history(self, commit: str) -> list[str]:
        """A commit and all before it, newest first."""
        order = {each: number for number, each in enumerate(self.commits)}
        found, todo = set(), [commit]
        while todo:
            if (each := todo.pop()) not in found:
                found.add(each)
                todo += self.commits[each].parents
        return sorted(found, key=lambda each: -order[each])


@dataclass
class Remote:
    """What others share.

    Attributes:
        answers: whether it can be reached.
        protected: branches to which it takes nothing.
    """

    objects: Objects = field(default_factory=Objects)
    branches: dict[str, str] = field(default_factory=dict)
    default: str = "main"
    url: str = "https://forge.example/shop/monolith.git"
    answers: bool = True
    protected: frozenset[str] = frozenset()

    def commit(self, files: Mapping[str, bytes | None], branch: str = "main", trailers: Trailers = ()) -> str:
        """Somebody commits to a branch."""
        before = self.branches.get(branch, self.branches.get(self.default))
        tree = dict(self.objects.commits[before].files) if before else {}
        made = self.objects.add(Commit(_changed(tree, files), (before,) if before else (), "Change", tuple(trailers)))
        self.branches[branch] = made
        return made


@dataclass
class MemoryRepository:
    """A clone.

    Attributes:
        remotes: by name.
        references: by full name; what has been fetched, and the person's branches.
        working_tree: paths that are not as committed.
        pushes: branches in the order in which they were pushed.
        identity: who commits; empty where nobody knows.
    """

    remotes: dict[str, Remote]
    references: dict[str, str] = field(default_factory=dict)
    working_tree: tuple[str, ...] = ()
    pushes: list[str] = field(default_factory=list)
    identity: str = "Ada <ada@example.org>"

    @property
    def top(self) -> Path:
        return Path("/nowhere/monolith")

    @property
    def objects(self) -> Objects:
        return next(iter(self.remotes.values())).objects

    def remote_url(self, remote: str) -> str:
        if remote not in self.remotes:
            raise InputError(f"there is no remote {remote}", hint="add one")
        return self.remotes[remote].url

    def committer(self) -> str:
        if not self.identity:
            raise InputError("git does not know who commits")
        return self.identity

    def default_branch(self, remote: str) -> str:
        found = self._asked(remote)
        if found.default not in found.branches:
            raise InputError(f"{remote} has no commit on its default branch")
        return found.default

    def fetch(self, remote: str, branches: Sequence[str]) -> None:
        for branch in branches:
            _require_name(branch)
        known = self._asked(remote).branches
        for branch in branches:
            if branch in known:
                self.references[f"refs/remotes/{remote}/{branch}"] = known[branch]
            else:
                self.references.pop(f"refs/remotes/{remote}/{branch}", None)

    def commit_of(self, reference: str) -> str | None:
        if reference.endswith("^"):
            below = self.commit_of(reference[:-1])
            parents = self.objects.commits[below].parents if below else ()
            return parents[0] if parents else None
        if reference in self.objects.commits:
            return reference
        names = (reference, f"refs/heads/{reference}", f"refs/remotes/{reference}")
        return next((self.references[name] for name in names if name in self.references), None)

    def uncommitted(self, below: str = "") -> tuple[str, ...]:
        return tuple(
            path for path in sorted(self.working_tree) if not below or path == below or path.startswith(f"{below}/")
        )

    def trailers(self, since: str, until: str, name: str) -> tuple[tuple[str, str], ...]:
        known = set(self.objects.history(since)) if since else set()
        return tuple(
            (commit, dict(self.objects.commits[commit].trailers).get(name, ""))
            for commit in self.objects.history(until)
            if commit not in known
        )

    def read(self, commit: str, path: str) -> bytes | None:
        return self.objects.commits[commit].files.get(path)

    @contextmanager
    def checkout(self, commit: str, endings: Sequence[str] = ()) -> Iterator[Path]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / self.top.name
            folder.mkdir()
            for path, content in self.objects.commits[commit].files.items():
                if endings and not path.endswith(tuple(endings)):
                    continue
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(content)
            yield folder

    def merged(
        self, ours: str, theirs: str, subject: str, trailers: Trailers = (), settle: Settle | None = None
    ) -> str:
        before, after = self.objects.history(ours), self.objects.history(theirs)
        if theirs in before or ours in after:
            return ours if theirs in before else theirs
        base = next(each for each in before if each in after)
        files = self._joined(base, ours, theirs, subject, settle)
        return self.objects.add(Commit(files, (ours, theirs), subject, tuple(trailers)))

    def committed(self, start: str, commits: Sequence[CommitDraft], trailers: Trailers) -> str:
        last = start
        for draft in commits:
            files = _changed(dict(self.objects.commits[last].files), draft.files)
            if files != self.objects.commits[last].files:
                last = self.objects.add(Commit(files, (last,), draft.subject, tuple(trailers)))
        return last

    def reverted(self, start: str, commits: Sequence[str], trailers: Trailers) -> str:
        last = start
        for commit in commits:
            made = self.objects.commits[commit]
            if not made.parents:
                raise InputError("the first commit cannot be undone")
            files = self._joined(commit, last, made.parents[0], "Revert")
            if files != self.objects.commits[last].files:
                last = self.objects.add(Commit(files, (last,), f'Revert "{made.subject}"', tuple(trailers)))
        return last

    def push(self, remote: str, branch: str, commit: str, expected: str | None) -> None:
        _require_name(branch)
        found = self._asked(remote)
        if expected is not None and expected not in self.objects.history(commit):
            raise Refused("it does not have all of what the branch has")
        if branch in found.protected or branch == found.default:
            raise Refused(f"{remote} protects the branch {branch}")
        if found.branches.get(branch) != expected:
            raise Refused(f"{branch} changed on {remote} meanwhile; nothing was pushed")
        found.branches[branch] = commit
        self.references[f"refs/remotes/{remote}/{branch}"] = commit
        self.pushes.append(branch)

    def changes(self, before: str, after: str) -> tuple[FileChange, ...]:
        old, new = self.objects.commits[before].files, self.objects.commits[after].files
        found = []
        for path in sorted(old.keys() | new.keys()):
            if old.get(path) != new.get(path):
                lines = list(difflib.ndiff(_lines(old.get(path)), _lines(new.get(path))))
                added, taken = (sum(line.startswith(sign) for line in lines) for sign in "+-")
                found.append(FileChange(path, added, taken))
        return tuple(found)

    def diff(self, before: str, after: str) -> str:
        old, new = self.objects.commits[before].files, self.objects.commits[after].files
        return "".join(
            "".join(difflib.unified_diff(_lines(old.get(path)), _lines(new.get(path)), f"a/{path}", f"b/{path}"))
            for path in sorted(old.keys() | new.keys())
            if old.get(path) != new.get(path)
        )

    def _asked(self, remote: str) -> Remote:
        self.remote_url(remote)
        if not self.remotes[remote].answers:
            raise RemoteError(f"{remote} cannot be reached", retryable=True)
        return self.remotes[remote]

    def _joined(
        self, base: str, ours: str, theirs: str, subject: str, settle: Settle | None = None
    ) -> dict[str, bytes]:
        was, mine, other = (self.objects.commits[each].files for each in (base, ours, theirs))
        files: dict[str, bytes] = {}
        conflicts = []
        for path in sorted(was.keys() | mine.keys() | other.keys()):
            before, here, there = was.get(path), mine.get(path), other.get(path)
            now = there if before == here else here
            if here != there and before not in (here, there):
                sides = before, here, there
                known = settle is not None and None not in sides
                now = settle(path, *sides) if known else None  # type: ignore[arg-type, misc]
                if now is None:
                    conflicts.append(path)
            if now is not None:
                files[path] = now
        if conflicts:
            raise Refused(f"{subject}: this conflicts in: {', '.join(conflicts)}")
        return files


def memory_clone(files: Mapping[str, bytes] | None = None) -> MemoryRepository:
    """A clone of a remote `origin` with one commit on `main`."""
    remote = Remote()
    remote.commit({"app.py": b"one\ntwo\nthree\n"} if files is None else files)
    return MemoryRepository({"origin": remote})


def _changed(files: dict[str, bytes], changes: Mapping[str, bytes | None]) -> dict[str, bytes]:
    for path, content in changes.items():
        if path.startswith("/") or {"..", ".git", "", "."} & set(path.split("/")):
            raise InputError("a path that leads out of the repository cannot be committed", location=path)
        if content is None:
            files.pop(path, None)
        else:
            files[path] = content
    return files


def _require_name(branch: str) -> None:
    if branch.startswith("-") or ".." in branch or " " in branch or not branch:
        raise InputError(f"{branch!r} cannot be the name of a branch")


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode(errors="replace").splitlines(keepends=True)
