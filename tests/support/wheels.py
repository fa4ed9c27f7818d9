"""Tiny wheels and source distributions, as files."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a distribution.

    Attributes:
        tags: of its wheels (`py3-none-any`, `cp313-cp313-manylinux_2_28_aarch64`); none means no wheel.
        needs: its `Requires-Dist`.
        python: its `Requires-Python`, or an empty string.
        size: bytes of its only module.
        source: whether there is a source distribution.
    """

    name: str
    version: str
    tags: Sequence[str] = ("py3-none-any",)
    needs: Sequence[str] = ()
    python: str = ""
    size: int = 10
    source: bool = False

    @property
    def metadata(self) -> str:
        """Its `METADATA`."""
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Python: {self.python}"] if self.python else []
        extras = sorted({need.split("extra == ")[1].strip("'\" ") for need in self.needs if "extra == " in need})
        lines += [f"Provides-Extra: {extra}" for extra in extras]
        return "\n".join([*lines, *(f"Requires-Dist: {need}" for need in self.needs)]) + "\n"


def write_releases(folder: Path, releases: Sequence[Release]) -> None:
    """Write the files of releases into a folder, as `pip --find-links` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    for release in releases:
        stem = f"{release.name.replace('-', '_')}-{release.version}"
        for tag in release.tags:
            with zipfile.ZipFile(folder / f"{stem}-{tag}.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
                for path, text in wheel_files(release, stem, tag).items():
                    wheel.writestr(path, text)
        if release.source:
            with tarfile.open(folder / f"{stem}.tar.gz", "w:gz") as archive:
                # Whoever runs this has built what was only to be looked at.
                for path, text in {"setup.py": "raise SystemExit('was run')\n", "PKG-INFO": release.metadata}.items():
                    entry = tarfile.TarInfo(f"{stem}/{path}")
                    entry.size = len(text)
                    archive.addfile(entry, io.BytesIO(text.encode()))


def wheel_files(release: Release, stem: str, tag: str) -> dict[str, str]:
    """Path in the wheel to text."""
    info = f"{stem}.dist-info"
    return {
        f"{release.name.replace('-', '_')}.py": "#" * release.size,
        f"{info}/METADATA": release.metadata,
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/RECORD": "",
    }


def unzipped(release: Release) -> int:
    """Bytes of the files in each wheel of a release."""
    stem = f"{release.name.replace('-', '_')}-{release.version}"
    return sum(len(text) for text in wheel_files(release, stem, release.tags[0]).values())
