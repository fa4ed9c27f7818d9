"""The seam's file behind the port: what is somebody else's stays, nothing is lost, and legacy code decides by it."""

from __future__ import annotations

import contextlib
import json
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from migrator.adapters.dataplanes.seam import SeamPlane
from migrator.adapters.weights import FileWeights
from migrator.domain.routes import Overrides, SeamCanary, SeamMatch, SeamRoute, Sticky, Weight
from migrator.errors import RemoteError
from migrator.rollout.ports import Fence, Fenced
from tests.support.seam import loaded

TASK = "shop.tasks.mail.send"
MAIL = SeamRoute("mail", SeamMatch("task", TASK), SeamCanary("order-mail"), 5)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "migrator_seam.json"


def entries(path: Path) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(path.read_text("utf-8"))["routes"]
    return found


def put(path: Path, routes: dict[str, object]) -> None:
    path.write_text(json.dumps({"schema": "migrator.weights/1", "routes": routes}), "utf-8")


def test_what_the_seam_was_given_by_hand_begins_anew_as_a_route(path: Path) -> None:
    put(path, {TASK: {"weight": 7, "canary": {"lambda": "old", "endpoint": "http://127.0.0.1:9"}, "note": "mine"}})
    plane = SeamPlane(FileWeights(path))
    assert plane.weights("mail") is None, "it is not the router's yet"
    plane.ensure(MAIL)
    assert plane.weights("mail") == Weight(5)
    assert entries(path)[TASK]["canary"] == {"lambda": "order-mail", "endpoint": "http://127.0.0.1:9"}
    assert entries(path)[TASK]["note"] == "mine"


def test_what_it_serves_is_what_it_was_given(path: Path) -> None:
    plane = SeamPlane(FileWeights(path))
    rich = replace(
        MAIL,
        canary=SeamCanary("order-mail", queue="https://sqs/mail", region="eu-west-1"),
        sticky=Sticky("argument", "order_id"),
        overrides=Overrides("tenant", ("acme",), ("initech",)),
        timeout_s=0.5,
        legacy_queue="celery",
    )
    call = SeamRoute("price", SeamMatch("call", "shop.pricing.price"), SeamCanary("price", "live"), 0)
    plane.ensure_all([rich, call])
    assert plane.routes() == {"mail": rich, "price": call}
    plane.ensure_all([MAIL, call])
    assert plane.routes() == {"mail": MAIL, "price": call}, "what a route no longer says is gone"


def test_only_the_routers_own_routes_are_retired(path: Path) -> None:
    put(path, {"shop.other": {"weight": 3, "canary": {"lambda": "x"}}})
    plane = SeamPlane(FileWeights(path))
    plane.ensure(MAIL)
    plane.ensure_all([], only=True)
    assert list(entries(path)) == ["shop.other"]


def test_a_route_that_asks_for_another_function_leaves_the_first(path: Path) -> None:
    plane = SeamPlane(FileWeights(path))
    plane.ensure(MAIL)
    plane.ensure(replace(MAIL, match=SeamMatch("task", "shop.tasks.post.send")))
    assert list(entries(path)) == ["shop.tasks.post.send"]


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": "other", "routes": {}}', '{"schema": "migrator.weights/1"}'])
def test_a_damaged_file_is_told_and_never_written_over(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    plane = SeamPlane(FileWeights(path))
    with pytest.raises(RemoteError, match="cannot be used"):
        plane.ensure(MAIL)
    with pytest.raises(RemoteError, match="cannot be used"):
        plane.shift("mail", Weight(1))
    with pytest.raises(RemoteError, match="cannot be used"):
        plane.weights("mail")
    assert path.read_text("utf-8") == text


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RemoteError, match=r"cannot write .*No such file"):
        SeamPlane(FileWeights(tmp_path / "none" / "weights.json")).ensure(MAIL)


class Meddled(SeamPlane):
    """Somebody else's hand is on the file each time before it is read back."""

    def __init__(self, path: Path) -> None:
        super().__init__(FileWeights(path))
        self.path = path

    def weights(self, route: str) -> Weight | None:
        document = json.loads(self.path.read_text("utf-8"))
        document["routes"][TASK]["weight"] = 99
        self.path.write_text(json.dumps(document), "utf-8")
        return super().weights(route)


def test_a_weight_of_somebody_else_in_between_is_told(path: Path) -> None:
    SeamPlane(FileWeights(path)).ensure(MAIL)
    with pytest.raises(RemoteError, match="99 % is live"):
        Meddled(path).shift("mail", Weight(10))


def test_a_fence_of_another_route_of_the_function_means_nothing(path: Path) -> None:
    plane = SeamPlane(FileWeights(path))
    plane.ensure(MAIL)
    plane.shift("mail", Weight(5), fence=Fence(2.0, 1))
    plane.ensure(replace(MAIL, name="post"))
    assert plane.shift("post", Weight(50), fence=Fence(1.0, 1)) == Weight(50)


def test_of_many_records_that_shift_at_once_the_highest_fence_stays(path: Path) -> None:
    SeamPlane(FileWeights(path)).ensure(MAIL)
    begin = threading.Barrier(8)

    def shift(version: int) -> None:
        begin.wait()
        # Fenced, or another one's weight is read back.
        with contextlib.suppress(RemoteError):
            SeamPlane(FileWeights(path)).shift("mail", Weight(20 - version), fence=Fence(1.0, version))

    threads = [threading.Thread(target=shift, args=(version,)) for version in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert entries(path)[TASK]["weight"] == 13, "whatever came first, what the newest record says is live"
    with pytest.raises(Fenced):
        SeamPlane(FileWeights(path)).shift("mail", Weight(90), fence=Fence(1.0, 6))


def test_the_rights_of_the_file_stay(path: Path) -> None:
    put(path, {})
    path.chmod(0o640)
    SeamPlane(FileWeights(path)).ensure(MAIL)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_two_commands_at_once_lose_nothing(path: Path) -> None:
    routes = [replace(MAIL, name=f"r{number}", match=SeamMatch("task", f"shop.t{number}")) for number in range(24)]

    def ensure(part: list[SeamRoute]) -> None:
        for route in part:
            SeamPlane(FileWeights(path)).ensure(route)

    threads = [threading.Thread(target=ensure, args=(routes[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SeamPlane(FileWeights(path)).routes() == {route.name: route for route in routes}


def test_legacy_code_decides_by_it(path: Path) -> None:
    plane = SeamPlane(FileWeights(path))

    def send(order_id: int, tenant: str = "") -> None: ...

    route = replace(MAIL, sticky=Sticky("argument", "order_id"), overrides=Overrides("tenant", ("acme",), ("initech",)))
    with loaded(path.parent) as seam:

        def taken(order_id: int, tenant: str) -> bool:
            seam._weights.look()
            return seam.decide(TASK, send, (order_id, tenant), {}) is not None

        assert not taken(1, "acme"), "there is no file yet"
        plane.ensure(replace(route, weight=0))
        assert not taken(1, "acme")
        plane.shift("mail", Weight(40))
        before = [taken(number, "") for number in range(500)]
        assert 130 < sum(before) < 270
        assert taken(1, "acme")
        assert not any(taken(number, "initech") for number in range(20))
        plane.shift("mail", Weight(70))
        after = [taken(number, "") for number in range(500)]
        assert all(later for earlier, later in zip(before, after, strict=True) if earlier), "nobody moves back"
        plane.retire("mail")
        assert not taken(1, "acme")
