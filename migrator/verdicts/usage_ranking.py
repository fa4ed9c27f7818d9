"""The order in which to move once it is known what production runs: the score of `ranking`, moved within its band.

In: assessments with their usages. Out: the same with other scores and ranks, and advice where a limit is near. What
blocks still never comes before what moves. With p for the place in the band that `ranking` gives, 0 to 1, the new place is

    room * ((1 - `WEIGHT`) * p + `WEIGHT` * load)

- load: log(1 + b) / log(1 + 86,400) for b seconds that a day's calls keep a process busy (calls a day times their mean
  duration), at most 1. What runs often and long is what a move takes off the monolith; the logarithm, since ten times as
  much is one step more worth having, not ten. A process that is busy all day has a load of 1. The mean is told by the
  median and the 95th percentile, since a job with a long tail keeps a process busier than its median says: half of the
  calls are taken to last as long as the median, the next 45 % to rise evenly from there to the 95th percentile, and the
  rest to last as long as that. Where no record tells a duration, a call is taken as `ASSUMED_S` long, so that calls still
  count.
- room: what is left below the limits of its event (`usage_limits`), from 1 at half of the limit or less down to 0 at
  it, the tighter one of payload and duration. A candidate that a twentieth of its calls would take beyond a limit cannot
  move as it is, however much there is to gain.
- `WEIGHT` is a half, as the share of `ranking` that reads from the code how much work is done: what was recorded says
  the same better. The other half stays with what no record tells: how well the event can be taken over, how sure the
  verdict is.

A candidate that no record could tell of takes the median load of those that have calls: not knowing says neither much
nor little. One that was looked for and never called has none.

The numbers order peers; no measurement stands behind them, and none is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log1p
from statistics import median
from typing import Final

from migrator.domain.assessments import Analysis, Assessment
from migrator.domain.usage import Usage
from migrator.verdicts.ranking import BANDS
from migrator.verdicts.usage_limits import near_limits, room_of

WEIGHT: Final = 0.5
ASSUMED_S: Final = 0.1
BUSY_ALL_DAY_S: Final = 86_400
_OF_THE_TAIL: Final = 0.45 / 2 + 0.05


def with_usages(analysis: Analysis, usages: Mapping[str, Usage]) -> Analysis:
    """The analysis with what production says, ranked anew; without any usage it stays as it is.

    Args:
        usages: by the candidate's name.
    """
    if not usages:
        return analysis
    known = [replace(item, usage=usages.get(item.name)) for item in analysis.candidates]
    loads = [load_of(item.usage) for item in known if item.usage is not None and item.usage.calls]
    unknown = median(loads) if loads else 0.0
    scored = [_scored(item, unknown) for item in known]
    scored.sort(key=lambda item: (-item.score, item.name))
    ranked = (replace(item, rank=rank) for rank, item in enumerate(scored, start=1))
    return replace(analysis, candidates=tuple(ranked))


def load_of(usage: Usage) -> float:
    """How much a move takes off, 0 to 1."""
    return min(1.0, log1p(usage.calls_per_day * _mean_s(usage)) / log1p(BUSY_ALL_DAY_S))


def _mean_s(usage: Usage) -> float:
    if usage.p50_ms is None:
        return ASSUMED_S
    tail = usage.p50_ms if usage.p95_ms is None else max(usage.p50_ms, usage.p95_ms)
    return ((1 - _OF_THE_TAIL) * usage.p50_ms + _OF_THE_TAIL * tail) / 1000


def _scored(item: Assessment, unknown: float) -> Assessment:
    band = next(index for index, members in enumerate(BANDS) if item.verdict in members)
    behind = len(BANDS) - 1 - band
    place = item.score * len(BANDS) - behind
    load = unknown if item.usage is None else load_of(item.usage)
    room = 1.0 if item.usage is None else room_of(item.triggers, item.usage)
    moved = room * ((1 - WEIGHT) * place + WEIGHT * load)
    advice = () if item.usage is None else near_limits(item.triggers, item.usage)
    return replace(
        item,
        score=round((behind + min(1.0, max(0.0, moved))) / len(BANDS), 6),
        advice=(*item.advice, *(entry for entry in advice if entry not in item.advice)),
    )
