"""Every command of a generated runbook, typed in its order into a shell, against the local stack."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from migrator import bootstrap
from migrator.adapters.dataplanes.envoy import EnvoyProcess
from migrator.adapters.processes import free_port, wait_until
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
from tests.support.runbooks.clouds import TOOLS, deploy, environment, require_aws_cli
from tests.support.runbooks.reading import Row, Typed, read_blocks, read_rows
from tests.support.runbooks.terminal import Terminal, end

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


@dataclass
class Night:
    """A runbook on the desk of somebody who types what it says.

    Attributes:
        asking: clients that go on asking.
        listen: base URL at which they ask.
        typed: every command that was typed, to be compared with all that there are.
    """

    terminal: Terminal
    text: str
    asking: LoadGenerator
    listen: str
    path: str
    typed: set[str] = field(default_factory=set)
    drivers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def blocks(self) -> list[Typed]:
        return read_blocks(self.text)

    @property
    def decisions(self) -> list[Row]:
        return [row for row in read_rows(self.text) if row.chapter == "Decide"]

    def follow(self, chapter: str, section: str | None = None, *, codes: tuple[int, ...] = (0,)) -> list[str]:
        """Type a chapter, or a section of it, and say what was printed."""
        found = [each for each in self.blocks if each.chapter == chapter and section in (None, each.section)]
        assert found, f"the runbook has no commands in {chapter} / {section}"
        return [said for block in found for said in self.block(block, codes=codes)]

    def block(self, block: Typed, *, codes: tuple[int, ...] = (0,)) -> list[str]:
        said = []
        for command in block.commands:
            self.typed.add(command)
            if block.apart:
                self.drivers.append(self.terminal.apart(command))
            else:
                code, printed = self.terminal.type(command)
                assert code in codes, f"{block.chapter} / {block.section}: $ {command}\n[{code}] {printed}"
                said.append(printed)
        return said

    def decide(self, *words: str) -> list[str]:
        """Type what the table says for symptoms that have these words."""
        said = []
        for word in words:
            (row,) = (each for each in self.decisions if word in each.cells[0])
            command = row.code[2][0]
            if command in self.typed and command.startswith("migrator rollout status"):
                continue  # it changes nothing, and was typed in this phase
            self.typed.add(command)
            code, printed = self.terminal.type(command)
            assert code == 0, f"{row.cells[0]}: $ {command}\n[{code}] {printed}"
            said.append(printed)
        return said

    def sides(self, calls: int = 60) -> set[str]:
        """Which sides answer now."""
        with httpx.Client(base_url=self.listen, trust_env=False) as client:
            return {client.get(self.path).headers["x-migrator-side"] for _ in range(calls)}

    def reach(self, *phases: str) -> None:
        """Wait until the rollout is in one of these phases."""

        def there() -> bool:
            with bootstrap.open_state() as store:
                state = store.load(SERVICE)
            return state is not None and state.phase in phases

        assert wait_until(there, 30), self.terminal.type(f"migrator rollout status {SERVICE}")[1]

    def drivers_end(self) -> None:
        """What was typed into terminals of their own has ended by itself."""
        for driver in self.drivers:
            driver.wait(20)
            end(driver)
        self.drivers.clear()


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
        deploy(plane, service, f"{SERVICE}-prod", SERVICE)
        front = stack.enter_context(LambdaFront(load_functions(service), limit=6))
        shop = stack.enter_context(Shop(root, tmp_path / "var"))
        admin, listen = free_port(), free_port()
        path = load_router(service / "router.yaml").routes[0].route.match.path
        (top / "routes").mkdir()
        (top / "router.yaml").write_text(ROUTER.format(admin=admin, listen=listen, legacy=shop.url))
        (top / f"routes/{SERVICE}.yaml").write_text(ROUTES.format(path=path, canary=front.url))
        asked = shop.ask(quotes(200, seed=5))
        (top / "recorded.jsonl").write_text("".join(dump_lines(question.request for question in asked[:40])))
        made = {
            **os.environ,
            **environment(plane),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), str(TOOLS), os.environ["PATH"]]),
            "RECORDING": "recorded.jsonl",
            "COLUMNS": "200",
        }
        subprocess.run(
            "git init -q . && git add . && git -c user.name=a -c user.email=a@b.example commit -q -m all",
            shell=True,
            check=True,
            cwd=top,
        )
        terminal = stack.enter_context(Terminal(top, made))
        code, said = terminal.type("migrator runbook shop.api.tax.quote --root monolith -o RUNBOOK.md")
        assert code == 0, said
        folder = Path(os.environ["XDG_STATE_HOME"]) / "migrator" / "envoy" / f"127.0.0.1-{admin}"
        stack.enter_context(EnvoyProcess.start(load_router(top / "router.yaml"), folder, concurrency=1))
        url = f"http://127.0.0.1:{listen}"
        asking = stack.enter_context(LoadGenerator(url, asked, per_second=60, clients=2, limit_s=240))
        yield Night(terminal, (top / "RUNBOOK.md").read_text(), asking, url, asked[0].request.target)


def test_a_night_with_the_runbook_of_a_route(night: Night) -> None:
    began = time.monotonic()
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
    night.follow("Runbook: shop-api-tax-quote")
    assert night.sides() == {"legacy"}
    night.drivers_end()
    said = night.follow("Roll back", "See that it took")
    assert any("rolled-back" in each for each in said)
    # Once more, from the phase in which it is: that harms nothing.
    night.follow("Roll back", "With migrator")
    night.decide("Callers complain", "ALERT: a rollback is due", "phase rolled-back")
    night.follow("After a rollback")

    night.follow("Start again")
    assert night.sides() == {"legacy", "canary"}
    by_hand = [each for each in night.blocks if each.section == "By hand, without migrator"]
    (listed,) = night.block(by_hand[0])
    numbers = {int(line.split()[0]) for line in listed.splitlines() if SERVICE in line}
    assert {driver.pid for driver in night.drivers} <= numbers
    for driver in night.drivers:
        end(driver)
    night.drivers.clear()
    night.block(by_hand[1])
    assert night.sides() == {"legacy"}
    for block in by_hand[2:]:
        night.block(block)
    assert night.sides() == {"legacy"}
    night.reach("rolled-back")
    for block in night.blocks:
        if block.chapter == "Roll back" and block.section.startswith("Stop "):
            night.block(block)

    night.follow("Start again")
    night.follow("The steps")
    night.reach("promoted")
    night.drivers_end()
    assert "legacy" not in night.sides()
    assert any("promoted" in said for said in night.follow("Promote"))
    night.follow("Clean up")
    night.reach("retired")
    assert "legacy" not in night.sides()

    everything = {command for block in night.blocks for command in block.commands}
    everything |= {row.code[2][0] for row in night.decisions if row.code[2]}
    assert everything - night.typed == set()
    assert (night.asking.seen.lost, night.asking.seen.wrong) == (0, 0), night.asking.examples
    for command, _, _, seconds in sorted(night.terminal.said, key=lambda each: -each[3])[:25]:
        print(f"{seconds:.1f} {command[:100]}")
    print(f"{len(night.terminal.said)} commands in {time.monotonic() - began:.0f} s")
