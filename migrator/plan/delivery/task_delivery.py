"""Jobs of task libraries behind a queue.

In: the queue and schedule triggers of a candidate. Out: its `Delivery`, or a `Refused`: a task that asks its library
for something that a queue, a function and a handler together cannot give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from migrator.domain.assessments import Assessment, HazardKind
from migrator.domain.effects import Effect
from migrator.domain.json import JsonValue
from migrator.domain.plans import Dropped, EventSource, Kept
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused
from migrator.plan.delivery.bound_tasks import refuse_other_uses
from migrator.plan.delivery.call_sites import sent_from
from migrator.plan.delivery.celery_settings import Setting, celery_settings, timezone_of
from migrator.plan.delivery.clock_delivery import clockwork
from migrator.plan.delivery.deliveries import Convention, Delivery, ErrorName, QueuePolicy
from migrator.plan.delivery.error_names import Errors, read_errors
from migrator.plan.delivery.own_sends import own_sends
from migrator.plan.delivery.task_semantics import (
    BACKOFF_DEFAULTS,
    DEFAULTS,
    LIBRARIES,
    RETRIED_DEFAULTS,
    SETTING_OPTIONS,
    TaskLibrary,
)
from migrator.plan.looking.constants import Constants
from migrator.plan.looking.marks import Mark, read_mark
from migrator.source import SourceTree

# Last names of each library's own decorators; any other is a project's own.
_DECORATORS: Mapping[str, frozenset[str]] = {
    "celery": frozenset({"task", "shared_task", "periodic_task"}),
    "dramatiq": frozenset({"actor"}),
    "huey": frozenset({"task", "db_task", "on_commit_task"}),
    "rq": frozenset({"job"}),
}
_EVERY_ERROR = ErrorName("Exception", "")


@dataclass(slots=True)
class _Reading:
    """What has been read of a task's options so far."""

    library: TaskLibrary
    policy: QueuePolicy
    place: str
    kept: list[Kept] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)

    def take(self, option: str, value: JsonValue, written: str, place: str, *, said: bool = True) -> None:
        """Apply one option; what the code does not say itself is only told where it matters."""
        rule = self.library.rules.get(option)
        if rule is None:
            if option not in self.library.silent and option != self.library.errors:
                self.dropped.append(Dropped(f"{place}: {option}={written}", "an option that is not known"))
            return
        meaning = rule(self.policy, value)
        if meaning.refused:
            raise Refused(
                f"{option}={written}: {meaning.refused}",
                hint="keep this task where it is for now, or change the option first",
                location=place or self.place,
            )
        self.policy = meaning.policy
        what = f"{option}={written}" if said else f"{option}={written} (the default)"
        if meaning.becomes:
            self.kept.append(Kept(what, meaning.becomes, place))
        if meaning.lost:
            self.dropped.append(Dropped(f"{place}: {what}" if place else what, meaning.lost))


def task_delivery(
    tree: SourceTree, assessment: Assessment, triggers: Sequence[Trigger]
) -> tuple[Delivery, Mark | None]:
    """How a task is delivered, and the mark that stays behind.

    Raises:
        Refused: it cannot be kept as it is.
    """
    constants = Constants(tree)
    framework = triggers[0].framework
    library = LIBRARIES[framework]
    usual = _DECORATORS[framework]
    queued = [trigger for trigger in triggers if trigger.kind is TriggerKind.QUEUE]
    mark = read_mark(tree, assessment, (queued or list(triggers))[0], constants, usual)
    _refuse_own_ways(assessment, mark, usual, framework)
    task = str(queued[0].detail.get("task") or assessment.name) if queued else _named(mark, assessment)
    settings = celery_settings(tree, constants) if framework == "celery" else {}
    errors = _errors(tree, assessment, mark, library.errors)
    spared = _errors(tree, assessment, mark, library.spared)
    reading = _Reading(library, replace(library.start, task=task), str(assessment.location))
    _read_options(reading, mark, settings, retried=bool(errors.names or errors.unread))
    _say_errors(reading, mark, library, errors)
    policy = _with_errors(reading.policy, library, errors, spared)
    if policy.bound:
        refuse_other_uses(tree.by_path[assessment.location.path], assessment.location, assessment.name)
    here = assessment.location
    again = own_sends(tree.by_path[here.path], here.line, here.end_line, assessment.name, framework, constants)
    clock = clockwork(
        tree,
        assessment,
        [trigger for trigger in triggers if trigger.kind is TriggerKind.SCHEDULE],
        timezone_of(settings),
        constants,
    )
    if not queued and not clock.timetables:
        raise Refused(
            f"{assessment.name} is run by a timetable that has no equal: {clock.dropped[0].reason}",
            hint="change the timetable first, or keep this task where it is",
            location=str(assessment.location),
        )
    sent = sent_from(tree, assessment.name, task, constants)
    return (
        Delivery(
            source=EventSource.QUEUE,
            convention=Convention.ARGUMENTS,
            queue=replace(policy, sends_itself=again.names),
            timetables=clock.timetables,
            needed=_merged(errors.needed, spared.needed),
            external=(*errors.external, *spared.external),
            kept=(*reading.kept, *clock.kept, *again.kept, *sent.kept),
            dropped=(*reading.dropped, *clock.dropped, *sent.dropped, *_hazards(assessment)),
        ),
        mark if mark is not None and mark.own else None,
    )


