"""What a runbook is about: one service, the routes that lead to it, what it does, where everything lies.

In: the router configuration, the texts of the service's template, the assessment of the candidate, the layout. Out:
`RunbookContext`, from which the pages are made. Nothing is looked up here: whoever asks has read the files.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migrator.artifacts.runbook.deployed import Deployed, read_deployed
from migrator.artifacts.runbook.parts import PlaneText, shell
from migrator.artifacts.runbook.planes import plane_text
from migrator.domain.assessments import Assessment
from migrator.domain.effects import Effect
from migrator.domain.layouts import Layout
from migrator.domain.rollouts import RolloutPlan
from migrator.domain.routes import AliasRoute, AnyRoute, BalancerRoute, Route, SeamRoute
from migrator.errors import UsageError
from migrator.router import RouterConfig
from migrator.router.config import BalancerRouteConfig, PlannedRoute, RouteConfig

_STAGE = "prod"
_ROUTER = "router.yaml"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved.

    Attributes:
        candidate: its qualified name.
        place: `path:line` of it in the monolith.
        changes: effects that a second run does again, each with the reasons that the analysis gives.
        other: its further effects, by name.
        folder: of the monolith, from the repository's top; empty for the top.
    """

    candidate: str
    place: str
    changes: Mapping[Effect, tuple[str, ...]] = field(default_factory=dict)
    other: tuple[Effect, ...] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What nobody can read off the files.

    Attributes:
        stage: section of `samconfig.toml` whose stack is meant.
        state: where rollouts are recorded, as `--state` takes it; empty for the default of whoever types.
        owners: names of people or teams who answer for it, as the forge knows them.
        reviewers: names of those who agree to changes.
    """

    stage: str = _STAGE
    state: str = ""
    owners: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteRun:
    """One route with its rollout.

    Attributes:
        not_above: routes whose weight this one's never exceeds.
        group: further routes that are shifted with it.
    """

    route: AnyRoute
    plan: RolloutPlan
    plane: PlaneText
    not_above: tuple[str, ...] = ()
    group: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The route's name."""
        return self.route.name


@dataclass(frozen=True, slots=True)
class RunbookContext:
    """Everything that the pages say.

    Attributes:
        name: of the service.
        routes: at least one.
        moved: None where there is no candidate, as for versions of a function.
        region: of AWS; empty where no file says it.
    """

    name: str
    layout: Layout
    routes: tuple[RouteRun, ...]
    deployed: Deployed
    moved: Moved | None
    choices: Choices
    region: str = ""

    def tool(self, *words: str) -> str:
        """A command of the tool that takes a router configuration and the store of rollouts."""
        said = list(words)
        if self.layout.router != _ROUTER:
            said += ["--router", self.layout.router]
        if self.choices.state:
            said += ["--state", self.choices.state]
        return " ".join(["migrator", *map(shell, said)])

    def pull_request(self, moved: Moved, *words: str) -> str:
        """A command that opens a pull request about what was moved."""
        said = [moved.candidate, *(["--root", moved.folder] if moved.folder else []), *words]
        if self.choices.state:
            said += ["--state", self.choices.state]
        return " ".join(["migrator", "pr", *map(shell, said)])

    def router(self, *words: str) -> str:
        """A command of the tool that takes a router configuration only."""
        said = [*words, *(["--router", self.layout.router] if self.layout.router != _ROUTER else [])]
        return " ".join(["migrator", *map(shell, said)])


def runbook_context(
    name: str,
    config: RouterConfig,
    layout: Layout,
    template: str,
    samconfig: str = "",
    *,
    moved: Moved | None = None,
    choices: Choices | None = None,
) -> RunbookContext:
    """What the runbook of a service is about.

    Args:
        name: of the service.
        template, samconfig: texts of the service's files; both empty where the function is deployed by others.

    Raises:
        UsageError: no route leads to the service.
        InputError: the template or samconfig.toml cannot be read.
    """
    chosen = choices or Choices()
    deployed = read_deployed(template, samconfig, stage=chosen.stage) if template else Deployed("", name)
    function = deployed.function or name
    folder = layout.router.rpartition("/")[0]
    runs = tuple(
        RouteRun(
            entry.route,
            entry.rollout,
            plane_text(entry.route, config, folder),
            entry.not_above,
            _group(config, entry.name),
        )
        for entry in routes_to(config, function)
    )
    if not runs:
        raise UsageError(
            f"no route of {config.source or layout.router} leads to the function {function}",
            hint="a runbook is about shifting traffic; the service's README.md says how to deploy and watch it",
        )
    return RunbookContext(name, layout, runs, deployed, moved, chosen, _region(config, runs))


def moved_of(assessment: Assessment, folder: str = "") -> Moved:
    """What a runbook says of a candidate.

    Args:
        folder: of the monolith, from the repository's top; empty for the top.
    """
    changes = {
        finding.effect: tuple(dict.fromkeys(each.reason for each in finding.evidence if each.changes))
        for finding in assessment.effects
    }
    return Moved(
        assessment.name,
        f"{posixpath.join(folder, assessment.location.path)}:{assessment.location.line}",
        {effect: reasons for effect, reasons in changes.items() if reasons},
        tuple(effect for effect, reasons in changes.items() if not reasons),
        folder,
    )


def routes_to(config: RouterConfig, function: str) -> tuple[PlannedRoute[AnyRoute], ...]:
    """The routes of a configuration whose canary is a function, in its order."""
    return tuple(entry for entry in config.entries if function_of(entry) == function)


def function_of(entry: PlannedRoute[AnyRoute]) -> str:
    """The function that a route leads to."""
    match entry:
        case RouteConfig(canary=canary) | BalancerRouteConfig(canary=canary):
            return canary.lambda_name
    match entry.route:
        case SeamRoute(canary=target):
            return target.function
        case AliasRoute(function=function):
            return function.partition(":function:")[2].partition(":")[0] or function
        case Route() | BalancerRoute():
            return ""


def _group(config: RouterConfig, name: str) -> tuple[str, ...]:
    return tuple(other for names in config.groups.values() if name in names for other in names if other != name)


def _region(config: RouterConfig, runs: Sequence[RouteRun]) -> str:
    """The region that the routes say, where they agree."""
    found = set()
    for run in runs:
        match run.route:
            case BalancerRoute():
                found.add(config.balancer.region if config.balancer is not None else "")
            case AliasRoute():
                found.add(config.functions.region)
            case SeamRoute(canary=canary):
                found.add(canary.region)
            case Route():
                found.add("")
    return found.pop() if len(found) == 1 else ""
