"""The first half of the demo: the function is found, explained, cut out, checked, and run once.

In: the sample monolith. Out: a service folder that has passed its checks.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

from migrator import bootstrap
from migrator.adapters.runtime import HttpRoute, LambdaFront, load_functions
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.http_events import http_event
from migrator.demo.events import DemoObserver, StageBegan, StageEnded
from migrator.demo.settings import CANDIDATE, Settings
from migrator.domain.assessments import Assessment
from migrator.domain.checks import CheckOutcome
from migrator.domain.json import JsonValue
from migrator.errors import RemoteError
from migrator.verdicts import find

QUOTE = "/api/tax/FR/electronics/consumer/129900"
"""The request that is invoked once before any traffic: a television to France, with its recycling fee."""

_UNFIT = "the demo cannot go on"


def cut_out(settings: Settings, observer: DemoObserver) -> Path:
    """Play analyze, explain, extract, check and invoke; return the service folder.

    Raises:
        Refused: the candidate must not move.
        RemoteError: a check failed, or the emulator is missing.
    """
    assessment = _analyze(settings, observer)
    observer.notify(StageEnded("explain", True, _explained(assessment)))
    service = _extract(settings, observer)
    _check(service, observer)
    _invoke(settings, service, observer)
    return service


def _analyze(settings: Settings, observer: DemoObserver) -> Assessment:
    observer.notify(StageBegan("analyze"))
    analysis = bootstrap.analyze(settings.root)
    observer.notify(
        StageEnded(
            "analyze",
            True,
            f"{analysis.files} files, {analysis.lines:,} lines, {len(analysis.candidates)} candidates "
            f"in {analysis.seconds:.1f} s",
        )
    )
    observer.notify(StageBegan("explain"))
    return find(analysis.candidates, CANDIDATE)


def _explained(assessment: Assessment) -> str:
    effects = ", ".join(finding.effect for finding in assessment.effects) or "no effect beyond its answer"
    return f"{assessment.name}: {assessment.verdict}, {assessment.confidence}: {effects}"


def _extract(settings: Settings, observer: DemoObserver) -> Path:
    observer.notify(StageBegan("extract"))
    planned = bootstrap.planned_slice(settings.root, CANDIDATE)
    service = settings.output / "service"
    # The folder is the demo's own: what an earlier demo left in it is not somebody's work.
    write(make_artifacts(planned), service, force=True, root=settings.root)
    lines = sum(definition.lines for definition in planned.plan.definitions)
    observer.notify(
        StageEnded(
            "extract",
            True,
            f"{len(planned.plan.definitions)} definitions, {lines} lines of {len(planned.plan.modules)} modules "
            f"-> {service}",
        )
    )
    return service


def _check(service: Path, observer: DemoObserver) -> None:
    observer.notify(StageBegan("check"))
    checks = list(bootstrap.service_checks(service))
    failed = [check for check in checks if check.outcome is CheckOutcome.FAILED]
    names = ", ".join(check.name for check in failed or checks)
    observer.notify(StageEnded("check", not failed, f"{names}: {'failed' if failed else 'all passed'}"))
    if failed:
        raise RemoteError(f"{_UNFIT}: the extracted service fails {names}", hint=f"see: migrator check {service}")


def _invoke(settings: Settings, service: Path, observer: DemoObserver) -> None:
    observer.notify(StageBegan("invoke"))
    functions = load_functions(service)
    event = json.dumps(_event(functions[0].routes[0]), indent=2)
    (settings.output / "event.json").write_text(event + "\n", encoding="utf-8")
    with LambdaFront(functions, limit=1) as front:
        began = time.perf_counter()
        invocation = front.pool(functions[0].name).invoke(event.encode())
        seconds = time.perf_counter() - began
    answer = json.loads(getattr(invocation.outcome, "payload", b"null"))
    if not isinstance(answer, dict) or answer.get("statusCode") != 200:
        raise RemoteError(f"{_UNFIT}: the handler did not answer {QUOTE}: {invocation.outcome}")
    gross = json.loads(answer["body"])["gross"]
    took = f"{seconds * 1000:.0f} ms with cold start"
    observer.notify(StageEnded("invoke", True, f"GET {QUOTE} -> 200, {gross}, on AWS's runtime emulator in {took}"))


def _event(route: HttpRoute) -> Mapping[str, JsonValue]:
    """What API Gateway would send for the quote."""
    names = [part.strip("{}+") if part.startswith("{") else "" for part in route.path.split("/")]
    variables = {name: text for name, text in zip(names, QUOTE.split("/"), strict=True) if name}
    return http_event("GET", QUOTE, template=route.path, variables=variables, url=QUOTE)
