"""The rules that tie the values of different keys together.

In: a draft and the tree it came from. Out: mistakes with places. Shapes of single values are left to `models`. A rule is
a function in the module of what it is about, listed in its `RULES`.
"""

from __future__ import annotations

from migrator.router.checks import aliases, every, http, metrics, order, planes, rollouts, seam
from migrator.router.mistakes import Mistake
from migrator.router.router_tree import RouterTree
from migrator.router.shape import Draft


def check(draft: Draft, tree: RouterTree) -> list[Mistake]:
    """Every mistake that single values do not show."""
    rules = (
        *planes.RULES,
        *every.RULES,
        *order.RULES,
        *rollouts.RULES,
        *http.RULES,
        *seam.RULES,
        *aliases.RULES,
        *metrics.RULES,
    )
    return [mistake for rule in rules for mistake in rule(draft, tree)]
