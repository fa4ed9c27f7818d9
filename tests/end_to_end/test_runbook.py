"""Every command of a generated runbook, typed in its order into a shell, against the local stack."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from migrator import bootstrap
from migrator.adapters.dataplanes.envoy import EnvoyProcess
from migrator.adapters.processes import free_port
from migrator.adapters.runtime import LambdaFront, load_functions
from migrator.artifacts import make_artifacts, write
from migrator.demo.inputs import quotes
from migrator.demo.load import LoadGenerator
from migrator.demo.shop import Shop
from migrator.documents.recording import dump_lines
from migrator.resources import sample_root
from migrator.router import load_router
from tests.support.control_planes import moto_plane
from tests.support.envoy import require_envoy
from tests.support.local_lambda import require_local_lambda
from tests.support.runbooks.clouds import deploy, require_aws_cli
from tests.support.runbooks.desks import desk
from tests.support.runbooks.night import Night

pytestmark = pytest.mark.local_stack

SERVICE = "shop-api-tax-quote"
ROUTER = """\
version: 1
include: ["routes/*.yaml"]
plane: {{kind: envoy, admin: "127.0.0.1:{admin}", listen: "127.0.0.1:{listen}"}}
legacy: {{url: "{legacy}"}}
"""
ROUTES = """\
version: 1
routes:
  - name: shop-api-tax-quote
    match: {{http: {{methods: [GET], path: "{path}"}}}}
    canary: {{lambda: shop-api-tax-quote, alias: live, url: "{canary}"}}
    weight: 0
    fallback: {{on: [error, timeout, throttle], methods: [GET], timeout: 2s}}
    rollout:
      steps: [{{weight: 20, bake: 1s}}, {{weight: 50, bake: 1s, approval: true}}, {{weight: 100, bake: 1s}}]
      gates: [{{error_rate: {{worse_by: 30pp}}}}, {{parity: {{different: 0}}}}]
"""


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """The shop as a repository, the service deployed, everything running; nothing shifted yet."""
    require_envoy()
    require_local_lambda()
    require_aws_cli()
    top = tmp_path / "the shop"
    top.mkdir()
    service, root = top / "services" / SERVICE, top / "monolith"
    shutil.copytree(sample_root(), root, ignore=shutil.ignore_patterns("var", "__pycache__"))
    write(make_artifacts(bootstrap.planned_slice(root, "shop.api.tax.quote")), service, root=root)
    with ExitStack() as stack:
        plane = stack.enter_context(moto_plane())
        deploy(plane, service)
        front = stack.enter_context(LambdaFront(load_functions(service), limit=6))
        shop = stack.enter_context(Shop(root, tmp_path / "var"))
        admin, listen = free_port(), free_port()
        path = load_router(service / "router.yaml").routes[0].route.match.path
        (top / "routes").mkdir()
        (top / "router.yaml").write_text(ROUTER.format(admin=admin, listen=listen, legacy=shop.url))
        (top / f"routes/{SERVICE}.yaml").write_text(ROUTES.format(path=path, canary=front.url))
        asked = shop.ask(quotes(200, seed=5))
        (top / "recorded.jsonl").write_text("".join(dump_lines(question.request for question in asked[:20])))
        terminal, text = stack.enter_context(
            desk(top, plane, "shop.api.tax.quote", "--root", "monolith", more={"RECORDING": "recorded.jsonl"})
        )
        folder = Path(os.environ["XDG_STATE_HOME"]) / "migrator" / "envoy" / f"127.0.0.1-{admin}"
        stack.enter_context(EnvoyProcess.start(load_router(top / "router.yaml"), folder, concurrency=1))
        url = f"http://127.0.0.1:{listen}"
        asking = stack.enter_context(LoadGenerator(url, asked, per_second=60, clients=2, limit_s=240))

        def sides() -> set[str]:
            with httpx.Client(base_url=url, trust_env=False) as client:
                return {client.get(asked[0].request.target).headers["x-migrator-side"] for _ in range(60)}

        yield Night(terminal, text, SERVICE, sides)
        assert (asking.seen.lost, asking.seen.wrong) == (0, 0), asking.examples


def test_a_night_with_the_runbook_of_a_route(night: Night) -> None:
    night.follow("Get ready")
    night.follow("Preflight")
    night.follow("Start")
    assert night.sides() == {"legacy", "canary"}
    night.reach("shifting", "holding", "awaiting-approval")
    night.follow("Watch")
    night.decide("You want to look first")
    night.reach("paused")
    night.decide("phase paused", "phase pending", "phase shifting", "phase holding", "requests no-data")
    night.decide("recorded and live weight differ", "the time of next is over", "phase rolling-back")
    night.reach("awaiting-approval")
    night.decide("phase awaiting-approval")
    night.follow(f"Runbook: {SERVICE}")
    assert night.sides() == {"legacy"}
    night.drivers_end()
    said = night.follow("Roll back", "See that it took")
    assert any("rolled-back" in each for each in said)
    # Once more, from the phase in which it is: that harms nothing.
    night.decide("Callers complain", "phase rolled-back")
    night.follow("After a rollback")

    night.follow("Start again")
    assert night.sides() == {"legacy", "canary"}
    night.by_hand()
    night.stop_the_function()

    night.follow("Start again")
    night.follow("The steps")
    night.reach("promoted")
    night.drivers_end()
    assert "legacy" not in night.sides()
    assert any("promoted" in said for said in night.follow("Promote"))
    night.follow("Clean up")
    night.reach("retired")
    assert "legacy" not in night.sides()
    assert night.untyped == set()
