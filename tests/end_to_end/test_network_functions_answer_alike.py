"""Functions of the sample shop that need the network, cut out, each beside the shop itself: 200 generated inputs.

Both sides have a world of their own that starts from one filled database. Each input has to end in the same way on
both, and afterwards both worlds have to hold the same: rows of every table, messages sent on, mails, objects, what the
chat and the ERP were told, and every request that was made on the way. The function runs in one process of AWS's Lambda
emulator, which in the end has imported nothing of the shop beyond the slice. State builds up from input to input, on
both sides alike.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator import bootstrap
from migrator.artifacts import make_artifacts, write
from migrator.domain.assessments import Assessment
from migrator.domain.checks import CheckOutcome
from migrator.domain.plans import Target
from migrator.errors import Refused
from migrator.plan import make_plan
from migrator.resources import sample_root
from migrator.source import SourceTree, read_tree
from tests.support.drawn import drawn
from tests.support.local_lambda import require_local_lambda
from tests.support.network_cases import CASES
from tests.support.sample_expectations import EXPECTED
from tests.support.shop_compared import Compared, ended, known_ids, now
from tests.support.shop_inputs import Seeded
from tests.support.shop_sides import Canary, Legacy
from tests.support.shop_world import ShopWorld

pytestmark = [pytest.mark.local_stack, pytest.mark.xdist_group("network-functions")]

INPUTS = 200
SUPPORT = Path(__file__).resolve().parents[1] / "support"
# Effects, and the part of a world that has something in it then.
WITNESSES = {"email": "mail", "enqueue": "messages", "object-storage": "asked", "http-out": "asked"}
# A route, a task by the clock, a consumer of events. The others are thorough.
IN_THE_SUITE = frozenset(
    {
        "shop.web.orders.cancel",
        "shop.tasks.suppliers.refresh_feed",
        "shop.consumers.parcels.parcel_moved",
    }
)
TRIED = [pytest.param(name, marks=() if name in IN_THE_SUITE else pytest.mark.thorough) for name in sorted(CASES)]
# What no service can be made of, with the words that say why and what to do.
REFUSED = {
    "shop.commands.ship": ("runs another program, which needs a container image", "--accept subprocess=REASON"),
    "shop.models.catalog.keep_old_price": (
        "is called by sqlalchemy, which hands it objects of the process",
        "give the part that needs only plain values a function of its own",
    ),
}


@pytest.fixture(scope="module")
def tree() -> SourceTree:
    return read_tree(sample_root())


@pytest.fixture(scope="module")
def candidates() -> dict[str, Assessment]:
    return {candidate.name: candidate for candidate in bootstrap.analyze(sample_root(), jobs=1).candidates}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled database."""
    folder = tmp_path_factory.mktemp("template")
    database = folder / "shop.sqlite3"
    environment = {**os.environ, "SHOP_VAR_DIR": str(folder), "SHOP_DATABASE_URL": f"sqlite:///{database}"}
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "shop_seed.py")],
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=sample_root(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return database


def test_every_function_that_needs_the_network_is_tried() -> None:
    wanted = {name for name, entry in EXPECTED.items() if entry["verdict"] == "with-network"}
    assert wanted == CASES.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_service_can_be_made_of_is_refused(
    name: str, tree: SourceTree, candidates: Mapping[str, Assessment]
) -> None:
    why, hint = REFUSED[name]
    with pytest.raises(Refused, match=why) as caught:
        make_plan(tree, candidates[name], others=tuple(candidates.values()))
    assert hint in str(caught.value.hint)
    assert str(candidates[name].location) in str(caught.value.location)


@pytest.mark.parametrize("name", TRIED)
def test_lambda_does_what_legacy_does(
    name: str, tree: SourceTree, candidates: Mapping[str, Assessment], template: Path, tmp_path: Path
) -> None:
    require_local_lambda()
    began = time.monotonic()
    case = CASES[name]
    planned = make_plan(tree, candidates[name], others=tuple(candidates.values()))
    assert planned.plan.target is Target.ZIP
    service = tmp_path / "service"
    write(make_artifacts(planned), service)
    checks = list(bootstrap.service_checks(service))
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []

    known, queue = known_ids(template), planned.delivery.queue
    worlds = ShopWorld(tmp_path / "legacy", template), ShopWorld(tmp_path / "canary", template)
    inputs = drawn(case.asked(planned, Seeded.read(template)), 2 * INPUTS)
    answers, held, done = [], [], set()
    try:
        with Legacy(planned, worlds[0]) as legacy, Canary(planned, service, worlds[1]) as canary:
            inputs = [asked for asked in inputs if canary.reaches(asked)][:INPUTS]
            for side, world in ((legacy, worlds[0]), (canary, worlds[1])):
                since = now()
                case.world(world)
                outcomes = []
                for start in range(0, INPUTS, case.together):
                    batch = inputs[start : start + case.together]
                    case.before(batch[0].before, world)
                    for asked, outcome in zip(batch, side.ask(batch), strict=True):
                        outcomes.append(ended(outcome, queue.retries if queue else None, asked.retries))
                compared = Compared(since, known, queue.task if queue else "")
                held.append(compared.world(world.holds()))
                done |= {part for part, value in world.holds().items() if value}
                answers.append(compared(outcomes))
            imported = canary.modules()
    finally:
        for world in worlds:
            world.stop()

    assert len(inputs) == INPUTS
    assert len({repr(asked) for asked in inputs}) > INPUTS / 2
    for asked, theirs, ours in zip(inputs, *answers, strict=True):
        assert ours == theirs, asked
    for part, theirs in held[0].items():
        assert held[1][part] == theirs, part
    # Else the inputs say nothing: some have to end well, and what the function is known to do has to be done.
    assert any(outcome[:2] == ["answered", 200] or outcome[0] in ("done", "returned") for outcome in answers[0])
    assert {WITNESSES[effect] for effect in EXPECTED[name]["effects"] if effect in WITNESSES} <= done
    assert imported & set(tree.modules) <= set(planned.plan.modules)
    assert planned.entry.module in imported
    print(f"{name}: {INPUTS} inputs, {time.monotonic() - began:.1f} s")
