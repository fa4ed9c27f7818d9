"""The seam under load in full: 1,000 changes of the weights, 10,000 instants fired by two schedulers.

Prints figures. Exit 1 if a process raised anything, followed weights longer than it may, or an instant was not run
exactly once.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.support.seam_soak import change_weights, fire_schedules, put_module

CHANGES, INSTANTS = 1_000, 10_000
LOOK_S = 1.0
"""How often a process looks: the seam's own `LOOK_EVERY_S`."""
MARGIN_S = 1.0
"""What a machine that is full may add: to switch to a thread, and to get through a look."""


def main() -> int:
    """Load it, print, judge."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line for each claim
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        began = time.monotonic()
        put_module(Path(one))
        seen = change_weights(Path(one), changes=CHANGES, pause_s=0.02, look_s=LOOK_S)
        agreed = " ".join(f"{each:.2f}" for each in seen.agreed_s)
        print(f"{CHANGES:,} changes in {time.monotonic() - began:.0f} s, {seen.processes} processes of 8 threads:")
        print(f"  {seen.decisions:,} decisions sampled (each the last of 20), {len(seen.errors)} errors")
        print(f"  every thread followed the last weights {agreed} s after it; bound {LOOK_S + MARGIN_S:g} s")
        print(f"  a replaced weight was followed {seen.late_s:.2f} s at the longest; bound {LOOK_S + MARGIN_S:g} s")
        began = time.monotonic()
        put_module(Path(two))
        fired = fire_schedules(Path(two), instants=INSTANTS)
        print(
            f"{fired.fired:,} firings of {INSTANTS:,} instants by two schedulers in {time.monotonic() - began:.0f} s:"
        )
        print(f"  runs by instant {fired.runs}, {fired.canary:,} by the canary, {len(fired.errors)} errors")
    for error in (*seen.errors, *fired.errors)[:10]:
        print(f"  {error}")
    held = (
        not seen.errors
        and not fired.errors
        and max(*seen.agreed_s, seen.late_s) <= LOOK_S + MARGIN_S
        and fired.runs == {1: INSTANTS}
    )
    print("held" if held else "not held")
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
