"""The generated module at run time: who goes where, and that nothing of it ever hurts the caller."""

from __future__ import annotations

import ast
import datetime
import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.artifacts.rendering import render
from migrator.artifacts.seam.adding import TEMPLATE
from migrator.domain.routes import Weight
from migrator.router.weights import to_units
from tests.support.envoy import running_world
from tests.support.seam import give_weights, loaded, log_of

NAME = "shop.tasks.mail.send"
CANARY = {"lambda": "order-mail", "alias": "live"}


class Task:
    """As much of a Celery task as the module knows of."""

    def __init__(self) -> None:
        self.sent: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def run(self, order_id: str, tenant: str = "nobody") -> None:
        raise AssertionError("nothing is run here")

    def delay(self, *args: Any, **kwargs: Any) -> str:
        self.sent.append((args, kwargs))
        return "legacy"

    def apply_async(self, *args: Any, **options: Any) -> str:
        self.sent.append((args, options))
        return "legacy"


class Sender:
    """Takes what is sent, or fails."""

    def __init__(self, error: BaseException | None = None, answer: str | None = None) -> None:
        self.error, self.answer = error, answer
        self.calls: list[dict[str, Any]] = []

    def __call__(self, canary: Mapping[str, Any], body: str, **options: Any) -> str | None:
        self.calls.append({"canary": canary, "body": json.loads(body), **options})
        if self.error is not None:
            raise self.error
        return self.answer


def route(weight: float = 100, **more: Any) -> dict[str, Any]:
    return {NAME: {"weight": weight, "canary": CANARY, **more}}


@pytest.fixture
def seam(tmp_path: Path) -> Iterator[Any]:
    """At 100 percent."""
    with loaded(tmp_path, route()) as module:
        yield module


# --- which side -------------------------------------------------------------------------------------------------------


def test_the_hash_is_xxh64(seam: Any) -> None:
    """Vectors of the specification's own implementation, one for each path through the code."""
    assert seam.xxh64(b"") == 0xEF46DB3751D8E999
    assert seam.xxh64(b"a") == 0xD24EC4F1A98C6E5B
    assert seam.xxh64(b"abc") == 0x44BC2CF5AD770999
    assert seam.xxh64(b"Nobody inspects the spammish repetition") == 0xFBCEA83C8A378BF1


# Group, key, XXH64 of `GROUP:KEY`, bucket; the hashes by the reference implementation (xxhash 3 of PyPI).
HASHED = (
    ("tax", "", 0xDEEBD176525C4C5D, 2637),
    ("tax", "acme", 0xBF80F8D60BCFDE7E, 1822),
    ("tax", "東京", 0xF76F5CBEC017E573, 6179),
    ("order-mail", "acme", 0x194D933E80A7F7B9, 5913),
    ("order-mail", "4711", 0xCBA06A1769903A2C, 7788),
    ("shop", "Müller & Söhne", 0x21CDE2F9AC522BE3, 6787),
    ("shop.tasks.mail.send", "123e4567-e89b-12d3-a456-426614174000", 0xD49EF8FF1E7B6A73, 9667),
    ("by-tenant", "a:b", 0x2F61BF83F378D80A, 730),
)


@pytest.mark.parametrize(("group", "key", "hashed", "bucket"), HASHED)
def test_what_is_hashed_is_the_group_and_the_key(
    group: str, key: str, hashed: int, bucket: int, tmp_path: Path
) -> None:
    with loaded(tmp_path) as module:
        assert module.xxh64(f"{group}:{key}".encode()) == hashed
        assert module.bucket(f"{group}:{key}") == bucket
        for units, leaves in ((bucket, False), (bucket + 1, True)):
            entry = {"weight": units / 100, "canary": CANARY, "sticky": {"argument": "order_id"}, "group": group}
            give_weights(tmp_path, {NAME: entry})
            module._weights.next_look = 0
            assert bool(module.decide(NAME, Task().run, (key,), {})) is leaves


@pytest.mark.parametrize(
    ("more", "group"),
    [({}, NAME), ({"route": "mail"}, "mail"), ({"route": "mail", "group": "tenants"}, "tenants")],
    ids=["the name", "the route", "the group"],
)
def test_the_group_is_the_entrys_or_the_routes_or_the_name(more: dict[str, str], group: str, tmp_path: Path) -> None:
    with loaded(tmp_path, route(50, sticky={"argument": "order_id"}, **more)) as module:
        for number in range(100):
            taken = module.decide(NAME, Task().run, (number,), {}) is not None
            assert taken == (module.bucket(f"{group}:{number}") < 5_000)


