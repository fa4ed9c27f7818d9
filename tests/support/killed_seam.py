"""A program that puts a seam in, or takes it out, and is killed at each of its file operations in turn.

Arguments: a monolith, a folder, and `in` or `out`. For each number there is a copy of the monolith in the folder; the
last one was not killed. Prints how many there are. What they look like is the test's to check.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from migrator.artifacts.seam import Choices, add, apply, remove_seam
from migrator.domain.triggers import TriggerKind
from migrator.source import read_tree
from tests.support.killed_writer import killed_at
from tests.support.slices import assessed

NAME = "shop.tasks.mail.send"


def put_in(folder: Path) -> None:
    """Route the sends of the one task."""
    tree = read_tree(folder)
    apply(add(tree, assessed(tree, NAME, kind=TriggerKind.QUEUE, framework="celery", registered="@app"), Choices()))


def main(monolith: Path, folder: Path, way: str) -> None:
    act = put_in if way == "in" else lambda copy: apply(remove_seam(copy, None))
    number = 0
    while True:
        copy = shutil.copytree(monolith, folder / str(number))
        if not killed_at(number, copy, lambda: act(copy)):  # noqa: B023
            break
        number += 1
    print(number + 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
