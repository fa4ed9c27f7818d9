"""Many repositories looked at together: their sums, and what several of them have in common.

In: nothing. Out: `Fleet` and its parts. Who computes them is `migrator.verdicts.across`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migrator.domain.assessments import Analysis, Verdict
from migrator.domain.effects import Effect
from migrator.domain.reports import Unanalyzed


@dataclass(frozen=True, slots=True)
class Sums:
    """Figures of all repositories together.

    Attributes:
        lines: of code, each file once.
        skipped: files, or parts of files, that could not be read.
        verdicts: number of candidates by verdict.
    """

    repositories: int
    files: int
    lines: int
    skipped: int
    candidates: int
    verdicts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class SharedCause:
    """One thing that blocks candidates of several repositories, such as a call of one library.

    Attributes:
        reason: as the evidence says it; it is the same text in each repository.
        mend: what to do about it, in a few words, or an empty string.
        repositories: roots, in the order in which they were named; at least two.
        candidates: that it blocks.
        frees: of these, those that nothing else blocks: they could move once it is mended.
    """

    effect: Effect
    reason: str
    mend: str
    repositories: tuple[str, ...]
    candidates: int
    frees: int


@dataclass(frozen=True, slots=True)
class SharedLibrary:
    """A library, other than Python's own, that candidates of several repositories call.

    Attributes:
        name: its top-level module.
        repositories: roots, in the order in which they were named; at least two.
        candidates: that call it, themselves or by what they call.
        unknown: of these, those with calls of it that cannot be judged, because no knowledge of it was given.
    """

    name: str
    repositories: tuple[str, ...]
    candidates: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Fleet:
    """What one run says of many repositories.

    Attributes:
        repositories: one analysis each, in the order in which they were named.
        failed: those that could not be analyzed.
        causes: in the most repositories first, then those that free the most candidates.
        libraries: those of which nothing is known first, then those in the most repositories.
    """

    repositories: tuple[Analysis, ...]
    failed: tuple[Unanalyzed, ...]
    sums: Sums
    causes: tuple[SharedCause, ...]
    libraries: tuple[SharedLibrary, ...]
