"""The routes of a candidate as files of a repository: each kind as the router has it, and the main file beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.artifacts.route_files import UNKNOWN_QUEUE, Routing, route_files
from migrator.artifacts.seam import At
from migrator.artifacts.service import describe_handler
from migrator.domain.layouts import Layout, layout
from migrator.domain.routes import SeamCanary, SeamMatch, Sticky
from migrator.domain.triggers import TriggerKind
from migrator.errors import InputError, Refused
from migrator.plan import PlannedSlice, make_plan
from migrator.router import RouterConfig, RouterError, load_router
from tests.support.branches import git, merge
from tests.support.slices import assessed, monolith

WEIGHTS = "shop/migrator_seam.json"
QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/mail"
FILES = {
    "shop/__init__.py": "",
    "shop/app.py": "from celery import Celery\nfrom flask import Flask\n\napp = Celery()\nweb = Flask(__name__)\n",
    "shop/mail.py": "from shop.app import app\n\n@app.task\ndef send(order_id):\n    return order_id\n",
    "shop/tax.py": (
        "from shop.app import web\n\n@web.route('/tax/<country>', methods=['GET', 'POST'])\n@web.route('/rates')\n"
        "def quote(country='de'):\n    return {'country': country}\n"
    ),
    "shop/price.py": "def price(amount):\n    return amount * 2\n",
}


def slice_of(folder: Path, name: str, **more: object) -> PlannedSlice:
    tree = monolith(folder / "monolith", FILES)
    return make_plan(tree, assessed(tree, name, **more))  # type: ignore[arg-type]


def task(folder: Path) -> PlannedSlice:
    return slice_of(folder, "shop.mail.send", kind=TriggerKind.QUEUE, framework="celery", registered="@app.task")


def view(folder: Path) -> PlannedSlice:
    return slice_of(
        folder,
        "shop.tax.quote",
        paths=("/tax/<country>", "/rates"),
        methods=("GET", "POST"),
        registered="@web.route",
    )


def files(planned: PlannedSlice, routing: Routing, existing: str | None = None, **places: str) -> Mapping[str, str]:
    return route_files(planned, describe_handler(planned), places_of(planned, **places), routing, existing)


def places_of(planned: PlannedSlice, **places: str) -> Layout:
    return layout(planned.plan.candidate.replace(".", "-"), **places)


def loaded(folder: Path, made: Mapping[str, str], main: str = "router.yaml") -> RouterConfig:
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return load_router(folder / main)


def test_a_task_is_routed_where_it_is_sent(tmp_path: Path) -> None:
    made = files(task(tmp_path), Routing(WEIGHTS, At.SENDS, sticky="order_id", queue=QUEUE))
    assert set(made) == {"router.yaml", "routes/shop-mail-send.yaml"}
    config = loaded(tmp_path, made)
    (entry,) = config.entries
    assert entry is config.seam_routes[0] and config.weights_file == tmp_path / WEIGHTS
    route = config.seam_routes[0].route
    assert (route.match, route.weight) == (SeamMatch("task", "shop.mail.send"), 0)
    assert route.canary == SeamCanary("shop-mail-send", queue=QUEUE)
    assert route.sticky == Sticky("argument", "order_id")
    assert [step.weight for step in entry.rollout.steps] == [5, 25, 50, 100]
    assert "#" not in made["routes/shop-mail-send.yaml"]
    unknown = files(task(tmp_path), Routing(WEIGHTS, At.SENDS))
    assert "# Before weight is given" in unknown["routes/shop-mail-send.yaml"]
    assert loaded(tmp_path / "unknown", unknown).seam_routes[0].route.canary.queue == UNKNOWN_QUEUE, (
        "fails, and is not lost"
    )


def test_a_view_is_routed_by_the_data_plane_each_path_once(tmp_path: Path) -> None:
    made = files(view(tmp_path), Routing(WEIGHTS, canary_url="https://api.example.com"))
    config = loaded(tmp_path, made)
    assert [entry.route.match.path for entry in config.routes] == ["/rates", "/tax/{country}"]
    assert {"GET", "POST"} <= set(config.routes[1].route.match.methods)
    assert {entry.route.canary_url for entry in config.routes} == {"https://api.example.com"}
    assert {entry.route.legacy_url for entry in config.routes} == {"http://127.0.0.1:8000"}
    assert "legacy" not in made["routes/shop-tax-quote.yaml"]


def test_a_view_that_the_seam_routes_is_a_call_and_so_is_a_function(tmp_path: Path) -> None:
    config = loaded(tmp_path, files(view(tmp_path), Routing(WEIGHTS, At.REGISTRATION)))
    assert config.seam_routes[0].route.match == SeamMatch("call", "shop.tax.quote")
    assert config.seam_routes[0].route.canary == SeamCanary("shop-tax-quote", "live")


def test_what_a_scheduler_fires_has_no_key_and_goes_to_its_queue_if_it_is_a_task(tmp_path: Path) -> None:
    planned = task(tmp_path)
    config = loaded(tmp_path, files(planned, Routing(WEIGHTS, At.FIRINGS, sticky="order_id", queue=QUEUE)))
    route = config.seam_routes[0].route
    assert (route.match.kind, route.sticky, route.canary.queue) == ("schedule", None, QUEUE)
    calls = files(planned, Routing(WEIGHTS, At.CALLS, queue=QUEUE))
    assert loaded(tmp_path, calls).seam_routes[0].route.canary == SeamCanary("shop-mail-send", "live")


def test_the_first_main_file_is_the_same_for_every_candidate(tmp_path: Path) -> None:
    mail, tax = files(task(tmp_path), Routing(WEIGHTS, At.SENDS)), files(view(tmp_path), Routing(WEIGHTS))
    assert mail["router.yaml"] == tax["router.yaml"]
    assert len(loaded(tmp_path, {**mail, **tax}).entries) == 3
    alone = files(task(tmp_path), Routing(WEIGHTS, At.SENDS, http=False))
    assert loaded(tmp_path / "alone", alone).plane is None


def test_the_main_file_may_lie_in_a_folder(tmp_path: Path) -> None:
    made = files(task(tmp_path), Routing(WEIGHTS, At.SENDS), router="ops/live/router.yaml")
    config = loaded(tmp_path, made, "ops/live/router.yaml")
    assert set(made) == {"ops/live/router.yaml", "ops/live/routes/shop-mail-send.yaml"}
    assert config.weights_file is not None and config.weights_file.resolve() == (tmp_path / WEIGHTS).resolve()


BY_HAND = """\
# Who may touch this: the platform team.
version:   1   # for ever
plane: {kind: envoy, admin: 127.0.0.1:9901, listen: 127.0.0.1:8080}
routes:

  # taxes first
  - name:   other
    match: {http: {path: /other}}
    legacy: {url: 'http://10.0.0.1:8000'}
    canary: {lambda: other, url: "http://127.0.0.1:9000"}
    weight:    5   # raised on Monday