@pytest.mark.local_stack
def test_it_decides_as_the_routers_envoy_does(tmp_path: Path) -> None:
    keys = [f"tenant-{number}" for number in range(60)] + [str(uuid.UUID(int=number << 90)) for number in range(60)]
    keys += ["x" * length for length in range(1, 80, 3)]
    (tmp_path / "envoy").mkdir()
    with running_world(tmp_path / "envoy") as world, loaded(tmp_path) as module:
        for weight in (0.01, 30, 99.5):
            world.serve(world.route(sticky="x-tenant"), weight)
            give_weights(tmp_path, route(weight, sticky={"argument": "order_id"}, route=world.route().name))
            module._weights.next_look = 0
            there = {key for key in keys if world.ask(headers={"x-tenant": key}).side == "canary"}
            here = {key for key in keys if module.decide(NAME, Task().run, (key,), {})}
            assert here == there
            assert weight != 30 or 20 < len(here) < 70


@given(st.floats(0, 100))
def test_a_weight_has_the_units_that_the_router_gives_it(weight: float) -> None:
    scope: dict[str, Any] = {"__name__": "migrator_seam", "__file__": __file__}
    exec(compile(render(TEMPLATE, {}), "migrator_seam.py", "exec"), scope)
    assert scope["_units"](weight) == to_units(Weight(weight), 0.01)[0]


