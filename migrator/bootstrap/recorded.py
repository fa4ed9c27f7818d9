"""The records of rollouts, for whoever only looks at them.

In: where they are kept, names of routes. Out: those that are recorded. A store that is not there is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from migrator.bootstrap.rollouts import default_state, open_state
from migrator.domain.rollouts import RolloutState


def recorded_rollouts(url: str, routes: Iterable[str]) -> Mapping[str, RolloutState]:
    """The recorded rollouts of routes, by name.

    Args:
        url: as for `open_state`.

    Raises:
        UsageError: no such URL.
        InputError, RemoteError: the store cannot be read.
    """
    if not url and not default_state().exists():
        return {}
    wanted = set(routes)
    with open_state(url) as store:
        found = {name: store.load(name) for name in store.routes() if name in wanted}
    return {name: state for name, state in found.items() if state is not None}
