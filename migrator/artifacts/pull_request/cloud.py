"""What a move asks of an account and of those who deploy it, as lines of Markdown.

In: a `Move`. Out: lines: resources, permissions, values that somebody has to provide. Every text from the code is inert.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from migrator.artifacts.outside import VariableShown
from migrator.artifacts.pull_request.move import Move
from migrator.artifacts.pull_request.places import Places
from migrator.domain.permissions import Statement
from migrator.markdown import cell_code, inline_code, inline_text

_PLACES = 3
_NAMED = 8
_LAMBDAS_OWN = frozenset({"Lambda sets it, or allows nobody to"})


def resources(move: Move) -> list[str]:
    """A line for each kind of resource, with the names in the template."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for each in move.resources:
        only = f" (only where {inline_code(each.condition)})" if each.condition else ""
        by_kind[each.kind].append(f"{inline_code(each.name)}{only}")
    return [f"- {inline_code(kind)}: {', '.join(names)}" for kind, names in by_kind.items()]


def permissions(move: Move, places: Places) -> list[str]:
    """A row of a table for each statement that the function's own code needs."""
    return [_statement(each, places) for each in move.permissions.statements]


def _statement(statement: Statement, places: Places) -> str:
    actions = "<br>".join(cell_code(action) for action in statement.actions)
    resources = "<br>".join(
        cell_code(each.pattern) + (f" ({inline_text(each.because)})".replace("|", "\\|") if each.because else "")
        for each in statement.resources
    )
    more = len(statement.asked_at) - _PLACES
    asked = "<br>".join(places.of(each) for each in statement.asked_at[:_PLACES])
    return f"| {actions} | {resources} | {asked}{f' and {more} more' if more > 0 else ''} |"


def unallowed(move: Move, places: Places) -> list[str]:
    """A line for each call that no statement could be made for."""
    return [
        f"- {inline_code(each.call)} at {places.of(each.location)}: {inline_text(each.reason)}"
        for each in move.permissions.unallowed
    ]


def secrets(move: Move, places: Places) -> list[str]:
    """A line for each secret: its name in the store, which has no value yet, and what reads it."""
    return [
        f"- {inline_code(each.path)} in {move.outside.store}, read at {places.written(each.location)}"
        f"{'' if each.required else '; may be left out'}"
        for each in move.outside.secrets
    ]


def values(move: Move, places: Places) -> list[str]:
    """A line for each parameter without a default."""
    variables = {each.id: each for each in move.outside.variables}
    return [
        f"- {inline_code(name)}: {_variable(variables[name], places) if name in variables else inline_text(what)}"
        for name, what in move.missing.items()
    ]


def not_set(move: Move) -> list[str]:
    """A line for each reason why the template does not set a setting that the code reads, with the first names."""
    by_reason: defaultdict[str, list[str]] = defaultdict(list)
    for name, reason in move.outside.others:
        by_reason[reason].append(name)
    return [
        f"- {inline_text(reason)}: {named(names)}" for reason, names in by_reason.items() if reason not in _LAMBDAS_OWN
    ]


def named(names: Sequence[str], most: int = _NAMED) -> str:
    """The first of many names as code, and how many more there are."""
    shown = ", ".join(map(cell_code, names[:most]))
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def _variable(variable: VariableShown, places: Places) -> str:
    return f"the variable {inline_code(variable.name)}, read at {places.written(variable.location)}"


def defaults(move: Move, places: Places) -> list[str]:
    """A line for each variable that is deployed with what the code takes where nothing is set."""
    return [
        f"- {inline_code(each.name)}: "
        f"{inline_code(each.default) if each.default is not None else 'left unset'}, {places.written(each.location)}"
        for each in move.outside.variables
        if each.id not in move.missing
    ]
