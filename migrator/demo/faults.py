"""The bugs that the demo plants into a copy of the extracted service."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from migrator.errors import InputError


@dataclass(frozen=True, slots=True)
class Fault:
    """One edit, as a hurried hand would make it.

    Attributes:
        name: for folders and headings.
        story: what the hand had in mind.
        path: the file in the service folder.
        before: text that stands in the file exactly once.
        after: what replaces it.
    """

    name: str
    story: str
    path: str
    before: str
    after: str


RAISES = Fault(
    name="fault-a",
    story="a comparison was tidied up during the move and now raises for every delivery abroad",
    path="src/shop/tax/engine.py",
    before="if buyer is Buyer.BUSINESS:",
    after="if Buyer(buyer.name) is Buyer.BUSINESS:",
)
WRONG_AMOUNTS = Fault(
    name="fault-b",
    story="rounding was tidied up during the move and now cuts where it should round",
    path="src/shop/common/money.py",
    before="rounding=ROUND_HALF_UP",
    after='rounding="ROUND_DOWN"',
)


def plant(fault: Fault, service: Path, folder: Path) -> Path:
    """Copy a service folder and make the edit in the copy.

    Raises:
        InputError: the text to replace does not stand there exactly once.
    """
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(service, folder)
    file = folder / fault.path
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    if text.count(fault.before) != 1:
        raise InputError(
            f"the fault {fault.name} has no place to go: {fault.before!r} stands {text.count(fault.before)} times",
            hint="the sample shop has changed; adapt migrator/demo/faults.py",
            location=str(file),
        )
    file.write_text(text.replace(fault.before, fault.after), encoding="utf-8")
    return folder
