"""The figures of roles as a table: `make accuracy` prints it, and ends with 1 where a bound is missed."""

from __future__ import annotations

from pathlib import Path

from tests.accuracy.permissions.grammar import by_action
from tests.accuracy.permissions.measuring import (
    BOUNDS,
    Figures,
    Role,
    actions_alone,
    by_chalice,
    figures,
    package_roles,
    program_roles,
    together,
)


def report(cache: Path, *, misses: bool = False) -> list[str]:
    """Measure and print; the names of the bounds that are missed.

    Args:
        cache: where wheels are kept and unpacked.
        misses: also print what is wrong with which role.

    Raises:
        WrongWheel: a package is not to be had.
    """
    sets = {"programs": list(program_roles()), "packages": list(package_roles(cache))}
    roles = [role for found in sets.values() for role in found]
    chalice = by_chalice(roles, cache)
    columns = {name: together([figures(role.truth, role.made) for role in found]) for name, found in sets.items()}
    ours = together(list(columns.values()))
    theirs = together([actions_alone(role.truth, chalice[role.name]) for role in roles])
    print("\n".join(table({**columns, "together": ours, "Chalice's analyzer": theirs})), end="\n\n")
    if misses:
        for role in roles:
            for line in wrong(role):
                print(f"  {role.name}: {line}")
    return missed(ours)


def table(columns: dict[str, Figures]) -> list[str]:
    """Lines of Markdown: a figure a row."""
    lines = [_row(["roles", "bound", *columns]), _row(["---"] * (len(columns) + 2))]
    for name, bound in BOUNDS.items():
        lines.append(_row([name, f">= {bound:.2f}", *(f"{each.shares[name]:.3f}" for each in columns.values())]))
    for name in ("right", "extra", "missing"):
        lines.append(_row([f"actions {name}", "", *(f"{getattr(each, name):,}" for each in columns.values())]))
    return lines


def missed(counts: Figures) -> list[str]:
    """The figures that miss their bound."""
    return [name for name, bound in BOUNDS.items() if counts.shares[name] < bound]


def wrong(role: Role) -> list[str]:
    """What is wrong with a role, one line each."""
    wanted, found = by_action(role.truth), by_action(role.made)
    lines = [f"extra {action}" for action in sorted(found.keys() - wanted.keys())]
    lines += [f"missing {action}" for action in sorted(wanted.keys() - found.keys())]
    for action in sorted(wanted.keys() & found.keys()):
        if wanted[action] != found[action]:
            lines.append(f"scope of {action}: {sorted(found[action])}, the truth says {sorted(wanted[action])}")
    return lines


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
