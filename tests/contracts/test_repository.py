"""What every `Repository` does, the one in memory and git on a clone of a bare remote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from migrator.domain.pull_requests import CommitDraft, FileChange
from migrator.errors import InputError, Refused
from migrator.publishing.ports import Repository
from tests.support.git_world import GitWorld, git, git_world, write
from tests.support.memory_repository import MemoryRepository, memory_clone

OURS = (("Migrator-Candidate", "shop.tax"), ("Migrator-Stage", "move"))


class Rig(Protocol):
    """A repository, and what people do around it."""

    @property
    def repository(self) -> Repository: ...
    def elsewhere(self, files: Mapping[str, bytes | None], branch: str = "main") -> str: ...
    def local(self, branch: str, commit: str) -> None: ...
    def edit(self, path: str) -> None: ...
    def tip(self, branch: str) -> str | None: ...
    def remove(self, branch: str) -> None: ...


@dataclass
class InMemory:
    repository: MemoryRepository

    def elsewhere(self, files: Mapping[str, bytes | None], branch: str = "main") -> str:
        return self.repository.remotes["origin"].commit(files, branch)

    def local(self, branch: str, commit: str) -> None:
        self.repository.references[f"refs/heads/{branch}"] = commit

    def edit(self, path: str) -> None:
        self.repository.working_tree += (path,)

    def tip(self, branch: str) -> str | None:
        return self.repository.remotes["origin"].branches.get(branch)

    def remove(self, branch: str) -> None:
        del self.repository.remotes["origin"].branches[branch]


@dataclass
class OnDisk:
    world: GitWorld
    repository: Repository

    def elsewhere(self, files: Mapping[str, bytes | None], branch: str = "main") -> str:
        return self.world.commit(files, branch=branch)

    def local(self, branch: str, commit: str) -> None:
        git(self.world.clone, "branch", branch, commit)

    def edit(self, path: str) -> None:
        write(self.world.clone, {path: "edited"})

    def tip(self, branch: str) -> str | None:
        return self.world.tip(branch) or None

    def remove(self, branch: str) -> None:
        git(self.world.remote, "branch", "-D", branch)


@pytest.fixture(params=["memory", "git"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Rig:
    if request.param == "memory":
        return InMemory(memory_clone())
    world = git_world(tmp_path, {"app.py": "one\ntwo\nthree\n"})
    return OnDisk(world, world.repository())


def draft(files: Mapping[str, bytes | None], subject: str = "Add it") -> CommitDraft:
    return CommitDraft(subject, "", files)


def base(rig: Rig) -> str:
    rig.repository.fetch("origin", ["main"])
    found = rig.repository.commit_of("origin/main")
    assert found is not None
    return found


def test_a_branch_is_known_after_it_was_fetched_and_unknown_after_it_went(rig: Rig) -> None:
    there = rig.elsewhere({"new.py": b"new\n"}, "topic")
    assert rig.repository.commit_of("refs/remotes/origin/topic") is None
    rig.repository.fetch("origin", ["main", "topic", "never"])
    assert rig.repository.commit_of("refs/remotes/origin/topic") == there
    assert rig.repository.commit_of("origin/topic") == rig.repository.commit_of(there) == there
    assert rig.repository.commit_of("origin/never") is None
    assert rig.repository.commit_of("origin/topic^") == base(rig)
    assert rig.repository.commit_of("origin/main^") is None, "the first commit has no parent"
    rig.remove("topic")
    rig.repository.fetch("origin", ["topic"])
    assert rig.repository.commit_of("refs/remotes/origin/topic") is None


def test_who_commits_is_known(rig: Rig) -> None:
    assert rig.repository.committer() == "Ada <ada@example.org>"


def test_a_local_branch_stands_for_its_commit(rig: Rig) -> None:
    rig.local("mine", base(rig))
    assert rig.repository.commit_of("refs/heads/mine") == rig.repository.commit_of("mine") == base(rig)


def test_the_default_branch_and_an_unknown_remote(rig: Rig) -> None:
    assert rig.repository.default_branch("origin") == "main"
    for ask in (rig.repository.remote_url, rig.repository.default_branch):
        with pytest.raises(InputError, match="no remote nobody"):
            ask("nobody")


@pytest.mark.parametrize("name", ["-f", "a..b", "a b", ""])
def test_what_is_no_name_of_a_branch_is_refused(rig: Rig, name: str) -> None:
    with pytest.raises(InputError, match="name of a branch"):
        rig.repository.fetch("origin", [name])
    with pytest.raises(InputError, match="name of a branch"):
        rig.repository.push("origin", name, base(rig), None)


def test_what_is_not_committed_is_listed_below_a_folder(rig: Rig) -> None:
    assert rig.repository.uncommitted() == ()
    for path in ("app.py", "shop/new.py", "shopper.py"):
        rig.edit(path)
    assert rig.repository.uncommitted() == ("app.py", "shop/new.py", "shopper.py")
    assert rig.repository.uncommitted("shop") == ("shop/new.py",)
    assert rig.repository.uncommitted("app.py") == ("app.py",)
    assert rig.repository.uncommitted("nowhere") == ()


def test_commits_come_back_with_their_trailers_newest_first(rig: Rig) -> None:
    start = base(rig)
    first = rig.repository.committed(start, [draft({"a": b"a\n"})], OURS)
    last = rig.repository.committed(first, [draft({"b": b"b\n"})], [("Migrator-Candidate", "shop.mail")])
    assert rig.repository.trailers(start, last, "Migrator-Candidate") == ((last, "shop.mail"), (first, "shop.tax"))
    assert rig.repository.trailers(start, last, "Migrator-Stage") == ((last, ""), (first, "move"))
    assert rig.repository.trailers(last, start, "Migrator-Stage") == ()
    whole = rig.repository.trailers("", last, "Migrator-Candidate")
    assert whole[:2] == ((last, "shop.mail"), (first, "shop.tax")) and (start, "") in whole


def test_files_are_read_as_committed(rig: Rig) -> None:
    made = rig.repository.committed(base(rig), [draft({"x/y": b"\0\xff\r\n", "app.py": None})], OURS)
    assert rig.repository.read(made, "x/y") == b"\0\xff\r\n"
    assert rig.repository.read(made, "app.py") is None
    assert rig.repository.read(made, "x") is None, "a folder is no file"
    with rig.repository.checkout(made) as folder:
        assert [path.name for path in sorted(folder.rglob("*"))] == ["x", "y"]
        assert (folder / "x/y").read_bytes() == b"\0\xff\r\n"
    assert not folder.exists()


def test_a_checkout_may_have_only_files_of_some_endings(rig: Rig) -> None:
    files = {"router.yaml": b"r\n", "routes/tax.yml": b"t\n", "routes/tax.yaml.md": b"m\n"}
    made = rig.repository.committed(base(rig), [draft(files)], OURS)
    with rig.repository.checkout(made, (".yaml", ".yml")) as folder:
        found = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
        assert found == ["router.yaml", "routes/tax.yml"]
    with rig.repository.checkout(made, (".nothing",)) as folder:
        assert list(folder.iterdir()) == []


def test_a_draft_that_changes_nothing_makes_no_commit_and_no_branch_moves(rig: Rig) -> None:
    start = base(rig)
    same = draft({"app.py": b"one\ntwo\nthree\n", "nowhere": None})
    assert rig.repository.committed(start, [same], OURS) == start
    made = rig.repository.committed(start, [same, draft({"a": b"a"}), same], OURS)
    assert rig.repository.commit_of(f"{made}^") == start
    assert rig.tip("main") == start
    assert rig.repository.commit_of("origin/main") == start


@pytest.mark.parametrize("path", ["../out", "/etc/out", "a/../../out", ".git/hooks/pre-commit", "a//b", ""])
def test_no_path_leads_out(rig: Rig, path: str) -> None:
    with pytest.raises(InputError, match="leads out"):
        rig.repository.committed(base(rig), [draft({path: b"x"})], OURS)


def test_a_merge_has_all_of_both_and_is_none_where_one_has_the_other(rig: Rig) -> None:
    start = base(rig)
    ours = rig.repository.committed(start, [draft({"ours": b"ours\n"})], OURS)
    theirs = rig.elsewhere({"theirs": b"theirs\n"})
    base(rig)
    assert rig.repository.merged(ours, start, "Merge") == ours
    assert rig.repository.merged(start, ours, "Merge") == ours
    both = rig.repository.merged(ours, theirs, "Merge", OURS)
    assert rig.repository.read(both, "ours") == b"ours\n"
    assert rig.repository.read(both, "theirs") == b"theirs\n"
    assert rig.repository.trailers(theirs, both, "Migrator-Stage") == ((both, "move"), (ours, "move"))
    assert rig.repository.merged(both, theirs, "Merge") == both


def test_a_conflict_is_refused_and_names_the_files(rig: Rig) -> None:
    ours = rig.repository.committed(base(rig), [draft({"app.py": b"ours\n"})], OURS)
    theirs = rig.elsewhere({"app.py": b"theirs\n", "other.py": b"x"})
    base(rig)
    with pytest.raises(Refused, match=r"(?s)conflict.*app\.py") as raised:
        rig.repository.merged(ours, theirs, "Merge main into topic")
    assert "other.py" not in str(raised.value)
    assert "Merge main into topic" in str(raised.value)


def test_who_knows_how_to_merge_is_asked_about_each_conflict(rig: Rig) -> None:
    start = base(rig)
    was = rig.repository.read(start, "app.py")
    ours = rig.repository.committed(start, [draft({"app.py": b"ours\n", "new.py": b"ours\n"})], OURS)
    theirs = rig.elsewhere({"app.py": b"theirs\n", "other.py": b"x"})
    base(rig)
    asked = []

    def settle(*versions: object) -> bytes | None:
        asked.append(versions)
        return b"both\n"

    both = rig.repository.merged(ours, theirs, "Merge", OURS, settle)
    assert asked == [("app.py", was, b"ours\n", b"theirs\n")]
    assert [rig.repository.read(both, path) for path in ("app.py", "new.py", "other.py")] == [
        b"both\n",
        b"ours\n",
        b"x",
    ]
    assert rig.repository.merged(both, theirs, "Merge") == rig.repository.merged(both, ours, "Merge") == both
    with pytest.raises(Refused, match=r"(?s)conflict.*app\.py"):
        rig.repository.merged(ours, theirs, "Merge", OURS, lambda *_: None)


def test_what_is_not_on_both_sides_is_nobodys_to_settle(rig: Rig) -> None:
    ours = rig.repository.committed(base(rig), [draft({"app.py": None, "new.py": b"ours\n"})], OURS)
    theirs = rig.elsewhere({"app.py": b"theirs\n", "new.py": b"theirs\n"})
    base(rig)
    with pytest.raises(Refused, match=r"(?s)conflict.*app\.py.*new\.py"):
        rig.repository.merged(ours, theirs, "Merge", OURS, lambda *_: b"both\n")


def test_reverts_undo_in_the_order_given_and_leave_out_what_is_undone(rig: Rig) -> None:
    start = base(rig)
    first = rig.repository.committed(start, [draft({"a": b"a\n"}, "Add a")], OURS)
    second = rig.repository.committed(first, [draft({"app.py": None}, "Take app")], OURS)
    third = rig.repository.committed(second, [draft({"c": b"c\n"}, "Add c")], OURS)
    back = rig.repository.reverted(third, [second, first], [("Migrator-Stage", "back")])
    assert rig.repository.changes(start, back) == (FileChange("c", 1, 0),)
    made = rig.repository.trailers(third, back, "Migrator-Stage")
    assert [stage for _, stage in made] == ["back", "back"]
    assert rig.repository.reverted(back, [second, first], OURS) == back
    changed = rig.repository.committed(third, [draft({"a": b"other\n"})], OURS)
    with pytest.raises(Refused, match=r"(?s)\ba\b"):
        rig.repository.reverted(changed, [first], OURS)
    with pytest.raises(InputError, match="first commit"):
        rig.repository.reverted(third, [start], OURS)


def test_a_branch_is_pushed_only_where_it_is_as_expected(rig: Rig) -> None:
    start = base(rig)
    made = rig.repository.committed(start, [draft({"a": b"a\n"})], OURS)
    rig.repository.push("origin", "topic", made, None)
    assert rig.tip("topic") == rig.repository.commit_of("refs/remotes/origin/topic") == made
    more = rig.repository.committed(made, [draft({"b": b"b\n"})], OURS)
    for expected in (None, start):
        with pytest.raises(Refused, match="meanwhile"):
            rig.repository.push("origin", "topic", more, expected)
    assert rig.tip("topic") == made
    rig.repository.push("origin", "topic", more, made)
    assert rig.tip("topic") == more


def test_nothing_is_pushed_that_would_lose_a_commit_or_that_moves_the_default_branch(rig: Rig) -> None:
    start = base(rig)
    theirs = rig.elsewhere({"theirs": b"x"}, "topic")
    rig.repository.fetch("origin", ["topic"])
    ours = rig.repository.committed(start, [draft({"a": b"a\n"})], OURS)
    with pytest.raises(Refused, match="does not have all"):
        rig.repository.push("origin", "topic", ours, theirs)
    with pytest.raises(Refused):
        rig.repository.push("origin", "main", ours, start)
    assert (rig.tip("topic"), rig.tip("main")) == (theirs, start)


def test_changes_are_counted_by_lines(rig: Rig) -> None:
    start = base(rig)
    made = rig.repository.committed(start, [draft({"app.py": b"one\n2\nthree\n", "z/new": b"1\n2\n"})], OURS)
    assert rig.repository.changes(start, made) == (FileChange("app.py", 1, 1), FileChange("z/new", 2, 0))
    shown = rig.repository.diff(start, made)
    assert "-two\n+2\n" in shown
    assert "+++ b/z/new" in shown
    assert rig.repository.diff(made, made) == ""
