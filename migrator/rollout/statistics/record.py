"""Evidence as JSON and back, exactly: it is kept with the rollout's record and replayed for audits.

In: `Evidence` or `Spending`. Out: an object of numbers and lists. Where it is kept is the state store's. A double's
shortest text reads back as the same double, so a replay on the same machine gives the same bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from migrator.errors import InputError
from migrator.rollout.statistics.budget import Spending
from migrator.rollout.statistics.counts import Increment
from migrator.rollout.statistics.evidence import Evidence
from migrator.rollout.statistics.mixture import ODDS
from migrator.rollout.statistics.stakes import Stakes
from migrator.rollout.statistics.within import Assurance
from migrator.rollout.statistics.worse import Suspicion


def dumped(known: Evidence | Spending | Increment) -> dict[str, Any]:
    """An object as `json.loads` gives it."""
    return {name: _as_json(value) for name, value in asdict(known).items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(each) for name, each in value.items()}
    return list(value) if isinstance(value, tuple) else value


def evidence(document: Mapping[str, Any]) -> Evidence:
    """What `dumped` has written.

    Raises:
        InputError: the document is not one of these.
    """
    try:
        suspicion, assurance = document["suspicion"], document["assurance"]
        return Evidence(
            assured=bool(document["assured"]),
            suspicion=Suspicion(
                **{
                    **suspicion,
                    "pending": Increment(**suspicion["pending"]),
                    "paired": _bets(suspicion["paired"]),
                    "alone": _bets(suspicion["alone"]),
                }
            ),
            assurance=Assurance(
                **{
                    **assurance,
                    "pending": Increment(**assurance["pending"]),
                    "stakes": Stakes(**{**assurance["stakes"], "bets": _bets(assurance["stakes"]["bets"])}),
                }
            ),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(error) from error


def spending(document: Mapping[str, Any]) -> Spending:
    """What `dumped` has written.

    Raises:
        InputError: the document is not one of these.
    """
    try:
        return Spending(**{**document, "bets": _bets(document["bets"])})
    except (KeyError, TypeError, ValueError) as error:
        raise _unreadable(error) from error


def _bets(listed: list[float]) -> tuple[float, ...]:
    if len(listed) != len(ODDS):
        raise ValueError(f"{len(listed)} bets, {len(ODDS)} expected")
    return tuple(float(each) for each in listed)


def _unreadable(error: Exception) -> InputError:
    return InputError(
        f"the recorded evidence can't be read: {error}",
        hint="it was written by another release: start the revision's evidence afresh",
    )
