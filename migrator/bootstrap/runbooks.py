"""The runbook of a candidate or of a route, from the files of a checkout.

In: a name, paths. Out: a `RunbookContext`, with notes on what could not be found and is therefore left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.artifacts.runbook import Choices, RunbookContext, function_of, moved_of, runbook_context

if TYPE_CHECKING:
    from migrator.domain.assessments import Assessment
    from migrator.domain.forges import ForgeSettings
    from migrator.router import RouterConfig

_MANIFEST = "migrator-manifest.json"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for.

    Attributes:
        name: of a candidate or a route.
        root: the monolith.
        router: the router configuration; None for the one that `migrator.toml` names, or `router.yaml` here.
        service: the service folder; None for its place by the layout.
        stage, state: as `Choices` has them.
        config: `migrator.toml`, if it is not the one in the monolith.
        jobs: processes that read files, as for `analyze`.
    """

    name: str
    root: Path
    router: Path | None = None
    service: Path | None = None
    stage: str = "prod"
    state: str = ""
    config: Path | None = None
    jobs: int = 0


def runbook_of(asked: Asked) -> tuple[RunbookContext, tuple[str, ...]]:
    """What a runbook says, and notes on what it lacks.

    Raises:
        UsageError: neither a route nor a candidate answers to the name, or no route leads to it.
        InputError: a file cannot be read, or has mistakes.
    """
    from migrator.config import configuration
    from migrator.domain.layouts import layout
    from migrator.router import load_router

    forge = configuration(asked.root, config=asked.config).forge
    top = _top_of(asked.root)
    router = asked.router or _router(top, forge)
    config = load_router(router)
    notes: list[str] = []
    candidate, service = _named(asked, config, top, forge, notes)
    where = layout(service, services=forge.services, router=_from(top, router))
    folder = asked.service or top / where.service
    where = replace(where, service=_from(top, folder), runbook=f"{_from(top, folder)}/RUNBOOK.md")
    template, samconfig = _text(folder / "template.yaml"), _text(folder / "samconfig.toml")
    if not template:
        notes.append(f"{folder} has no template.yaml: what is deployed is left out, unless --service names the folder")
    moved = moved_of(candidate, _from(top, asked.root)) if candidate is not None else None
    choices = Choices(
        stage=asked.stage,
        state=asked.state,
        owners=_owners(top, forge, asked.root / candidate.location.path, notes) if candidate else (),
        reviewers=forge.reviewers,
    )
    made = runbook_context(service, config, where, template, samconfig, moved=moved, choices=choices)
    return made, tuple(notes)


def _named(
    asked: Asked, config: RouterConfig, top: Path, forge: ForgeSettings, notes: list[str]
) -> tuple[Assessment | None, str]:
    """The candidate, where there is one, and the name of its service."""
    from migrator.artifacts.naming import service_name
    from migrator.bootstrap import analyze
    from migrator.documents.manifest import CODEC
    from migrator.domain.layouts import layout
    from migrator.errors import UsageError
    from migrator.verdicts import find

    if not config.has(asked.name):
        analysis = analyze(asked.root, jobs=asked.jobs, config=asked.config)
        try:
            found = find(analysis.candidates, asked.name, analysis.skipped)
        except UsageError as error:
            routes = ", ".join(entry.name for entry in config.entries[:10]) or "none"
            raise UsageError(error.message, hint=error.hint or f"the routes are: {routes}") from error
        return found, service_name(found.name)
    service = function_of(config.entry(asked.name))
    folder = asked.service or top / layout(service, services=forge.services).service
    manifest = _text(folder / _MANIFEST)
    if not manifest:
        notes.append(f"{folder} has no {_MANIFEST}: what the function changes elsewhere is left out")
        return None, service
    name = CODEC.load_text(manifest, source=str(folder / _MANIFEST)).candidate
    analysis = analyze(asked.root, jobs=asked.jobs, config=asked.config)
    try:
        return find(analysis.candidates, name, analysis.skipped), service
    except UsageError:
        notes.append(f"{asked.root} has no {name} any more: what it changes elsewhere is left out")
        return None, service


def _owners(top: Path, forge: ForgeSettings, path: Path, notes: list[str]) -> tuple[str, ...]:
    try:
        return owners_in(top, forge, _from(top, path))
    except ImportError:
        notes.append("CODEOWNERS was not read: it needs pathspec, of the extra `forges`")
        return ()


def owners_in(top: Path, forge: ForgeSettings, path: str) -> tuple[str, ...]:
    """Who owns a path by the CODEOWNERS of a checkout; nobody where it has none.

    Raises:
        ImportError: there is one, and pathspec is not installed.
    """
    from migrator.adapters.forges.codeowners import PLACES, reviewers
    from migrator.domain.forges import ForgeKind

    def read(place: str) -> bytes | None:
        file = top / place
        return file.read_bytes() if file.is_file() else None

    kinds = [forge.kind] if forge.kind is not None else [ForgeKind.GITHUB, ForgeKind.GITLAB]
    kind = next((each for each in kinds if any(read(place) is not None for place in PLACES[each])), None)
    return reviewers(kind, read, [path]) if kind is not None else ()


def _router(top: Path, forge: ForgeSettings) -> Path:
    here = Path("router.yaml")
    return here if here.is_file() else top / forge.router


def _top_of(root: Path) -> Path:
    """The folder with the repository that a monolith lies in; the current one where there is none."""
    whole = root.resolve()
    return next((folder for folder in (whole, *whole.parents) if (folder / ".git").exists()), Path().resolve())


def _from(top: Path, path: Path) -> str:
    """A path as it is typed at the top."""
    whole = path.resolve()
    return (whole.relative_to(top) if whole.is_relative_to(top) else whole).as_posix().removesuffix(".")


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""
