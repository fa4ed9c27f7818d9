"""Views of Django that answer by the application's own URL configuration, against the application that they came from.

One monolith has each shape of a registration that no handler can repeat. The application answers through Django's test
client, the handler through events of each front, in processes of their own.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from migrator import bootstrap
from migrator.artifacts import Artifacts, make_artifacts, write
from migrator.artifacts.django_answering import answering
from migrator.bootstrap import service_checks
from migrator.domain.assessments import Assessment
from migrator.domain.checks import CheckOutcome
from migrator.domain.plans import EventSource
from migrator.errors import Refused
from migrator.plan import PlannedSlice, make_plan
from migrator.plan.delivery.delivering import FRONTS
from migrator.source import SourceTree
from tests.artifacts.test_frameworks import DJANGO, ask, database, event
from tests.support.sampled import one_in
from tests.support.slices import monolith

pytest.importorskip("django")
pytest.importorskip("rest_framework")

FILES = {
    **DJANGO,
    "shop/urls.py": """
        from functools import partial
        from importlib import import_module
        from importlib.util import find_spec

        from django.conf import settings
        from django.urls import include, path, re_path, register_converter
        from django.views.decorators.csrf import csrf_exempt
        from rest_framework.routers import DefaultRouter, SimpleRouter

        from catalog import api, guards, views
        from catalog.converters import Quarter

        register_converter(Quarter, "quarter")
        router = DefaultRouter()
        router.register("vouchers", api.VoucherViewSet, basename="voucher")
        inner = SimpleRouter(trailing_slash=False)
        inner.register("lines", api.LineViewSet, basename="line")
        NUMBERED = "^numbered/" + "([0-9]+)/$"
        below = [
            path("machines/", guards.allowed("machines.see")(views.MachineView.as_view()), name="machines"),
            path("echo/", csrf_exempt(views.echo)),
            path("greet/", views.GreetView.as_view(greeting="hello"), name="greet"),
            path("bare/<int:count>/", guards.plain(views.bare), name="bare"),
            path("partly/", partial(views.partly, word="given")),
            path("quarters/<quarter:when>/", views.quarterly),
            re_path(NUMBERED, views.numbered),
            path("away/", views.away),
            path("first/", views.FirstView.as_view()),
            path("second/", views.SecondView.as_view()),
            path("stated/", api.stated),
            path("other/", views.other, name="other"),
            path("single/<int:pk>/", api.LineViewSet.as_view({"get": "retrieve"})),
        ]
        urlpatterns = [
            path(settings.BELOW, include(below)),
            path("named/", include(("catalog.named", "named"))),
            path("api/", include(router.urls)),
            re_path(r"^api/(?P<shop>[a-z]+)/", include(inner.urls)),
        ]
        for name in ("plugged", "absent"):
            if find_spec(f"catalog.{name}"):
                urlpatterns += import_module(f"catalog.{name}").urlpatterns
        """,
    "shop/settings.py": DJANGO["shop/settings.py"]
    + """
        BELOW = os.environ.get("BELOW", "")
        """,
    "catalog/converters.py": """
        class Quarter:
            regex = "[0-9]{4}-q[1-4]"

            def to_python(self, value):
                year, _, quarter = value.partition("-q")
                return int(year), int(quarter)

            def to_url(self, value):
                return "{}-q{}".format(*value)
        """,
    "catalog/guards.py": """
        from functools import wraps

        from django.http import HttpResponse


        def allowed(what):
            def around(view):
                @wraps(view)
                def inner(request, *args, **kwargs):
                    if request.headers.get("X-Agent") != "a":
                        return HttpResponse(what, status=403)
                    return view(request, *args, **kwargs)

                return inner

            return around


        def plain(view):
            def inner(request, **kwargs):
                answer = view(request, **kwargs)
                answer["X-Around"] = "plain"
                return answer

            return inner
        """,
    "catalog/urls.py": "urlpatterns = []\n",
    "catalog/named.py": "from django.urls import path\nfrom catalog import views\nurlpatterns = [path('x/', views.named, name='x')]\n",
    "catalog/plugged.py": "from django.urls import path\nfrom catalog import views\nurlpatterns = [path('plugged/', views.plugged)]\n",
    "catalog/views.py": """
        from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
        from django.urls import reverse
        from django.views import View


        class MachineView(View):
            def get(self, request):
                return JsonResponse({"page": request.GET.get("page", "")})


        def echo(request):
            return HttpResponse(request.body, content_type="application/octet-stream")


        class GreetView(View):
            greeting = "nothing"

            def get(self, request):
                return HttpResponse(self.greeting)


        def bare(request, count):
            return JsonResponse({"count": count})


        def partly(request, word):
            return HttpResponse(word)


        def quarterly(request, when):
            return JsonResponse({"when": when})


        def numbered(request, number):
            return HttpResponse(number)


        def away(request):
            return HttpResponseRedirect(reverse("other"))


        class EachView(View):
            word = ""

            def get(self, request):
                return HttpResponse(self.word)


        class FirstView(EachView):
            word = "first"


        class SecondView(EachView):
            word = "second"


        def named(request):
            return HttpResponseRedirect(reverse("named:x"))


        def plugged(request):
            return HttpResponse("plugged")


        def other(request):
            return HttpResponse("other")
        """,
    "catalog/api.py": """
        from rest_framework import viewsets
        from rest_framework.decorators import action, api_view
        from rest_framework.response import Response


        class VoucherViewSet(viewsets.ViewSet):
            def list(self, request):
                return Response(["one", request.query_params.get("page")])

            def create(self, request):
                return Response(request.data, status=201, headers={"X-Made": "1"})

            def retrieve(self, request, pk):
                return Response({"pk": pk})

            @action(detail=True, methods=["post"], url_path="pay-now")
            def pay(self, request, pk):
                return Response({"paid": pk})

            @action(detail=False)
            def stats(self, request):
                return Response({"count": 2})


        class LineViewSet(viewsets.ViewSet):
            def list(self, request, shop):
                return Response({"shop": shop})

            def retrieve(self, request, pk, shop=""):
                return Response({"line": pk, "shop": shop})


        @api_view(["GET", "PUT"])
        def stated(request):
            return Response({"method": request.method})
        """,
}
ASKING = """
import base64, json, os, sys
answers = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
sys.path.insert(0, ".")
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup()
from django.test import Client
for line in sys.stdin:
    method, path, query, headers, body = json.loads(line)
    url = path + (f"?{query}" if query else "")
    kind = headers.pop("content-type", "application/json")
    got = Client().generic(method, url, base64.b64decode(body), content_type=kind, secure=True, headers={"accept": "*/*", **headers})
    named = {name.lower(): value for name, value in got.headers.items() if name.lower() != "content-length"}
    print(json.dumps([got.status_code, named, base64.b64encode(got.content).decode()]), file=answers, flush=True)
