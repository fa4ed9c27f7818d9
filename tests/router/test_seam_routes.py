"""Routes of tasks and calls in `router.yaml`: read, written, and every mistake at its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.domain.routes import Overrides, SeamCanary, SeamMatch, SeamRoute, Sticky
from migrator.errors import UsageError
from migrator.router import RouterConfig, RouterError, load_router, parse_router, to_yaml
from migrator.router.config import PlannedRoute, SeamConfig, default_rollout

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/order-mail"
TASK = f"""\
version: 1
seam: {{weights: ../shop/migrator_seam.json}}
routes:
  - name: order-mail
    match: {{task: shop.tasks.mail.send_order_mail}}
    legacy: {{queue: celery}}
    canary: {{lambda: order-mail, queue: "{QUEUE}", invoke: event}}
    weight: 5
    sticky: {{argument: order_id}}
    overrides: {{argument: tenant, canary: [acme], legacy: [initech]}}
  - name: price
    match: {{call: shop.pricing.price}}
    canary: {{lambda: price, alias: live, region: eu-central-1}}
    weight: 0
    timeout: 500ms
"""


def mistakes_of(text: str) -> list[str]:
    with pytest.raises(RouterError) as raised:
        parse_router(text)
    return [line.removeprefix("router.yaml:") for line in raised.value.lines]


def test_tasks_and_calls_need_no_plane_for_http(tmp_path: Path) -> None:
    folder = tmp_path / "router"
    folder.mkdir()
    (folder / "router.yaml").write_text(TASK)
    config = load_router(folder / "router.yaml")
    assert config.plane is None
    assert config.routes == ()
    assert config.weights_file == folder / "../shop/migrator_seam.json"
    assert tuple(entry.route for entry in config.seam_routes) == (
        SeamRoute(
            "order-mail",
            SeamMatch("task", "shop.tasks.mail.send_order_mail"),
            SeamCanary("order-mail", queue=QUEUE),
            5,
            Sticky("argument", "order_id"),
            Overrides("tenant", ("acme",), ("initech",)),
            2.0,
            "celery",
        ),
        SeamRoute(
            "price",
            SeamMatch("call", "shop.pricing.price"),
            SeamCanary("price", "live", region="eu-central-1"),
            0,
            timeout_s=0.5,
        ),
    )


def test_such_a_route_has_a_rollout_and_no_requests_to_compare() -> None:
    config = parse_router(TASK)
    assert config.entry("order-mail").rollout == default_rollout("order-mail")
    with pytest.raises(UsageError, match=r"order-mail is a route of shop\.tasks\.mail"):
        config.find("order-mail")
    with pytest.raises(UsageError) as raised:
        config.entry("order-mails")
    assert raised.value.hint == "did you mean order-mail?"


def test_the_figures_are_beside_the_weights_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "router.yaml"
    path.write_text(TASK)
    assert load_router(path).figures_file == tmp_path / "../shop/migrator_seam.figures"
    path.write_text(TASK.replace("seam.json}", "seam.json, figures: other.figures}"))
    assert load_router(path).figures_file == tmp_path / "other.figures"


def test_a_plane_that_is_not_there_is_a_usage_error() -> None:
    config = parse_router(TASK)
    with pytest.raises(UsageError, match="no Envoy for HTTP calls"):
        config.http_plane  # noqa: B018


def changed(before: str, after: str) -> str:
    assert TASK.count(before) == 1
    return TASK.replace(before, after)


MISTAKES = [
    ("seam: {weights: ../shop/migrator_seam.json}\n", "", "3:5: routes[0]: seam is missing, which carries calls of legacy code: seam: {weights: FILE}"),
    ("{call: shop.pricing.price}", "{call: price}", "12:19: routes[1].match.call: 'price' does not have the form"),
    ("shop.pricing.price", "shop.tasks.mail.send_order_mail", "12:19: routes[1].match.call: shop.tasks.mail.send_order_mail is also matched by the route on line 5; keep one of them"),
    ("name: price", "name: order-mail", "11:11: routes[1].name: 'order-mail' is also the name of the route on line 4"),
    ("alias: live", "queue: 'https://q'", "13:36: routes[1].canary.queue: a call waits for its answer, and a queue gives none; leave it out"),
    ("invoke: event", "alias: live", "7:114: routes[0].canary.alias: what is sent to a queue goes to the version that reads it"),
    ("invoke: event", "invoke: request", "7:115: routes[0].canary.invoke: a task is invoked as event; leave it out"),
    ("argument: tenant, ", "", None),
    ("legacy: [initech]", "legacy: [acme]", "10:44: routes[0].overrides.canary[0]: acme stands under legacy too"),
    ("timeout: 500ms", "timeout: 0s", "15:14: routes[1].timeout: a time-out is longer than 0"),
    ("weight: 5", "weight: 105", "8:13: routes[0].weight: a weight lies between 0 and 100, found 105"),
    ("timeout: 500ms", "rollout: {steps: [{weight: 100, bake: 1m}], gates: [{parity: {different: 0}}]}", "15:66: routes[1].rollout.gates[0].parity: calls of legacy code are not compared; leave this gate out"),
    ("timeout: 500ms", "rollout: {steps: [{weight: 50, bake: 1m}]}", "15:32: routes[1].rollout.steps[0].weight: the last step has weight 100, found 50"),
    ("{argument: order_id}", "{header: x-tenant}", "9:14: routes[0].sticky.header: no such key"),
    ("match: {task:", "match: {tusk: x, task:", "5:13: routes[0].match.tusk: no such key; the keys here are task"),
    ("lambda: price", "url: 'http://x'", "13:14: routes[1].canary.url: no such key"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "told"), MISTAKES)
def test_every_mistake_has_its_place(before: str, after: str, told: str | None) -> None:
    if told is None:
        parse_router(changed(before, after))  # the value of sticky is looked at then
        return
    assert any(line.startswith(told) for line in mistakes_of(changed(before, after))), mistakes_of(
        changed(before, after)
    )


def test_what_a_scheduler_fires_may_be_a_task_whose_service_stands_behind_a_queue() -> None:
    text = changed("match: {task:", "match: {schedule:").replace("    sticky: {argument: order_id}\n", "")
    text = text.replace(text[text.index("    overrides:") : text.index("\n", text.index("    overrides:")) + 1], "")
    (entry, *_) = parse_router(text.replace("legacy: {queue: celery}", "legacy: {beat: mail}")).seam_routes
    assert (entry.route.match.kind, entry.route.canary.queue) == ("schedule", QUEUE)


def test_overrides_need_a_value_to_look_at() -> None:
    text = changed("argument: tenant, ", "").replace("    sticky: {argument: order_id}\n", "")
    assert mistakes_of(text) == [
        "9:16: routes[0].overrides: whose value is looked at? name the argument, or make the route sticky"
    ]


def test_http_routes_beside_them_need_their_plane() -> None:
    text = TASK + "  - {name: tax, match: {http: {path: /tax}}, canary: {lambda: tax, url: 'http://h'}, weight: 1}\n"
    assert any("plane is missing, which carries HTTP calls" in line for line in mistakes_of(text))


words = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)
seam_routes = st.builds(
    SeamRoute,
    st.from_regex(r"[a-z0-9]{1,12}", fullmatch=True),
    st.builds(SeamMatch, st.just("task"), st.lists(words, min_size=2, max_size=4).map(".".join)),
    st.builds(SeamCanary, words, st.just(""), st.sampled_from(["", QUEUE]), st.sampled_from(["", "eu-west-1"])),
    st.integers(0, 10_000).map(lambda units: units / 100),
    st.builds(Sticky, st.just("argument"), words),
    st.builds(Overrides, words, st.lists(st.text(min_size=1, max_size=5), max_size=2).map(tuple), st.just(())),
    st.sampled_from([0.25, 2.0, 60.0]),
    st.sampled_from(["", "celery"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(seam_routes, max_size=3, unique_by=(lambda route: route.name, lambda route: route.match.name)))
def test_what_is_written_is_read_back(routes: list[SeamRoute]) -> None:
    entries = tuple(PlannedRoute(route, default_rollout(route.name)) for route in routes)
    config = RouterConfig(None, (), "", SeamConfig("weights.json", "its.figures"), entries)
    assert parse_router(to_yaml(config)) == config