@pytest.mark.parametrize("named", [False, True])
def test_without_a_file_legacy_does_everything(named: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if named:
        monkeypatch.setenv("MIGRATOR_SEAM_WEIGHTS", str(tmp_path / "migrator_seam.json"))
    with loaded(tmp_path) as module:
        task, sender = Task(), Sender()
        module.set_sender(sender)
        for _ in range(2):
            module._weights.next_look = 0
            assert [module.task(NAME, task).delay(number) for number in range(50)] == ["legacy"] * 50
        assert not sender.calls
        told = [entry["outcome"] for entry in log_of(tmp_path)] if (tmp_path / "migrator_seam.log").exists() else []
        assert told == (["weights"] if named else []), "once where its place was named, else it is awaited"
        give_weights(tmp_path, {NAME: {"weight": 100, "canary": {"queue": "https://q"}}})
        module._weights.next_look = 0
        assert module.task(NAME, task).delay(1) != "legacy"


def test_a_route_without_an_entry_is_legacys(tmp_path: Path) -> None:
    with loaded(tmp_path, {"shop.other": {"weight": 100, "canary": {"queue": "https://q"}}}) as module:
        task, sender = Task(), Sender()
        module.set_sender(sender)
        assert module.task(NAME, task).delay(1) == "legacy" and not sender.calls


def test_a_raised_weight_moves_callers_one_way(tmp_path: Path) -> None:
    before: set[str] = set()
    with loaded(tmp_path) as module:
        for weight in (0, 1, 10, 50, 99.99, 100):
            give_weights(tmp_path, route(weight, sticky={"argument": "order_id"}))
            module._weights.next_look = 0
            now = {str(key) for key in range(2000) if module.decide(NAME, Task().run, (key,), {})}
            assert before <= now
            # Five standard errors around the weight.
            assert abs(len(now) / 2000 - weight / 100) <= 5 * (weight / 100 * (1 - weight / 100) / 2000) ** 0.5
            before = now


def test_without_a_key_each_call_is_drawn(tmp_path: Path) -> None:
    with loaded(tmp_path, route(50)) as module:
        drawn = [bool(module.decide(NAME, Task().run, ("same",), {})) for _ in range(2000)]
    assert abs(sum(drawn) / 2000 - 0.5) <= 5 * (0.25 / 2000) ** 0.5


def test_a_key_is_the_same_however_it_is_passed(tmp_path: Path) -> None:
    with loaded(tmp_path, route(50, sticky={"argument": "tenant"})) as module:
        for number in range(200):
            by_place = module.decide(NAME, Task().run, ("o", str(number)), {})
            assert bool(by_place) == bool(module.decide(NAME, Task().run, ("other",), {"tenant": number}))


def test_forced_tenants_stay_on_their_side_at_any_weight_but_0(tmp_path: Path) -> None:
    forced = {"canary": ["acme", "both"], "legacy": ["initech", "both", "7"]}
    more = {"sticky": {"argument": "order_id"}, "tenant": {"argument": "tenant"}, "forced": forced}
    with loaded(tmp_path) as module:

        def sides(tenant: Any) -> set[bool]:
            return {bool(module.decide(NAME, Task().run, (number, tenant), {})) for number in range(200)}

        for weight, others in ((0.01, {False}), (50, {False, True}), (100, {True})):
            give_weights(tmp_path, route(weight, **more))
            module._weights.next_look = 0
            assert sides("acme") == {True}
            assert sides("initech") == sides("both") == sides(7) == {False}
            assert sides("other") >= others
        give_weights(tmp_path, route(0, **more))
        module._weights.next_look = 0
        assert sides("acme") == {False}, "a rollback is a rollback"


@pytest.mark.parametrize(
    "damage", ["", "{", '{"schema": "other/1", "routes": {}}', '{"schema": "migrator.weights/1", "routes": {"a": 1}}']
)
def test_the_last_good_weights_hold(damage: str, tmp_path: Path) -> None:
    with loaded(tmp_path, route()) as module:
        assert module.decide(NAME, Task().run, (), {})
        (tmp_path / "migrator_seam.json").write_text(damage)
        module._weights.next_look = 0
        assert module.decide(NAME, Task().run, (), {})
        (tmp_path / "migrator_seam.json").unlink()
        module._weights.next_look = 0
        assert module.decide(NAME, Task().run, (), {})
        give_weights(tmp_path, route(0))
        module._weights.next_look = 0
        assert not module.decide(NAME, Task().run, (), {})


@pytest.mark.parametrize("weight", [-1, 100.5, "many", None, float("nan")])
def test_a_weight_that_is_none_changes_nothing(weight: Any, tmp_path: Path) -> None:
    with loaded(tmp_path, route()) as module:
        assert module.decide(NAME, Task().run, (), {})
        give_weights(tmp_path, route(weight))
        module._weights.next_look = 0
        assert module.decide(NAME, Task().run, (), {})


def test_a_file_that_has_not_changed_is_not_read_again(tmp_path: Path) -> None:
    with loaded(tmp_path, route()) as module:
        module.decide(NAME, Task().run, (), {})
        routes = module._weights.routes
        module._weights.next_look = 0
        module.decide(NAME, Task().run, (), {})
        assert module._weights.routes is routes
        give_weights(tmp_path, route())
        module._weights.next_look = 0
        module.decide(NAME, Task().run, (), {})
        assert module._weights.routes is routes, "another file that says the same"
        give_weights(tmp_path, route(99))
        module._weights.next_look = 0
        module.decide(NAME, Task().run, (), {})
        assert module._weights.routes[NAME].units == 9_900


@pytest.mark.thorough
def test_readers_see_the_old_weights_or_the_new_ones(tmp_path: Path) -> None:
    with loaded(tmp_path, route(100)) as module:
        module.LOOK_EVERY_S = 0.0
        wrong: list[object] = []
        stop = threading.Event()

        def read() -> None:
            while not stop.is_set():
                found = module.decide(NAME, Task().run, (), {})
                if found is not None and (found.units, found.canary) != (10_000, CANARY):
                    wrong.append(found)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(300):
            give_weights(tmp_path, route(100 if number % 2 else 0))
        stop.set()
        for thread in threads:
            thread.join()
        assert not wrong
        assert not log_of(tmp_path), "a rename is never seen half done"


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_task_is_sent_as_an_envelope_and_not_to_legacy(seam: Any) -> None:
    task, sender = Task(), Sender()
    seam.set_sender(sender)
    sent = seam.task(NAME, task).delay("o-1", lines=[{"sku": "a", "n": 1.5}], note=None)
    assert not task.sent
    (call,) = sender.calls
    assert call["body"] == {
        "task": NAME,
        "id": sent.id,
        "args": ["o-1"],
        "kwargs": {"lines": [{"sku": "a", "n": 1.5}], "note": None},
    }
    assert (call["canary"], call["wait"], call["delay"]) == (CANARY, False, 0)
    assert str(uuid.UUID(sent.id)) == sent.id == sent.task_id == str(sent)
    assert seam.counts() == {(NAME, "sent"): 1}


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        (({1, 2},), {}),
        ((datetime.date(2026, 1, 1),), {}),
        (((1, 2),), {}),
        (({1: "a"},), {}),
        ((float("nan"),), {}),
        ((b"x",), {}),
        ((), {"when": datetime.datetime(2026, 1, 1)}),
        (("x" * 1024 * 1024,), {}),
        ((object(),), {}),
    ],
    ids=["set", "date", "tuple", "key", "nan", "bytes", "datetime", "1 MB", "object"],
)
def test_what_json_cannot_carry_stays_with_legacy_and_is_counted(
    args: tuple[Any, ...], kwargs: dict[str, Any], seam: Any, tmp_path: Path
) -> None:
    task, sender = Task(), Sender()
    seam.set_sender(sender)
    assert seam.task(NAME, task).delay(*args, **kwargs) == "legacy"
    assert task.sent == [(args, kwargs)]
    assert not sender.calls
    assert [(entry["route"], entry["outcome"], entry["count"]) for entry in log_of(tmp_path)] == [
        (NAME, "not-carried", 1)
    ]