"""


def test_a_main_file_of_a_person_gets_what_it_lacks_and_every_other_byte_stays(tmp_path: Path) -> None:
    made = files(task(tmp_path), Routing(WEIGHTS, At.SENDS), BY_HAND)
    put = 'include: ["routes/*.yaml"]\nseam: {weights: "shop/migrator_seam.json"}\n'
    assert made["router.yaml"] == BY_HAND.replace("# for ever\n", f"# for ever\n{put}")
    assert [entry.name for entry in loaded(tmp_path, made).entries] == ["other", "shop-mail-send"]
    again = files(view(tmp_path), Routing(WEIGHTS), made["router.yaml"])
    assert set(again) == {"routes/shop-tax-quote.yaml"}
    config = loaded(tmp_path, {**made, **again})
    assert {entry.route.legacy_url for entry in config.routes} == {"http://10.0.0.1:8000"}


def test_a_file_without_a_plane_gets_one_with_its_legacy_system(tmp_path: Path) -> None:
    seam = 'version: 1\r\nseam: {weights: w.json}\r\ninclude:\r\n  - "routes/*.yaml"'
    made = files(view(tmp_path), Routing(WEIGHTS, legacy_url="http://10.0.0.2:80"), seam)
    assert made["router.yaml"].startswith(f"{seam}\r\nplane: ")
    assert made["router.yaml"].endswith('\r\nlegacy: {url: "http://10.0.0.2:80"}\r\n')
    config = loaded(tmp_path, made)
    assert config.plane is not None and config.legacy_url == "http://10.0.0.2:80" and len(config.routes) == 2


@pytest.mark.parametrize("existing", [None, BY_HAND, "version: 1\nseam: {weights: shop/migrator_seam.json}\n"])
def test_branches_of_different_triggers_merge(tmp_path: Path, existing: str | None) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    git(repository, "init", "-q", "-b", "main")
    (repository / "README.md").write_text("the shop\n")
    if existing is not None:
        (repository / "router.yaml").write_text(existing)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "begin")
    price = slice_of(tmp_path, "shop.price.price", kind=TriggerKind.COMMAND, framework="click", registered="def price")
    wanted = {
        "mail": (task(tmp_path), Routing(WEIGHTS, At.SENDS)),
        "tax": (view(tmp_path), Routing(WEIGHTS)),
        "price": (price, Routing(WEIGHTS, At.CALLS)),
    }
    for name, (planned, routing) in wanted.items():
        git(repository, "checkout", "-q", "-b", name, "main")
        config = loaded(repository, files(planned, routing, existing))
        assert planned.plan.candidate.replace(".", "-") in {entry.name for entry in config.entries}
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", name)
    git(repository, "checkout", "-q", "main")
    merge(repository, *wanted)
    own = {"other"} if existing == BY_HAND else set()
    expected = {"shop-mail-send", "shop-tax-quote", "shop-tax-quote-2", "shop-price-price"}
    assert {entry.name for entry in load_router(repository / "router.yaml").entries} == expected | own


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('include: ["other/*.yaml"]', 'include: ["routes/*.yaml", "other/*.yaml"]'),
        ("include: []", 'include: ["routes/*.yaml"]'),
        (
            "include: # ours\n  - other/*.yaml # theirs",
            'include: # ours\n  - "routes/*.yaml"\n  - other/*.yaml # theirs',
        ),
        ("include: [routes/*]", "include: [routes/*]"),
        ("include: [routes/shop-mail-send.yaml]", "include: [routes/shop-mail-send.yaml]"),
    ],
)
def test_patterns_that_lead_elsewhere_get_one_more(tmp_path: Path, before: str, after: str) -> None:
    main = f"version: 1\nseam: {{weights: w.json}}\n{before}\n# the end\n"
    made = files(task(tmp_path), Routing(WEIGHTS, At.SENDS), main)
    assert made.get("router.yaml", main) == main.replace(before, after)
    assert ("router.yaml" in made) is (before != after)


@pytest.mark.parametrize(
    "main", ["{version: 1, routes: []}", "routes: []\n", "? version\n: 1\n", "version: 1\ninclude: &a [x]\n"]
)
def test_what_has_no_place_for_it_is_left_to_the_person(tmp_path: Path, main: str) -> None:
    with pytest.raises(InputError) as caught:
        files(task(tmp_path), Routing(WEIGHTS, At.SENDS), main)
    assert caught.value.hint.startswith("by hand: put in ")


def test_what_nobody_can_carry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no route of HTTP calls"):
        files(task(tmp_path), Routing(WEIGHTS))
    listener = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/1/2"
    with pytest.raises(Refused, match="load balancer"):
        files(
            view(tmp_path), Routing(WEIGHTS), f"version: 1\nplane: {{kind: alb, listener: '{listener}'}}\nroutes: []\n"
        )
    with pytest.raises(Refused, match="shop-mail-send is there already"):
        files(task(tmp_path), Routing(WEIGHTS, At.SENDS), BY_HAND.replace("other", "shop-mail-send"))
    with pytest.raises(RouterError, match="not YAML"):
        files(task(tmp_path), Routing(WEIGHTS, At.SENDS), "version: [")
