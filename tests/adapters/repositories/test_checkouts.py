"""Checkouts have what a commit has, as a working tree would; nothing in a repository reaches out of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from migrator.adapters.repositories import open_repository
from migrator.adapters.repositories.scratch import PREFIX, remove_leftovers, scratch_folder
from migrator.domain.pull_requests import CommitDraft
from migrator.errors import InputError
from tests.support.git_world import ENVIRONMENT, GitWorld, git, kept, our_git, write

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The system's folder for temporary files, for this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def leftovers(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{PREFIX}*"))


def test_files_have_the_line_ends_modes_and_links_of_a_working_tree(world: GitWorld) -> None:
    (world.other / "run.sh").write_text("#!/bin/sh\n")
    (world.other / "run.sh").chmod(0o755)
    (world.other / "inside").symlink_to("app.py")
    commit = world.commit({".gitattributes": "*.txt text eol=crlf\n", "lines.txt": "a\nb\n", "sub/app.py": "x\n"})
    repository = world.repository()
    repository.fetch("origin", ["main"])
    with repository.checkout(commit) as folder:
        assert folder.name == world.clone.name
        assert (folder / "lines.txt").read_bytes() == b"a\r\nb\r\n" == repository.read(commit, "lines.txt")
        assert os.access(folder / "run.sh", os.X_OK)
        assert (folder / "inside").is_symlink()
        assert repository.read(commit, "inside") is None, "a link is no file"
        assert not (folder / ".git").exists()
    assert repository.read(commit, "../remote.git/HEAD") is None


def test_some_files_are_as_they_are_among_all(world: GitWorld) -> None:
    (world.other / "out.txt").symlink_to("/etc/passwd")
    commit = world.commit({".gitattributes": "*.txt text eol=crlf\n", "sub/lines.txt": "a\nb\n"})
    repository = world.repository()
    repository.fetch("origin", ["main"])
    with repository.checkout(commit, [".txt"]) as folder:
        assert (folder / "sub/lines.txt").read_bytes() == b"a\r\nb\r\n"
        assert (folder / "out.txt").read_text() == "/etc/passwd"
        assert not (folder / "app.py").exists()


def test_a_link_that_leads_out_is_a_text(world: GitWorld, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name, target in {
        "absolute": str(outside),
        "up": "../../../outside",
        "through": "up/file",
        "dangling": "/nowhere/at/all",
        "git": str(world.clone / ".git"),
        "loop": "loop",
        "sub/inside": "../app.py",
    }.items():
        (world.other / name).parent.mkdir(exist_ok=True)
        (world.other / name).symlink_to(target)
    commit = world.commit({})
    repository = world.repository()
    repository.fetch("origin", ["main"])
    with repository.checkout(commit) as folder:
        links = {path.name for path in folder.rglob("*") if path.is_symlink()}
        assert links == {"inside", "loop"}
        assert (folder / "absolute").read_text() == str(outside)
        (folder / "up").write_text("written")
    assert list(outside.iterdir()) == []


def test_odd_names_are_files_like_others(world: GitWorld) -> None:
    names = ["-f", "--exec=x", "a\nb", "tab\t", "*", ":(glob)x", "ü", os.fsdecode(b"\xff.py"), '"q"', "$(x)"]
    world.commit(dict.fromkeys(names, "theirs\n"))
    repository = world.repository()
    repository.fetch("origin", ["main"])
    base = repository.commit_of("origin/main")
    assert base is not None
    with repository.checkout(base) as folder:
        assert {path.name for path in folder.iterdir()} == {*names, "app.py", "README.md"}
    files: dict[str, bytes | None] = dict.fromkeys(names, b"ours\n")
    made = repository.committed(base, [CommitDraft("Change", "", files)], ())
    assert {change.path for change in repository.changes(base, made)} == set(names)
    assert all(repository.read(made, name) == b"ours\n" for name in names)
    gone = repository.committed(made, [CommitDraft("Take", "", dict.fromkeys(names))], ())
    assert [change.taken for change in repository.changes(made, gone)] == [1] * len(names)
    write(world.clone, {"a\nb": "new", os.fsdecode(b"\xfe"): "new"})
    assert set(repository.uncommitted()) == {"a\nb", os.fsdecode(b"\xfe")}


def test_submodules_are_empty_folders_and_pointers_stay_pointers(world: GitWorld) -> None:
    git(
        world.other, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(world.remote), "modules/one"
    )
    # As `git lfs install` sets it, with a program that is not there.
    for clone in (world.clone, world.other):
        for name in ("clean", "smudge", "process"):
            git(clone, "config", f"filter.lfs.{name}", "no-such-program")
        git(clone, "config", "filter.lfs.required", "true")
    object_id = subprocess.run(
        ["git", "hash-object", "-w", "--stdin"], cwd=world.other, input=POINTER, capture_output=True, check=True
    ).stdout.decode()
    git(world.other, "update-index", "--add", "--cacheinfo", f"100644,{object_id.strip()},big.bin")
    (world.other / ".gitattributes").write_text("*.bin filter=lfs -text\n")
    git(world.other, "-c", "filter.lfs.required=false", "add", ".gitattributes")
    git(world.other, "commit", "-q", "-m", "Modules")
    git(world.other, "push", "-q", "origin", "main")
    repository = world.repository()
    repository.fetch("origin", ["main"])
    base = repository.commit_of("origin/main")
    assert base is not None
    with repository.checkout(base) as folder:
        assert (folder / "big.bin").read_bytes() == POINTER
        assert list((folder / "modules/one").iterdir()) == []
    made = repository.committed(base, [CommitDraft("Add", "", {"big.bin": POINTER + b"x\n", "new.py": b"x\n"})], ())
    assert repository.read(made, "big.bin") == POINTER + b"x\n"
    with pytest.raises(InputError, match="belongs into LFS") as raised:
        repository.committed(base, [CommitDraft("Add", "", {"services/tax/model.bin": b"\0"})], ())
    assert "services/tax/** -filter" in raised.value.hint
    for path in ("modules/one", "modules/one/file"):
        with pytest.raises(InputError, match="a submodule stands"):
            repository.committed(base, [CommitDraft("Add", "", {path: b"x"})], ())
    assert repository.uncommitted() == ()


def test_nothing_that_a_repository_or_its_settings_name_is_run(world: GitWorld, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >>"{told}"\n')
    program.chmod(0o755)
    hooks = world.clone / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "pre-commit", "commit-msg", "pre-push", "post-index-change", "reference-transaction", "post-merge", "post-rewrite", "fsmonitor-watchman"):  # fmt: skip
        (hooks / name).symlink_to(program)
    for name, value in {
        "core.fsmonitor": str(program),
        "core.hooksPath": str(hooks),
        "core.pager": str(program),
        "core.editor": str(program),
        "core.askPass": str(program),
        "diff.external": str(program),
        "diff.all.textconv": str(program),
        "diff.all.command": str(program),
        "protocol.ext.allow": "always",
    }.items():
        git(world.clone, "config", name, value)
    theirs = world.commit({".gitattributes": "* diff=all\n", "theirs.py": "x\n"}, branch="topic")
    environment = {
        **ENVIRONMENT,
        "GIT_EXTERNAL_DIFF": str(program),
        "GIT_ASKPASS": str(program),
        "SSH_ASKPASS": str(program),
    }
    repository = world.repository(environment)
    repository.fetch("origin", ["main", "topic"])
    base = repository.commit_of("origin/main")
    assert base is not None
    repository.uncommitted()
    made = repository.committed(base, [CommitDraft("Add", "", {"a.py": b"x\n"})], ())
    both = repository.merged(made, theirs, "Merge")
    repository.reverted(both, [made], ())
    repository.diff(base, both)
    with repository.checkout(both):
        pass
    repository.push("origin", "mine", both, None)
    git(world.clone, "remote", "add", "run", f"ext::{program} x")
    with pytest.raises(InputError, match="protocol"):
        repository.fetch("run", ["main"])
    assert not told.exists()


def test_a_sparse_clone_has_everything_here(world: GitWorld) -> None:
    world.commit({"shop/a.py": "x\n", "docs/b.md": "x\n"})
    git(world.clone, "pull", "-q")
    git(world.clone, "sparse-checkout", "set", "shop")
    assert not (world.clone / "docs").exists()
    before = kept(world.clone)
    repository = world.repository()
    assert repository.uncommitted() == ()
    head = repository.commit_of("HEAD")
    assert head is not None
    with repository.checkout(head) as folder:
        assert (folder / "docs/b.md").exists()
    assert repository.read(head, "docs/b.md") == b"x\n"
    made = repository.committed(head, [CommitDraft("Add", "", {"docs/b.md": b"y\n"})], ())
    assert [change.path for change in repository.changes(head, made)] == ["docs/b.md"]
    assert kept(world.clone) == before


def test_variables_of_git_lead_nowhere_else(world: GitWorld, tmp_path: Path) -> None:
    """As they are set where this program is called by a hook."""
    elsewhere = {"GIT_DIR": str(world.other / ".git"), "GIT_INDEX_FILE": str(tmp_path / "i"), "GIT_WORK_TREE": "/"}
    before = kept(world.other)
    repository = world.repository({**ENVIRONMENT, **elsewhere})
    assert repository.top == world.clone
    base = repository.commit_of("HEAD")
    assert base is not None
    made = repository.committed(base, [CommitDraft("Add", "", {"a.py": b"x\n"})], ())
    assert git(world.clone, "cat-file", "-t", made) == "commit"
    assert kept(world.other) == before


INTERRUPTED = """
import os, sys, time, tempfile
from pathlib import Path
from migrator.adapters.repositories import open_repository
from tests.support.git_world import our_git
repository = open_repository(Path(sys.argv[1]), our_git())
with repository.checkout("HEAD") as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_checkout_goes_however_the_process_ends(world: GitWorld, temporary: Path, number: signal.Signals) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(world.clone)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert running.stdout is not None
    folder = Path(running.stdout.readline().decode().strip())
    assert (folder / "app.py").exists()
    in_use = leftovers(temporary)
    assert len(in_use) == 1
    _open_with(temporary, world)
    assert (folder / "app.py").exists(), "what is in use stays"
    running.send_signal(number)
    running.communicate()
    assert running.returncode == {signal.SIGTERM: 128 + signal.SIGTERM}.get(number, -number)
    if number == signal.SIGKILL:
        assert leftovers(temporary) == in_use
        _open_with(temporary, world)
    assert leftovers(temporary) == []


