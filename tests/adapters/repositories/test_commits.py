"""Commits without a working tree are what `git add` and `git commit` would have made, by the person git knows."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.adapters.repositories import GitRepository
from migrator.domain.pull_requests import CommitDraft
from migrator.errors import InputError
from tests.support.git_world import ALONE, ENVIRONMENT, GitWorld, git, write

OURS = (("Migrator-Candidate", "shop.tax"), ("Migrator-Stage", "move"))


def base(world: GitWorld, repository: GitRepository) -> str:
    repository.fetch("origin", ["main"])
    found = repository.commit_of("origin/main")
    assert found is not None
    return found


def add(repository: GitRepository, start: str, files: Mapping[str, bytes | None], **named: frozenset[str]) -> str:
    return repository.committed(start, [CommitDraft("Add it", "", files, **named)], OURS)


def listed(world: GitWorld, commit: str) -> list[str]:
    return git(world.clone, "ls-tree", "-r", commit).splitlines()


@pytest.mark.parametrize("autocrlf", ["false", "input", "true"])
def test_what_a_checkout_has_comes_back_as_the_same_objects(world: GitWorld, autocrlf: str) -> None:
    raw = {"lf.txt": b"a\nb\n", "crlf.txt": b"a\r\nb\r\n", "mixed.txt": b"a\r\nb\n", "binary.bin": b"\0\r\n\n\xff"}
    for name, content in raw.items():
        git(world.other, "update-index", "--add", "--cacheinfo", f"100644,{_object(world.other, content)},{name}")
    (world.other / ".gitattributes").write_text(
        "lf.txt text\nmixed.txt text eol=crlf\n*.md working-tree-encoding=UTF-16\n"
    )
    (world.other / "wide.md").write_text("ü\n", "utf-16")
    git(world.other, "add", ".gitattributes", "wide.md")
    git(world.other, "commit", "-q", "-m", "Odd")
    git(world.other, "push", "-q", "origin", "main")
    git(world.clone, "config", "core.autocrlf", autocrlf)
    git(world.clone, "config", "core.safecrlf", "true")
    repository = world.repository()
    start = base(world, repository)
    with repository.checkout(start) as folder:
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert add(repository, start, files) == start
    changed = add(repository, start, {"lf.txt": files["lf.txt"] + files["lf.txt"], "new.txt": b"x\ny\n"})
    assert git(world.clone, "cat-file", "-p", f"{changed}:lf.txt") == "a\nb\na\nb"
    assert [change.path for change in repository.changes(start, changed)] == ["lf.txt", "new.txt"]
    with repository.checkout(changed) as folder:
        assert (folder / "lf.txt").read_bytes() == files["lf.txt"] * 2


def _object(folder: Path, content: bytes) -> str:
    done = subprocess.run(
        ["git", "hash-object", "-w", "--stdin", "--no-filters"],
        cwd=folder,
        input=content,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def test_filters_that_a_person_has_set_up_hold(world: GitWorld) -> None:
    world.commit({".gitattributes": "*.secret filter=upper\n"})
    git(world.clone, "config", "filter.upper.clean", "tr a-z A-Z")
    git(world.clone, "config", "filter.upper.smudge", "tr A-Z a-z")
    repository = world.repository()
    made = add(repository, base(world, repository), {"a.secret": b"quiet\n"})
    assert git(world.clone, "cat-file", "-p", f"{made}:a.secret") == "QUIET"
    assert repository.read(made, "a.secret") == b"quiet\n"


def test_the_attributes_of_the_commit_hold_and_not_those_of_the_working_tree(world: GitWorld) -> None:
    world.commit({".gitattributes": "*.txt text eol=crlf\n"})
    write(world.clone, {".gitattributes": "*.txt -text\n", ".gitignore": "*\n"})
    repository = world.repository()
    made = add(repository, base(world, repository), {"a.txt": b"x\r\n", "sub/.gitattributes": b"*.txt -text\n", "sub/a.txt": b"x\r\n"})  # fmt: skip
    assert git(world.clone, "cat-file", "-s", f"{made}:a.txt") == "2"
    assert git(world.clone, "cat-file", "-s", f"{made}:sub/a.txt") == "3"


def test_modes_are_kept_and_given(world: GitWorld) -> None:
    (world.other / "run.sh").write_text("one\n")
    (world.other / "run.sh").chmod(0o755)
    world.commit({})
    git(world.clone, "config", "core.fileMode", "false")
    repository = world.repository()
    start = base(world, repository)
    made = add(
        repository, start, {"run.sh": b"two\n", "go.sh": b"x\n", "a.py": b"x\n"}, executable=frozenset({"go.sh"})
    )
    assert [line.split()[0] + line.partition("\t")[2] for line in listed(world, made)] == [
        "100644README.md",
        "100644a.py",
        "100644app.py",
        "100755go.sh",
        "100755run.sh",
    ]
    only_mode = add(repository, start, {"app.py": b"one\ntwo\nthree\n"}, executable=frozenset({"app.py"}))
    assert only_mode != start
    assert "100755" in next(line for line in listed(world, only_mode) if line.endswith("app.py"))


def test_one_file_among_many_of_a_folder(world: GitWorld) -> None:
    world.commit({f"shop/{number}.py": "x\n" for number in range(5)} | {"shop/sub/a.py": "x\n"})
    (world.other / "shop/link").symlink_to("1.py")
    world.commit({})
    repository = world.repository()
    start = base(world, repository)
    made = add(repository, start, {"shop/1.py": b"y\n", "shop/sub/b.py": b"y\n"})
    assert [change.path for change in repository.changes(start, made)] == ["shop/1.py", "shop/sub/b.py"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"link": b"x"}, "a symbolic link stands where a file"),
        ({"link/under": b"x"}, "a symbolic link stands where a folder"),
        ({"app.py/under": b"x"}, "a file stands where a folder"),
        ({"folder": b"x"}, "a folder stands where a file"),
        ({"new": b"x", "new/under": b"x"}, "at once"),
        ({"x" * 300: b"x"}, "cannot be written"),
        ({"\udc80\ud800": b"x"}, "leads out"),
        ({".GIT/config": b"x"}, "leads out"),
    ],
)
def test_nothing_is_written_through_or_over_something_else(
    world: GitWorld, tmp_path: Path, files: dict[str, bytes], message: str
) -> None:
    (world.other / "link").symlink_to(tmp_path)
    world.commit({"folder/file": "x\n"})
    repository = world.repository()
    with pytest.raises(InputError, match=message):
        add(repository, base(world, repository), files)
    assert not (tmp_path / "under").exists()


def test_what_is_taken_away_first_makes_room(world: GitWorld, tmp_path: Path) -> None:
    (world.other / "link").symlink_to(tmp_path)
    world.commit({})
    repository = world.repository()
    made = add(
        repository, base(world, repository), {"link": None, "link/under": b"x", "app.py": None, "app.py/a": b"y"}
    )
    assert sorted(line.partition("\t")[2] for line in listed(world, made)) == ["README.md", "app.py/a", "link/under"]
    assert not (tmp_path / "under").exists()


def test_the_person_that_git_knows_commits(world: GitWorld) -> None:
    repository = world.repository(ALONE)
    start = base(world, repository)
    with pytest.raises(InputError, match="who commits") as raised:
        add(repository, start, {"a.py": b"x\n"})
    assert "git config --global user.name" in raised.value.hint
    only_author = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("GIT_COMMITTER")}
    for environment in (ALONE, only_author, {**ALONE, "EMAIL": "ada@example.org"}):
        with pytest.raises(InputError, match="who commits"):
            world.repository(environment).committer()
    with pytest.raises(InputError, match="who commits"):
        add(world.repository({**ALONE, "EMAIL": "ada@example.org"}), start, {"a.py": b"x\n"})
    git(world.clone, "config", "user.name", "Grace")
    git(world.clone, "config", "user.email", "grace@example.org")
    assert repository.committer() == "Grace <grace@example.org>"
    made = add(repository, start, {"a.py": b"x\n"})
    assert git(world.clone, "log", "-1", "--format=%an %ae %cn", made) == "Grace grace@example.org Grace"


def test_settings_of_texts_change_neither_messages_nor_trailers(world: GitWorld) -> None:
    for name, value in {
        "i18n.commitEncoding": "ISO-8859-1",
        "trailer.separators": "=",
        "log.showSignature": "true",
    }.items():
        git(world.clone, "config", name, value)
    repository = world.repository()
    start = base(world, repository)
    made = repository.committed(start, [CommitDraft("Größe", "", {"a.py": b"x\n"})], OURS)
    assert git(world.clone, "log", "-1", "--encoding=UTF-8", "--format=%s", made) == "Größe"
    assert repository.trailers(start, made, "Migrator-Stage") == ((made, "move"),)


def test_commits_are_signed_where_the_settings_say_so(world: GitWorld, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    for name, value in {"commit.gpgsign": "true", "gpg.format": "ssh", "user.signingkey": str(key)}.items():
        git(world.clone, "config", name, value)
    repository = world.repository()
    start = base(world, repository)
    made = add(repository, start, {"a.py": b"x\n"})
    theirs = world.commit({"theirs.py": "x\n"})
    both = repository.merged(made, theirs if base(world, repository) == theirs else "", "Merge", OURS)
    for commit in (made, both, repository.reverted(both, [made], OURS)):
        assert "BEGIN SSH SIGNATURE" in git(world.clone, "cat-file", "commit", commit)
    key.unlink()
    with pytest.raises(InputError, match="signing failed"):
        add(repository, start, {"b.py": b"x\n"})


def test_a_revert_says_what_it_reverts(world: GitWorld) -> None:
    repository = world.repository()
    start = base(world, repository)
    made = add(repository, start, {"a.py": b"x\n"})
    back = repository.reverted(made, [made], OURS)
    assert git(world.clone, "log", "-1", "--format=%B", back).strip().splitlines() == [
        'Revert "Add it"',
        "",
        f"This reverts commit {made}.",
        "",
        "Migrator-Candidate: shop.tax",
        "Migrator-Stage: move",
    ]


def test_a_merge_is_undone_as_a_whole(world: GitWorld) -> None:
    repository = world.repository()
    start = base(world, repository)
    made = add(repository, add(repository, start, {"a.py": b"x\n"}), {"b.py": b"x\n"})
    theirs = world.commit({"theirs.py": "x\n"})
    base(world, repository)
    merge = repository.merged(theirs, made, "Merge")
    later = add(repository, merge, {"later.py": b"x\n"})
    back = repository.reverted(later, [merge], OURS)
    assert [change.path for change in repository.changes(start, back)] == ["later.py", "theirs.py"]


def test_merging_is_by_lines_and_sees_what_was_moved(world: GitWorld) -> None:
    lines = "".join(f"line {number}\n" for number in range(20))
    world.commit({"long.py": lines})
    repository = world.repository()
    start = base(world, repository)
    ours = add(repository, start, {"long.py": ("seam\n" + lines).encode()})
    theirs = world.commit({"long.py": None, "moved/long.py": lines.replace("line 15", "theirs")})
    base(world, repository)
    both = repository.merged(ours, theirs, "Merge")
    merged = repository.read(both, "moved/long.py")
    assert merged is not None
    assert merged.startswith(b"seam\n")
    assert b"theirs" in merged
