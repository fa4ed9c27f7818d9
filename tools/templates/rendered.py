"""Templates of real candidates: every zip function of the sample, and the candidates drawn from real monoliths.

In: folders. Out: `Rendered` values: a name, the text or why there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator import bootstrap
from migrator.artifacts.service import make_template
from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.domain.plans import EventSource
from migrator.errors import MigratorError
from migrator.plan import make_plan
from migrator.plan.delivery.delivering import FRONTS
from migrator.plan.looking.imports import ImportTree
from migrator.source import SourceTree, read_tree
from tools.slices.corpus import monoliths


@dataclass(frozen=True, slots=True)
class Rendered:
    """A template.

    Attributes:
        name: of the monolith, the candidate and what stands before it, fit for a file.
        text: empty where it was refused.
        refused: why.
    """

    name: str
    text: str = ""
    refused: str = ""


def of_sample(root: Path) -> Iterator[Rendered]:
    """Each candidate of a folder; a route behind each front, what needs accepting accepted."""
    analysis, model = bootstrap.analyze_with_model(root, jobs=1, places_on_disk=False)
    tree = read_tree(root)
    imports = ImportTree(tree)
    for candidate in analysis.candidates:
        is_route = any(trigger.kind.value == "http" for trigger in candidate.triggers)
        fronts = sorted(FRONTS) if is_route else [EventSource.HTTP_API]
        for front in fronts:
            yield _rendered(tree, candidate, analysis.candidates, imports, front, model=model)


def of_monoliths(folder: Path, number: int) -> Iterator[Rendered]:
    """The drawn candidates of those that are unpacked."""
    for monolith in monoliths(folder):
        # The kept analysis has no program in it, and without one a role says nothing of the slice's own calls.
        analysis, model = bootstrap.analyze_with_model(monolith.tree.root, jobs=1, places_on_disk=False)
        for candidate in monolith.drawn(number):
            yield _rendered(
                monolith.tree, candidate, analysis.candidates, monolith.imports, EventSource.HTTP_API, model=model
            )


def _rendered(
    tree: SourceTree,
    candidate: Assessment,
    others: Sequence[Assessment],
    imports: ImportTree,
    front: EventSource,
    **options: object,
) -> Rendered:
    name = f"{candidate.name}-{front.value}"
    try:
        planned = make_plan(
            tree,
            candidate,
            others=others,
            accepted=dict.fromkeys(Effect, "rendered only"),
            accepted_unresolved="rendered only",
            front=front,
            imports=imports,
            **options,  # type: ignore[arg-type]
        )
        return Rendered(name, make_template(planned))
    except MigratorError as error:
        return Rendered(name, refused=error.message.splitlines()[0])
