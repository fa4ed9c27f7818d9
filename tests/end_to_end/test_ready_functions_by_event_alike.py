"""Ready functions of the sample shop that no request reaches, side by side with the shop: 200 generated inputs each.

Both sides have a world of their own on loopback (mail server, S3, the ERP) and start from the same state; what each
input gave back, and what the worlds hold afterwards, has to be equal. The function runs on AWS's emulator.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from migrator import bootstrap
from migrator.adapters.runtime import Pool, load_functions
from migrator.adapters.runtime.outcomes import FunctionError, Result
from migrator.artifacts import make_artifacts, write
from migrator.artifacts.aws_events import queue_event, sample_event
from migrator.domain.assessments import Assessment
from migrator.domain.plans import EventSource
from migrator.plan import make_plan
from migrator.resources import sample_root
from migrator.source import read_tree
from tests.support.drawn import drawn
from tests.support.local_lambda import require_local_lambda
from tests.support.sampled import one_in

pytestmark = [pytest.mark.local_stack, pytest.mark.xdist_group("ready-by-event")]
pillow = pytest.importorskip("PIL.Image")

INPUTS = 200
SUPPORT = Path(__file__).resolve().parents[1] / "support"
Json = Any


class Side:
    """The world around one side."""

    def __init__(self) -> None:
        spec = importlib.util.spec_from_file_location("shop_loopback", sample_root() / "tests" / "loopback.py")
        assert spec is not None
        assert spec.loader is not None
        loopback = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loopback)
        self.mail, self.world = loopback.MailServer(), loopback.World()
        for server in (self.mail, self.world):
            loopback.start(server)

    @property
    def environment(self) -> dict[str, str]:
        other = f"http://127.0.0.1:{self.world.server_address[1]}"
        return {
            "SHOP_MAIL_ENABLED": "yes",
            "SHOP_SMTP_HOST": "127.0.0.1",
            "SHOP_SMTP_PORT": str(self.mail.server_address[1]),
            "SHOP_S3_ENDPOINT_URL": other,
            "SHOP_ERP_URL": f"{other}/erp",
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "NO_PROXY": "127.0.0.1",
        }

    def holds(self) -> tuple[object, ...]:
        """What has arrived, in the order in which it did."""
        # Pillow tells the address of what it could not read.
        objects = {key: re.sub(rb"0x[0-9a-f]+", b"0x", body) for key, body in self.world.objects.items()}
        return list(self.mail.outbox), list(self.world.documents), objects

    def stop(self) -> None:
        for server in (self.mail, self.world):
            server.shutdown()
            server.server_close()


@pytest.fixture
def sides() -> Iterator[tuple[Side, Side]]:
    made = Side(), Side()
    yield made
    for side in made:
        side.stop()


@pytest.fixture(scope="module")
def candidates() -> dict[str, Assessment]:
    require_local_lambda()
    return {candidate.name: candidate for candidate in bootstrap.analyze(sample_root(), jobs=1).candidates}


@dataclass(frozen=True)
class Case:
    """One function.

    Attributes:
        inputs: what it is called with; an event for functions of (event, context).
        prepare: puts into both worlds what an input needs.
        called: by its arguments, in an event of its own or in messages.
    """

    inputs: st.SearchStrategy[Any]
    prepare: Callable[[Any, Side], None] = lambda value, side: None
    called: str = "event"


TEXT = st.from_type(str).filter(lambda text: text.isprintable())
KEYS = st.from_regex(r"[a-z]{1,6}/[a-zA-Z0-9 +ü]{1,8}\.(csv|png)", fullmatch=True)


def topic(alerts: Sequence[Mapping[str, Json]]) -> Json:
    template: Json = sample_event(EventSource.TOPIC)
    record = template["Records"][0]
    return {"Records": [{**record, "Sns": {**record["Sns"], "Message": json.dumps(alert)}} for alert in alerts]}


def image(order: Mapping[str, Json]) -> Json:
    return {key: {"N": str(value)} if isinstance(value, int) else {"S": value} for key, value in order.items()}


def changes(pairs: Sequence[tuple[Mapping[str, Json], Mapping[str, Json]]]) -> Json:
    template: Json = sample_event(EventSource.TABLE_STREAM)
    record = template["Records"][0]
    return {
        "Records": [
            {
                **record,
                "eventName": "MODIFY",
                "dynamodb": {**record["dynamodb"], "OldImage": image(old), "NewImage": image(new)},
            }
            for old, new in pairs
        ]
    }


def stored(given: tuple[str, bytes]) -> Json:
    from urllib.parse import quote_plus

    template: Json = sample_event(EventSource.OBJECT_STORE)
    record = template["Records"][0]
    key = quote_plus(given[0], safe="/")
    s3 = {**record["s3"], "bucket": {**record["s3"]["bucket"], "name": "uploads"}}
    return {"Records": [{**record, "s3": {**s3, "object": {**record["s3"]["object"], "key": key}}}]}


def put(given: tuple[str, bytes], side: Side) -> None:
    side.world.objects[f"uploads/{given[0]}"] = given[1]


def picture(size: tuple[int, int], kind: str) -> bytes:
    written = io.BytesIO()
    pillow.new("RGB", size, (size[0] % 256, size[1] % 256, 60)).save(written, kind)
    return written.getvalue()


ORDERS = st.fixed_dictionaries(
    {
        "marketplace": st.sampled_from(["north", "south"]),
        "number": st.from_regex(r"[0-9]{1,6}", fullmatch=True),
        "status": st.sampled_from(["accepted", "shipped", "returned", "canceled", "seen"]),
        "total_cents": st.integers(0, 10**9),
    },
    optional={"currency": st.sampled_from(["EUR", "CHF", "???"])},
)
PRICES = st.lists(st.one_of(st.from_regex(r"[A-Z]{4}-[0-9]{4};[0-9]{1,6}", fullmatch=True), TEXT), max_size=25).map(
    lambda rows: "\n".join(rows).encode()
)
PICTURES = st.builds(
    picture, st.tuples(st.integers(1, 700), st.integers(1, 700)), st.sampled_from(["PNG", "JPEG", "GIF"])
)
CASES: Mapping[str, Case] = {
    "shop.tasks.mail.send_sold_out_mail": Case(
        st.builds(lambda recipient, skus: [recipient, skus], st.emails(), st.lists(TEXT)), called="queue"
    ),
    "shop.commands.send_test_mail": Case(st.builds(lambda to: [to], st.one_of(st.emails(), st.text())), called="call"),
    "shop.consumers.parcels.stock_low": Case(
        st.lists(
            st.fixed_dictionaries(
                {"sku": st.text(), "left": st.integers(), "threshold": st.integers(), "warehouse": TEXT}
            ),
            max_size=3,
        ).map(topic)
    ),
    "shop.consumers.orders.order_changed": Case(st.lists(st.tuples(ORDERS, ORDERS), max_size=3).map(changes)),
    "shop.consumers.uploads.price_list_stored": Case(
        st.tuples(KEYS, st.one_of(PRICES, st.binary(max_size=40))), prepare=put
    ),
    "shop.consumers.uploads.picture_stored": Case(
        st.tuples(KEYS, st.one_of(PICTURES, st.binary(max_size=40))), prepare=put
    ),
}


@pytest.mark.parametrize("name", one_in(3, CASES))
def test_lambda_does_what_legacy_does(
    name: str, candidates: dict[str, Assessment], sides: tuple[Side, Side], tmp_path: Path
) -> None:
    case = CASES[name]
    inputs = drawn(case.inputs, INPUTS)
    assert len(inputs) == INPUTS
    assert len({repr(value) for value in inputs}) > INPUTS / 2
    for value in inputs:
        for side in sides:
            case.prepare(value, side)
    if case.prepare is put:
        inputs = [stored(value) for value in inputs]
    planned = make_plan(read_tree(sample_root()), candidates[name], others=tuple(candidates.values()))
    write(make_artifacts(planned), tmp_path / "service")

    legacy, canary = sides
    calls = [[value, {}] if case.called != "event" else [[value, None], {}] for value in inputs]
    expected = by_legacy(name, calls, legacy)
    [function] = load_functions(tmp_path / "service", environment=canary.environment)
    with Pool(function, limit=1) as pool:
        answers = RUNNERS[case.called](pool, name, inputs)

    assert answers == [comparable(case.called, each) for each in expected]
    for ours, theirs in zip(canary.holds(), legacy.holds(), strict=True):
        assert ours == theirs
    assert any(kind == "returned" for kind, _ in expected)
    assert any(legacy.holds()), "the inputs have to do something"


def by_legacy(name: str, calls: Sequence[Json], side: Side) -> list[Json]:
    module, _, function = name.rpartition(".")
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "legacy_calls.py"), module, function],
        input=json.dumps(calls),
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("AWS_")},
            **side.environment,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd=sample_root(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def comparable(called: str, answer: Json) -> Json:
    """Nobody sees what a task of a queue returns; of an error only its class crosses over."""
    kind, value = answer
    return [kind, None if called == "queue" and kind == "returned" else value]


def by_event(pool: Pool, name: str, inputs: Sequence[Json]) -> list[Json]:
    return [outcome(pool, value) for value in inputs]


def by_call(pool: Pool, name: str, inputs: Sequence[Json]) -> list[Json]:
    answers = [outcome(pool, {"id": str(number), "args": args}) for number, args in enumerate(inputs)]
    return [[kind, value["result"] if kind == "returned" else value] for kind, value in answers]


def by_queue(pool: Pool, name: str, inputs: Sequence[Json]) -> list[Json]:
    answers: list[Json] = []
    for start in range(0, len(inputs), 10):
        bodies = [
            json.dumps({"task": name, "id": str(start + number), "args": args, "kwargs": {}})
            for number, args in enumerate(inputs[start : start + 10])
        ]
        kind, value = outcome(pool, queue_event(bodies))
        assert (kind, value) == ("returned", {"batchItemFailures": []})
        answers += [["returned", None]] * len(bodies)
    return answers


RUNNERS: Mapping[str, Callable[[Pool, str, Sequence[Json]], list[Json]]] = {
    "event": by_event,
    "call": by_call,
    "queue": by_queue,
}


def outcome(pool: Pool, event: Json) -> Json:
    match pool.invoke(json.dumps(event).encode()).outcome:
        case Result(payload):
            return ["returned", json.loads(payload)]
        case FunctionError(kind=kind):
            return ["raised", kind]
        case other:
            raise AssertionError(other)
