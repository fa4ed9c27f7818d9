"""What the seam costs: a decision for a key that is new and for one that was seen, a whole call, a look at the file.

Every figure is the best of several rounds: what a busy machine adds is not the seam's. Exit 1 above a bound.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
import timeit
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.support.seam import give_weights, loaded

NEW_US, SEEN_US = 10.0, 1.0
"""The bounds of one decision, by whether its key was seen."""
CALLS, ROUND, ROUNDS = 5_000, 250, 25
NAME = "shop.tasks.mail.send"
CANARY = {"lambda": "mail"}
STICKY = {"sticky": {"argument": "order_id"}}
LONG = "-of-a-customer-with-a-key-as-long-as-a-path" * 4
ROUTES = 2_000


def run(order_id: str, tenant: str = "", amount: float = 1.5) -> None:
    """The function whose calls are decided."""


class Task:
    """A task whose sends are decided."""

    def run(self, order_id: str) -> None:
        """What it does."""

    def delay(self, order_id: str) -> None:
        """Send it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of decision.

    Attributes:
        route: what its entry says besides the canary.
        keys: given one after the other.
        new: whether none of them may have been seen.
    """

    label: str
    route: Mapping[str, Any]
    keys: Sequence[str] = ("1234567",)
    new: bool = False
    args: tuple[object, ...] = field(default=("other",))

    @property
    def bound(self) -> float:
        """Microseconds."""
        return NEW_US if self.new else SEEN_US


def cases() -> tuple[Case, ...]:
    """Every kind."""
    uuids = [str(uuid.UUID(int=number << 90 | number)) for number in range(CALLS)]
    forced = {"tenant": {"argument": "tenant"}, "forced": {"canary": ["acme"], "legacy": ["initech"]}}
    segment = {"segment": {"argument": "amount", "at_most": 100}}
    breaker = {"breaker": {"failures": 5, "open": 30}}
    return (
        Case("weight 0", {"weight": 0}),
        Case("drawn", {"weight": 5}),
        Case("seen key, a UUID", {"weight": 5, **STICKY}, uuids[:1]),
        Case("seen keys, 5,000 UUIDs", {"weight": 5, **STICKY}, uuids),
        Case(
            "seen key, all a route can have",
            {"weight": 5, **STICKY, **forced, **segment, **breaker},
            uuids[:1],
            args=("other", 7.5),
        ),
        Case("new keys, 7 digits", {"weight": 5, **STICKY}, [f"{number:07}" for number in range(CALLS)], new=True),
        Case("new keys, UUIDs", {"weight": 5, **STICKY}, uuids, new=True),
        Case("new keys, 200 letters", {"weight": 5, **STICKY}, [each + LONG[:164] for each in uuids], new=True),
    )


def decision_us(module: Any, case: Case) -> float:
    """Time of one decision, at best over rounds so short that other processes leave some of them alone."""
    calls = [(key, *case.args) for key in case.keys] * (CALLS // len(case.keys))
    decide, sides = module.decide, module._weights.routes[NAME].sides
    best = float("inf")
    for _ in range(ROUNDS):
        if case.new:
            sides.clear()
        for at in range(0, CALLS, ROUND):
            some = calls[at : at + ROUND]
            started = perf_counter()
            for args in some:
                decide(NAME, run, args, {})
            best = min(best, (perf_counter() - started) / ROUND * 1e6)
    return best


def added_us(call: Callable[[], object], plain: Callable[[], object]) -> float:
    """What a call costs more than a plain one."""
    whole, without = (min(timeit.Timer(each).repeat(ROUNDS, CALLS)) / CALLS * 1e6 for each in (call, plain))
    return whole - without


def whole_calls(module: Any) -> Iterator[tuple[str, Callable[[], object], Callable[[], object]]]:
    """Each way in which legacy code asks, and the same without the seam."""
    task = Task()
    sends, calls, routed = module.task(NAME, task), module.function(NAME, run), module.routed(NAME)(run)
    yield "TASK.delay", lambda: sends.delay("1"), lambda: task.delay("1")
    yield "a function", lambda: calls("1"), lambda: run("1")
    yield "a decorated function", lambda: routed("1"), lambda: run("1")


def spin(seconds: float) -> None:
    """Compute for so long."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        pass


def longest_ms(module: Any, busy: Callable[[], object]) -> tuple[float, float]:
    """Time of something that a thread does, and the longest decision of another thread meanwhile."""
    longest, stop = [0.0], threading.Event()

    def ask() -> None:
        while not stop.is_set():
            started = perf_counter()
            module.decide(NAME, run, ("1",), {})
            longest[0] = max(longest[0], perf_counter() - started)

    other = threading.Thread(target=ask)
    module._weights.next_look = float("inf")  # the look is not the other thread's
    other.start()
    time.sleep(0.01)
    longest[0] = 0.0
    started = perf_counter()
    busy()
    took = perf_counter() - started
    stop.set()
    other.join()
    return took * 1e3, longest[0] * 1e3


def many(weight: float) -> dict[str, Any]:
    """A file of many routes."""
    entry = {"canary": {"lambda": "mail", "alias": "live"}, "timeout": 2, "function": "mail", "kind": "task", **STICKY}
    return {NAME: {"weight": 5, "canary": CANARY}} | {
        f"shop.tasks.part{number}.run": {"route": f"r{number}", "weight": weight, "recorded": weight, **entry}
        for number in range(ROUTES - 1)
    }


def main() -> int:
    """Measure and print."""
    above = 0
    with tempfile.TemporaryDirectory() as name, loaded(Path(name)) as module:
        folder = Path(name)
        for case in cases():
            give_weights(folder, {NAME: {**case.route, "canary": CANARY}})
            module._weights.look()
            if module.counts():
                sys.exit("the weights were not read")
            found = decision_us(module, case)
            above += found > case.bound
            print(f"{case.label:32} {found:5.2f} µs   (bound {case.bound:g})")
        for label, routes in (("no route", {}), ("weight 0", {NAME: {"weight": 0, "canary": CANARY}})):
            give_weights(folder, routes)
            module._weights.look()
            print(f"a whole call, {label}, beside the plain one:")
            for kind, call, plain in whole_calls(module):
                print(f"  {kind:30} {added_us(call, plain):5.2f} µs")
        looks = []
        for weight in range(1, 8):
            give_weights(folder, many(weight))
            looks.append(longest_ms(module, module._weights.look))
        took = min(took for took, _ in looks)
        print(
            f"a look at {ROUTES:,} changed routes  {took:5.1f} ms; the longest decision of another thread, in seven rounds:"
        )
        for label, waits in (
            ("meanwhile", looks),
            ("while nobody looks", [longest_ms(module, lambda: time.sleep(took / 1e3)) for _ in looks]),
            ("while legacy computes as long", [longest_ms(module, lambda: spin(took / 1e3)) for _ in looks]),
        ):
            shown = " ".join(f"{waited:.1f}" for _, waited in waits)
            print(f"  {label:30} {shown} ms")
    print(f"{above} above their bound")
    return int(above > 0)


if __name__ == "__main__":
    sys.exit(main())
