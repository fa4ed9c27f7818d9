"""Candidates, what is known of each, and the verdict on each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from migrator.domain.effects import Effect, EffectFinding
from migrator.domain.locations import Location
from migrator.domain.overrides import Override
from migrator.domain.triggers import Trigger
from migrator.domain.usage import Usage


class Verdict(StrEnum):
    """Whether a candidate may move, from worst to best."""

    KEEP = "keep"
    REFACTOR = "refactor"
    WITH_NETWORK = "with-network"
    READY = "ready"


class Confidence(StrEnum):
    """How far a verdict is proven, from best to worst."""

    PROVEN = "proven"
    LIKELY = "likely"
    UNPROVEN = "unproven"


class HazardKind(StrEnum):
    """What makes a move risky without being an effect of its own."""

    IN_TRANSACTION = "in-transaction"
    NON_SERIALIZABLE_ARGUMENT = "non-serializable-argument"
    ORDERING = "ordering"
    DOUBLE_RUN = "double-run"
    SHARED_TABLE = "shared-table"
    IMPORT_EFFECT = "import-effect"


@dataclass(frozen=True, slots=True)
class Hazard:
    """A risk of the move, with its place."""

    kind: HazardKind
    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A call that the analyzer could not follow.

    Attributes:
        location: where the call stands.
        call: the call as written, shortened.
        reason: why it could not be followed.
        harmless_because: the stated rule that makes an effect improbable, or an empty string.
    """

    location: Location
    call: str
    reason: str = ""
    harmless_because: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a blocker, or about the move."""

    title: str
    detail: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file, or a part of one, that could not be read.

    Attributes:
        line: from 1; 1 for the file as a whole.
        column: in characters, from 1.
    """

    path: str
    line: int
    reason: str
    column: int = 1


class FindingKind(StrEnum):
    """What a finding is about."""

    OVERRIDE = "override"  # a comment or an entry of migrator.toml that overrides the analysis, and is wrong
    MODULE_NAME = "module-name"  # two files of one dotted name


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the analyzed code, or what is said of it, that its owner should mend."""

    kind: FindingKind
    location: Location
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """The code that a candidate runs.

    Attributes:
        functions: first-party ones, itself included; bodies of modules and classes are not counted.
        lines: of these functions, each line once.
        libraries: top-level modules that they call, other than built-ins, nearest first: with the number of
            functions on the shortest way there, the candidate included.
    """

    functions: int = 0
    lines: int = 0
    libraries: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """A candidate with everything that the report says of it.

    Attributes:
        name: `module.function`, `module.Class.method`, `module.factory.<locals>.name`.
        location: of the `def`, from its line to its last line.
        triggers: at least one.
        effects: in the order of `Effect`, each with evidence.
        unresolved: calls reached that could not be followed.
        rank: 1 is the one to move first.
        score: 0 to 1; the higher, the earlier.
        overrides: what is stated, over the head of the analysis, about functions that it runs.
        reach: how much code it runs, and which libraries.
        usage: what production recorded of it; None where nothing was given or found.
    """

    name: str
    location: Location
    triggers: tuple[Trigger, ...]
    effects: tuple[EffectFinding, ...]
    hazards: tuple[Hazard, ...]
    unresolved: tuple[Unresolved, ...]
    verdict: Verdict
    confidence: Confidence
    rank: int
    score: float
    advice: tuple[Advice, ...] = ()
    overrides: tuple[Override, ...] = ()
    reach: Reach = field(default_factory=Reach)
    usage: Usage | None = None

    @property
    def effect_names(self) -> frozenset[Effect]:
        """The effects without their evidence."""
        return frozenset(finding.effect for finding in self.effects)


@dataclass(frozen=True, slots=True)
class Analysis:
    """The result of analyzing a source tree.

    Attributes:
        root: the folder as the user named it.
        files: source files read.
        lines: their lines.
        seconds: wall-clock time of the analysis.
        skipped: what could not be read, with the reason.
        candidates: ordered by rank.
        findings: what should be mended so that the analysis says what is meant, by place.
    """

    root: str
    files: int
    lines: int
    seconds: float
    skipped: tuple[Skipped, ...]
    candidates: tuple[Assessment, ...]
    findings: tuple[Finding, ...] = ()
