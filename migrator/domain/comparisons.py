"""What differs between the answers of legacy and canary."""

from __future__ import annotations

from dataclasses import dataclass

from migrator.domain.json import JsonValue


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which answers differ, over all inputs that show it.

    Attributes:
        path: `status`, `header:content-type`, or a JSON path such as `$.lines[*].net_cents`.
        kind: `value`, `type`, `missing` (only legacy has it), `extra` (only the canary has it), `length`.
        count: number of inputs that show it.
        example: `{"request": "GET /…", "legacy": …, "canary": …}` of the first one.
    """

    path: str
    kind: str
    count: int
    example: JsonValue


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides asked the same questions.

    Attributes:
        route: the route or candidate compared.
        inputs: questions asked; `equal + different + failed_legacy + failed_canary - both failed`.
        failed_legacy: questions that legacy did not answer at all.
        failed_canary: questions that the canary did not answer at all.
        at: when it was made, seconds since the epoch, or None where that is not told.
        subject: hash of what was compared (the plan hash of the service folder), or an empty string.
    """

    route: str
    inputs: int
    equal: int
    different: int
    failed_legacy: int
    failed_canary: int
    differences: tuple[Difference, ...]
    subject: str = ""
    at: float | None = None

    @property
    def same(self) -> bool:
        """Whether every question was asked and answered alike."""
        return self.inputs > 0 and self.equal == self.inputs
