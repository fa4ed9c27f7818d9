"""The mistakes of a router configuration as annotations of GitHub Actions, each in the file that has it.

In: a `RouterError`. Out: annotations.
"""

from __future__ import annotations

from collections.abc import Iterator

from migrator.cli.formats.github_annotations import Annotation, Level
from migrator.router import RouterError


def annotations_of(error: RouterError) -> Iterator[Annotation]:
    """One for each mistake."""
    for one in error.mistakes:
        path = one.source or error.source
        yield Annotation(Level.ERROR, one.message, one.key or "router.yaml", path, one.line, one.column)
