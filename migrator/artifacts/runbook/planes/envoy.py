"""An Envoy without the tool: its control interface by curl.

In: a route and the Envoy's addresses. Out: `PlaneText`. The interface is described in
https://www.envoyproxy.io/docs/envoy/latest/operations/admin (`runtime_modify`, `stats`, `ready`).
"""

from __future__ import annotations

import json
import re
from typing import Final

from migrator.artifacts.runbook.parts import Block, Need, PlaneText, shell
from migrator.artifacts.runbook.planes.http import calls_text, stays_text
from migrator.artifacts.runbook.words import spelled
from migrator.domain.routes import Fallback, Route, Weight
from migrator.router.config import PlaneConfig
from migrator.router.envoy_names import RouteNames, names_of
from migrator.router.weights import to_units

_RESOLUTION: Final = 0.01
"""Percent; the smallest step of a weight of Envoy as this program sets it up."""


def envoy_text(route: Route, plane: PlaneConfig) -> PlaneText:
    """The Envoy that carries a route."""
    names = names_of(route.name)
    admin = f"http://{plane.admin}"
    canary, legacy = to_units(Weight(0), _RESOLUTION)
    query = "&".join(f"{key}={value}" for key, value in names.runtime(canary, legacy).items())
    counters = f"^cluster\\.{re.escape(names.key)}_(legacy|lambda)\\.upstream_rq_total$"
    return PlaneText(
        title=f"the Envoy whose control interface is `{plane.admin}` and which takes calls at `{plane.listen}`",
        calls=calls_text(route.match),
        acts="within milliseconds",
        stays=stays_text(route.sticky),
        saves=_saves(route.fallback),
        needs=(
            Need(
                f"a shell on the machine of the Envoy at `{plane.listen}`",
                "its control interface answers on that machine only",
                f"curl -fsS {shell(f'{admin}/ready')}",
            ),
        ),
        alive=Block("The Envoy answers and takes calls:", (f"curl -fsS {shell(f'{admin}/ready')}",), "It says `LIVE`."),
        live=Block(
            "The live weight, in parts of 10,000 for each side:",
            (f"curl -fsS {shell(f'{admin}/runtime')} | python3 -c {shell(_reader(names))}",),
            f"`{names.canary_key}` is the canary's share. `0` means that legacy gets everything.",
        ),
        back=Block(
            "Every call goes to legacy, in one request:",
            (f"curl -fsS -X POST {shell(f'{admin}/runtime_modify?{query}')}",),
            "Envoy answers `OK`, and acts at once.",
        ),
        taken=Block(
            "How many calls each side has had. Ask twice, some seconds apart:",
            (f"curl -fsS --get {shell(f'{admin}/stats')} --data-urlencode {shell(f'filter={counters}')}",),
            f"`{names.function}` no longer grows, `{names.legacy}` does.",
        ),
        cautions=(
            (
                "An Envoy that restarts comes up with the weight of before. Do not restart it until the tool has recorded the "
                "rollback, or set the weight again after the restart."
            ),
        ),
    )


def _reader(names: RouteNames) -> str:
    keys = json.dumps([names.canary_key, names.legacy_key])
    return (
        'import json, sys; entries = json.load(sys.stdin)["entries"]; '
        f'[print(key, entries[key]["final_value"]) for key in {keys}]'
    )


def _saves(fallback: Fallback | None) -> str:
    if fallback is None:
        return "the caller gets its error, as there is no fallback"
    return (
        f"legacy answers instead where the canary's first try ends in {' or '.join(fallback.on)}, for "
        f"{', '.join(fallback.methods)}; a try may take {spelled(fallback.timeout_s)}"
    )
