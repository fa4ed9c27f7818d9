"""Runs by the clock: the entries of a timetable that start a candidate, as a scheduler has them.

In: the schedule triggers of a candidate. Out: `Clockwork`: a `Timetable` each, with what is kept and what is not. An
entry that has no equal is an entry of `dropped` as long as another one stays.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from migrator.domain.assessments import Assessment
from migrator.domain.json import JsonValue
from migrator.domain.plans import Dropped, Kept
from migrator.domain.triggers import Trigger
from migrator.plan.delivery.deliveries import Timetable
from migrator.plan.delivery.timetables import Dialect, NoEqual, cron_expression, rate_expression, schedule_expression
from migrator.plan.looking.constants import Constants, Unknown
from migrator.plan.looking.marks import Mark, read_mark
from migrator.plan.looking.parsed import parsed
from migrator.source import SourceFile, SourceTree

# Words of APScheduler beside those of its triggers.
_JOB_WORDS = frozenset(
    [
        "id",
        "name",
        "args",
        "kwargs",
        "func",
        "trigger",
        "misfire_grace_time",
        "coalesce",
        "max_instances",
        "next_run_time",
        "jobstore",
        "executor",
        "replace_existing",
        "timezone",
        "start_date",
        "end_date",
        "jitter",
    ]
)
_DIALECTS: Mapping[str, Dialect] = {
    "apscheduler": Dialect.APSCHEDULER,
    "celery": Dialect.CELERY,
    "huey": Dialect.CRON,
    "rq": Dialect.CRON,
    "periodic jobs": Dialect.CRON,
}
CLOCKS = frozenset(_DIALECTS)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What the clock does for a candidate."""

    timetables: tuple[Timetable, ...]
    kept: tuple[Kept, ...]
    dropped: tuple[Dropped, ...]


def clockwork(
    tree: SourceTree, assessment: Assessment, triggers: Sequence[Trigger], timezone: str, constants: Constants
) -> Clockwork:
    """The timetables of a candidate.

    Args:
        timezone: of the library's clock.
    """
    timetables: list[Timetable] = []
    kept: list[Kept] = []
    dropped: list[Dropped] = []
    for trigger in triggers:
        written = str(trigger.detail.get("expression", ""))
        place = str(trigger.location)
        mark = read_mark(tree, assessment, trigger, constants, frozenset())
        zone = str(mark.options.get("timezone", timezone)) if mark is not None else timezone
        entry = _entry(tree, trigger, constants)
        try:
            expression = _expression(entry.timetable or written, trigger, mark)
        except NoEqual as error:
            dropped.append(Dropped(f"{place}: {written or 'a timetable'}", error.message))
            continue
        timetables.append(Timetable(written, expression, zone, entry.args, entry.kwargs))
        how = "counted from its creation, not from the last run" if expression.startswith("rate") else f"in {zone}"
        kept.append(Kept(written or "a timetable", f"EventBridge Scheduler: {expression}, {how}", place))
        if expression.startswith("cron") and zone != "UTC":
            dropped.append(
                Dropped(
                    f"{place}: {written} in {zone}",
                    "a local time that daylight saving skips is not run, one that occurs twice is run once",
                )
            )
        dropped.extend(Dropped(f"{place}: {what}", "the scheduler passes the arguments only") for what in entry.lost)
    return Clockwork(tuple(timetables), tuple(kept), tuple(dropped))


def _expression(written: str, trigger: Trigger, mark: Mark | None) -> str:
    dialect = _DIALECTS[trigger.framework]
    if dialect is Dialect.APSCHEDULER and mark is not None:
        words = {name: text.strip("'\"") for name, text in mark.written.items() if name not in _JOB_WORDS}
        unsaid = set(words) - set(mark.options)
        if unsaid:
            raise NoEqual(f"{sorted(unsaid)[0]} of the timetable is only known when the program runs")
        if written == "interval":
            return rate_expression({name: float(str(mark.options[name])) for name in words})
        if written == "cron":
            return cron_expression(words, dialect)
        if written == "date":
            raise NoEqual("it runs once, at a time that the program works out")
    return schedule_expression(written, dialect)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an entry of a timetable says; `timetable` with the values of its constants in their place."""

    args: tuple[JsonValue, ...] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)
    lost: tuple[str, ...] = ()
    timetable: str = ""


def _entry(tree: SourceTree, trigger: Trigger, constants: Constants) -> _Entry:
    """Arguments that an entry of Celery's timetable passes, and what else it asks for."""
    nothing = _Entry()
    file = tree.by_path.get(trigger.location.path)
    if file is None or trigger.framework != "celery":
        return nothing
    for node in ast.walk(parsed(file)):
        if getattr(node, "lineno", 0) != trigger.location.line:
            continue
        if isinstance(node, ast.Dict) and node.col_offset + 1 == trigger.location.column:
            pairs = zip(node.keys, node.values, strict=True)
            words = {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "add_periodic_task"
        ):
            words = {word.arg: word.value for word in node.keywords if word.arg}
            words |= dict(zip(("schedule", "sig", "args", "kwargs"), node.args, strict=False))
            sig = words.get("sig")
            if isinstance(sig, ast.Call) and "args" not in words:
                words["args"] = ast.Tuple(sig.args, ast.Load())
                words["kwargs"] = ast.Dict(
                    [ast.Constant(word.arg) for word in sig.keywords], [w.value for w in sig.keywords]
                )
        else:
            continue
        args = constants.of(words["args"], file) if "args" in words else []
        kwargs = constants.of(words["kwargs"], file) if "kwargs" in words else {}
        unread = [
            f"{name}={ast.unparse(words[name])}"
            for name, value in (("args", args), ("kwargs", kwargs))
            if isinstance(value, Unknown)
        ]
        lost = [f"{name}={ast.unparse(words[name])}" for name in ("options", "relative", "expires") if name in words]
        return _Entry(
            tuple(args) if isinstance(args, list | tuple) else (),
            kwargs if isinstance(kwargs, Mapping) else {},
            (*unread, *lost),
            _spelled(words["schedule"], file, constants) if "schedule" in words else "",
        )
    return nothing


def _spelled(node: ast.expr, file: SourceFile, constants: Constants) -> str:
    """The source of a timetable, with the values of the constants that it names."""
    if not isinstance(node, ast.Call):
        value = constants.of(node, file)
        return ast.unparse(node) if isinstance(value, Unknown) else repr(value)
    parts = [(argument, "") for argument in node.args] + [(word.value, word.arg or "**") for word in node.keywords]
    written = [f"{name}={text}" if name else text for part, name in parts for text in [_spelled(part, file, constants)]]
    return f"{ast.unparse(node.func)}({', '.join(written)})"
