"""Drives rollouts: reads the world, decides, records the intent, acts, reads back, records.

In: the ports, and the routes that may have to be made known to the plane. Out: `Tick`s. What to do is
`decide`'s; when to look again is `loop`'s.

The order makes a crash harmless. The intent is recorded before the plane is touched, and a weight counts as live
only once it was read back and that was recorded; so whoever comes next finds either the old intent or the new
one, sees that it is not read back, and makes it live again. Two controllers at once meet at the version of the
record: who loses reads again and leaves the plane as the newer record wants it, or lower.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrator.domain.comparisons import Comparison
from migrator.domain.observations import NoData, Observation
from migrator.domain.rollouts import Confirmed, HistoryEntry, Phase, RolloutPlan, RolloutState
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import InputError, MigratorError, Refused, RemoteError, UsageError
from migrator.rollout.decide import decide
from migrator.rollout.decisions import Decision, Nothing, Promote, Remeasure, RollBack, Shift, weight_to_carry_out
from migrator.rollout.ports import Clock, ComparisonSource, Conflict, DataPlane, MetricSource, Observer, StateStore
from migrator.rollout.ticks import Tick
from migrator.rollout.transitions import begun, decided, entry_of, read_back
from migrator.rollout.validation import mistakes

_MEASURED = frozenset({Phase.SHIFTING, Phase.HOLDING, Phase.AWAITING_APPROVAL, Phase.PAUSED, Phase.PROMOTING})
_CONFLICTS_BORNE = 20


@dataclass(frozen=True, slots=True)
class Controller:
    """The rollouts of the routes of one plane.

    Attributes:
        routes: by name; what the plane is told when it does not know a route (it has restarted, or is new).
        together: by route the other routes of its sticky group, which have its weight.
        observers: told of every tick, in this order.
    """

    plane: DataPlane
    metrics: MetricSource
    comparisons: ComparisonSource
    store: StateStore
    clock: Clock
    routes: Mapping[str, AnyRoute]
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    observers: tuple[Observer, ...] = ()

    def start(self, plan: RolloutPlan) -> RolloutState:
        """Record a new rollout, or the next revision of one that was rolled back. Gives no weight yet.

        Raises:
            InputError: the plan is not fit to start.
            Refused: a rollout of this route is under way or promoted.
            Conflict: somebody else has just started one.
        """
        if wrong := mistakes(plan):
            raise InputError(f"the rollout of {plan.route} cannot start: {'; '.join(wrong)}")
        earlier = self.store.load(plan.route)
        if earlier is not None and earlier.phase not in (Phase.ROLLED_BACK, Phase.PENDING):
            raise Refused(
                f"the rollout of {plan.route} is {earlier.phase} (revision {earlier.revision})",
                hint=f"see it: migrator rollout status {plan.route}; end it: migrator rollout rollback {plan.route}",
            )
        for other in self.together.get(plan.route, ()):
            state_of_other = self.store.load(other)
            if state_of_other is not None and state_of_other.phase not in (Phase.ROLLED_BACK, Phase.RETIRED):
                raise Refused(
                    f"{plan.route} and {other} are one sticky group and have one weight, and the rollout of {other} is "
                    f"{state_of_other.phase}",
                    hint=f"let the one of {other} move both, or end it: migrator rollout rollback {other}",
                )
        now = self.clock.now()
        state = begun(plan, now, earlier=earlier)
        entry = HistoryEntry(at=now, phase=state.phase, step=state.step, weight=0.0, reason=_begin(state))
        return self.store.save(state, expected_version=state.version, entry=entry)

    def tick(self, route: str) -> Tick:
        """Look once, decide, and do it.

        Raises:
            UsageError: nothing is recorded of this route.
            InputError, RemoteError: the record itself cannot be read or written. A plane or a metric source that
                does not answer raises nothing: it is said in the tick and tried again by the next one.
        """
        state = self._load(route)
        live, refusal = self._live(route)
        now = self.clock.now()
        observation = self.measure(state)
        decision = decide(state, observation, self._compared(route), live, now)
        return self._told(self._do(state, decision, live, observation, now, trouble=refusal))

    def measure(self, state: RolloutState) -> Observation | NoData:
        """What both sides did since the weight of a state became live, or why nothing can be said."""
        if state.phase not in _MEASURED:
            return NoData(f"nothing is measured while {state.phase}")
        if state.confirmed is None:
            return NoData("the weight is not yet live")
        try:
            if not state.confirmed.mark:
                return NoData("the metric source did not answer when the weight became live", mark_lost=True)
            return self.metrics.since(state.route, state.confirmed.mark)
        except RemoteError as error:
            return NoData(str(error))

    def rollback(self, route: str, reason: str) -> Tick:
        """Send everything back to legacy at once, whatever the phase; the plane is touched even if it says 0.

        A route of the plane of which no rollout is recorded is taken to 0 as well, and that is recorded.

        Raises:
            UsageError: nothing is known of this route.
            Refused: the route is retired: there is no legacy to go back to.
            InputError, RemoteError: the record cannot be read or written. The traffic is taken off all the same,
                as far as the plane answers; the message says so.
        """
        try:
            return self._rollback(route, reason)
        except (UsageError, Refused, Conflict):
            raise
        except (InputError, RemoteError) as error:
            raise self._off_without_record(route, error) from error

    def _rollback(self, route: str, reason: str) -> Tick:
        for _ in range(_CONFLICTS_BORNE):
            state = self.store.load(route) or self._unplanned(route)
            if state.phase is Phase.RETIRED:
                raise Refused(f"{route} is retired: legacy serves it no more")
            live, refusal = self._live(route)
            action = Nothing() if state.phase is Phase.ROLLING_BACK else RollBack()
            decision = Decision(action, reason, state.evidence)
            now = self.clock.now()
            tick = self._do(state, decision, live, NoData("not asked"), now, trouble=refusal, carry_out=0.0)
            if tick.decision is not None:
                return self._told(tick)
        raise Conflict(f"the rollout of {route} is being changed by others all the time", hint="try again")

    def _load(self, route: str) -> RolloutState:
        state = self.store.load(route)
        if state is None:
            raise UsageError(f"no rollout of {route} is recorded", hint=f"migrator rollout start {route}")
        return state

    def _off_without_record(self, route: str, error: InputError | RemoteError) -> MigratorError:
        live, trouble = self._shifted(route, Weight(0.0), overwrite=True)
        done = f"could not be made 0: {trouble}" if trouble or isinstance(live, NoData) else "is 0 now"
        return type(error)(
            f"{error.message}; the live weight of {route} {done}", hint=error.hint, location=error.location
        )

    def _unplanned(self, route: str) -> RolloutState:
        if route not in self.routes:
            return self._load(route)
        return begun(RolloutPlan(route=route, steps=(), gates=()), self.clock.now())

    def _live(self, route: str) -> tuple[Weight | NoData, str]:
        """The live weight, and what went wrong with reading it."""
        try:
            live = self.plane.weights(route)
            if live is None and route in self.routes:
                # A plane that does not know the route starts it with nothing for the canary, whatever the file says.
                self.plane.ensure(replace(self.routes[route], weight=0.0))
                live = self.plane.weights(route)
        except RemoteError as error:
            return NoData(str(error)), str(error)
        if live is None:
            unknown = f"the data plane does not know the route {route}"
            return NoData(unknown), unknown
        return live, ""

    def _compared(self, route: str) -> Comparison | NoData:
        try:
            return self.comparisons.latest(route)
        except (RemoteError, InputError) as error:
            return NoData(str(error))

    def _do(
        self,
        state: RolloutState,
        decision: Decision,
        live: Weight | NoData,
        observation: Observation | NoData,
        now: float,
        *,
        trouble: str,
        carry_out: float | None = None,
    ) -> Tick:
        """Record a decision, carry it out, read back and record that."""
        intended = decided(state, decision, observation, now)
        entries: list[HistoryEntry] = []
        try:
            recorded = self._record(state, intended, decision.reason, now, entries)
        except Conflict as conflict:
            return Tick(now, self._load(state.route), live, observation, None, trouble=str(conflict))
        weight = weight_to_carry_out(decision.action) if carry_out is None else carry_out
        if weight is not None:
            # The record is the law: to bring the plane back to it, or to take traffic off, no hand on the plane hinders.
            overwrite = not isinstance(decision.action, Shift | Promote)
            live, trouble = self._make_live(recorded, Weight(weight), overwrite=overwrite)
        if trouble or isinstance(live, NoData) or (weight is None and decision.action != Remeasure()):
            return Tick(now, recorded, live, observation, decision, tuple(entries), trouble)
        mark, trouble = self._mark(recorded)
        if weight is None and trouble:
            return Tick(now, recorded, live, observation, decision, tuple(entries), trouble)
        confirmed = Confirmed(live.canary, self.clock.now(), mark)
        try:
            seen = f"{live.canary:g} % is live"
            recorded = self._record(recorded, read_back(recorded, confirmed, confirmed.at), seen, now, entries)
        except Conflict as conflict:
            recorded, trouble = self._load(state.route), str(conflict)
            live = self._give_way(recorded, live)
        return Tick(now, recorded, live, observation, decision, tuple(entries), trouble)

    def _mark(self, state: RolloutState) -> tuple[str, str]:
        """Where the metric source stands, and what went wrong with asking it."""
        if state.phase not in _MEASURED:
            return "", ""
        try:
            return self.metrics.mark(state.route), ""
        except RemoteError as error:
            return "", str(error)

    def _record(
        self, before: RolloutState, after: RolloutState, reason: str, now: float, entries: list[HistoryEntry]
    ) -> RolloutState:
        if after == before:
            return before
        entry = entry_of(before, after, reason, now)
        saved = self.store.save(after, expected_version=before.version, entry=entry)
        if entry is not None:
            entries.append(entry)
        return saved

    def _make_live(self, state: RolloutState, weight: Weight, *, overwrite: bool) -> tuple[Weight | NoData, str]:
        """Shift, read back, and what went wrong."""
        if weight.canary > 0:  # to take traffic off never waits for another look at the record
            newest = self.store.load(state.route)
            if newest is not None and newest.version != state.version and weight.canary > newest.weight:
                stale = f"another controller has since decided {newest.weight:g} %"
                return NoData(stale), stale
        return self._shifted(state.route, weight, overwrite=overwrite)

    def _shifted(self, route: str, weight: Weight, *, overwrite: bool) -> tuple[Weight | NoData, str]:
        try:
            taken = self.plane.shift(route, weight, overwrite=overwrite)
            live = self.plane.weights(route)
        except RemoteError as error:
            return NoData(str(error)), str(error)
        if live is None:
            gone = f"the data plane does not know the route {route}"
            return NoData(gone), gone
        if live != taken:
            return live, f"the data plane took {taken.canary:g} %, but {live.canary:g} % is live"
        if (live.canary == 0) != (weight.canary == 0):
            return live, f"the data plane was given {weight.canary:g} %, but {live.canary:g} % is live"
        return live, ""

    def _give_way(self, newer: RolloutState, live: Weight) -> Weight | NoData:
        """Undo what was just made live where a newer record wants less."""
        if live.canary <= newer.weight:
            return live
        try:
            return self.plane.shift(newer.route, Weight(newer.weight), overwrite=True)
        except RemoteError as error:
            return NoData(str(error))  # the next tick of either controller sees the drift

    def _told(self, tick: Tick) -> Tick:
        for observer in self.observers:
            observer.notify(tick)
        return tick


def _begin(state: RolloutState) -> str:
    steps = ", ".join(f"{step.weight:g} %" for step in state.plan.steps)
    return f"revision {state.revision}: {steps}"