"""
HANDLING = """
import base64, json, os, sys
answers = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
sys.path.insert(0, sys.argv[1]); from tests.artifacts.events import CONTEXT; sys.path.pop(0)
from app import handler
for line in sys.stdin:
    got = handler(json.loads(line), CONTEXT)
    named = dict(got.get("headers") or {}) | {k: ", ".join(v) for k, v in (got.get("multiValueHeaders") or {}).items()}
    named.pop("x-migrator-cold-start")  # for the router, which keeps it from callers
    named = {name.lower(): value for name, value in named.items()}
    body = got["body"] if got["isBase64Encoded"] else base64.b64encode(got["body"].encode()).decode()
    print(json.dumps([got["statusCode"], named, body]), file=answers, flush=True)
"""
Request = tuple[str, str, dict[str, str], dict[str, str], bytes]


def get(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Request:
    kind = {"content-type": "application/json"} if body else {}
    return (
        method,
        path,
        {"page": "2"},
        {**kind, **{name.replace("_", "-"): text for name, text in headers.items()}},
        body,
    )


@dataclass(frozen=True)
class Shape:
    """A registration.

    Attributes:
        requests: that lead to the view, answered as the application does.
        elsewhere: path of another view.
        routes: of API Gateway.
    """

    name: str
    requests: tuple[Request, ...]
    routes: tuple[str, ...]
    elsewhere: str = "/other/"


SHAPES = {
    "wrapped class": Shape(
        "catalog.views.MachineView.get",
        (get("/machines/", x_agent="a"), get("/machines/"), get("/machines/", "DELETE", x_agent="a"), get("/machines")),
        ("GET /machines/",),
    ),
    "wrapped function": Shape("catalog.views.echo", (get("/echo/", "POST", b"\x00\xff"),), ("POST /echo/",)),
    "arguments": Shape("catalog.views.GreetView.get", (get("/greet/"),), ("GET /greet/",)),
    "wrapper that says nothing": Shape("catalog.views.bare", (get("/bare/7/"), get("/bare/x/")), ("GET /bare/{count}/",)),
    "partial": Shape("catalog.views.partly", (get("/partly/"),), ("GET /partly/",)),
    "own converter": Shape(
        "catalog.views.quarterly", (get("/quarters/2024-q3/"), get("/quarters/2024-q5/")), ("GET /quarters/{when}/",)
    ),
    "computed expression": Shape("catalog.views.numbered", (get("/numbered/12/"), get("/numbered/x/")), ()),
    "address of another": Shape("catalog.views.away", (get("/away/"),), ("GET /away/",)),
    "inherited": Shape("catalog.views.EachView.get", (get("/first/"), get("/second/")), ("GET /first/", "GET /second/")),
    "included by name": Shape("catalog.views.named", (get("/named/x/"),), ("GET /named/x/",)),
    "of a module that is found when it runs": Shape("catalog.views.plugged", (get("/plugged/"),), ("GET /plugged/",)),
    "api_view": Shape("catalog.api.stated", (get("/stated/"), get("/stated/", "POST", b"{}")), ("PUT /stated/",)),
    "router, list": Shape(
        "catalog.api.VoucherViewSet.list",
        (get("/api/vouchers/"), get("/api/vouchers/", "OPTIONS"), get("/api/vouchers")),
        ("GET /api/vouchers/",),
        "/api/vouchers/7/",
    ),
    "router, create": Shape(
        "catalog.api.VoucherViewSet.create",
        (get("/api/vouchers/", "POST", b'{"a": 1}'), get("/api/vouchers/", "POST", b"{")),
        ("POST /api/vouchers/",),
        "/api/vouchers/stats/",
    ),
    "router, one": Shape(
        "catalog.api.VoucherViewSet.retrieve",
        (get("/api/vouchers/7/"), get("/api/vouchers/x")),
        ("GET /api/vouchers/{pk}/",),
        "/api/vouchers/",
    ),
    "router, action": Shape(
        "catalog.api.VoucherViewSet.pay",
        (get("/api/vouchers/7/pay-now/", "POST", b"{}"), get("/api/vouchers/7/pay-now/")),
        ("POST /api/vouchers/{pk}/pay-now/",),
        "/api/vouchers/7/",
    ),
    "router, action of all": Shape(
        "catalog.api.VoucherViewSet.stats", (get("/api/vouchers/stats/"),), ("GET /api/vouchers/stats/",), "/api/vouchers/7/"
    ),
    "router without slashes, and bound": Shape(
        "catalog.api.LineViewSet.retrieve",
        (get("/api/abc/lines/7"), get("/api/abc/lines/7/"), get("/single/7/")),
        ("GET /api/{shop}/lines/{pk}", "GET /single/{pk}/"),
        "/api/abc/lines",
    ),
}  # fmt: skip
# One of each way to find the view's patterns; the others' services are alike.
CHECKED = ("wrapped class",)


@dataclass(frozen=True)
class Shop:
    """The monolith, analyzed."""

    folder: Path
    tree: SourceTree
    candidates: tuple[Assessment, ...]

    def planned(self, name: str, **options: Any) -> PlannedSlice:
        chosen = next(each for each in self.candidates if each.name == name)
        return make_plan(self.tree, chosen, others=self.candidates, accepted_unresolved="looked at", **options)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return analyzed(tmp_path_factory.mktemp("monolith"), FILES)


def analyzed(folder: Path, files: Mapping[str, str]) -> Shop:
    tree = monolith(folder, files)
    return Shop(folder, tree, tuple(bootstrap.analyze(folder, jobs=1).candidates))


@pytest.mark.parametrize("name", one_in(4, SHAPES))
def test_it_answers_what_the_application_answers_and_nothing_else(name: str, shop: Shop, tmp_path: Path) -> None:
    shape = SHAPES[name]
    made = make_artifacts(shop.planned(shape.name))
    assert set(shape.routes) <= routes_of(made)
    expected = legacy(shop, shape, tmp_path)
    assert expected[-1][0] != 404, "the other view has to be there"
    got = handled(made, tmp_path, EventSource.HTTP_API, (*shape.requests, get(shape.elsewhere)))
    assert got[:-1] == expected[:-1]
    assert got[-1][0] == 404


@pytest.mark.parametrize("source", [each for each in FRONTS if each is not EventSource.HTTP_API])
@pytest.mark.parametrize("name", ["wrapped class", pytest.param("router, create", marks=pytest.mark.thorough)])
@pytest.mark.thorough
def test_it_answers_alike_behind_the_other_fronts(name: str, source: EventSource, shop: Shop, tmp_path: Path) -> None:
    shape = SHAPES[name]
    expected = legacy(shop, shape, tmp_path)
    made = make_artifacts(shop.planned(shape.name, front=source))
    got = handled(made, tmp_path, source, (*shape.requests, get(shape.elsewhere)))
    assert got[:-1] == expected[:-1]
    assert got[-1][0] == 404


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in CHECKED else pytest.mark.thorough) for name in SHAPES]
)
def test_the_service_passes_every_check(name: str, shop: Shop, tmp_path: Path) -> None:
    write(make_artifacts(shop.planned(SHAPES[name].name)), tmp_path / "service")
    checks = list(service_checks(tmp_path / "service"))
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []


def test_the_readme_says_what_answers_and_why(shop: Shop) -> None:
    made = make_artifacts(shop.planned("catalog.views.MachineView.get"))
    assert "URL configuration of the application itself" in made.files["README.md"]
    assert "wrapped where it is registered: `guards.allowed" in made.files["README.md"]
    # The prefix is a setting: whoever sets it has to know.
    assert "is taken to be nothing" in made.files["README.md"]


def test_a_view_without_a_pattern_is_told_at_the_start(shop: Shop, tmp_path: Path) -> None:
    made = make_artifacts(shop.planned("catalog.views.MachineView.get"))
    write(made, tmp_path / "service")
    urls = tmp_path / "service" / "src" / "shop" / "urls.py"
    urls.write_text(
        urls.read_text("utf-8")
        .replace('path("machines/", ', 'path("engines/", ')
        .replace("views.MachineView", "views.GreetView"),
        "utf-8",
    )
    with pytest.raises(AssertionError, match=r"no URL patterns of shop\.urls may lead to catalog\.views\.MachineView"):
        ask(tmp_path / "service" / "src", HANDLING, [], variables(tmp_path))


@pytest.mark.thorough
def test_the_services_own_tests_tell_of_a_prefix_that_is_set(shop: Shop, tmp_path: Path) -> None:
    write(make_artifacts(shop.planned("catalog.views.MachineView.get")), tmp_path / "service")
    settings = tmp_path / "service" / "src" / "shop" / "settings.py"
    settings.write_text(settings.read_text("utf-8").replace('"BELOW", ""', '"BELOW", "shop/"'), "utf-8")
    failed = [each for each in service_checks(tmp_path / "service") if each.outcome is CheckOutcome.FAILED]
    assert any("test_the_application_has_the_route" in str(each.findings) for each in failed)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('ROOT_URLCONF = "shop.urls"', "is not known"),
        ('ROOT_URLCONF = "shop.elsewhere"', "shop.elsewhere, which is not in the slice"),
    ],
)
def test_a_configuration_that_is_not_there_is_refused(line: str, says: str, tmp_path: Path) -> None:
    given = 'ROOT_URLCONF = os.environ["URLS"]' if says == "is not known" else line
    settings = FILES["shop/settings.py"].replace('ROOT_URLCONF = "shop.urls"', given)
    shop = analyzed(tmp_path / "monolith", {**FILES, "shop/settings.py": settings})
    with pytest.raises(Refused, match=says):
        answering(shop.planned("catalog.views.MachineView.get"))


def routes_of(made: Artifacts) -> set[str]:
    lines = [line.strip() for line in made.files["template.yaml"].splitlines()]
    methods = [line.removeprefix("Method: ") for line in lines if line.startswith("Method: ")]
    paths = [line.removeprefix("Path: ").strip("\"'") for line in lines if line.startswith("Path: ")]
    return {f"{method} {path}" for method, path in zip(methods, paths, strict=True)}


def legacy(shop: Shop, shape: Shape, folder: Path) -> list[Any]:
    return _legacy(shop.folder, shape.name, folder)


@cache
def _legacy(folder: Path, name: str, scratch: Path) -> list[Any]:
    shape = next(each for each in SHAPES.values() if each.name == name)
    lines = [
        [method, quote(path), "page=2", headers, base64.b64encode(body).decode()]
        for method, path, _, headers, body in (*shape.requests, get(shape.elsewhere))
    ]
    return ask(folder, ASKING, lines, variables(scratch))


def handled(made: Artifacts, folder: Path, source: EventSource, requests: tuple[Request, ...]) -> list[Any]:
    write(made, folder / "service")
    events = [event(source, each) for each in requests]
    return ask(folder / "service" / "src", HANDLING, events, variables(folder))


def variables(folder: Path) -> dict[str, str]:
    # The framework lists methods as a set gives them.
    return {**database(folder), "PYTHONHASHSEED": "0"}
