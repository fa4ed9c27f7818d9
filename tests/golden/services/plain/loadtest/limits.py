"""What a load test may end with: table `load` of `budget.toml`.

Locust asks `judge` when the test is over; what it returns becomes the exit status of the program.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

BUDGET: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent.parent / "budget.toml").read_text("utf-8")
)["load"]

# What else has to be true at the end: each answers with what is wrong, or with an empty text.
conditions: list[Callable[[], str]] = []


@events.init_command_line_parser.add_listener
def offer(parser: LocustArgumentParser) -> None:
    """As many users for as long as the budget says, unless the command line says otherwise."""
    parser.set_defaults(
        headless=True,
        num_users=BUDGET["users"],
        spawn_rate=BUDGET["users"],
        run_time=f"{BUDGET['seconds']}s",
    )


@events.quitting.add_listener
def judge(environment: Environment, **_: object) -> None:
    """Say what is wrong; a test that asked nothing has shown nothing."""
    total = environment.stats.total
    wrong = [said for condition in conditions if (said := condition())]
    if not total.num_requests:
        wrong.append("nothing was asked")
    elif total.fail_ratio * 100 > BUDGET["error_percent"]:
        wrong.append(f"{total.fail_ratio:.1%} failed, {BUDGET['error_percent']} % may")
    if "p95_ratio" in BUDGET and total.num_requests:
        measured = total.get_response_time_percentile(0.95)
        legacy = BUDGET.get("legacy_p95_ms")
        if legacy is None:
            print(
                f"p95 is {measured:.0f} ms; budget.toml has no legacy_p95_ms, so nobody judges it"
            )
        elif measured > legacy * BUDGET["p95_ratio"]:
            wrong.append(
                f"p95 is {measured:.0f} ms, {BUDGET['p95_ratio']} times legacy's {legacy} ms may be"
            )
    for each in wrong:
        print(f"load test: {each}")
    environment.process_exit_code = 1 if wrong else 0
