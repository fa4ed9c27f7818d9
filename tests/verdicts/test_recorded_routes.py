"""Which candidate a recorded call is of: paths in the syntax of each framework, names of tasks, what a trace names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, RequestRedirect, Rule

from migrator.domain.assessments import Assessment
from migrator.domain.records import Request, Run
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.verdicts.recorded.matching import Matcher, NoCall
from migrator.verdicts.recorded.route_variables import ANYTHING, of_expression
from migrator.verdicts.recorded.targets import shape_of
from tests.support.traffic import PLACE, assessed, http, queue, signal


def matched(candidates: list[Assessment], method: str, target: str, status: int = 200) -> str:
    match = Matcher(candidates).request(Request(0.0, method, target, status))
    return match.value if isinstance(match, NoCall) else " ".join(candidates[number].name for number in match)


def answers(trigger: Trigger, target: str, method: str = "GET", name: str = "a.view", status: int = 200) -> bool:
    return matched([assessed(name, trigger)], method, target, status) == name


@pytest.mark.parametrize(
    ("framework", "route", "hits", "misses"),
    [
        ("flask", "/orders/<reference>", ["/orders/7", "/orders/%C3%A9"], ["/orders", "/orders/7/8", "/Orders/7"]),
        ("flask", "/n/<int:n>/x", ["/n/7/x"], ["/n/a/x"]),
        ("flask", "/s/<any(eu, world):zone>/<int(min=1, max=9):n>.csv", ["/s/eu/3.csv"], ["/s/us/3.csv", "/s/eu/3"]),
        ("flask", "/l/<string(length=2):lang>", ["/l/de"], ["/l/d", "/l/deu"]),
        ("flask", "/l/<string(minlength=2, maxlength=3):lang>", ["/l/de", "/l/deu"], ["/l/d", "/l/deut"]),
        ("flask", "/m/<path:name>", ["/m/a", "/m/a/b/c.png"], ["/m"]),
        ("flask", "/m/<path:name>/edit", ["/m/a/edit", "/m/a/b/edit"], ["/m/a", "/m/edit"]),
        ("flask", "/u/<uuid:id>", ["/u/2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77"], ["/u/7"]),
        ("flask", "/own/<color:c>", ["/own/red"], ["/own"]),
        ("flask", "/<a>-<b>/x", ["/1-2/x"], ["/12/x"]),
        ("django-urls", "/orders/<int:pk>/", ["/orders/7/"], ["/orders/a/"]),
        ("django-urls", "/blog/<slug:s>/<str:t>", ["/blog/a-b/c d"], ["/blog/a b/c"]),
        ("django-urls", "/old/<year>/$", ["/old/2024/"], ["/old/"]),
        ("django-urls", r"/x/(?:page-\d+/)?", ["/x/", "/x/page-3/"], ["/y/"]),
        ("django-urls", r"/v1\.0/items/\d+/", ["/v1.0/items/9/"], ["/v1.0/items/a/", "/v1x0/items/9/"]),
        ("django-urls", "/…user/", ["/user/", "/prefix/user/", "/a/b/user/"], ["/users/", "/user/x/"]),
        ("django-urls", "/api/…/x/", ["/api/a/x/", "/api/a/b/x/"], ["/api/a/y/"]),
        ("fastapi", "/items/{item_id}", ["/items/7"], ["/items"]),
        ("fastapi", "/files/{file_path:path}", ["/files/a/b"], ["/file/a"]),
        ("starlette", "/n/{n:int}", ["/n/7"], ["/n/x"]),
        ("aiohttp", r"/{name:\d+}/x", ["/77/x"], ["/a/x"]),
        ("aiohttp", "/{tail:.*}", ["/anything/at/all"], []),
        ("bottle", "/w/<name:re:[a-z]+>", ["/w/abc"], ["/w/ABC"]),
        ("bottle", "/s/<filename:path>", ["/s/a/b"], []),
        ("sanic", "/t/<n:int>", ["/t/3"], ["/t/x"]),
        ("falcon", "/f/{x:int(2)}", ["/f/10"], ["/f/a"]),
        ("ninja", "/api/{int:item_id}", ["/api/3"], ["/api/x"]),
        ("pyramid", "/p/{name}/*rest", ["/p/a/b/c"], ["/q/a"]),
        ("tornado", r"/story/([0-9]+)", ["/story/12"], ["/story/a"]),
        ("tornado", r"/(?P<kind>news|tips)/(?P<n>\d{4})/?", ["/news/2024", "/tips/2024/"], ["/other/2024"]),
    ],
)
def test_a_route_answers_in_its_framework_s_syntax(
    framework: str, route: str, hits: list[str], misses: list[str]
) -> None:
    trigger = http(route, "GET", framework=framework)
    assert [path for path in hits if not answers(trigger, path)] == []
    assert [path for path in misses if answers(trigger, path)] == []


@pytest.mark.parametrize("route", ["/…", "…", "/…<name>/", "/…<path:rest>"])
def test_a_route_of_which_nothing_is_known_answers_nothing(route: str) -> None:
    assert not answers(http(route), "/a") and not answers(http(route), "/")


@pytest.mark.parametrize(
    ("expression", "hits", "misses"),
    [
        ("[^/.]+", ["/o/7/x/", "/o/a-b/x/"], ["/o/x/", "/o/7/8/x/", "/o/7.json/x/"]),
        ("[^/]+", ["/o/7.1/x/"], ["/o/7/8/x/"]),
        (r"\d+", ["/o/77/x/"], ["/o/a/x/"]),
        (".+", ["/o/a/x/", "/o/a/b/x/"], ["/o/x/"]),
        ("open|done", ["/o/open/x/"], ["/o/other/x/"]),
        ("str", ["/o/anything/x/"], ["/o/x/"]),
    ],
)
def test_a_named_group_matches_what_its_expression_does(expression: str, hits: list[str], misses: list[str]) -> None:
    for framework in ("django-rest", "django-urls"):
        trigger = Trigger(
            TriggerKind.HTTP,
            framework,
            PLACE,
            {"methods": ["GET"], "path": "/o/<key>/x/", "parameters": [{"name": "key", "converter": expression}]},
        )
        assert [path for path in hits if not answers(trigger, path)] == []
        assert [path for path in misses if answers(trigger, path)] == []


def test_a_trace_may_name_a_route_with_its_expressions() -> None:
    candidates = [assessed("one", http("/api/orders/<pk>/pay/", "POST", framework="django-rest"))]

    def matched_by(route: str) -> object:
        return Matcher(candidates).request(Request(0.0, "POST", "", 200, route=route))

    assert matched_by("^api/^orders/(?P<pk>[^/.]+)/pay/$") == (0,)
    assert matched_by("api/orders/(?P<pk>[^/.]+)/refund/$") == NoCall.UNMATCHED


def test_the_most_particular_route_comes_first() -> None:
    routes = ["/<path:rest>", "/orders/<x>", "/orders/<int:n>", "/orders/later", "/orders/<x>.csv", "/orders/<x>/<y>"]
    candidates = [assessed(route, http(route, "GET")) for route in routes]
    wanted = {
        "/orders/later": "/orders/later",
        "/orders/7": "/orders/<int:n>",
        "/orders/a.csv": "/orders/<x>.csv",
        "/orders/a": "/orders/<x>",
        "/orders/a/b": "/orders/<x>/<y>",
        "/orders/a/b/c": "/<path:rest>",
    }
    assert {path: matched(candidates, "GET", path) for path in wanted} == wanted
    assert {path: matched(candidates[::-1], "GET", path) for path in wanted} == wanted


def test_an_unknown_prefix_is_not_a_part_of_the_application_itself() -> None:
    page, api = assessed("page", http("/…projects/", "GET")), assessed("api", http("/…api/units/", "GET"))
    assert matched([page, api], "GET", "/weblate/projects/") == "page"
    assert matched([page, api], "GET", "/api/projects/") == "unmatched"


def test_candidates_that_share_a_route_or_a_name_share_its_calls() -> None:
    page = assessed("web.Page", http("/page/", "GET", "POST"))
    inherited = assessed("web.Base.get", http("/page/", "GET"), http("/other/", "GET"))
    assert matched([page, inherited], "GET", "/page/") == "web.Page web.Base.get"
    assert matched([page, inherited], "POST", "/page/") == "web.Page"
    assert matched([page, inherited], "GET", "/other/") == "web.Base.get"
    tasks = [assessed("one.send", queue("send")), assessed("two.send", queue("send")), assessed("send", queue("x"))]
    assert Matcher(tasks).run(Run(0.0, ("send",))) == (0, 1)


def test_a_method_belongs_to_the_route_that_takes_it() -> None:
    show, put = assessed("show", http("/stock", "GET")), assessed("put", http("/stock", "PUT"))
    every = assessed("every", http("/every"), http("/star", "*"))
    assert matched([show, put], "PUT", "/stock") == "put"
    assert matched([show, put], "HEAD", "/stock") == "show"
    assert matched([show, put], "DELETE", "/stock") == "unmatched"
    assert matched([every], "PURGE", "/every") == matched([every], "PURGE", "/star") == "every"


def test_a_preflight_request_runs_no_function_but_that_of_its_own() -> None:
    show = assessed("show", http("/stock", "GET", "OPTIONS"))
    own = assessed("own", http("/cors", "OPTIONS"))
    assert matched([show, own], "OPTIONS", "/stock") == "aside"
    assert matched([show, own], "OPTIONS", "*") == "aside"
    assert matched([show, own], "OPTIONS", "/cors") == "own"
    assert matched([show, own], "OPTIONS", "/other") == "unmatched"


def test_a_slash_more_or_less_is_a_call_unless_it_is_answered_by_a_redirect() -> None:
    with_slash, without = http("/a/", "GET"), http("/b", "GET")
    for trigger, exact, other in ((with_slash, "/a/", "/a"), (without, "/b", "/b/")):
        assert answers(trigger, exact, status=302)
        assert answers(trigger, other)
        assert matched([assessed("a", trigger)], "GET", other, status=301) == "aside"
    both = [assessed("one", http("/c", "GET")), assessed("two", http("/c/", "GET"))]
    assert (matched(both, "GET", "/c"), matched(both, "GET", "/c/")) == ("one", "two")


@pytest.mark.parametrize(
    "target",
    [
        "/orders/7?x=/y&z=#", "/orders/7#top", "https://shop.example/orders/7", "http://[2001:db8::1]:80/orders/7?a",
        "//orders//7", "/orders/%37", r"/orders/\xc3\xa9", "/orders/\udcff", "/orders/%ff",
    ],
)  # fmt: skip
def test_a_target_is_read_as_servers_read_it(target: str) -> None:
    assert answers(http("/orders/<reference>", "GET"), target)


@pytest.mark.parametrize("target", ["", "*", "shop.example:443", "orders/7", "javascript://x", "/" * 500, "/a" * 300])
def test_what_has_no_path_is_of_no_candidate(target: str) -> None:
    assert not answers(http("/orders/<reference>", "GET"), target)
    shape_of("GET", target)


def test_the_root_is_a_route() -> None:
    assert answers(http("/", "GET"), "/") and answers(http("/", "GET"), "https://shop.example")
    assert not answers(http("/", "GET"), "/a")


def test_expressions_that_may_take_for_ever_are_not_run() -> None:
    for expression in ("(a+)+b", "a+a+a+a+b", "(?:a|a)*", "[a-z]+-[a-z]+-[a-z]+", "(", "[z-a]", "a{1,2}{3}" * 9):
        assert of_expression(expression) == ANYTHING
    trigger = http("/<a>-<b>-<c>-<d>-<e>.x", "GET")
    assert not answers(trigger, "/" + "-" * 5_000)


def test_names_of_tasks_and_functions() -> None:
    send = assessed("shop.mail.send", queue("mail.send"))
    write = assessed("shop.signals.write", signal())
    orders = assessed("shop.web.Orders", http("/orders", "GET"))
    matcher = Matcher([send, write, orders])

    def ran(*names: str, inside: bool = False) -> object:
        return matcher.run(Run(0.0, names, inside=inside))

    assert ran("mail.send") == ran("celery", "shop.mail.send") == (0,)
    assert ran("other") is ran("shop") is NoCall.UNMATCHED
    assert ran("shop.signals.write", inside=True) == (1,)
    # The request around it, or the run, is told of by a record of its own.
    assert ran("shop.web.Orders.get", inside=True) is ran("shop.mail.send", inside=True) is NoCall.ASIDE
    assert ran("other", inside=True) is NoCall.ASIDE

    assert matcher.request(Request(0.0, "GET", "/prefix/orders", route="/orders")) == (2,)
    assert matcher.request(Request(0.0, "POST", "/prefix/orders", route="/orders")) is NoCall.UNMATCHED
    assert matcher.request(Request(0.0, "POST", "/x", code="shop.web.Orders.post")) == (2,)


@pytest.mark.parametrize(
    ("target", "shape"),
    [
        ("/orders/17/lines?x=1", "GET /orders/*/lines"),
        ("/u/2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77/", "GET /u/*/"),
        ("/static/app.0f3a9c77b1d24e55.js", "GET /static/app.0f3a9c77b1d24e55.js"),
        ("/static/12345.css", "GET /static/*.css"),
        ("/t/AbCdEf0123456789xyz", "GET /t/*"),
        ("/wp-content/v2", "GET /wp-content/v2"),
        ("/", "GET /"),
    ],
)
def test_requests_that_differ_in_a_key_are_alike(target: str, shape: str) -> None:
    assert shape_of("GET", target) == shape


RULES = [
    "/", "/health", "/orders", "/orders/later", "/orders/<reference>", "/orders/<reference>/cancel", "/products/",
    "/products/<sku>", "/products/<sku>/stock/", "/api/tax/<country>/<any(consumer, business):buyer>/<int:cents>",
    "/api/ship/<any(eu, world):zone>/<int:grams>", "/api/ship/<any(eu, world):zone>/<int:grams>/<any(island):place>",
    "/media/<path:name>", "/labels/<string(length=4):digits>/<path:caption>",
    "/plans/<int:total>/<int:months>.csv", "/<page>", "/u/<uuid:id>",
]  # fmt: skip
PIECES = st.sampled_from(
    [
        "health",
        "orders",
        "later",
        "products",
        "stock",
        "cancel",
        "api",
        "tax",
        "de",
        "consumer",
        "business",
        "ship",
        "eu",
        "world",
        "island",
        "media",
        "labels",
        "1234",
        "a",
        "b.png",
        "v",
        "1.5",
        "7",
        "plans",
        "12.csv",
        "u",
        "2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77",
        "x%20y",
    ]
)


RULED = [assessed(f"{number}", http(rule, "GET")) for number, rule in enumerate(RULES)]
WERKZEUG = Map([Rule(rule, endpoint=f"{number}", methods=["GET"]) for number, rule in enumerate(RULES)]).bind("shop")


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=6), st.booleans(), st.sampled_from(["GET", "POST", "HEAD"]))
def test_paths_are_matched_as_werkzeug_matches_them(pieces: list[str], slash: bool, method: str) -> None:
    path = "/" + "/".join(pieces) + ("/" if slash and pieces else "")
    status = 200
    try:
        expected, _ = WERKZEUG.match(path.replace("%20", " "), method)
    except RequestRedirect:
        expected, status = "aside", 308
    except (NotFound, MethodNotAllowed):
        expected, status = "unmatched", 404
    found = matched(RULED, method, path, status)
    if expected == "unmatched" and found != expected:
        # A route without a slash does not answer to a path with one there; that is let pass, since others do.
        assert path.endswith("/")
    else:
        assert found == expected
