"""The change that moves a function: service, routes, seam, tests, runbook, generated in a checkout of what is committed.

In: `Around`. Out: a maker for each repository that takes part, for `migrator.publishing.prepare`. What the files say is
for `migrator.artifacts`; here they are put in their places, and hand edits that the branch has are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts import Artifacts, conflict_lines, describe_handler, make_artifacts, preview, write
from migrator.artifacts.handlers import HandlerArtifacts
from migrator.artifacts.pipeline.placing import workflow_for, workflow_path
from migrator.artifacts.pull_request import LONGEST, Move, Seam, body, commits, title
from migrator.artifacts.pull_request.beside import KEPT, settle
from migrator.artifacts.route_files import Routing, route_files
from migrator.artifacts.runbook import Choices, moved_of, runbook_context, runbook_markdown
from migrator.artifacts.writing import origin
from migrator.bootstrap import analyze_with_model, planned_slice, service_choices
from migrator.bootstrap.around import Around, Site
from migrator.bootstrap.move_seam import put, seam_of
from migrator.bootstrap.move_texts import described_move
from migrator.bootstrap.publishing import reviewers_of
from migrator.bootstrap.runbooks import owners_in
from migrator.documents.comparison import CODEC
from migrator.domain.comparisons import Comparison
from migrator.domain.forges import ForgeKind
from migrator.domain.pull_requests import PullRequestDraft, Stage
from migrator.domain.services import ServiceChoices
from migrator.errors import InputError, Refused
from migrator.plan import PlannedSlice
from migrator.publishing import Made, Maker, Start
from migrator.router import RouterConfig, load_router


@dataclass(frozen=True, slots=True)
class _Cut:
    """What was made of the monolith as it is committed.

    Attributes:
        seam: what the seam does to the monolith's files, by path from its repository's top.
        routed: where it is; None where it is not put in.
        weights: path of the file that the seam reads its weights from, from the top of the monolith's repository.
        commit: of the monolith, that lines are counted at.
    """

    planned: PlannedSlice
    described: HandlerArtifacts
    artifacts: Artifacts
    choices: ServiceChoices
    seam: Mapping[str, bytes | None]
    routed: Seam | None
    weights: str
    commit: str


@dataclass(frozen=True, slots=True)
class _Service:
    """What was made of it in the repository that it lies in.

    Attributes:
        files: path from the top to new bytes, None where a file goes.
        disagree: generated files on which a hand and the generator changed the same lines; they stay as the hand has them.
        router: the branch's router configuration; None where nothing routes the function's events.
    """

    files: Mapping[str, bytes | None]
    disagree: tuple[str, ...]
    router: RouterConfig | None


class Moving:
    """The move of one function.

    Args:
        around: where it takes place.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._cut: _Cut | None = None
        self._move: Move | None = None
        self._comparison = _comparison(around.asked.comparison)

    def parts(self) -> Sequence[tuple[Site, Maker]]:
        """What is changed where: the monolith first, since everything is cut out of it."""
        around = self._around
        if around.apart:
            return (around.monolith, self._legacy), (around.services, self._service)
        return ((around.monolith, self._whole),)

    def _whole(self, checkout: Path, start: Start) -> Made:
        """Both in one repository."""
        around, cut = self._around, self._cut_out(checkout, start)
        service = self._generated(checkout, cut)
        return self._made(around.monolith, start, cut, service, {**service.files, **cut.seam})

    def _legacy(self, checkout: Path, start: Start) -> Made:
        """The monolith's part, where the service lies elsewhere: the seam, if there is one."""
        self._cut = cut = self._cut_out(checkout, start)
        return self._made(self._around.monolith, start, cut, None, cut.seam)

    def _service(self, checkout: Path, start: Start) -> Made:
        """The service's part, where the monolith lies elsewhere."""
        if self._cut is None:
            raise AssertionError("the monolith comes first")
        service = self._generated(checkout, self._cut)
        return self._made(self._around.services, start, self._cut, service, service.files)

    def _made(
        self, site: Site, start: Start, cut: _Cut, service: _Service | None, files: Mapping[str, bytes | None]
    ) -> Made:
        around = self._around
        name = cut.planned.plan.candidate
        drafts = commits(name, around.service, files, around.layout, frozenset(cut.seam), again=start.tip is not None)
        # Of two parts the second one knows the routes; texts are asked for when both are made.
        self._move = described_move(
            around,
            cut.planned,
            cut.artifacts,
            cut.choices,
            commit=cut.commit,
            seam=cut.routed,
            router=service.router if service else None,
            comparison=self._comparison,
            disagree=service.disagree if service else (),
        )
        reviewers = reviewers_of(around, site, start, files)

        def texts(others: tuple[str, ...]) -> PullRequestDraft:
            settings, move = around.settings, self._move
            if move is None:
                raise AssertionError("texts are of what was made")
            return PullRequestDraft(
                branch="",
                base="",
                title=title(Stage.MOVE, name, routed=bool(move.plans)),
                body=body(move, LONGEST[site.forge.kind], others),
                labels=settings.labels,
                reviewers=reviewers,
                draft=settings.draft,
            )

        return Made(drafts, texts)

    def _cut_out(self, checkout: Path, start: Start) -> _Cut:
        around, asked = self._around, self._around.asked
        root = around.root(checkout)
        analyzed = analyze_with_model(root, jobs=asked.jobs, config=asked.config, places_on_disk=False)
        planned = planned_slice(
            root,
            around.candidate,
            accept=asked.accept,
            strategy=asked.strategy,
            front=asked.front,
            config=asked.config,
            analyzed=analyzed,
        )
        around.require(planned.plan.candidate)
        choices = service_choices(root, asked.config)
        artifacts = make_artifacts(planned, choices)
        seam = seam_of(around, root, planned, analyzed[0])
        described = describe_handler(planned)
        return _Cut(planned, described, artifacts, choices, seam.files, seam.routed, seam.weights, start.base)

    def _generated(self, checkout: Path, cut: _Cut) -> _Service:
        """The service, its routes, its runbook and its workflow."""
        around, where = self._around, self._around.layout
        folder = checkout / where.service
        before = _files_below(folder)
        result = preview(cut.artifacts, folder)
        if result.conflicts:
            listed = "\n".join(line for conflict in result.conflicts for line in conflict_lines(conflict))
            raise Refused(
                f"what people changed on the branch and what is generated now disagree\n{listed}",
                hint=f"edit these places on the branch as they are to be, or take the edits back; they lie in {where.service}",
            )
        write(cut.artifacts, folder, root=None if around.apart else around.root(checkout))
        if around.apart:
            real = around.services.repository.top / where.service
            put(folder / origin.ORIGIN, origin.dump(real, around.asked.root))
        kept = _read(folder / KEPT)
        texts, files = self._beside(checkout, cut)
        present = {path: _read(checkout / path) for path in (*texts, where.runbook)}
        for path, data in {**files, **settle(texts, present, kept).files}.items():
            put(checkout / path, data)
        router = load_router(checkout / where.router) if where.routes in texts else None
        if router is not None:
            texts[where.runbook] = self._runbook(cut, router, checkout)
        settled = settle(texts, present, kept)
        put(folder / KEPT, settled.kept)
        files |= settled.files
        after = _files_below(folder)
        for path in sorted(before.keys() | after.keys()):
            if before.get(path) != after.get(path):
                files.setdefault(f"{where.service}/{path}", after.get(path))
        return _Service(files, settled.disagree, router)

    def _beside(self, checkout: Path, cut: _Cut) -> tuple[dict[str, str], dict[str, bytes | None]]:
        """Generated texts that people may edit, and files that are put in their place as they are."""
        around, where = self._around, self._around.layout
        texts: dict[str, str] = {}
        workflow = workflow_path(around.service)
        if _reads_workflows(around.services, checkout):
            texts[workflow] = workflow_for(cut.artifacts.files[workflow], around.service, where.service)
        if cut.routed is None and not cut.described.rules:
            return texts, {}
        main = _read(checkout / where.router)
        routing = Routing(cut.weights, at=cut.routed.at if cut.routed else None, sticky=around.asked.sticky)
        made = route_files(cut.planned, cut.described, where, routing, main.decode() if main is not None else None)
        texts[where.routes] = made[where.routes]
        return texts, {path: text.encode() for path, text in made.items() if path != where.routes}

    def _runbook(self, cut: _Cut, router: RouterConfig, checkout: Path) -> str:
        files = cut.artifacts.files
        around = self._around
        moved = moved_of(cut.planned.assessment, around.prefix.rstrip("/"))
        path = f"{around.prefix}{cut.planned.assessment.location.path}"
        owners = () if around.apart else owners_in(checkout, around.settings, path)
        return runbook_markdown(
            runbook_context(
                around.service,
                router,
                around.layout,
                files["template.yaml"],
                files["samconfig.toml"],
                moved=moved,
                choices=Choices(owners=owners, reviewers=around.settings.reviewers),
            )
        )


def _comparison(path: Path | None) -> Comparison | None:
    if path is None:
        return None
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the comparison cannot be read", location=str(path)) from error
    return CODEC.load_text(text, source=str(path))


def _reads_workflows(site: Site, checkout: Path) -> bool:
    """Whether GitHub's workflows belong at the top of a repository: it is there, or people keep some for it."""
    if site.forge.kind == ForgeKind.GIT.value:
        return (checkout / ".github").is_dir()
    return site.forge.kind == ForgeKind.GITHUB.value


def _files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
