"""The values of this stage.

In: nothing. Out: `Around` and `LeftAround`, and whether there is anything to find.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.domain.plans import Boot, BootKind, Dropped
from migrator.source import SourceFile


@dataclass(frozen=True, slots=True)
class Around:
    """Something that an application does around a view.

    Attributes:
        turns_away: whether it may answer a request in the view's place.
    """

    dropped: Dropped
    turns_away: bool = False


@dataclass(frozen=True, slots=True)
class LeftAround:
    """What of it does not travel.

    Attributes:
        checks: what may turn a request away.
    """

    checks: tuple[Dropped, ...] = ()
    others: tuple[Dropped, ...] = ()


def around(file: SourceFile, node: ast.expr | ast.stmt, what: str, reason: str, *, turns_away: bool = False) -> Around:
    """Something at the place of a node."""
    place = Location(file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
    return Around(Dropped(f"{place}: {what}", reason), turns_away)


def answers_itself(boot: Boot | None) -> bool:
    """Whether an application is started that answers a view's requests with all that stands around it."""
    return boot is not None and boot.kind is BootKind.FLASK and bool(boot.application)