def test_nearly_a_megabyte_is_sent(seam: Any) -> None:
    task, sender = Task(), Sender()
    seam.set_sender(sender)
    seam.task(NAME, task).delay("x" * (1024 * 1024 - 200))
    assert len(sender.calls) == 1 and not task.sent


@pytest.mark.parametrize(
    ("canary", "options", "delay"),
    [
        (CANARY, {}, 0),
        (CANARY, {"task_id": "mine"}, 0),
        (CANARY, {"countdown": 0, "link": None}, 0),
        (CANARY, {"countdown": 5}, None),
        (CANARY, {"eta": datetime.datetime(2026, 1, 1)}, None),
        (CANARY, {"queue": "slow"}, None),
        ({"queue": "http://q"}, {"countdown": 1.5}, 2),
        ({"queue": "http://q"}, {"countdown": 900}, 900),
        ({"queue": "http://q"}, {"countdown": 901}, None),
        ({"queue": "http://q"}, {"countdown": -1}, None),
        ({"queue": "http://q"}, {"countdown": "soon"}, None),
    ],
)
def test_options_that_the_canary_does_not_know_mean_legacy(
    canary: dict[str, Any], options: dict[str, Any], delay: int | None, tmp_path: Path
) -> None:
    with loaded(tmp_path, {NAME: {"weight": 100, "canary": canary}}) as module:
        task, sender = Task(), Sender()
        module.set_sender(sender)
        answer = module.task(NAME, task).apply_async(["o-1"], {"tenant": "t"}, **options)
        if delay is None:
            assert answer == "legacy"
            assert task.sent == [((["o-1"], {"tenant": "t"}), options)]
        else:
            assert [call["delay"] for call in sender.calls] == [delay]
            assert sender.calls[0]["body"]["args"] == ["o-1"]
            assert "task_id" not in options or answer.id == "mine"


@pytest.mark.parametrize("error", [RuntimeError("down"), TimeoutError(), KeyError("x"), RecursionError()])
def test_whatever_fails_legacy_runs_once_and_it_is_counted(error: Exception, seam: Any, tmp_path: Path) -> None:
    task, sender = Task(), Sender(error)
    seam.set_sender(sender)
    for number in range(3):
        assert seam.task(NAME, task).delay(number) == "legacy"
    assert len(sender.calls) == 3, "one try each"
    assert task.sent == [((number,), {}) for number in range(3)]
    assert seam.counts() == {(NAME, "failed"): 3}
    assert [entry["count"] for entry in log_of(tmp_path)] == [1, 2, 3]


