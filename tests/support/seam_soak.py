"""The seam under load: many threads of many processes while its weights change, and schedulers that fire one schedule.

In: a folder and sizes. Out: what was seen, `Weights` and `Firings`, for a test or `make soak-seam` to judge. What
legacy does meanwhile is `seam_legacy`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.moto import REGION, aws_server
from tests.support.seam import claims_table, give_weights, loaded
from tests.support.seam_legacy import EVERY_S, NAME, STOP


@dataclass(frozen=True, slots=True)
class Weights:
    """What was seen while the weights changed.

    Attributes:
        processes: how many have decided.
        decisions: how many were sampled.
        errors: what was raised, or counted by the seam.
        agreed_s: how long after the last change every thread of a process followed it; one a process.
        late_s: how long a weight that was replaced was followed; the longest of all samples.
    """

    processes: int
    decisions: int
    errors: tuple[str, ...]
    agreed_s: tuple[float, ...]
    late_s: float


@dataclass(frozen=True, slots=True)
class Firings:
    """What became of the firings.

    Attributes:
        fired: by all schedulers.
        runs: number of runs to the number of instants that were run so often.
        canary: instants that the canary got.
        errors: what was raised, or went to the seam's log.
    """

    fired: int
    runs: dict[int, int]
    canary: int
    errors: tuple[str, ...]


def version(number: int) -> dict[str, Any]:
    """Routes that are known again by what a decision gives; of two in a row some have one size."""
    note = "x" * (number % 5 * 7 if number % 3 else 0)
    return {NAME: {"weight": 100, "canary": {"lambda": f"v{number:06}"}, "note": note}}


def change_weights(
    folder: Path, *, changes: int, pause_s: float, processes: int = 4, threads: int = 8, look_s: float = 1.0
) -> Weights:
    """Change the weights while forked processes decide by them; one more process decides on an event loop's executor.

    Args:
        pause_s: between two changes.
        look_s: how often a process looks.
    """
    give_weights(folder, version(0))
    sizes = [str(folder), str(processes), str(threads), str(look_s)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.seam_legacy", "decide", *sizes], stdout=subprocess.PIPE, text=True
    ) as legacy:
        assert legacy.stdout is not None
        for _ in range(processes + 1):
            assert legacy.stdout.readline() == "ready\n"
        replaced = []
        for number in range(1, changes + 1):
            replaced.append(time.monotonic())
            give_weights(folder, version(number))
            time.sleep(pause_s)
        last = time.monotonic()
        (folder / STOP).write_text(str(changes))
        told = [json.loads(line) for line in legacy.stdout]
        assert legacy.wait() == 0
    samples = [(at, number) for each in told for at, number in each["samples"]]
    return Weights(
        processes=len(told),
        decisions=len(samples),
        errors=tuple(error for each in told for error in each["errors"]),
        agreed_s=tuple(max(0.0, each["agreed"] - last) for each in told),
        late_s=max((at - replaced[number] for at, number in samples if number < changes), default=0.0),
    )


def fire_schedules(folder: Path, *, instants: int, schedulers: int = 2) -> Firings:
    """Have several schedulers fire every instant while the weights change, with claims in DynamoDB's stand-in."""
    with aws_server() as url:
        claims_table(url, "claims")
        give_weights(folder, _firing_routes(url, 50))
        command = [sys.executable, "-m", "tests.support.seam_legacy", "fire", str(folder), str(instants)]
        children = [subprocess.Popen([*command, str(number)]) for number in range(schedulers)]
        number = 0
        while any(child.poll() is None for child in children):
            number += 1
            give_weights(folder, _firing_routes(url, (0, 100, 50, 99.99, 0.01)[number % 5]))
            time.sleep(0.05)
        errors = [f"a scheduler ended with {child.returncode}" for child in children if child.returncode]
    runs: Counter[int] = Counter()
    canary = 0
    for path in folder.glob("runs-*"):
        for line in path.read_text().splitlines():
            side, instant = line.split()
            runs[int(instant)] += 1
            canary += side == "canary"
    log = folder / "migrator_seam.log"
    errors += [json.loads(line)["detail"] for line in log.read_text().splitlines()] if log.exists() else []
    times = Counter(runs[instant] for instant in range(instants))
    return Firings(instants * schedulers, dict(times), canary, tuple(errors))


def _firing_routes(url: str, weight: float) -> dict[str, Any]:
    canary = {"lambda": "nightly", "region": REGION, "endpoint": url}
    claim = {"table": "claims", "every": EVERY_S}
    return {NAME: {"weight": weight, "canary": canary, "claim": claim, "timeout": 30}}


def put_module(folder: Path) -> None:
    """The generated module, for processes to import."""
    with loaded(folder):
        pass
