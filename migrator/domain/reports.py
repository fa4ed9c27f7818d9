"""What a report says: one analysis or many, what changed since a baseline, and how the monolith shrinks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.assessments import Analysis, Assessment, Confidence, Verdict
from migrator.domain.effects import Effect
from migrator.domain.triggers import TriggerKind


class ChangeKind(StrEnum):
    """What has changed about a candidate since the baseline, and the names that `--fail-on` takes."""

    NEW_CANDIDATE = "new-candidate"
    GONE = "gone"
    RENAMED = "renamed"  # the same function under another name: moved to another file, or called otherwise
    NEW_BLOCKER = "new-blocker"  # an effect that blocks, which the candidate did not have; also of a new candidate
    NEW_EFFECT = "new-effect"  # one that does not block
    LOST_EFFECT = "lost-effect"
    WORSE_VERDICT = "worse-verdict"
    BETTER_VERDICT = "better-verdict"
    LESS_CONFIDENT = "less-confident"
    MORE_CONFIDENT = "more-confident"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference to the baseline.

    Attributes:
        root: of the repository, as the user named it.
        candidate: its name.
        was, now: what stood there and what stands there: an effect, a verdict, a confidence, a name; empty where there
            is none.
        assessment: as it is now; None for one that is gone.
        path: of the file that it stood in when the baseline was written, relative to the root; for one that is gone.
    """

    kind: ChangeKind
    root: str
    candidate: str
    was: str = ""
    now: str = ""
    assessment: Assessment | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A candidate as a baseline keeps it: no lines, which move with every edit above them.

    Attributes:
        effects: in the order of `Effect`.
        triggers: kinds of events that run it, each once, sorted.
        path: of the file with its `def`, relative to the root.
        events: what it answers to and nothing else does, such as `POST /orders`, `queue shop.mail` and
            `command reindex`: by them it is known again under another name. Sorted.
    """

    name: str
    verdict: Verdict
    confidence: Confidence
    effects: tuple[Effect, ...]
    triggers: tuple[TriggerKind, ...] = ()
    path: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What stood in a file.

    Attributes:
        path: relative to the root.
        places: effects, hazards and findings, each with a fingerprint, such as `database 1f00c3d4aa`; sorted.
    """

    path: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """A repository in figures on one day, for the chart.

    Attributes:
        at: ISO 8601, UTC, to the second.
        commit: of the repository, or an empty string outside of one.
        verdicts: number of candidates by verdict.
        candidate_lines: lines of the candidates' own definitions, each line once.
    """

    at: str
    commit: str
    files: int
    lines: int
    candidates: int
    verdicts: Mapping[Verdict, int]
    candidate_lines: int = 0


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was known of one repository when the baseline was written, and its figures since the first one.

    Attributes:
        root: the end of its path, as much of it as tells it from the other repositories of the document.
        candidates: by name.
        history: oldest first; the last entry is of this baseline.
        files: what stood in each, by path.
    """

    root: str
    candidates: tuple[Known, ...]
    history: tuple[Totals, ...] = ()
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Baselines:
    """What one file keeps: a baseline a repository, by root.

    Attributes:
        version: of the program that wrote it; another one may find more, or less.
    """

    repositories: tuple[Baseline, ...]
    version: str = ""


@dataclass(frozen=True, slots=True)
class Unanalyzed:
    """A repository of which nothing is known, because it could not be analyzed.

    Attributes:
        root: as the user named it.
        reason: what is wrong, with its place where there is one.
        hint: what to do about it, or an empty string.
    """

    root: str
    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ReportedChanges:
    """A report for programs that want to know only what has changed.

    Attributes:
        roots: of the repositories that were compared, as the user named them.
        changes: against the baseline, worst first.
        failing: of these, those that the run was to fail on.
        history: oldest first, summed over the repositories.
        failed: repositories that could not be analyzed.
    """

    roots: tuple[str, ...]
    changes: tuple[Change, ...]
    failing: tuple[Change, ...] = ()
    history: tuple[Totals, ...] = ()
    failed: tuple[Unanalyzed, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What every format of a report is made from.

    Attributes:
        analyses: one a repository, in the order in which they were named; at least one.
        changes: against the baseline, worst first; None where none was given.
        history: oldest first, summed over the repositories; empty without a baseline.
        failed: repositories that were named too and could not be analyzed.
        before: what was known of each repository, by its root as the user named it; empty without a baseline.
    """

    analyses: tuple[Analysis, ...]
    changes: tuple[Change, ...] | None = None
    history: tuple[Totals, ...] = ()
    failed: tuple[Unanalyzed, ...] = ()
    before: Mapping[str, Baseline] = field(default_factory=dict)

    @property
    def ranked(self) -> tuple[tuple[Analysis, Assessment], ...]:
        """The candidates of all repositories, those to move first at the head."""
        found = [(analysis, item) for analysis in self.analyses for item in analysis.candidates]
        return tuple(sorted(found, key=lambda pair: (-pair[1].score, pair[0].root, pair[1].rank)))
