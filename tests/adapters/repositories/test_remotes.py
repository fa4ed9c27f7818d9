"""What remotes do to a run: they refuse, ask who is there, keep silent, or have only a part of the history."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from migrator.adapters.processes import free_port
from migrator.adapters.programs import find_program
from migrator.adapters.repositories import GitRepository
from migrator.adapters.repositories.running import Git
from migrator.domain.pull_requests import CommitDraft
from migrator.errors import InputError, MigratorError, Refused, RemoteError
from tests.support.git_world import ENVIRONMENT, GitWorld, git, kept, write
from tests.support.http_servers import Behavior, HttpServer

TOKEN = "ghp_plantedplantedplanted"


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer("forge") as running:
        yield running


def made(repository: GitRepository) -> str:
    repository.fetch("origin", ["main"])
    base = repository.commit_of("origin/main")
    assert base is not None
    return repository.committed(base, [CommitDraft("Add it", "", {"a.py": b"x\n"})], ())


def everything_of(error: MigratorError) -> str:
    chain: list[BaseException] = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(cause)
    return " ".join(f"{each} {each!r} {getattr(each, 'hint', '')}" for each in chain)


def hook(world: GitWorld, text: str) -> None:
    path = world.remote / "hooks/pre-receive"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("script", "message", "hint"),
    [
        ("echo 'GH006: Protected branch update failed for refs/heads/topic.'; exit 1", "protects", "--branch"),
        ("printf 'no \\033[31mticket\\n'; exit 1", "turned the branch topic away", "no  [31mticket"),
    ],
)
def test_a_remote_that_refuses_is_quoted(world: GitWorld, script: str, message: str, hint: str) -> None:
    repository = world.repository()
    commit = made(repository)
    hook(world, script)
    with pytest.raises(Refused, match=message) as raised:
        repository.push("origin", "topic", commit, None)
    assert hint in raised.value.hint
    assert world.branches() == ["main"]
    assert repository.commit_of("refs/remotes/origin/topic") is None


def test_a_branch_that_moves_while_it_is_pushed_keeps_what_is_new(world: GitWorld) -> None:
    """Somebody else is faster by the time of a hook: after the lease was looked at, before the branch moves."""
    repository = world.repository()
    commit = made(repository)
    repository.push("origin", "topic", commit, None)
    theirs = world.commit({"theirs.py": "x\n"}, branch="topic")
    git(world.remote, "update-ref", "refs/heads/topic", commit)
    hook(world, f"env -u GIT_QUARANTINE_PATH git update-ref refs/heads/topic {theirs}")
    more = repository.committed(commit, [CommitDraft("More", "", {"b.py": b"x\n"})], ())
    with pytest.raises(Refused, match="meanwhile"):
        repository.push("origin", "topic", more, commit)
    assert world.tip("topic") == theirs


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (401, InputError, "who you are"),
        (403, InputError, "no rights"),
        (404, InputError, "no repository at the address"),
        (503, RemoteError, "cannot be reached"),
    ],
)
def test_an_answer_by_http_has_its_meaning_and_no_token_is_shown(
    world: GitWorld, server: HttpServer, tmp_path: Path, status: int, kind: type[MigratorError], message: str
) -> None:
    server.behavior = Behavior(status=status, headers={"www-authenticate": 'Basic realm="x"'})
    asked, program = tmp_path / "asked", tmp_path / "askpass"
    program.write_text(f"#!/bin/sh\ntouch '{asked}'\n")
    program.chmod(0o755)
    repository = world.repository({**ENVIRONMENT, "GIT_ASKPASS": str(program), "SSH_ASKPASS": str(program)})
    commit = made(repository)
    git(world.clone, "remote", "add", "web", f"http://ada:{TOKEN}@127.0.0.1:{server.port}/o/r.git?token={TOKEN}")
    git(world.clone, "remote", "add", "anonymous", f"{server.url}/o/r.git")
    asks: list[Callable[[], object]] = [
        lambda: repository.fetch("anonymous", ["main"]),
        lambda: repository.fetch("web", ["main"]),
        lambda: repository.default_branch("web"),
        lambda: repository.push("web", "topic", commit, None),
    ]
    for ask in asks:
        with pytest.raises(kind, match=message) as raised:
            ask()
        assert TOKEN not in everything_of(raised.value)
    assert server.count() >= 4
    assert not asked.exists(), "nobody is asked"
    assert repository.remote_url("web") == f"http://127.0.0.1:{server.port}/o/r.git"
    assert TOKEN not in repr(repository)


def test_a_host_that_is_not_there_may_be_there_later(world: GitWorld) -> None:
    git(world.clone, "remote", "set-url", "origin", f"http://ada:{TOKEN}@127.0.0.1:{free_port()}/o/r.git")
    with pytest.raises(RemoteError, match="origin cannot be reached") as raised:
        world.repository().fetch("origin", ["main"])
    assert raised.value.retryable
    assert TOKEN not in everything_of(raised.value)


def test_a_remote_that_keeps_silent_is_not_waited_for_forever(world: GitWorld) -> None:
    program = find_program("git")
    assert program is not None
    with socket.create_server(("127.0.0.1", 0)) as silent:
        git(world.clone, "remote", "set-url", "origin", f"http://127.0.0.1:{silent.getsockname()[1]}/o/r.git")
        repository = GitRepository(world.clone, Git(program, ENVIRONMENT, deadline_s=0.3))
        with pytest.raises(RemoteError, match="did not answer in time") as raised:
            repository.fetch("origin", ["main"])
    assert raised.value.retryable


@pytest.mark.parametrize("address", ["../gone.git", "ssh://127.0.0.1:1/o/r.git"])
def test_an_address_without_a_repository(world: GitWorld, address: str) -> None:
    git(world.clone, "remote", "set-url", "origin", address)
    with pytest.raises((InputError, RemoteError)) as raised:
        world.repository().fetch("origin", ["main"])
    assert "origin" in raised.value.message


def test_a_shallow_clone_is_deepened_and_stays_as_it_is_otherwise(world: GitWorld, tmp_path: Path) -> None:
    for number in range(3):
        world.commit({"more.py": f"{number}\n"})
    ours = world.commit({"topic.py": "x\n"}, branch="topic")
    theirs = world.commit({"app.py": "x\n"})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{world.remote}", str(shallow))
    before = kept(shallow)
    repository = GitRepository(shallow, world.repository()._git)
    repository.fetch("origin", ["main", "topic"])
    assert repository.trailers(repository.merged(ours, theirs, "Merge"), ours, "x") == ()
    assert git(shallow, "rev-parse", "--is-shallow-repository") == "false"
    assert kept(shallow) == before


def test_a_remote_that_is_shallow_itself_is_refused(world: GitWorld, tmp_path: Path) -> None:
    world.commit({"more.py": "x\n"})
    shallow, of_it = tmp_path / "shallow.git", tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--bare", "--depth=1", f"file://{world.remote}", str(shallow))
    git(tmp_path, "clone", "-q", f"file://{shallow}", str(of_it))
    with pytest.raises(InputError, match="history of origin is cut off"):
        GitRepository(of_it, world.repository()._git).fetch("origin", ["main"])


def test_a_remote_without_commits_or_without_a_default(world: GitWorld, tmp_path: Path) -> None:
    empty = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(empty))
    git(world.clone, "remote", "add", "empty", str(empty))
    repository = world.repository()
    with pytest.raises(InputError, match="no commit on its default branch"):
        repository.default_branch("empty")
    repository.fetch("empty", ["main"])
    assert repository.commit_of("refs/remotes/empty/main") is None
    git(world.remote, "update-ref", "--no-deref", "HEAD", world.tip("main"))
    with pytest.raises(InputError, match="does not say which branch"):
        repository.default_branch("origin")


def test_a_branch_that_is_named_like_a_folder_of_ours_stands_in_the_way(world: GitWorld) -> None:
    repository = world.repository()
    commit = made(repository)
    world.commit({}, branch="migrator")
    with pytest.raises(Refused, match="as if the other were a folder") as raised:
        repository.push("origin", "migrator/tax", commit, None)
    assert "--branch" in raised.value.hint
    repository.fetch("origin", ["migrator"])
    git(world.remote, "branch", "-D", "migrator")
    git(world.remote, "branch", "migrator/tax", "main")
    with pytest.raises(Refused, match="as if the other") as raised:
        repository.fetch("origin", ["migrator/tax"])
    assert "git remote prune origin" in raised.value.hint


def test_a_partial_clone_brings_what_it_lacks(world: GitWorld, tmp_path: Path) -> None:
    theirs = world.commit({"app.py": "theirs\n"}, branch="topic")
    git(world.remote, "config", "uploadpack.allowFilter", "true")
    git(world.remote, "config", "uploadpack.allowAnySHA1InWant", "true")
    partial = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{world.remote}", str(partial))
    repository = GitRepository(partial, world.repository()._git)
    commit = made(repository)
    repository.fetch("origin", ["topic"])
    both = repository.merged(commit, theirs, "Merge")
    with repository.checkout(both) as folder:
        assert (folder / "app.py").read_text() == "theirs\n"
    repository.push("origin", "ours", both, None)
    assert world.tip("ours") == both


def test_only_the_branch_itself_is_fetched_and_not_one_that_ends_like_it(world: GitWorld) -> None:
    git(world.remote, "update-ref", "refs/heads/refs/heads/topic", world.tip("main"))
    world.commit({"new.py": "x\n"})
    git(world.remote, "tag", "topic", "main")
    repository = world.repository()
    repository.fetch("origin", ["main", "topic"])
    assert repository.commit_of("refs/remotes/origin/main") == world.tip("main")
    assert repository.commit_of("refs/remotes/origin/topic") is None
    assert git(world.clone, "tag") == ""


def test_a_remote_that_is_none_names_those_there_are(world: GitWorld) -> None:
    repository = world.repository()
    for name in ("upstream", "--upload-pack=touch x", str(world.remote)):
        with pytest.raises(InputError, match="no remote") as raised:
            repository.fetch(name, ["main"])
        assert "this clone has origin" in raised.value.hint
    git(world.clone, "remote", "remove", "origin")
    with pytest.raises(InputError) as raised:
        repository.remote_url("origin")
    assert "git remote add origin" in raised.value.hint


def test_nothing_of_the_person_s_is_touched(world: GitWorld) -> None:
    """In the middle of a rebase, with a stash, staged and unstaged changes, and the branch itself checked out."""
    theirs = world.commit({"app.py": "theirs\n"}, branch="topic")
    clone = world.clone
    git(clone, "fetch", "-q")
    git(clone, "checkout", "-q", "topic")
    write(clone, {"app.py": "mine\n"})
    git(clone, "commit", "-q", "-am", "Mine")
    write(clone, {"app.py": "stashed\n"})
    git(clone, "stash", "-q")
    write(clone, {"README.md": "staged\n", "new.py": "new\n"})
    git(clone, "add", "README.md")
    git(clone, "mv", "app.py", "renamed.py")
    git(clone, "checkout", "-q", "--detach")
    git(clone, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/elsewhere/*")
    before = kept(clone)
    repository = world.repository()
    commit = made(repository)
    repository.fetch("origin", ["topic"])
    assert repository.commit_of("refs/remotes/origin/topic") == theirs
    assert repository.uncommitted() == ("README.md", "app.py", "new.py", "renamed.py")
    both = repository.merged(commit, theirs, "Merge")
    repository.reverted(both, [commit], ())
    with repository.checkout(both) as folder:
        (folder / "app.py").write_text("changed")
    repository.push("origin", "ours", both, None)
    repository.diff(commit, both)
    assert kept(clone) == before
    assert not (clone / ".git/FETCH_HEAD").exists() or ".git/FETCH_HEAD" in before


def test_two_runs_may_fetch_at_the_same_time(world: GitWorld) -> None:
    """Each finds the other's locks, and tries again."""
    repository, errors = world.repository(), list[Exception]()

    def fetch() -> None:
        try:
            repository.fetch("origin", ["main", "topic"])
        except MigratorError as error:
            errors.append(error)

    world.commit({"a.py": "x\n"}, branch="topic")
    world.commit({"a.py": "x\n"})
    threads = [threading.Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert repository.commit_of("origin/main") == world.tip("main")
