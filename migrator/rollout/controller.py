"""Drives rollouts: reads the world, decides, records the intent, acts, reads back, records.

In: the ports, and the routes that may have to be made known to the plane. Out: `Tick`s. What is read is `looking`'s, what
to do is `decide`'s, what becomes of the record `transitions`', the plane is `acting`'s;
when to look again is `loop`'s.

The order makes a crash harmless. The intent is recorded before the plane is touched, and a weight counts as live
only once it was read back and that was recorded; so whoever comes next finds either the old intent or the new
one, sees that it is not read back, and makes it live again. Two controllers at once meet at the version of the
record: who loses reads again. The plane is given that version as a fence, so that one which was asleep between its
record and its act raises nothing after another has gone on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migrator.domain.looks import AuditEntry, AuditEvent, Look, Request
from migrator.domain.observations import NoData
from migrator.domain.rollouts import Confirmed, HistoryEntry, Lease, Phase, RolloutPlan, RolloutState
from migrator.domain.routes import AnyRoute, Weight
from migrator.errors import InputError, MigratorError, Refused, RemoteError, UsageError
from migrator.rollout import proposing, requests
from migrator.rollout.acting import Acting
from migrator.rollout.decisions import Decision, Promote, Shift, action_text, weight_to_carry_out
from migrator.rollout.looking import Sources, look_at, mark_of
from migrator.rollout.ports import Clock, Conflict, DataPlane, Observer, StateStore, WeightRequests
from migrator.rollout.requesting import wanted
from migrator.rollout.ticks import Tick
from migrator.rollout.transitions import begun, digest_of, entry_of, looked, read_back, rolled_back_by
from migrator.rollout.validation import mistakes

_CONFLICTS_BORNE = 20

LEASE_S = 30.0
"""Seconds for which a controller that runs on keeps a rollout to itself. It is renewed at half of them. Who comes next
waits so long after a crash; safety does not rest on it, but on the version of the record."""


@dataclass(frozen=True, slots=True)
class Controller:
    """The rollouts of the routes of one plane.

    Attributes:
        sources: whom a look asks.
        routes: by name; what the plane is told when it does not know a route (it has restarted, or is new).
        together: by route the other routes of its sticky group, which have its weight.
        observers: told of every tick, in this order.
        holder: the name under which this controller keeps rollouts to itself; empty for one that looks once.
        pull_requests: by which people are asked for every rise of a weight; None where it is given here. It is called
            after the plane was acted on, never before weight is taken away.
    """

    plane: DataPlane
    sources: Sources
    store: StateStore
    clock: Clock
    routes: Mapping[str, AnyRoute]
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    observers: tuple[Observer, ...] = ()
    holder: str = ""
    pull_requests: WeightRequests | None = None

    def start(self, plan: RolloutPlan, *, by: str = "") -> RolloutState:
        """Record a new rollout, or the next revision of one that was rolled back. Gives no weight yet.

        Args:
            by: who asks for it.

        Raises:
            InputError: the plan is not fit to start.
            Refused: a rollout of this route is under way or promoted.
            Conflict: somebody else has just started one.
        """
        if wrong := mistakes(plan, self.sources.metrics.about(plan.route)):
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
        audit = AuditEntry(now, AuditEvent.BEGUN, 0, digest_of(state), begun=state, by=by, reason=entry.reason)
        return self.store.save(state, expected_version=state.version, entry=entry, audit=audit)

    def tick(self, route: str) -> Tick:
        """Look once, decide, and do it.

        Raises:
            UsageError: nothing is recorded of this route.
            InputError, RemoteError: the record itself cannot be read or written. A plane or a source that does not
                answer raises nothing: it is said in the tick and tried again by the next one.
        """
        state = self._load(route)
        now = self.clock.now()
        if self._is_anothers(state, now):
            assert state.lease is not None
            waiting = NoData(f"{state.lease.holder} drives it")
            return self._told(Tick(now, state, waiting, None, None))
        live, refusal = self._acting.live_weight(route)
        look, intended, decision = self._looked(state, look_at(state, live, self.sources, self.store, now))
        audit = AuditEntry(now, AuditEvent.LOOKED, 0, "", look=look, action=action_text(decision.action))
        tick = self._do(state, intended, decision, look, audit, trouble=refusal)
        return self._told(self._asked(tick))

    def rollback(self, route: str, reason: str, *, by: str = "") -> Tick:
        """Send everything back to legacy at once, whatever the phase; the plane is touched even if it says 0.

        A route of the plane of which no rollout is recorded is taken to 0 as well, and that is recorded.

        Raises:
            UsageError: nothing is known of this route.
            Refused: the route is retired: there is no legacy to go back to.
            InputError, RemoteError: the record cannot be read or written. The traffic is taken off all the same,
                as far as the plane answers; the message says so.
        """
        try:
            return self._rollback(route, reason, by)
        except (UsageError, Refused, Conflict):
            raise
        except (InputError, RemoteError) as error:
            raise self._off_without_record(route, error) from error

    def ask(self, route: str, request: Request, reason: str, *, by: str = "", force: bool = False) -> RolloutState:
        """Do what a person asks for, other than a rollback. The weight stays as it is.

        Raises:
            UsageError: nothing is recorded of this route.
            Refused: the request does not fit the phase.
            InputError, RemoteError: the record cannot be read or written.
        """
        for _ in range(_CONFLICTS_BORNE):
            state, now = self._load(route), self.clock.now()
            after = requests.granted(state, request, reason, now, force=force)
            look = Look(now, NoData("not asked"), NoData("not asked"), NoData("not asked"))
            audit = AuditEntry(
                now, AuditEvent.ASKED, 0, "", look=look, request=request, by=by, reason=reason, force=force
            )
            try:
                return self._record(state, after, after.reason, audit, [])
            except Conflict:
                continue
        raise Conflict(f"the rollout of {route} is being changed by others all the time", hint="try again")

    def _rollback(self, route: str, reason: str, by: str) -> Tick:
        for _ in range(_CONFLICTS_BORNE):
            state = self.store.load(route) or self._unplanned(route)
            if state.phase is Phase.RETIRED:
                raise Refused(f"{route} is retired: legacy serves it no more")
            live, refusal = self._acting.live_weight(route)
            now = self.clock.now()
            look = Look(now, live, NoData("not asked"), NoData("not asked"))
            intended, decision = rolled_back_by(state, look, reason)
            audit = AuditEntry(
                now,
                AuditEvent.ASKED,
                0,
                "",
                look=look,
                request=Request.ROLLBACK,
                by=by,
                reason=reason,
                begun=state if state.version == 0 else None,
                action=action_text(decision.action),
            )
            tick = self._do(state, intended, decision, look, audit, trouble=refusal, carry_out=0.0)
            if tick.decision is not None:
                return self._told(self._asked(tick))
        raise Conflict(f"the rollout of {route} is being changed by others all the time", hint="try again")

    @property
    def _acting(self) -> Acting:
        return Acting(self.plane, self.store, self.routes)

    def _load(self, route: str) -> RolloutState:
        state = self.store.load(route)
        if state is None:
            raise UsageError(f"no rollout of {route} is recorded", hint=f"migrator rollout start {route}")
        return state

    def _is_anothers(self, state: RolloutState, now: float) -> bool:
        lease = state.lease
        if lease is None or lease.holder == self.holder:
            return False
        # One that lasts longer than any is given is from a clock that was ahead.
        return now < lease.until <= now + LEASE_S

    def _off_without_record(self, route: str, error: InputError | RemoteError) -> MigratorError:
        live, trouble = self._acting.shifted(route, Weight(0.0), overwrite=True, fence=None)
        done = f"could not be made 0: {trouble}" if trouble or isinstance(live, NoData) else "is 0 now"
        return type(error)(
            f"{error.message}; the live weight of {route} {done}", hint=error.hint, location=error.location
        )

    def _unplanned(self, route: str) -> RolloutState:
        if route not in self.routes:
            return self._load(route)
        return begun(RolloutPlan(route=route, steps=(), gates=()), self.clock.now())

    def _looked(self, state: RolloutState, look: Look) -> tuple[Look, RolloutState, Decision]:
        """A look and what follows from it. How pull requests stand is asked for only where that matters."""
        if self.pull_requests is None or state.phase is Phase.RETIRED:
            return (look, *looked(state, look))
        unasked = replace(look, review=NoData("not asked"))
        after, decision = looked(state, unasked)
        if not proposing.needs_review(after, decision, look.live):
            return unasked, after, decision
        asked = replace(look, review=self.pull_requests.review(state.route))
        return (asked, *looked(state, asked))

    def _asked(self, tick: Tick) -> Tick:
        """Ask people for what the record wants of them; that it is recorded first lets whoever comes next ask as well."""
        asked = wanted(tick.state) if self.pull_requests is not None and tick.decision is not None else None
        if asked is None or self.pull_requests is None:
            return tick
        return replace(tick, unasked=self.pull_requests.want(asked))

    def _do(
        self,
        state: RolloutState,
        intended: RolloutState,
        decision: Decision,
        look: Look,
        audit: AuditEntry,
        *,
        trouble: str,
        carry_out: float | None = None,
    ) -> Tick:
        """Record a decision, carry it out, read back and record that."""
        entries: list[HistoryEntry] = []
        live = look.live
        try:
            recorded = self._record(state, intended, decision.reason, audit, entries)
        except Conflict:
            # Somebody else was faster, and nothing was done: the next look sees what they have decided.
            return Tick(look.now, self._load(state.route), live, look, None, trouble=trouble)
        weight = weight_to_carry_out(decision.action) if carry_out is None else carry_out
        if weight is None:
            return Tick(look.now, recorded, live, look, decision, tuple(entries), trouble)
        # The record is the law: to bring the plane back to it, or to take traffic off, no hand on the plane hinders.
        overwrite = not isinstance(decision.action, Shift | Promote)
        given = recorded.proposing is not None and isinstance(live, Weight) and weight >= live.canary
        if given:  # by people: it is only seen once more, for whoever has taken it away meanwhile
            live, trouble = self._acting.seen(state.route, weight)
        else:
            live, trouble = self._acting.made_live(recorded, Weight(weight), overwrite=overwrite)
        if trouble or isinstance(live, NoData):
            return Tick(look.now, recorded, live, look, decision, tuple(entries), trouble)
        at = self.clock.now()
        confirmed, mark = Confirmed(live.canary, at), mark_of(recorded, self.sources.metrics)
        seen = AuditEntry(at, AuditEvent.READ_BACK, 0, "", confirmed=confirmed, mark=mark)
        try:
            after = read_back(recorded, confirmed, mark)
            recorded = self._record(recorded, after, f"{live.canary:g} % is live", seen, entries)
        except Conflict as conflict:
            recorded, trouble = self._load(state.route), str(conflict)
            live = self._acting.gave_way(recorded, live)
        return Tick(look.now, recorded, live, look, decision, tuple(entries), trouble)

    def _record(
        self,
        before: RolloutState,
        after: RolloutState,
        reason: str,
        audit: AuditEntry,
        entries: list[HistoryEntry],
    ) -> RolloutState:
        """Save a change, or a lease that has come of age; nothing where neither is."""
        held = self._held(before, audit.at)
        if after == before:
            if held == before.lease:
                return before
            return self.store.save(replace(after, lease=held), expected_version=before.version)
        entry = entry_of(before, after, reason, audit.at)
        # A person's own words stay as they were said: the record's are made of them.
        words = audit.reason if audit.event is AuditEvent.ASKED else reason
        audited = replace(audit, digest=digest_of(after), reason=words)
        saved = self.store.save(replace(after, lease=held), expected_version=before.version, entry=entry, audit=audited)
        if entry is not None:
            entries.append(entry)
        return saved

    def _held(self, before: RolloutState, now: float) -> Lease | None:
        """Who drives it from now on: a person's word or a single look leaves that as it is."""
        if not self.holder:
            return before.lease
        lease = before.lease
        if lease is not None and lease.holder == self.holder and now + LEASE_S / 2 < lease.until <= now + LEASE_S:
            return lease
        return Lease(self.holder, now + LEASE_S)

    def _told(self, tick: Tick) -> Tick:
        for observer in self.observers:
            observer.notify(tick)
        return tick


def _begin(state: RolloutState) -> str:
    steps = ", ".join(f"{step.weight:g} %" for step in state.plan.steps)
    return f"revision {state.revision}: {steps}"
