"""What pip would install.

In: the report of `pip install --dry-run` (pip's "Installation Report", version 1), and wheels. Out: what each wheel
needs, and what it takes unzipped. Which of the needs hold on the target is `question`.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name


@dataclass(frozen=True, slots=True)
class Installed:
    """A wheel that pip would install.

    Attributes:
        needs: what it asks for, markers and all.
        python: the Pythons that it is for.
        path: the wheel, where it lies on this machine.
    """

    name: str
    version: str
    needs: tuple[Requirement, ...]
    python: SpecifierSet
    path: Path | None

    @property
    def key(self) -> NormalizedName:
        """The normalized name."""
        return canonicalize_name(self.name)


def read_report(path: Path) -> tuple[Installed, ...]:
    """The wheels of a report.

    Raises:
        ValueError: it is not one of pip's.
        OSError: it is not there.
    """
    document = json.loads(path.read_text("utf-8"))
    try:
        return tuple(_installed(item) for item in document["install"])
    except (KeyError, TypeError, AttributeError, InvalidSpecifier) as error:
        raise ValueError(f"not a report of pip: {error}") from error


def _installed(item: Mapping[str, Mapping[str, object]]) -> Installed:
    metadata = item["metadata"]
    needs = metadata.get("requires_dist", [])
    address = urlsplit(str(item["download_info"]["url"]))
    return Installed(
        name=str(metadata["name"]),
        version=str(metadata["version"]),
        needs=tuple(_requirements(needs if isinstance(needs, list) else [])),
        python=SpecifierSet(str(metadata.get("requires_python") or "")),
        path=Path(unquote(address.path)) if address.scheme == "file" else None,
    )


def _requirements(texts: Sequence[object]) -> Iterator[Requirement]:
    for text in texts:
        try:
            yield Requirement(str(text))
        except InvalidRequirement:
            continue  # pip has passed it over as well


def unzipped_bytes(wheel: Path) -> int | None:
    """The sum of what the files of a wheel take unzipped, as its directory says; None where it cannot be read."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except (OSError, zipfile.BadZipFile):
        return None
