"""New commits without a working tree: files go into an index of our own, from there into a tree and a commit.

In: a commit to begin with, drafts, trailers. Out: the id of the last new commit; no branch moves. Files pass the filters and
line ends that the repository asks for, as `git add` would do it, so that bytes read from a checkout come back as the same
object. Hooks do not run: those of a person's clone are made for a working tree, and the remote's pipeline runs its checks.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path, PurePosixPath
from typing import Final

from migrator.adapters.repositories.checkouts import FILES, LINK, SUBMODULE, chunks, modes_at, place_of
from migrator.adapters.repositories.locating import Clone
from migrator.adapters.repositories.messages import message
from migrator.adapters.repositories.paths import stays_within
from migrator.adapters.repositories.refusals import local_error, signing_error
from migrator.adapters.repositories.running import Git, Place, Said
from migrator.adapters.repositories.scratch import scratch_folder
from migrator.domain.pull_requests import CommitDraft
from migrator.errors import InputError

_RUNS: Final = "100755"
_FOLDER: Final = "040000"
_WORDS: Final = {LINK: "a symbolic link", SUBMODULE: "a submodule", _FOLDER: "a folder"}
_POINTER: Final = b"version https://git-lfs.github.com/spec/"  # git-lfs: docs/spec.md
_MESSAGE: Final = "message"


def committed(
    git: Git, clone: Clone, start: str, drafts: Sequence[CommitDraft], trailers: Sequence[tuple[str, str]]
) -> str:
    """The last of new commits on top of one; drafts that change nothing are left out.

    Raises:
        InputError: a path leads out of the repository, through a link or into a submodule, or would have to be stored by
            LFS; git does not know who commits, or cannot sign.
    """
    last = start
    for draft in drafts:
        with scratch_folder() as scratch:
            place = place_of(clone, scratch)
            _ok(git.ask(["read-tree", last], place), "read a commit")
            _stage(git, place, last, draft)
            tree = _ok(git.ask(["write-tree"], place), "write a tree").text
        if tree != tree_of(git, clone, last):
            last = commit_tree(git, clone, tree, (last,), message(draft.subject, draft.body, trailers))
    return last


def committer(git: Git, clone: Clone) -> str:
    """Who commits, as `NAME <ADDRESS>`; git has a name for the author then too.

    Raises:
        InputError: git does not know; a name that it would make up from the machine's does not count.
    """
    here = Place(clone.top, clone.git_dir)
    _ok(git.ask(["var", "GIT_AUTHOR_IDENT"], here), "say who commits")
    said = _ok(git.ask(["var", "GIT_COMMITTER_IDENT"], here), "say who commits")
    return f"{said.text.rpartition('>')[0]}>"


def tree_of(git: Git, clone: Clone, commit: str) -> str:
    """The id of a commit's tree."""
    said = git.ask(["rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}"], Place(clone.top, clone.git_dir))
    return _ok(said, "read a commit").text


def commit_tree(git: Git, clone: Clone, tree: str, parents: Sequence[str], text: bytes) -> str:
    """A commit of a tree by the person that git knows, signed where their settings say so."""
    here = Place(clone.top, clone.git_dir)
    signs = git.ask(["config", "--type=bool", "--get", "commit.gpgsign"], here).text == "true"
    with scratch_folder() as scratch:
        path = scratch.tree / _MESSAGE
        path.write_bytes(text)
        arguments = ["commit-tree", *(part for parent in parents for part in ("-p", parent)), "-F", str(path)]
        if signs:
            said = git.run([*arguments, "-S", tree], here)
            if said.status != 0:
                raise signing_error(said)
            return said.text
        return _ok(git.ask([*arguments, tree], here), "make a commit").text


def _stage(git: Git, place: Place, commit: str, draft: CommitDraft) -> None:
    paths = {path: _checked(path) for path in draft.files}
    above = {str(folder) for path in paths.values() for folder in _folders(path)}
    modes = modes_at(git, place, commit, sorted({*paths, *above}))
    _require_room(draft, above, modes)
    gone = [path for path, content in draft.files.items() if content is None and path in modes]
    for chunk in chunks(gone):
        _ok(git.ask(["update-index", "--force-remove", "--", *chunk], place), "take files out")
    contents = {path: content for path, content in draft.files.items() if content is not None}
    there = [path for path in contents if modes.get(path) in FILES]
    for chunk in chunks(there):
        _ok(git.run(["checkout-index", "--force", "--", *chunk], place), "read the files of a commit")
    runs = {path for path in contents if path in draft.executable or modes.get(path) == _RUNS}
    # Where a repository holds line ends that its own rules would change, only what was really changed gets new ones.
    written = [
        path
        for path, content in contents.items()
        if path not in there
        or (place.folder / path).read_bytes() != content
        or (path in runs) != (modes[path] == _RUNS)
    ]
    for path in written:
        _write(place.folder / paths[path], contents[path], path, runs=path in runs)
    _require_no_lfs(git, place, contents, written)
    for chunk in chunks(written):
        _ok(git.run(["update-index", "--add", "--replace", "--", *chunk], place), "take files in")


def _require_room(draft: CommitDraft, above: Collection[str], modes: Mapping[str, str]) -> None:
    """Nothing is written through a link, into a submodule, or in place of something that nobody has taken away."""
    for path, mode in modes.items():
        stays = path not in draft.files or draft.files[path] is not None
        needs_folder = path in above
        if not stays or mode == (_FOLDER if needs_folder else mode if mode in FILES else ""):
            continue
        what = _WORDS.get(mode, "a file")
        raise InputError(
            f"{what} stands where {'a folder' if needs_folder else 'a file'} is to be",
            hint="choose another place, or remove it first",
            location=path,
        )


def _checked(path: str) -> PurePosixPath:
    if not stays_within(path):
        raise InputError("a path that leads out of the repository cannot be committed", location=ascii(path))
    return PurePosixPath(path)


def _folders(path: PurePosixPath) -> Iterator[PurePosixPath]:
    return accumulate((PurePosixPath(part) for part in path.parts[:-1]), lambda above, part: above / part)


def _write(file: Path, content: bytes, path: str, *, runs: bool) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755 if runs else 0o644)
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise InputError("a path is to be a file and a folder at once", location=path) from error
    except OSError as error:
        raise InputError(f"a file cannot be written: {error.strerror}", location=path) from error


def _require_no_lfs(git: Git, place: Place, contents: Mapping[str, bytes], paths: Sequence[str]) -> None:
    """Objects of LFS are pushed by a hook of git-lfs, and a pointer whose object nobody has is of no use."""
    for chunk in chunks(paths):
        # The scratch folder has the new attributes, the index those of the commit.
        said = _ok(git.ask(["check-attr", "-z", "filter", "--", *chunk], place), "read attributes")
        fields = said.output.split(b"\0")[:-1]
        for name, value in zip(fields[::3], fields[2::3], strict=True):
            path = os.fsdecode(name)
            if value == b"lfs" and not contents[path].startswith(_POINTER):
                raise InputError(
                    "git attributes say that this file belongs into LFS, where generated files are of no use",
                    hint=f"add a line to .gitattributes: {path.rpartition('/')[0] or '.'}/** -filter -diff -merge",
                    location=path,
                )


def _ok(said: Said, doing: str) -> Said:
    if said.status != 0:
        raise local_error(said, doing)
    return said
