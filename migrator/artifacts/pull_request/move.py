"""Everything that the text of a pull request which moves a function is made from.

In: nothing. Out: `Move` and its parts. How they come about is for whoever prepares the branch, what is said of them is
`body`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from migrator.artifacts.outside import Outside
from migrator.artifacts.seam import At, Place
from migrator.domain.comparisons import Comparison
from migrator.domain.layouts import Layout
from migrator.domain.permissions import Permissions
from migrator.domain.plans import Dropped
from migrator.domain.rollouts import RolloutPlan
from migrator.plan import PlannedSlice

Link: TypeAlias = Callable[[str, int, int], str]
"""Path in the monolith, first and last line, to an address; an empty text where there is none."""


@dataclass(frozen=True, slots=True)
class Seam:
    """Where legacy code asks the router.

    Attributes:
        places: lines of the monolith as they are with the seam in them.
        left: what stays with legacy, each with the reason.
        weights: the file that it reads its weights from.
    """

    at: At
    places: tuple[Place, ...]
    left: tuple[Place, ...] = ()
    weights: str = "migrator_seam.json"


@dataclass(frozen=True, slots=True)
class NewResource:
    """A resource of the service's template.

    Attributes:
        name: in the template.
        kind: as CloudFormation or SAM names it, such as `AWS::SQS::Queue`.
        condition: of the template, under which alone it is made; empty for always.
    """

    name: str
    kind: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One function on its way.

    Attributes:
        service: name of the service.
        commit: full id of the commit that lines are counted at.
        findings: what the handler leaves out or does otherwise, beside what the plan says.
        missing: parameters of the template without a default, to what they are.
        plans: rollout plans of its routes; the first one's steps stand for all.
        seam: None where the data plane carries its calls.
        comparison: of both sides, where somebody has made one.
        pipeline: what a person has to do at the forge so that the service's pipeline runs; paragraphs of Markdown.
        unresolved_because: why calls that could not be followed are taken on, or an empty text.
        notes: what is to be known of this branch, a sentence each.
        apart: whether the service lies in another repository than the monolith.
    """

    planned: PlannedSlice
    service: str
    layout: Layout
    commit: str
    link: Link
    outside: Outside
    permissions: Permissions
    resources: tuple[NewResource, ...]
    missing: Mapping[str, str]
    findings: tuple[Dropped, ...] = ()
    plans: tuple[RolloutPlan, ...] = ()
    seam: Seam | None = None
    comparison: Comparison | None = None
    pipeline: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unresolved_because: str = ""
    apart: bool = False