def _open_with(temporary: Path, world: GitWorld) -> None:
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    try:
        open_repository(world.clone, our_git())
    finally:
        tempfile.tempdir = before


def test_only_leftovers_of_ours_go(temporary: Path) -> None:
    before, tempfile.tempdir = tempfile.tempdir, str(temporary)
    try:
        kept_back = temporary / f"{PREFIX}link"
        (temporary / "target").mkdir()
        (temporary / "target/.lock").touch()
        kept_back.symlink_to(temporary / "target")
        young, old, other = (temporary / name for name in (f"{PREFIX}young", f"{PREFIX}old", "somebody-s"))
        for folder in (young, old, other):
            folder.mkdir()
        os.utime(old, (1, 1))
        (other / ".lock").touch()
        with scratch_folder() as scratch:
            remove_leftovers()
            assert scratch.tree.exists()
        assert sorted(path.name for path in temporary.iterdir()) == sorted(
            [kept_back.name, "target", young.name, other.name]
        )
        assert (temporary / "target/.lock").exists()
    finally:
        tempfile.tempdir = before


def test_a_handler_of_the_program_for_term_stays(world: GitWorld) -> None:
    def handler(*_: object) -> None:
        """The program's own."""

    before = signal.signal(signal.SIGTERM, handler)
    try:
        with scratch_folder():
            assert signal.getsignal(signal.SIGTERM) is handler
        assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)
