"""Where pins are read from: one small file each, listed once here.

In: the text of a file. Out: a `Reading`. None of them opens a file, and a broken text is a problem with its line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import TypeAlias

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import PinFile, Reading
from migrator.plan.requirements.sources import (
    locks,
    metadata,
    pipfile,
    pylock,
    pyproject,
    requirement_files,
    setup_cfg,
    setup_script,
)

Reader: TypeAlias = "Callable[[PinFile, TargetEnvironment], Reading]"

# Shell patterns of paths relative to a folder that may hold a project. The first that fits reads the file; files
# are read in this order, so that of two locks of one folder the same one always wins.
SOURCES: Mapping[str, Reader] = {
    "uv.lock": locks.read_uv,
    "poetry.lock": locks.read_poetry,
    "pdm.lock": locks.read_pdm,
    "pylock.toml": pylock.read,
    "pylock.*.toml": pylock.read,
    "Pipfile.lock": pipfile.read_lock,
    "requirements*.txt": requirement_files.read,
    "*requirements.txt": requirement_files.read,
    "requirements/**/*.txt": requirement_files.read,
    "requirements*.in": requirement_files.read,
    "*requirements.in": requirement_files.read,
    "requirements/**/*.in": requirement_files.read,
    "*constraints*.txt": requirement_files.read,
    "pyproject.toml": pyproject.read,
    "Pipfile": pipfile.read,
    "setup.cfg": setup_cfg.read,
    "setup.py": setup_script.read,
    "PKG-INFO": metadata.read,
    "*.egg-info/PKG-INFO": metadata.read,
    "*.dist-info/METADATA": metadata.read,
}


def reader_for(path: str) -> Reader:
    """The reader of a file that another one names, by its name; requirements files may be called anything."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return next((reader for pattern, reader in SOURCES.items() if fnmatchcase(name, pattern)), requirement_files.read)
