"""Which globals hold the containers that bodies have changed or looked at.

In: the settled solver. Out: the notes of its bodies, with each container replaced by the globals that hold it. While
bodies are read a note names the container alone, so that a container that many globals share is one value.
"""

from __future__ import annotations

from collections.abc import Collection

from migrator.model.solver import Body, Solver
from migrator.model.values import HELD, INNER, Const


def name_holders(bodies: Collection[Body], solver: Solver) -> None:
    """Name the globals in the notes of state that the bodies have taken."""
    for body in bodies:
        told = body.told
        # Most bodies share what they have noted with others, and name no container.
        if any(home.startswith(HELD) for home, *_ in told.writes):
            told.writes = {
                (holder, line, column, how)
                for home, line, column, how in told.writes
                for holder in holders_of(home, solver)
            }
        if any(home.startswith(HELD) for home, *_ in told.reads):
            told.reads = {
                (holder, line, column, receiver)
                for home, line, column, receiver in told.reads
                for holder in holders_of(home, solver)
            }


def holders_of(home: str, solver: Solver) -> tuple[str, ...]:
    """The globals that a home stands for: itself, or those that hold the container."""
    if not home.startswith(HELD):
        return (home,)
    held = solver.cell("homes", home.removeprefix(HELD)).values
    return tuple(
        str(holder.value).rstrip(INNER)
        for holder in sorted(held, key=lambda holder: holder.serial)
        if isinstance(holder, Const)
    )
