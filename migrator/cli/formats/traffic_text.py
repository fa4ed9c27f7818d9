"""What reading recorded traffic came to, in lines for stderr: what was read, what was damaged, what nothing answers to.

In: a `TrafficSummary`. Out: lines, which whoever prints them makes inert.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from migrator.domain.quantity_text import share_text
from migrator.domain.recordings import LogFile, TrafficSummary, Unmatched
from migrator.domain.wording import count, listed, on_one_line

_DAMAGED_SHOWN = 5
_PASSED_OVER_SHOWN = 5
_MANY = 0.2
"""Share of the unmatched that a prefix has to explain before it is worth a line."""
_MUCH = 0.05
"""Share of unmatched calls from which on it is said what they were."""


def traffic_lines(summary: TrafficSummary, *, quiet: bool = False) -> Iterator[str]:
    """The lines.

    Args:
        quiet: only what is wrong.
    """
    read = [file for file in summary.files if file.format]
    if not quiet:
        days = listed([f"{name} of {_days(covered)}" for name, covered in summary.days.items()])
        calls = count(summary.requests.calls + summary.runs.calls, "call")
        where = f"{count(sum(file.lines for file in read), 'line')} of {count(len(read), 'file')}"
        yield f"traffic: {calls} in {where}{': ' if days else ''}{days}"
    yield from _damage([file for file in read if file.damaged])
    yield from _passed_over([file for file in summary.files if file.passed_over])
    if summary.timeless:
        yield f"  the records of {listed(summary.timeless)} tell no time; they are counted as those of one day"
    if summary.nameless:
        yield f"  {count(summary.nameless, 'run')} without the event that names the task, not counted"
    yield from _unmatched(summary.requests, "request", quiet)
    yield from _unmatched(summary.runs, "run", quiet)
    if not summary.told:
        yield "  no candidate is told of; the order is that without traffic"
    elif summary.untold and not quiet:
        kinds = sorted(summary.untold.items(), key=lambda entry: (-entry[1], entry[0]))
        listing = listed([f"{kind} ({number:,})" for kind, number in kinds])
        yield f"  of candidates with these events no log tells, so that they take the median load: {listing}"


def _damage(files: Sequence[LogFile]) -> Iterator[str]:
    for file in files[:_DAMAGED_SHOWN]:
        where = f"{on_one_line(file.path)}:{file.first_damage.line}" if file.first_damage else on_one_line(file.path)
        why = f", the first: {file.first_damage.reason}" if file.first_damage else ""
        yield f"  {where}: {count(file.damaged, 'damaged line')} of {file.lines:,}, not counted{why}"
    if len(files) > _DAMAGED_SHOWN:
        rest = sum(file.damaged for file in files[_DAMAGED_SHOWN:])
        yield f"  and {count(rest, 'damaged line')} in {count(len(files) - _DAMAGED_SHOWN, 'more file', 'more files')}"


def _passed_over(files: Sequence[LogFile]) -> Iterator[str]:
    for file in files[:_PASSED_OVER_SHOWN]:
        yield f"  {on_one_line(file.path)}: passed over, {file.passed_over}"
    if len(files) > _PASSED_OVER_SHOWN:
        yield f"  and {count(len(files) - _PASSED_OVER_SHOWN, 'more file', 'more files')} passed over"


def _unmatched(kind: Unmatched, noun: str, quiet: bool) -> Iterator[str]:
    if not kind.unmatched or (quiet and kind.share < _MUCH):
        return
    yield f"  {share_text(kind.share)} of the {noun}s matched no candidate; the most frequent of them:"
    width = len(f"{kind.most_frequent[0][1]:,}") if kind.most_frequent else 0
    for text, times in kind.most_frequent:
        yield f"    {times:>{width},}  {on_one_line(text)}"
    if kind.below >= kind.unmatched * _MANY:
        yield (
            f"  {share_text(kind.below / kind.unmatched)} of these would match without {on_one_line(kind.prefix)}: where a "
            "proxy takes it off, give the application's own log"
        )


def _days(days: float) -> str:
    return "a day or less" if days <= 1 else f"{days:,.1f} days"
