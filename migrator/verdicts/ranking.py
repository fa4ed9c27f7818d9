"""The order in which to move: a score between 0 and 1, and the ranks that follow from it.

A candidate falls into one of six bands, best first:

1. `ready`, proven or likely
2. `with-network`, proven or likely
3. `ready`, unproven: needs the user's word, so it comes after all that does not
4. `with-network`, unproven
5. `refactor`
6. `keep`

Band b covers the scores from (6 - b) / 6 to (7 - b) / 6. Within it the place is the weighted mean of
confidence (proven 1, likely 1/2, unproven 0), fewness of effects 1 / (1 + effects), fewness of hazards
1 / (1 + hazards), and smallness 1 / (1 + lines / 50), with the weights of `WEIGHTS`. The weights order
peers; no measurement stands behind them, and none is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.domain.assessments import Confidence, Verdict

_SURE = (Confidence.PROVEN, Confidence.LIKELY)

BANDS: tuple[frozenset[tuple[Verdict, Confidence]], ...] = (
    frozenset((Verdict.READY, sure) for sure in _SURE),
    frozenset((Verdict.WITH_NETWORK, sure) for sure in _SURE),
    frozenset({(Verdict.READY, Confidence.UNPROVEN)}),
    frozenset({(Verdict.WITH_NETWORK, Confidence.UNPROVEN)}),
    frozenset((Verdict.REFACTOR, any_) for any_ in Confidence),
    frozenset((Verdict.KEEP, any_) for any_ in Confidence),
)

WEIGHTS: Mapping[str, float] = {"confidence": 0.4, "effects": 0.3, "hazards": 0.15, "size": 0.15}

_CONFIDENCE: Mapping[Confidence, float] = {Confidence.PROVEN: 1.0, Confidence.LIKELY: 0.5, Confidence.UNPROVEN: 0.0}
_MIDDLING_LINES = 50  # a function of this length gets half of what a tiny one gets


def score_of(verdict: Verdict, confidence: Confidence, *, effects: int, hazards: int, lines: int) -> float:
    """The score, 0 to 1; the higher, the earlier.

    Args:
        effects: number of kinds of effect.
        hazards: number of hazards.
        lines: length of the candidate's own definition.
    """
    band = next(index for index, members in enumerate(BANDS) if (verdict, confidence) in members)
    place = (
        WEIGHTS["confidence"] * _CONFIDENCE[confidence]
        + WEIGHTS["effects"] / (1 + effects)
        + WEIGHTS["hazards"] / (1 + hazards)
        + WEIGHTS["size"] / (1 + lines / _MIDDLING_LINES)
    )
    return round((len(BANDS) - 1 - band + place) / len(BANDS), 6)
