"""One run of the demo: a service folder behind the Lambda front, compared, then given traffic step by step.

In: the service folder, the running shop, the running data plane. Out: what was measured. Each run has a route of its
own, so that its counters begin at zero; when it ends, the route is retired.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from migrator import bootstrap
from migrator.adapters.endpoints.http import HttpEndpoint
from migrator.adapters.processes import wait_until
from migrator.adapters.runtime import LambdaFront, load_functions
from migrator.compare.compare import compare
from migrator.demo.events import Clients, DemoObserver, StageBegan, StageEnded, Traffic
from migrator.demo.load import LoadGenerator, Question
from migrator.demo.settings import Settings
from migrator.domain.comparisons import Comparison
from migrator.domain.gates import Outcome
from migrator.domain.observations import Sample
from migrator.domain.rollouts import Phase
from migrator.domain.routes import Fallback, Weight
from migrator.errors import RemoteError
from migrator.rollout.loop import ENDED
from migrator.rollout.ticks import Tick
from migrator.router import RouteConfig, RouterConfig, load_router, to_yaml

if TYPE_CHECKING:
    from migrator.rollout.controller import Controller

_FALLBACK = Fallback(on=("error", "timeout", "throttle"), methods=("GET",), timeout_s=2.0)
_ENVIRONMENTS = 4
_FIRST_ANSWER_S = 10.0


@dataclass(frozen=True, slots=True)
class Shifted:
    """What one run came to.

    Attributes:
        phase: in which the rollout ended.
        highest_weight: that was ever live, percent.
        canary: first tries of the canary until the rollout ended.
        reason: of the controller's last decision.
        seconds: from the first tick to the end.
    """

    phase: Phase
    highest_weight: float
    canary: Sample
    clients: Clients
    examples: tuple[str, ...]
    comparison: Comparison
    reason: str
    seconds: float


class Shifting:
    """The parts that all runs share.

    Args:
        router: what the running Envoy was started with.
        pattern: the route that extraction wrote; each run's is made after it.
        plane_folder: of the running Envoy.
    """

    def __init__(
        self,
        settings: Settings,
        observer: DemoObserver,
        router: RouterConfig,
        pattern: RouteConfig,
        plane_folder: Path,
    ) -> None:
        self._settings = settings
        self._observer = observer
        self._router = router
        self._pattern = pattern
        self._plane_folder = plane_folder
        self._comparisons = bootstrap.open_comparisons(settings.output / "comparisons")

    def run(self, name: str, service: Path, *, recorded: Sequence[Question], asked: Sequence[Question]) -> Shifted:
        """Compare, start, and watch until the rollout has ended.

        Args:
            name: of the route.
            recorded: the requests that are compared before any weight.
            asked: the requests of the clients.

        Raises:
            RemoteError: a part of the local stack failed.
        """
        with ExitStack() as stack:
            front = stack.enter_context(LambdaFront(load_functions(service), limit=_ENVIRONMENTS))
            config = self._configure(name, front.url)
            store = stack.enter_context(bootstrap.open_state(self._settings.state_url))
            controller = stack.enter_context(
                bootstrap.controller(config, store, comparisons=self._comparisons, directory=self._plane_folder)
            )
            controller.plane.ensure(config.find(name).route)
            stack.callback(controller.plane.retire, name)
            load = stack.enter_context(self._load(asked))
            if not wait_until(lambda: load.seen.requests > 0, _FIRST_ANSWER_S):
                raise RemoteError("the demo's clients got no answer", hint="; ".join(load.examples))
            comparison = self._compare(name, front.url, recorded)
            return self._shift(config, controller, load, comparison)

    def _configure(self, name: str, canary_url: str) -> RouterConfig:
        """The router configuration of this run, written beside the others and read back as a user's would be."""
        pattern, settings = self._pattern, self._settings
        route = replace(
            pattern.route,
            name=name,
            legacy_url=self._router.legacy_url,
            canary_url=canary_url,
            weight=0.0,
            fallback=_FALLBACK,
        )
        canary = replace(pattern.canary, url=canary_url)
        entry = replace(pattern, route=route, canary=canary, rollout=settings.rollout(name))
        path = settings.output / f"router-{name}.yaml"
        path.write_text(to_yaml(replace(self._router, routes=(entry,))), encoding="utf-8")
        return load_router(path)

    def _load(self, asked: Sequence[Question]) -> LoadGenerator:
        settings = self._settings
        url = f"http://{self._router.http_plane.listen}"
        return LoadGenerator(url, asked, per_second=settings.per_second, limit_s=settings.limit_s + 30)

    def _compare(self, name: str, canary_url: str, recorded: Sequence[Question]) -> Comparison:
        self._observer.notify(StageBegan("compare"))
        requests = [question.request for question in recorded]
        with (
            HttpEndpoint(self._router.legacy_url) as legacy,
            # Both sides are told the same host, or every absolute link would differ.
            HttpEndpoint(canary_url, host=legacy.host) as canary,
        ):
            comparison = compare(name, requests, legacy, canary, jobs=2)
        self._comparisons.save(comparison)
        self._observer.notify(StageEnded("compare", comparison.same, _compared(comparison)))
        return comparison

    def _shift(
        self,
        config: RouterConfig,
        controller: Controller,
        load: LoadGenerator,
        comparison: Comparison,
    ) -> Shifted:
        entry = config.routes[0]
        self._observer.notify(StageBegan("rollout"))
        began = time.monotonic()
        highest = 0.0
        controller.start(entry.rollout)
        while True:
            tick = controller.tick(entry.name)
            live = tick.live.canary if isinstance(tick.live, Weight) else 0.0
            highest = max(highest, live)
            reason = tick.decision.reason if tick.decision else tick.trouble
            traffic = Traffic(
                phase=tick.state.phase,
                step=tick.state.step + 1,
                steps=len(entry.rollout.steps),
                configured=tick.state.weight,
                live=live,
                counted=tick.state.counted,
                clients=load.seen,
                reason=reason,
            )
            self._observer.notify(traffic)
            if tick.state.phase in ENDED or _refused(tick) or time.monotonic() - began > self._settings.limit_s:
                break
            time.sleep(self._settings.tick_s)
        canary = tick.state.counted.canary
        good = tick.state.phase is Phase.PROMOTED
        self._observer.notify(StageEnded("rollout", good, reason if good else f"{tick.state.phase}: {reason}"))
        return Shifted(
            phase=tick.state.phase,
            highest_weight=highest,
            canary=canary,
            clients=load.seen,
            examples=load.examples,
            comparison=comparison,
            reason=reason,
            seconds=time.monotonic() - began,
        )


def _refused(tick: Tick) -> bool:
    """Whether the rollout stays pending because a gate gives it no weight."""
    return tick.state.phase is Phase.PENDING and any(gate.outcome is Outcome.FAIL for gate in tick.state.evidence)


def _compared(comparison: Comparison) -> str:
    if comparison.same:
        return f"{comparison.inputs} recorded requests, all answered alike"
    worst = max(comparison.differences, key=lambda difference: difference.count, default=None)
    example = f", most often in {worst.path}" if worst else ""
    return (
        f"{comparison.inputs} recorded requests, {comparison.inputs - comparison.equal} answered differently{example}"
    )