def test_ctrl_c_on_the_way_is_not_a_failure_of_the_canary(seam: Any) -> None:
    task = Task()
    seam.set_sender(Sender(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        seam.task(NAME, task).delay(1)
    assert not task.sent


def test_legacys_own_error_is_the_callers(seam: Any) -> None:
    def fails(x: int) -> int:
        raise ValueError(x)

    seam.set_sender(Sender(RuntimeError()))
    with pytest.raises(ValueError, match="7"):
        seam.function(NAME, fails)(7)


def test_a_log_that_cannot_be_written_hurts_nobody(seam: Any, tmp_path: Path) -> None:
    seam.LOG_FILE = str(tmp_path / "none" / "seam.log")
    seam.set_sender(Sender(RuntimeError()))
    task = Task()
    assert seam.task(NAME, task).delay(1) == "legacy"
    assert seam.counts() == {(NAME, "failed"): 1}


def test_a_full_log_is_put_aside(seam: Any, tmp_path: Path) -> None:
    seam.MAX_LOG_BYTES = 500
    seam.set_sender(Sender(RuntimeError("x" * 100)))
    for _ in range(20):
        seam.task(NAME, Task()).delay(1)
    assert (tmp_path / "migrator_seam.log.1").stat().st_size < 1000
    assert not (tmp_path / "migrator_seam.log").exists() or (tmp_path / "migrator_seam.log").stat().st_size < 1000


def test_a_key_that_cannot_be_had_means_legacy(tmp_path: Path) -> None:
    class Rude:
        def __str__(self) -> str:
            raise RuntimeError("no")

    with loaded(tmp_path, route(100, sticky={"argument": "order_id"})) as module:
        assert module.decide(NAME, Task().run, (Rude(),), {}) is None
        give_weights(tmp_path, route(100, sticky={"argument": "no_such"}))
        module._weights.next_look = 0
        assert module.decide(NAME, Task().run, ("x",), {}) is None
        assert {entry["outcome"] for entry in log_of(tmp_path)} == {"decision"}


def test_a_function_gets_the_canarys_answer(seam: Any) -> None:
    calls: list[int] = []

    def price(sku: str, count: int = 1) -> dict[str, int]:
        calls.append(count)
        return {"cents": 1}

    seam.set_sender(Sender(answer='{"result": {"cents": 2}}'))
    assert seam.function(NAME, price)("a", count=3) == {"cents": 2}
    seam.set_sender(Sender(answer='{"result": null}'))
    assert seam.function(NAME, price)("a") is None, "null is an answer"
    for wrong in (None, "", "<html>", "null", "{}", "[]"):
        seam.set_sender(Sender(answer=wrong))
        assert seam.function(NAME, price)("a", count=3) == {"cents": 1}
    assert calls == [3] * 6
    assert seam.routed(NAME)(price).__name__ == "price"


def test_a_coroutine_is_left_alone(seam: Any) -> None:
    async def view() -> None: ...

    assert seam.routed(NAME)(view) is view
    assert seam.flask_view(NAME)(view) is view


def test_a_child_process_counts_for_itself(seam: Any, tmp_path: Path) -> None:
    """In a process of its own, which has no threads but its own."""
    program = f"""
import os, signal, sys
sys.path.insert(0, {str(tmp_path)!r})
import migrator_seam as seam
class Task:
    def delay(self, x): return "legacy"
seam.set_sender(lambda *args, **options: 1 / 0)
with seam._lock:
    child = os.fork()
    if child == 0:
        # The parent's lock was held by a thread that is not here; a child that waits for it is ended.
        signal.alarm(10)
        seam.task({NAME!r}, Task()).delay(1)
        os._exit(len(seam.counts()))
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 1


# --- what it needs ----------------------------------------------------------------------------------------------------


def test_it_needs_the_standard_library_alone_and_an_old_python(tmp_path: Path) -> None:
    text = render(TEMPLATE, {})
    ast.parse(text, feature_version=(3, 8))
    (tmp_path / "migrator_seam.py").write_text(text)
    give_weights(tmp_path, route(0))
    probe = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import migrator_seam as m\n"
    probe += "class T:\n def run(self, a): ...\n def delay(self, a): return a\n"
    probe += f"assert m.task({NAME!r}, T()).delay(3) == 3\n"
    probe += "sys.exit('boto3' in sys.modules or 'flask' in sys.modules)"
    # -S: without site-packages, -I: without anything of ours.
    done = subprocess.run([sys.executable, "-I", "-S", "-c", probe], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loads = probe.replace("import migrator_seam as m\n", "import migrator_seam as m; m._weights.routes\n")
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, check=False)
    assert done.returncode == 0, "boto3 stays away while every weight is 0"
