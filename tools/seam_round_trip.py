"""Puts the seam in everywhere in 300 files of real monoliths and takes it out again: the bytes must be the same.

Argument: the folder with the monoliths; the default is where `make accuracy` unpacks them. The files are chosen by the
hash of their paths, so that every run has the same. Exit 1 where a file comes out otherwise or no longer compiles.
"""

from __future__ import annotations

import hashlib
import sys
import time
import warnings
from collections import Counter
from pathlib import Path

from platformdirs import user_cache_path

from migrator.artifacts.seam.reading import Unreadable
from migrator.artifacts.seam.removal import remove
from tests.support.seam import PACKAGE, everywhere

FILES = 300


def chosen(folder: Path) -> list[Path]:
    """The files with the lowest hashes."""
    paths = [path for path in folder.rglob("*.py") if path.is_file() and path.stat().st_size]
    return sorted(paths, key=lambda path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest())[:FILES]


def compiles(data: bytes) -> bool:
    """Whether this Python compiles it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(data, "x.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


def outcome(data: bytes) -> tuple[str, int]:
    """What became of a file, and how many places there were in it."""
    try:
        seamed, count = everywhere(data)
    except Unreadable as error:
        return f"left alone: {error}"[:60], 0
    if remove(seamed, None, PACKAGE).data != data:
        return "WRONG BYTES", count
    if compiles(data) and not compiles(seamed):
        return "NO LONGER COMPILES", count
    return "the same bytes", count


def main() -> int:
    """Check and print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else user_cache_path("migrator") / "accuracy" / "unpacked"
    paths = chosen(folder) if folder.is_dir() else []
    if not paths:
        sys.stderr.write(f"there are no monoliths in {folder}; run: make accuracy\n")
        return 1
    began = time.monotonic()
    outcomes: Counter[str] = Counter()
    places = 0
    for path in paths:
        found, count = outcome(path.read_bytes())
        outcomes[found] += 1
        places += count
        if found.isupper():
            print(f"{path}: {found}")
    for found, files in outcomes.most_common():
        print(f"{files:5} files: {found}")
    print(f"{places} places in {len(paths)} files, {time.monotonic() - began:.0f} s")
    return int(any(found.isupper() for found in outcomes))


if __name__ == "__main__":
    sys.exit(main())
