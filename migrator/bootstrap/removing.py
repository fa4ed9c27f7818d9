"""The change that removes a function from legacy after its promotion, made in a checkout of what is committed.

In: `Around`. Out: a maker for the monolith's repository. What is removed is decided in `migrator.plan.removal`, and how
files read then in `migrator.artifacts.removal`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from migrator.artifacts.pull_request import LONGEST
from migrator.artifacts.removal import CleanUp, clean_up
from migrator.artifacts.removal.pages import CleanUpPage, clean_up_body
from migrator.artifacts.route_files import UNKNOWN_QUEUE
from migrator.artifacts.seam import At, apply, remove_seam, show_seam
from migrator.artifacts.seam.changes import present
from migrator.bootstrap import analyze_with_model, open_state
from migrator.bootstrap.around import Around, Site
from migrator.bootstrap.following import base_of, canaries_of, made, routes_of
from migrator.config import configuration
from migrator.documents.weights import load_weights
from migrator.domain.assessments import Assessment
from migrator.domain.pull_requests import CommitDraft, Stage
from migrator.domain.rollouts import Phase
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused, UsageError
from migrator.plan.removal import accepted_questions, refuse_unless_promoted
from migrator.publishing import Made, Maker, Start
from migrator.source import read_tree
from migrator.verdicts import find


@dataclass(frozen=True, slots=True)
class Taken:
    """A candidate taken out of a checkout.

    Attributes:
        seam: files that lose its seam, by path from the monolith's root.
        files: the rest, which builds on those.
    """

    assessment: Assessment
    change: CleanUp
    seam: Mapping[str, bytes | None]
    files: Mapping[str, bytes | None]


class CleaningUp:
    """The removal of one function from legacy.

    Args:
        around: where it takes place.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._accepted = accepted_questions(around.asked.accept)

    def parts(self) -> Sequence[tuple[Site, Maker]]:
        """Only the monolith changes."""
        return ((self._around.monolith, self._make),)

    def _make(self, checkout: Path, start: Start) -> Made:
        around = self._around
        if start.commit == start.base:
            return self._made(start, self._taken(checkout), ())
        with around.monolith.repository.checkout(start.base) as base:
            at_base = self._taken(base)
            # What our branch has already stays as people have made it; what the base has got since is edited too.
            lacking = {
                path: data
                for path, data in {**at_base.seam, **at_base.files}.items()
                if data != _bytes(base / around.prefix / path)
                and _bytes(checkout / around.prefix / path) == _bytes(base / around.prefix / path)
            }
        drafts = (self._draft("Remove what the base still has of {name}", lacking),) if lacking else ()
        return self._made(start, at_base, drafts)

    def _taken(self, checkout: Path) -> Taken:
        around = self._around
        root = around.root(checkout)
        if around.candidate not in _routed(root):
            around.require(find(self._analyzed(root)[0], around.candidate).name)
        refuse_unless_promoted(self._phases(), self._accepted)
        at = _routed(root).get(around.candidate)
        told, seam = self._unrouted(root, around.candidate)
        canary = {
            key: value
            for each in (*canaries_of(around).values(), told)
            for key, value in each.items()
            if value and value != UNKNOWN_QUEUE
        }
        candidates, model = self._analyzed(root)
        settings = configuration(root, config=around.asked.config)
        tree = read_tree(root, roots=settings.roots, exclude=settings.exclude)
        found = find(candidates, around.candidate)
        if at is At.REGISTRATION and any(trigger.kind is TriggerKind.HTTP for trigger in found.triggers):
            raise Refused(
                "its requests reach the canary through legacy's own view, so that without it nobody answers them",
                hint="let a data plane route the path first (Envoy or a load balancer in router.yaml), then clean up",
                location=str(found.location),
            )
        change = clean_up(tree, model, found, candidates, canary=canary, accepted=self._accepted)
        return Taken(found, change, seam, change.change.files)

    def _analyzed(self, root: Path) -> tuple[tuple[Assessment, ...], Any]:
        asked = self._around.asked
        analysis, model = analyze_with_model(root, jobs=asked.jobs, config=asked.config)
        return analysis.candidates, model

    def _unrouted(self, root: Path, name: str) -> tuple[Mapping[str, Any], Mapping[str, bytes | None]]:
        """Take the seam out of the checkout; where the canary was, and the files as they are without it."""
        if name not in _routed(root):
            return {}, {}
        weights = show_seam(root).weights
        document = load_weights(present(root, weights), location=str(root / weights))
        entry = document["routes"].get(name)
        canary = entry.get("canary") if isinstance(entry, dict) else None
        change = remove_seam(root, name)
        apply(change)
        return canary if isinstance(canary, dict) else {}, dict(change.files)

    def _phases(self) -> Mapping[str, Phase | None]:
        with open_state(self._around.asked.state) as store:
            states = {route: store.load(route) for route in routes_of(self._around)}
        return {route: state.phase if state is not None else None for route, state in states.items()}

    def _made(self, start: Start, taken: Taken, drafts: tuple[CommitDraft, ...]) -> Made:
        around = self._around
        if start.commit == start.base:
            seam = self._draft("Take the seam of {name} out of legacy code", taken.seam)
            drafts = (seam, self._draft("Remove {name} from legacy, with what only it used", taken.files))
            drafts = tuple(each for each in drafts if each.files)
        page = CleanUpPage(
            change=taken.change,
            assessment=taken.assessment,
            phases=self._phases(),
            accepted=self._accepted,
            link=around.link(start.base),
            commit=start.base,
            base=base_of(around),
        )
        body = clean_up_body(page, LONGEST[around.monolith.forge.kind])
        paths = [f"{around.prefix}{path}" for path in (*taken.seam, *taken.files)]
        return made(around, around.monolith, start, Stage.CLEAN_UP, drafts, body, paths)

    def _draft(self, subject: str, files: Mapping[str, bytes | None]) -> CommitDraft:
        around = self._around
        body = "Its Lambda function serves now. `migrator pr NAME --stage back` undoes exactly this."
        return CommitDraft(
            subject.format(name=around.candidate),
            body,
            {f"{around.prefix}{path}": data for path, data in files.items()},
        )


def _routed(root: Path) -> Mapping[str, At]:
    """The candidates with a seam in a checkout, and where it is."""
    try:
        return {each.name: each.at for each in show_seam(root).routed}
    except UsageError:
        return {}


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
