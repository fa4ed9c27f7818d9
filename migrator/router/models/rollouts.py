"""Rollouts in the file: steps or a template, when weight may be raised, what is waited for.

In: plain values. Out: models. The rules that tie them together stand in `checks`.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from migrator.router.dates import DAYS, ClockTime, Day, Moment, Zone
from migrator.router.models.gates import AnyGate, Positive
from migrator.router.models.words import Name, Percent, Strict
from migrator.router.quantities import Duration
from migrator.router.templates import TEMPLATES


def _known(name: str) -> str:
    if name not in TEMPLATES:
        near = difflib.get_close_matches(name, TEMPLATES, n=1, cutoff=0.5)
        more = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(TEMPLATES)}"
        raise ValueError(f"there is no template {name!r}{more}")
    return name


Template = Annotated[str, AfterValidator(_known), WithJsonSchema({"enum": list(TEMPLATES)})]


class Step(Strict):
    """A weight, and how long it must hold up before the next one."""

    weight: Percent
    bake: Duration = Field(description="How long the weight holds before the next step.")
    min_requests: int = Field(default=20, ge=0, description="Canary requests that must have been seen.")
    approval: bool = Field(default=False, description="A person must agree before the step begins.")
    undecided: Literal["hold", "go-on"] = Field(
        default="hold",
        description="What the step does after its bake time while its evidence suffices for neither answer.",
    )


class Window(Strict):
    """When weight may be raised. One that ends before it begins goes on into the next day."""

    days: list[Day] = Field(default=list(range(len(DAYS))), min_length=1, max_length=7, description="Left out: all.")
    begins: ClockTime = Field(alias="from")
    ends: ClockTime = Field(alias="to")
    zone: Zone = "UTC"


class Freeze(Strict):
    """When weight may not be raised. A date as the end is that day to its end."""

    begins: Moment = Field(alias="from")
    ends: Moment = Field(alias="to")
    zone: Zone = Field(default="UTC", description="Of dates and times without an offset.")
    reason: str = Field(default="", max_length=200)


class Silence(Strict):
    """What happens when no figures come any more."""

    limit: Positive = Field(default=900.0, description="How long that is borne; 15m if left out.")
    weight: Percent = Field(default=0.0, description="The weight to go back to: 0, or that of a step.")


class Rollout(Strict):
    """The steps of the rollout, the gates that hold at each of them, and when weight may be raised."""

    template: Template | None = Field(default=None, description="Brings steps, silence, rollback window and gates.")
    steps: list[Step] | None = Field(default=None, min_length=1, max_length=100)
    windows: list[Window] = Field(default=[], max_length=50, description="Left out: any time.")
    freezes: list[Freeze] = Field(default=[], max_length=200)
    after: list[Name] = Field(default=[], max_length=100, description="Routes that must be promoted before.")
    silence: Silence | None = None
    rollback_window: Duration | None = Field(
        default=None, description="How long after promotion legacy is kept ready and the canary watched."
    )
    gates: list[AnyGate] | None = Field(default=None, max_length=20)

    @property
    def named_gates(self) -> Sequence[AnyGate]:
        """Those that the file names."""
        return self.gates or ()


ROLLOUT_LEFT_OUT = "Left out: 5 % for 5m, 25 % for 15m, 100 % for 1h, and an error-rate gate of 1pp."
