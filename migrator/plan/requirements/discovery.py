"""Which files of a monolith speak of its distributions, and everything that they say.

In: the monolith's root and the files of the slice. Out: `Pins`. Looked at are the folders from each file up to the
root, and above the root, within the same repository, the nearest folder that holds a project and the workspace that
it belongs to. Nothing is run, installed or fetched.
"""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

from packaging.utils import NormalizedName

from migrator.domain.locations import Location
from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, Pin, PinFile, Pins, Problem, Reading
from migrator.plan.requirements.sources import SOURCES, Reader, reader_for
from migrator.plan.requirements.sources.requirement_files import kind_and_group

# Far more than a project has; a bound for one whose folder of requirements is something else.
_MOST_FILES = 200
# The largest lock files of real monoliths have 2 MB.
_MOST_BYTES = 32 * 1024 * 1024
_WORKSPACE = "[tool.uv.workspace]"


def read_pins(root: Path, paths: Iterable[str], environment: TargetEnvironment) -> Pins:
    """Everything that the monolith says of its distributions.

    Args:
        root: the monolith's folder.
        paths: files of the slice, relative to it, with forward slashes.
    """
    root = root.resolve()
    paths = sorted(set(paths))
    reading = _Reading(root, environment)
    for folder in _folders(root, paths):
        reading.folder(folder, paths)
    return reading.result()


class _Reading:
    def __init__(self, root: Path, environment: TargetEnvironment) -> None:
        self._root = root
        self._environment = environment
        self._top = _repository(root) or root
        self._seen: set[Path] = set()
        self._pins: defaultdict[NormalizedName, list[Pin]] = defaultdict(list)
        self._problems: dict[Problem, None] = {}

    def result(self) -> Pins:
        return Pins({name: tuple(pins) for name, pins in self._pins.items()}, tuple(self._problems))

    def folder(self, folder: Path, paths: list[str]) -> None:
        """Read the files of a folder that may hold a project."""
        for path, reader in project_files(folder):
            if path.name == "METADATA" and not _describes(path, self._root, paths):
                continue
            kind, group = kind_and_group(path.relative_to(folder).as_posix())
            self._file(path, reader, kind, group)

    def _file(self, path: Path, reader: Reader, kind: Kind, group: Group) -> None:
        path = path.resolve()
        if path in self._seen or len(self._seen) >= _MOST_FILES:
            return
        self._seen.add(path)
        shown = _shown(path, self._root)
        try:
            text = _text(path)
        except OSError as error:
            self._problems[Problem(Location(shown, 1), f"cannot be read: {error.strerror}")] = None
            return
        found = _read(reader, PinFile(shown, text, kind, group), self._environment)
        for pin in found.pins:
            self._pins[pin.key].append(pin)
        self._problems |= dict.fromkeys(found.problems)
        for follow in found.follows:
            target = path.parent / follow.path
            if "://" in follow.path:
                self._problems[Problem(follow.place, "names a file on the network, which is not fetched")] = None
            elif not target.resolve().is_relative_to(self._top):
                self._problems[Problem(follow.place, f"{follow.path} lies outside of the monolith")] = None
            elif not target.is_file():
                self._problems[Problem(follow.place, f"{follow.path} is not there")] = None
            else:
                self._file(target, reader_for(follow.path), follow.kind, follow.group)


@lru_cache(maxsize=256)
def _read(reader: Reader, file: PinFile, environment: TargetEnvironment) -> Reading:
    """A file is read once for all candidates of a run, as long as its text stays the same."""
    return reader(file, environment)


def project_files(folder: Path) -> Iterator[tuple[Path, Reader]]:
    """The files of a folder that speak of distributions, in the order of `SOURCES`."""
    for pattern, reader in SOURCES.items():
        try:
            yield from ((path, reader) for path in sorted(folder.glob(pattern)) if path.is_file())
        except OSError:
            continue  # a folder that may not be listed holds nothing for us


def _folders(root: Path, paths: list[str]) -> list[Path]:
    """The nearest folder first."""
    inner = {root / parent for path in paths for parent in PurePosixPath(path).parents} | {root}
    folders = sorted(inner, key=lambda folder: (-len(folder.parts), folder))
    repository = _repository(root)
    above = [folder for folder in root.parents if repository is not None and folder.is_relative_to(repository)]
    if not any(_holds_project(folder) for folder in folders):
        folders += [folder for folder in above if _holds_project(folder)][:1]
        if repository is None and any(root.parent.glob("*.dist-info/METADATA")):
            folders.append(root.parent)  # a wheel that was unpacked has its metadata beside its packages
    return folders + [folder for folder in above if folder not in folders and _is_workspace(folder)][:1]


def _holds_project(folder: Path) -> bool:
    return any(True for _ in project_files(folder))


def _repository(root: Path) -> Path | None:
    """The folder that is under version control and holds the root."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)


def _is_workspace(folder: Path) -> bool:
    try:
        return _WORKSPACE in (folder / "pyproject.toml").read_text("utf-8", errors="replace")
    except OSError:
        return False


def _describes(metadata: Path, root: Path, paths: list[str]) -> bool:
    """Whether an installed distribution is the monolith: its record lists a file of the slice."""
    try:
        record = f"\n{_text(metadata.with_name('RECORD'))}"
    except OSError:
        return len(list(metadata.parents[1].glob("*.dist-info"))) == 1
    prefix = root.relative_to(metadata.parents[1]) if root.is_relative_to(metadata.parents[1]) else None
    return prefix is not None and any(
        f"\n{(PurePosixPath(prefix.as_posix()) / path).as_posix()}," in record for path in paths
    )


def _shown(path: Path, root: Path) -> str:
    for up, base in enumerate((root, *root.parents)):
        if path.is_relative_to(base):
            return "../" * up + path.relative_to(base).as_posix()
    return path.as_posix()


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES)
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):  # what PowerShell writes for `pip freeze > requirements.txt`
            return content.decode(encoding, errors="replace")
    return content.decode("utf-8-sig", errors="replace")
