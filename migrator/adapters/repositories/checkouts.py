"""All files of a commit in a folder of their own, with an index of its own; the clone does not know of it.

In: a commit. Out: a folder. It is no linked working tree (`git worktree`): that would leave entries in the clone, follow its
sparse checkout, and have to be pruned after a kill. Submodules are empty folders, files of LFS their pointers. A symbolic
link that leads out of the folder is a text file with its target, so that nothing written here ends up elsewhere.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from migrator.adapters.repositories.locating import Clone
from migrator.adapters.repositories.paths import stays_within
from migrator.adapters.repositories.refusals import local_error
from migrator.adapters.repositories.running import Git, Place
from migrator.adapters.repositories.scratch import Scratch, scratch_folder

LINK: Final = "120000"  # modes of trees: gitformat-index(5)
FILES: Final = frozenset({"100644", "100755"})
SUBMODULE: Final = "160000"


def place_of(clone: Clone, scratch: Scratch) -> Place:
    """Calls that use the clone's objects, and the scratch folder for all else."""
    return Place(scratch.tree, clone.git_dir, scratch.tree, scratch.index)


@contextlib.contextmanager
def checked_out(git: Git, clone: Clone, commit: str, endings: Sequence[str] = ()) -> Iterator[Path]:
    """A folder with the files of a commit, while the block runs.

    Args:
        endings: how the paths of the files end that are needed; none for all files.

    Raises:
        RemoteError, InputError: git could not write them.
    """
    with scratch_folder(clone.top.name) as scratch:
        place = place_of(clone, scratch)
        if endings:
            _write_some(git, place, commit, tuple(endings))
        else:
            said = git.run(["read-tree", "--reset", "-u", "--no-sparse-checkout", commit], place)
            if said.status != 0:
                raise local_error(said, "check out the files")
        _defuse_links(git, place, scratch.tree)
        yield scratch.tree


def file_at(git: Git, clone: Clone, commit: str, path: str) -> bytes | None:
    """A file of a commit as a checkout has it; None for no file: nothing, a folder, a link, a submodule."""
    if not stays_within(path) or mode_at(git, clone, commit, path) not in FILES:
        return None
    with scratch_folder() as scratch:
        place = place_of(clone, scratch)
        # The index is read so that the attributes of the commit, and of no working tree, say how a file is written.
        for arguments in (["read-tree", commit], ["checkout-index", "--force", "--", path]):
            said = git.run(arguments, place)
            if said.status != 0:
                raise local_error(said, "read a file of a commit")
        return (scratch.tree / path).read_bytes()


def mode_at(git: Git, clone: Clone, commit: str, path: str) -> str:
    """The mode that a path has in a commit; an empty text where there is nothing."""
    found = modes_at(git, Place(clone.top, clone.git_dir), commit, [path])
    return found.get(path, "")


def modes_at(git: Git, place: Place, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """The modes of those of the paths that a commit has."""
    found: dict[str, str] = {}
    asked = frozenset(paths)
    for chunk in chunks(paths):
        said = git.ask(["ls-tree", "-z", "--full-tree", commit, "--", *chunk], place)
        if said.status != 0:
            raise local_error(said, "list the files of a commit")
        for entry in said.output.split(b"\0")[:-1]:
            about, _, name = entry.partition(b"\t")
            # Asked for a folder and for something in it, git lists all that is in the folder.
            if os.fsdecode(name) in asked:
                found[os.fsdecode(name)] = about.split()[0].decode()
    return found


def chunks(paths: Sequence[str], most: int = 200) -> Iterator[Sequence[str]]:
    """So many at a time as fit into a command line: 200 of 4,096 bytes are less than half of the 2 MB of Linux."""
    for start in range(0, len(paths), most):
        yield paths[start : start + most]


def _write_some(git: Git, place: Place, commit: str, endings: tuple[str, ...]) -> None:
    said = git.ask(["read-tree", commit], place)
    if said.status != 0:
        raise local_error(said, "read a commit")
    listed = git.ask(["ls-files", "-z"], place)
    if listed.status != 0:
        raise local_error(listed, "list the files of a commit")
    names = [os.fsdecode(name) for name in listed.output.split(b"\0")[:-1]]
    for chunk in chunks([name for name in names if name.endswith(endings)]):
        said = git.run(["checkout-index", "--force", "--", *chunk], place)
        if said.status != 0:
            raise local_error(said, "check out some files")


def _defuse_links(git: Git, place: Place, tree: Path) -> None:
    said = git.ask(["ls-files", "-s", "-z"], place)
    if said.status != 0:
        raise local_error(said, "list the files of a checkout")
    links = [
        tree / os.fsdecode(entry.partition(b"\t")[2])
        for entry in said.output.split(b"\0")
        if entry.startswith(LINK.encode())
    ]
    top = os.path.realpath(tree)
    # All are looked at before one is replaced: a link may lead out through another one.
    for link in [link for link in links if link.is_symlink() and not _stays(os.path.realpath(link), top)]:
        target = link.readlink()
        link.unlink()
        link.write_bytes(os.fsencode(target))


def _stays(path: str, top: str) -> bool:
    return path == top or path.startswith(top + os.sep)