def _refuse_own_ways(assessment: Assessment, mark: Mark | None, usual: frozenset[str], framework: str) -> None:
    ways = {*usual, "enqueue", "enqueue_call", "enqueue_in", "enqueue_at"}
    if mark is None or mark.name.rpartition(".")[2] not in ways:
        what = f"through {mark.name} of the project's own" if mark is not None else "in a way that is not read yet"
        raise Refused(
            f"{assessment.name} becomes a task of {framework} {what}, which may do more than register it",
            hint=f"register it with {framework}'s own decorator, then extract again",
            location=str(mark.location if mark is not None else assessment.location),
        )
    if "**" in mark.written:
        raise Refused(
            f"options of the task are only known when the program runs: **{mark.written['**']}",
            hint="write the options out, then extract again",
            location=str(mark.location),
        )


def _named(mark: Mark | None, assessment: Assessment) -> str:
    name = mark.options.get("name") if mark is not None else None
    return name if isinstance(name, str) else assessment.name


def _read_options(reading: _Reading, mark: Mark | None, settings: Mapping[str, Setting], *, retried: bool) -> None:
    library = reading.library
    written: Mapping[str, str] = {}
    if mark is not None:
        known_only = library.name == "rq" and not mark.own  # the other keywords are the function's
        written = {name: text for name, text in mark.written.items() if not known_only or name in library.rules}
    options = mark.options if mark is not None else {}
    place = str(mark.location) if mark is not None else ""
    for option, value in DEFAULTS[library.name].items():
        if option not in written:
            reading.take(option, value, repr(value), "", said=False)
    by_hand = options.get("bind") is True
    if (retried or by_hand) and library.name == "celery":
        for option, value in RETRIED_DEFAULTS.items():
            # A backoff takes the place of the fixed delay.
            if option not in written and not (option == "default_retry_delay" and "retry_backoff" in written):
                reading.take(option, value, repr(value), "", said=False)
        if options.get("retry_backoff") not in (None, False, 0):
            for option, value in BACKOFF_DEFAULTS.items():
                if option not in written:
                    reading.take(option, value, repr(value), "", said=False)
    for name, option in SETTING_OPTIONS.items():
        setting = settings.get(name)
        if setting is not None and option not in written:
            reading.take(option, setting.value, repr(setting.value), str(setting.location))
    for option, text in written.items():
        if option in options:
            reading.take(option, options[option], text, place)
        elif option in library.untold:
            raise Refused(
                f"{option}={text} of the task: {library.untold[option]}",
                hint="keep this task where it is for now, or change the option first",
                location=place,
            )
        elif option not in (library.errors, library.spared):
            reason = "its value is only known when the program runs; the default is taken"
            reading.dropped.append(Dropped(f"{place}: {option}={text}", reason))


def _errors(tree: SourceTree, assessment: Assessment, mark: Mark | None, option: str) -> Errors:
    if mark is None or not option or option not in mark.written:
        return Errors()
    return read_errors(mark.written[option], tree.by_path[mark.location.path], tree)


def _say_errors(reading: _Reading, mark: Mark | None, library: TaskLibrary, errors: Errors) -> None:
    if mark is None or not library.errors or library.errors not in mark.written:
        if library.name == "celery" and not reading.policy.retries.by_hand:
            reading.kept.append(
                Kept("no retries", "a failed task is moved to the dead-letter queue at once, and not run again")
            )
        return
    shown = ", ".join(error.written for error in errors.names)
    place = str(mark.location)
    if errors.names:
        reading.kept.append(
            Kept(
                f"{library.errors}={mark.written[library.errors]}",
                f"the handler returns the message after {shown}, and moves it to the dead-letter queue after any other",
                place,
            )
        )
    for text in errors.unread:
        reading.dropped.append(Dropped(f"{place}: {library.errors}={text}", "no name of an exception; not run again"))


def _with_errors(policy: QueuePolicy, library: TaskLibrary, errors: Errors, spared: Errors) -> QueuePolicy:
    names = (_EVERY_ERROR,) if library.everything else errors.names
    retries = policy.retries
    if not names and not retries.by_hand:
        retries = replace(retries, most=0)
    return replace(policy, retries=replace(retries, errors=names, spared=spared.names))


def _merged(*needed: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for each in needed:
        for module, names in each.items():
            found[module] = tuple(dict.fromkeys((*found.get(module, ()), *names)))
    return found


def _hazards(assessment: Assessment) -> tuple[Dropped, ...]:
    """What makes a task's arguments or its moment of sending unfit for a queue of messages."""
    kinds = {HazardKind.NON_SERIALIZABLE_ARGUMENT, HazardKind.IN_TRANSACTION, HazardKind.ORDERING}
    return tuple(
        Dropped(f"{hazard.location}: {hazard.kind.value}", hazard.reason)
        for hazard in assessment.hazards
        if hazard.kind in kinds
    )


# Effects that a second run repeats: the handler keeps the ids of what it has done.
REPEATED = frozenset({Effect.EMAIL, Effect.HTTP_OUT, Effect.DATABASE, Effect.OBJECT_STORAGE, Effect.ENQUEUE})
