"""What recorded traffic says of analyzed applications: logs are read once, for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from migrator.domain.progress import Progress, silent

if TYPE_CHECKING:
    from migrator.domain.assessments import Analysis
    from migrator.domain.recordings import TrafficSummary


def with_traffic(analysis: Analysis, files: Sequence[str]) -> tuple[Analysis, TrafficSummary]:
    """The analysis of one application with the usage of its candidates, ranked by it as well; see `with_traffic_of`."""
    (found,), summary = with_traffic_of((analysis,), files)
    return found, summary


def with_traffic_of(
    analyses: Sequence[Analysis], files: Sequence[str], progress: Progress = silent
) -> tuple[tuple[Analysis, ...], TrafficSummary]:
    """The analyses with what recorded traffic says of their candidates, each ranked anew.

    Args:
        files: logs, folders of logs, or `-` for standard input; `FORMAT:` before each names its format.

    Raises:
        InputError: a file is not there, cannot be opened, or is no log of a known format. Damaged lines are in the
            summary instead.
        UsageError: an analysis is ranked by recorded traffic already.
    """
    from collections import Counter

    from migrator.adapters.traffic_logs.reading import read_logs
    from migrator.domain.recordings import TrafficSummary
    from migrator.errors import UsageError
    from migrator.verdicts.recorded import Counting
    from migrator.verdicts.usage_ranking import with_usages

    if not files:
        return tuple(analyses), TrafficSummary()
    if any(item.usage is not None for analysis in analyses for item in analysis.candidates):
        raise UsageError(
            "this analysis is ranked by recorded traffic already",
            hint="name all logs at once, where the code is analyzed",
        )
    counting = Counting([analysis.candidates for analysis in analyses])
    read = read_logs(files, lambda log: counting.taker(log.name, log.whole_of), progress)
    ranked = tuple(with_usages(analysis, counting.usages(number)) for number, analysis in enumerate(analyses))
    known = [item for analysis in ranked for item in analysis.candidates]
    summary = TrafficSummary(
        files=tuple(read.files),
        requests=counting.requests,
        runs=counting.runs,
        days=counting.days,
        timeless=counting.timeless,
        nameless=read.nameless,
        told=sum(item.usage is not None for item in known),
        untold=Counter(
            kind for item in known if item.usage is None for kind in {trigger.kind for trigger in item.triggers}
        ),
    )
    return ranked, summary


def find_logs(files: Sequence[str]) -> bool:
    """Look for logs, and at their first lines, before an analysis takes its time.

    Returns:
        Whether standard input is among them.

    Raises:
        InputError: one is not there, or is no log of a known format.
    """
    from migrator.adapters.traffic_logs.reading import check_logs
    from migrator.adapters.traffic_logs.sources import STDIN

    return any(source.name == STDIN for source in check_logs(files))
