"""Plays a rollout: the real controller, looking again and again at a world in virtual time.

In: a plan, a traffic, faults, a seed. Out: events while it runs, and what it came to. The controller, its decisions and its
statistics are those that drive real rollouts; only the ports are the world's.

What is not played: routes that the plan waits for are taken as promoted, gates that count no requests pass, and a person
agrees where one is asked, after a while.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import inf

from migrator.domain.looks import Request
from migrator.domain.rollouts import Phase, RolloutPlan, RolloutState
from migrator.domain.simulations import SimulatedEvent, SimulatedRollout
from migrator.domain.traffic import Traffic
from migrator.errors import RemoteError
from migrator.rollout.controller import Controller
from migrator.rollout.looking import Sources
from migrator.rollout.simulation.faults import Fault
from migrator.rollout.simulation.ports import AllIsWell, MemoryPlane, MemoryStore, VirtualClock
from migrator.rollout.simulation.world import LegacyHealth, World
from migrator.rollout.times import clock_time

_LOOKS = 5000.0
"""Looks while the steps bake: so many take some seconds, and faults are found no later than a five-thousandth of it."""

SHORTEST_S, LONGEST_S = 1.0, 60.0
"""Seconds between two looks."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is played.

    Attributes:
        begins: seconds since the epoch.
        every_s: seconds between two looks; 0 for what suits the plan.
        agrees_after_s: seconds after which a person agrees where one is asked; None for never.
        longest_s: seconds after which it is over, whatever the rollout does.
    """

    plan: RolloutPlan
    traffic: Traffic
    begins: float
    faults: tuple[Fault, ...] = ()
    seed: int = 1
    every_s: float = 0.0
    agrees_after_s: float | None = 3600.0
    longest_s: float = 60 * 86_400.0


@dataclass
class _Stage:
    scene: Scene
    clock: VirtualClock
    plane: MemoryPlane
    store: MemoryStore
    world: World
    controller: Controller
    on: set[int] = field(default_factory=set)
    told: tuple[Phase, float, str] | None = None


def played(
    scene: Scene, tell: Callable[[SimulatedEvent], None] = lambda _: None, source: str = "as given"
) -> SimulatedRollout:
    """Play it to its end.

    Args:
        tell: is called with every event as it happens.
        source: where the traffic's figures are from, in words.

    Raises:
        InputError: the plan is not fit to start.
    """
    stage = _set_up(scene)
    every_s = scene.every_s or min(max(sum(step.bake_s for step in scene.plan.steps) / _LOOKS, SHORTEST_S), LONGEST_S)
    events: list[SimulatedEvent] = []
    for event in _acts(stage, every_s):
        events.append(event)
        tell(event)
    state = stage.store.state
    assert state is not None
    world = stage.world
    return SimulatedRollout(
        route=scene.plan.route,
        seed=scene.seed,
        traffic=source,
        events=tuple(events),
        end=state.phase,
        ended=state.phase in (Phase.PROMOTED, Phase.ROLLED_BACK),
        reason=state.reason,
        lasted_s=stage.clock.now() - scene.begins,
        weight=stage.plane.live,
        canary_requests=world.canary.requests,
        canary_failed=world.canary.first_try_errors,
        legacy_requests=world.legacy.requests,
        legacy_failed=world.legacy.first_try_errors,
    )


def _set_up(scene: Scene) -> _Stage:
    clock, plane, store = VirtualClock(scene.begins), MemoryPlane(scene.plan.route), MemoryStore()
    world = World(scene.traffic, scene.faults, clock, plane, scene.seed)
    well = AllIsWell(clock)
    controller = Controller(
        plane=plane,
        sources=Sources(metrics=world, comparisons=well, readings=well, health=LegacyHealth(world)),
        store=store,
        clock=clock,
        routes={},
    )
    controller.start(replace(scene.plan, after=()), by="simulation")
    return _Stage(scene, clock, plane, store, world, controller)


def _acts(stage: _Stage, every_s: float) -> Iterator[SimulatedEvent]:
    scene = stage.scene
    yield from _record(stage)
    while True:
        yield from _turns(stage)
        if not stage.world.is_on("controller dead"):
            _look(stage)
        yield from _record(stage)
        if _is_over(stage) or stage.clock.now() - scene.begins >= scene.longest_s:
            return
        stage.world.pass_time(every_s)


def _look(stage: _Stage) -> None:
    route = stage.scene.plan.route
    try:
        tick = stage.controller.tick(route)
    except RemoteError:  # said by the fault itself
        return
    waits = _waits_for_a_person(tick.state)
    agrees = stage.scene.agrees_after_s
    if waits and agrees is not None and stage.clock.now() - tick.state.since >= agrees:
        stage.controller.ask(route, Request.PROMOTE, "", by="simulation")


def _waits_for_a_person(state: RolloutState) -> bool:
    if state.phase is Phase.AWAITING_APPROVAL:
        return True
    return state.phase is Phase.PENDING and state.plan.steps[0].approval and state.approved < 0


def _turns(stage: _Stage) -> Iterator[SimulatedEvent]:
    """Faults that have begun or ended."""
    after = stage.clock.now() - stage.scene.begins
    for number, fault in enumerate(stage.scene.faults):
        is_on = fault.is_on(after, stage.plane.live)
        if is_on != (number in stage.on):
            (stage.on.add if is_on else stage.on.discard)(number)
            yield _event(stage, None, f"{'begins' if is_on else 'ends'}: {fault.text}")


def _record(stage: _Stage) -> Iterator[SimulatedEvent]:
    """What has changed in the record."""
    state = stage.store.state
    assert state is not None
    told = (state.phase, stage.plane.live, _kind_of(state.reason))
    if told != stage.told:
        stage.told = told
        yield _event(stage, state.phase, state.reason)


def _kind_of(reason: str) -> str:
    """A reason without its figures, which change at every look."""
    return "".join(letter for letter in reason if not letter.isdigit())


def _event(stage: _Stage, phase: Phase | None, reason: str) -> SimulatedEvent:
    now = stage.clock.now()
    return SimulatedEvent(now - stage.scene.begins, clock_time(now), phase, stage.plane.live, reason)


def _is_over(stage: _Stage) -> bool:
    state = stage.store.state
    assert state is not None
    if state.phase is Phase.ROLLED_BACK:
        return True
    if state.phase is not Phase.PROMOTED:
        return False
    # After promotion only what is still to go wrong within the rollback window is worth waiting for.
    now, watched_until = stage.clock.now(), state.since + state.plan.rollback_window_s
    after = now - stage.scene.begins
    pending = any(
        after < fault.begins_s or (fault.ends_s > after and fault.ends_s != inf) for fault in stage.scene.faults
    )
    lasting = any(fault.is_on(after, stage.plane.live) for fault in stage.scene.faults)
    return now >= watched_until or not (pending or lasting)
