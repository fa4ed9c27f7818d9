"""What one look adds: requests and failures of both sides, really observed.

In: numbers counted at one measuring point. Out: `Increment`, which adds up. What counts as a failure (a failed first
try, an answer slower than a threshold) is the caller's; so is the order, which has to be that of time.
"""

from __future__ import annotations

from dataclasses import dataclass

from migrator.errors import InputError


@dataclass(frozen=True, slots=True)
class Increment:
    """What was seen since the last look, as differences of counters; never a configured weight.

    Attributes:
        canary_requests: requests whose first try went to the canary.
        canary_failures: those of them that failed; at most `canary_requests`.
        legacy_requests: requests that legacy answered as their first try.
        legacy_failures: those of them that failed; at most `legacy_requests`.

    Raises:
        InputError: a count is negative, or failures outnumber requests (a counter was reset).
    """

    canary_requests: int = 0
    canary_failures: int = 0
    legacy_requests: int = 0
    legacy_failures: int = 0

    def __post_init__(self) -> None:
        if not (
            0 <= self.canary_failures <= self.canary_requests and 0 <= self.legacy_failures <= self.legacy_requests
        ):
            raise InputError(
                f"counts that cannot be: {self.canary_failures} of {self.canary_requests} and "
                f"{self.legacy_failures} of {self.legacy_requests} failed",
                hint="a counter was reset between two looks: drop the look, and take a new mark",
            )

    def __add__(self, other: Increment) -> Increment:
        return Increment(
            self.canary_requests + other.canary_requests,
            self.canary_failures + other.canary_failures,
            self.legacy_requests + other.legacy_requests,
            self.legacy_failures + other.legacy_failures,
        )

    @property
    def requests(self) -> int:
        """Requests of both sides."""
        return self.canary_requests + self.legacy_requests

    @property
    def failures(self) -> int:
        """Failures of both sides."""
        return self.canary_failures + self.legacy_failures
