"""The monoliths that the analyzer is measured on: their wheels, unpacked, and what people know of them.

In: the folder `labels`: `packages.json` says which wheel each was read from, with its hash and the command that
downloads it; `NAME.jsonl` holds the labels, `NAME.entries.txt` the registrations. Out: folders to analyze, labels and
entries. A monolith is held out (no rule was made on it, and it is scored by itself) unless `packages.json` says
`"held_out": false`, so that one is never counted in by forgetting.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.accuracy.scoring import Label, plain

LABELS = Path(__file__).resolve().parent / "labels"
_DOWNLOAD = ("pip", "download")


class WrongWheel(Exception):
    """A wheel is not the one that the labels were read from, or could not be had."""


@dataclass(frozen=True, slots=True)
class Monolith:
    """One wheel, and where the labels of its functions lie.

    Attributes:
        sha256: of the archive, in hexadecimal.
        command: the `pip download` that fetches it, without a destination.
        held_out: never counted together with the others.
    """

    name: str
    archive: str
    sha256: str
    command: tuple[str, ...]
    held_out: bool
    folder: Path

    def labels(self) -> list[Label]:
        """What people say that its functions do."""
        lines = (self.folder / f"{self.name}.jsonl").read_text(encoding="utf-8").splitlines()
        found = [json.loads(line) for line in lines if line.strip()]
        return [Label(plain(item["qualname"]), frozenset(item["effects"]), item["verdict"]) for item in found]

    def entries(self) -> dict[str, frozenset[str]]:
        """The listed registrations: plain name to trigger kinds."""
        found: dict[str, set[str]] = {}
        for line in (self.folder / f"{self.name}.entries.txt").read_text(encoding="utf-8").splitlines():
            if line.strip():
                name, kind = line.split("\t")
                found.setdefault(plain(name), set()).add(kind)
        return {name: frozenset(kinds) for name, kinds in found.items()}


def monoliths(folder: Path = LABELS) -> list[Monolith]:
    """All that `packages.json` names, in its order."""
    document = json.loads((folder / "packages.json").read_text(encoding="utf-8"))
    return [
        Monolith(
            item["name"],
            item["archive"],
            item["sha256"],
            tuple(shlex.split(item["command"])),
            bool(item.get("held_out", True)),
            folder,
        )
        for item in document["packages"]
    ]


def unpacked(monolith: Monolith, wheels: Path, into: Path) -> Path:
    """The folder to analyze; the wheel is downloaded and unpacked where that has not happened yet.

    Args:
        wheels: where wheels lie, or are put.
        into: where they are unpacked, each under its hash.

    Raises:
        WrongWheel: pip fails, or the archive has another hash.
    """
    wheel = wheels / monolith.archive
    if not wheel.exists():
        _download(monolith.command, wheels)
    if not wheel.exists():
        raise WrongWheel(f"pip left no {monolith.archive} in {wheels}")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != monolith.sha256:
        raise WrongWheel(f"{wheel} has the hash {found}, the labels were read from {monolith.sha256}")
    target = into / monolith.sha256
    if not target.exists():
        into.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=into) as half:
            # Renamed when it is whole, so that an interrupted run leaves no half of a monolith to be measured.
            whole = Path(half) / "wheel"
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(whole)
            whole.rename(target)
    return target


def _download(command: Sequence[str], wheels: Path) -> None:
    if tuple(command[:2]) != _DOWNLOAD:
        raise WrongWheel(f"packages.json may only say `pip download`, not {shlex.join(command)}")
    wheels.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", *command, "--disable-pip-version-check", "--quiet", "--dest", str(wheels)], check=False
    )
    if done.returncode:
        raise WrongWheel(f"{shlex.join(command)} failed")
