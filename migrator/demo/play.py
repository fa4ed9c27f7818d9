"""The demo as a whole: one function, three attempts to move it.

In: settings and an observer. Out: a `Summary`, also written as JSON. Whatever was started is ended when this returns
or raises, Ctrl-C included.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from migrator.adapters.dataplanes.envoy import EnvoyProcess
from migrator.adapters.processes import free_port
from migrator.demo.cutting import cut_out
from migrator.demo.events import DemoObserver, RunBegan, RunEnded
from migrator.demo.faults import RAISES, WRONG_AMOUNTS, plant
from migrator.demo.inputs import quotes
from migrator.demo.load import Question
from migrator.demo.settings import WEIGHTS, Settings
from migrator.demo.shifting import Shifted, Shifting
from migrator.demo.shop import Shop
from migrator.demo.summary import RunFigures, Summary
from migrator.documents.recording import dump_lines
from migrator.domain.rollouts import Phase
from migrator.router import PlaneConfig, RouterConfig, load_router

FEWEST_CANARY_REQUESTS = 20
"""A canary that fails must be off the traffic within this many of its requests, and one tick."""

# The recording of the first fault: a quiet morning, domestic orders only. It does not show the bug.
_DOMESTIC = ("DE",)
_DOMESTIC_QUESTIONS = 120


def play(settings: Settings, observer: DemoObserver) -> Summary:
    """Play the whole demo.

    Raises:
        RemoteError: a part of the local stack is missing or failed; the hint says what to install.
        Refused: the sample can no longer be moved as promised.
    """
    settings.output.mkdir(parents=True, exist_ok=True)
    _forget_earlier_runs(settings.output)
    observer.notify(RunBegan("good", "the tax engine moves to Lambda"))
    service = cut_out(settings, observer)
    with ExitStack() as stack:
        shop = stack.enter_context(Shop(settings.root, settings.output / "shop"))
        asked = shop.ask(quotes(settings.questions, seed=settings.seed))
        domestic = shop.ask(quotes(_DOMESTIC_QUESTIONS, seed=settings.seed + 1, countries=_DOMESTIC))
        _record(settings.output / "recording.jsonl", asked)
        router = _router(shop.url)
        folder = settings.output / "envoy"
        stack.enter_context(EnvoyProcess.start(router, folder, concurrency=1))
        pattern = load_router(service / "router.yaml").routes[0]
        shifting = Shifting(settings, observer, router, pattern, folder)

        good = shifting.run("tax", service, recorded=asked, asked=asked)
        runs = [_ended(observer, _good(good))]

        observer.notify(RunBegan("fault A", RAISES.story))
        faulty = plant(RAISES, service, settings.output / RAISES.name)
        raising = shifting.run("tax-fault-a", faulty, recorded=domestic, asked=asked)
        runs.append(_ended(observer, _raising(raising, settings)))

        observer.notify(RunBegan("fault B", WRONG_AMOUNTS.story))
        faulty = plant(WRONG_AMOUNTS, service, settings.output / WRONG_AMOUNTS.name)
        wrong = shifting.run("tax-fault-b", faulty, recorded=asked, asked=asked)
        runs.append(_ended(observer, _wrong(wrong)))
    summary = Summary(tuple(runs), str(settings.output))
    (settings.output / "summary.json").write_text(summary.as_json(), encoding="utf-8")
    return summary


def _router(legacy_url: str) -> RouterConfig:
    """A data plane on free ports that sends everything to the running shop."""
    plane = PlaneConfig("envoy", admin=f"127.0.0.1:{free_port()}", listen=f"127.0.0.1:{free_port()}")
    return RouterConfig(plane, (), legacy_url)


def _record(path: Path, questions: Sequence[Question]) -> None:
    path.write_text("".join(dump_lines(question.request for question in questions)), encoding="utf-8")


def _forget_earlier_runs(output: Path) -> None:
    """An earlier demo's rollouts are over, and their routes would refuse to start again."""
    for path in output.glob("rollouts.sqlite3*"):
        path.unlink()


def _ended(observer: DemoObserver, figures: RunFigures) -> RunFigures:
    observer.notify(RunEnded(figures.name, figures.as_promised, figures.said))
    return figures


def _good(shifted: Shifted) -> RunFigures:
    fine = shifted.phase is Phase.PROMOTED and not shifted.clients.lost and not shifted.clients.wrong
    said = (
        f"{shifted.phase} at {shifted.highest_weight:g} %: {shifted.clients.requests:,} requests, "
        f"lost {shifted.clients.lost}, wrong {shifted.clients.wrong}"
    )
    return _figures("good", shifted, fine, said)


def _raising(shifted: Shifted, settings: Settings) -> RunFigures:
    # What one tick may add: the share of the first step over the time between two looks, and again as long to act.
    one_tick = 2 * settings.tick_s * settings.per_second * WEIGHTS[0] / 100
    in_time = shifted.canary.requests <= FEWEST_CANARY_REQUESTS + one_tick
    unharmed = not shifted.clients.lost and not shifted.clients.wrong
    said = (
        f"{shifted.phase} after {shifted.canary.requests} canary requests, {shifted.canary.first_try_errors} of them "
        f"failed and answered by legacy: lost {shifted.clients.lost}, wrong {shifted.clients.wrong}"
    )
    return _figures("fault A", shifted, shifted.phase is Phase.ROLLED_BACK and in_time and unharmed, said)


def _wrong(shifted: Shifted) -> RunFigures:
    stopped = shifted.highest_weight == 0 and shifted.canary.requests == 0 and not shifted.comparison.same
    unharmed = not shifted.clients.lost and not shifted.clients.wrong
    said = (
        f"{shifted.comparison.different} of {shifted.comparison.inputs} answers differ, so it never got a weight above "
        f"{shifted.highest_weight:g}: lost {shifted.clients.lost}, wrong {shifted.clients.wrong}"
    )
    return _figures("fault B", shifted, stopped and unharmed, said)


def _figures(name: str, shifted: Shifted, as_promised: bool, said: str) -> RunFigures:
    return RunFigures(
        name=name,
        phase=shifted.phase,
        requests=shifted.clients.requests,
        lost=shifted.clients.lost,
        wrong=shifted.clients.wrong,
        canary_requests=shifted.canary.requests,
        canary_errors=shifted.canary.first_try_errors,
        highest_weight=shifted.highest_weight,
        compared_different=shifted.comparison.different,
        seconds=round(shifted.seconds, 1),
        as_promised=as_promised,
        said=said,
        examples=shifted.examples,
    )
