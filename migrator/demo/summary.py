"""What the demo measured, and whether it ended as promised."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class RunFigures:
    """One run.

    Attributes:
        requests: that the clients sent while it ran.
        lost: requests without an answer, or answered 5xx.
        wrong: answers that differ from legacy's.
        canary_requests: first tries that went to Lambda.
        canary_errors: those of them that failed.
        highest_weight: that was ever live, percent.
        compared_different: recorded requests that were answered differently before any weight.
        seconds: from the start of the rollout to its end.
        as_promised: whether it ended as the demo says it does.
        said: the outcome in one line.
        examples: the first lost or wrong answers.
    """

    name: str
    phase: str
    requests: int
    lost: int
    wrong: int
    canary_requests: int
    canary_errors: int
    highest_weight: float
    compared_different: int
    seconds: float
    as_promised: bool
    said: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """All runs, and the folder with everything that was written."""

    runs: tuple[RunFigures, ...]
    output: str

    @property
    def as_promised(self) -> bool:
        """Whether every run ended as promised."""
        return all(run.as_promised for run in self.runs)

    def as_json(self) -> str:
        """The summary as JSON text."""
        document = {"schema": "migrator.demo/1", **asdict(self), "as_promised": self.as_promised}
        return json.dumps(document, indent=2) + "\n"
