"""A look at all rollouts as a Lambda function that EventBridge Scheduler calls: handler
`migrator.bootstrap.scheduled.handler`.

In: `MIGRATOR_ROUTER` (the configuration's path in the package, `router.yaml` unless told otherwise) and `MIGRATOR_STATE`
(`dynamodb://TABLE`). Out: how each rollout stands. It is `migrator rollout tick` without a terminal. The function needs no
reserved concurrency: two looks at once meet at the version of the record.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migrator.errors import UsageError


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Look once at every recorded rollout of the configuration.

    Returns:
        `{"rollouts": [{"route", "phase", "weight", "reason", "trouble"}]}`; the same goes to the log, a line for each.

    Raises:
        MigratorError: the configuration or the store cannot be read. What fails for one route is its `trouble`, and hinders
            no other.
    """
    from migrator import bootstrap
    from migrator.errors import MigratorError
    from migrator.router import load_router

    state = os.environ.get("MIGRATOR_STATE", "")
    if not state.startswith("dynamodb://"):
        raise UsageError("MIGRATOR_STATE names no store that outlasts the function", hint="set it to dynamodb://TABLE")
    config = load_router(Path(os.environ.get("MIGRATOR_ROUTER", "router.yaml")))
    rollouts: list[dict[str, Any]] = []
    with bootstrap.open_state(state) as store, bootstrap.controller(config, store) as controller:
        for route in store.routes():
            if not config.has(route):
                continue
            try:
                tick = controller.tick(route)
            except MigratorError as error:
                rollouts.append({"route": route, "trouble": str(error)})
            else:
                rollouts.append(
                    {
                        "route": route,
                        "phase": str(tick.state.phase),
                        "weight": tick.state.weight,
                        "reason": tick.state.reason,
                        "trouble": tick.trouble,
                    }
                )
            sys.stdout.write(json.dumps(rollouts[-1]) + "\n")
    return {"rollouts": rollouts}
