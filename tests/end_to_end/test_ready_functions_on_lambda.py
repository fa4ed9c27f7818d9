"""Each ready HTTP function of the sample shop: extracted, checked, and run on AWS's runtime emulator behind the local
front, side by side with the shop under its WSGI server, 200 generated requests each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import pytest

from migrator import bootstrap
from migrator.adapters.endpoints.http import HttpEndpoint
from migrator.adapters.runtime import LambdaFront, load_functions
from migrator.adapters.runtime.routes import RouteTable
from migrator.artifacts import make_artifacts, write
from migrator.compare.compare import compare
from migrator.demo.shop import Shop
from migrator.domain.assessments import Assessment
from migrator.domain.checks import CheckOutcome
from migrator.domain.http import Request
from migrator.plan import make_plan
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.support.local_lambda import require_local_lambda
from tests.support.sample_requests import INPUTS, READY, generated_requests
from tests.support.sampled import one_in

pytestmark = [pytest.mark.local_stack, pytest.mark.xdist_group("ready-on-lambda")]


@pytest.fixture(autouse=True)
def real_parts() -> None:
    require_local_lambda()


@pytest.fixture(scope="module")
def candidates() -> dict[str, Assessment]:
    return {candidate.name: candidate for candidate in bootstrap.analyze(sample_root(), jobs=1).candidates}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with Shop(sample_root(), tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest.mark.parametrize("name", one_in(4, READY))
def test_lambda_answers_what_legacy_answers(
    name: str, candidates: dict[str, Assessment], shop: Shop, tmp_path: Path
) -> None:
    planned = make_plan(read_tree(sample_root()), candidates[name], others=tuple(candidates.values()))
    service = tmp_path / "service"
    write(make_artifacts(planned), service)
    assert [check for check in bootstrap.service_checks(service) if check.outcome is not CheckOutcome.PASSED] == []

    functions = load_functions(service)
    # What the gateway would not pass on, the router would not send there.
    routes = RouteTable(functions[0].routes)
    passed_on = (
        Request(method, path)
        for method, path in generated_requests(planned, random.Random(name))
        if routes.match(method, unquote(path))
    )
    requests = list(islice(passed_on, INPUTS))
    with (
        LambdaFront(functions, limit=2) as front,
        HttpEndpoint(shop.url) as legacy,
        HttpEndpoint(front.url, host=legacy.host) as canary,
    ):
        statuses = {getattr(legacy.ask(request), "status", None) for request in requests}
        comparison = compare(name, requests, legacy, canary, jobs=2)
    assert 200 in statuses, "the requests have to reach the function"
    assert comparison.inputs == INPUTS
    assert comparison.equal == comparison.inputs, comparison.differences
