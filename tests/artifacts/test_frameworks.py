"""Views of Django, Django REST framework, FastAPI and Starlette, cut out, against the applications that they came from.

Each side answers 200 generated requests in a process of its own: the whole application through its framework's test
client, the handler through events as API Gateway sends them.
"""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import strategies as st

from migrator.artifacts import make_artifacts, write
from migrator.artifacts.django_rules import read_route
from migrator.bootstrap import service_checks
from migrator.domain.checks import CheckOutcome
from migrator.domain.locations import Location
from migrator.domain.plans import EventSource
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice, Registration
from migrator.plan.delivery.delivering import FRONTS
from tests.artifacts.test_fronts import sent
from tests.support.drawn import drawn
from tests.support.jobs import planned_job
from tests.support.sampled import one_in

pytest.importorskip("django")
pytest.importorskip("rest_framework")
pytest.importorskip("fastapi")
pytest.importorskip("mangum")

REPOSITORY = Path(__file__).resolve().parents[2]
INPUTS = 200

DJANGO = {
    "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
    "shop/__init__.py": "",
    "shop/settings.py": """
        import os

        SECRET_KEY = "of the tests"
        DEBUG = False
        ALLOWED_HOSTS = ["testserver"]
        ROOT_URLCONF = "shop.urls"
        INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "catalog"]
        MIDDLEWARE = [
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
        ]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["CATALOG_FILE"]}}
        REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
        USE_TZ = True
        """,
    "shop/urls.py": "from django.urls import include, path\n\nurlpatterns = [path('api/', include('catalog.urls'))]\n",
    "catalog/__init__.py": "",
    "catalog/models.py": """
        from django.db import models


        class Product(models.Model):
            sku = models.CharField(max_length=20)
        """,
    "catalog/urls.py": r"""
        from django.urls import path, re_path

        from catalog import views

        app_name = "catalog"
        urlpatterns = [
            path("quote/<slug:sku>/<int:count>/", views.quote, {"currency": "EUR"}, name="quote"),
            path("ship/", views.ShipView.as_view(), name="ship"),
            path("rate/<str:zone>", views.RateView.as_view()),
            re_path(r"^old/(?P<year>[0-9]{4})/$", views.old),
        ]
        """,
    "catalog/views.py": """
        from django.http import Http404, HttpResponse, JsonResponse
        from django.views import View
        from rest_framework.response import Response
        from rest_framework.views import APIView

        from catalog.models import Product


        def quote(request, sku, count, currency):
            if count > 100:
                return HttpResponse("too many", status=422, headers={"X-Most": "100"})
            if count == 13:
                raise RuntimeError("unlucky")
            if sku == "none":
                raise Http404
            answer = JsonResponse({"sku": sku, "count": count, "currency": currency, "page": request.GET.getlist("page")})
            answer.set_cookie("seen", sku)
            return answer


        def old(request, year):
            return HttpResponse(year + request.method, content_type="text/plain; charset=utf-8")


        class ShipView(View):
            def get(self, request):
                return JsonResponse({"zone": request.GET.get("zone", ""), "agent": request.headers.get("X-Agent")})

            def post(self, request):
                return HttpResponse(request.body, status=201, content_type="application/octet-stream")


        class RateView(APIView):
            def get(self, request, zone):
                return Response({"zone": zone, "products": Product.objects.filter(sku=zone).count()})
        """,
}
FASTAPI = {
    "main.py": """
        import asyncio
        from typing import Annotated

        from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Response
        from pydantic import BaseModel

        app = FastAPI()
        router = APIRouter(prefix="/orders")


        class Order(BaseModel):
            sku: str
            count: int = 1


        def tenant(x_agent: Annotated[str, Header()] = "nobody") -> str:
            return x_agent


        @router.get("/quote/{sku}")
        async def quote(sku: str, who: Annotated[str, Depends(tenant)], response: Response, count: int = 1) -> dict[str, object]:
            await asyncio.sleep(0)
            if count > 100:
                raise HTTPException(422, "too many")
            if count == 13:
                raise RuntimeError("unlucky")
            response.set_cookie("seen", "1")
            return {"sku": sku, "count": count, "who": who}


        @router.post("/", status_code=201, response_model=Order)
        def order(order: Order):
            return {**order.model_dump(), "internal": "left out by the model"}


        @app.get("/files/{name:path}", tags=["files"])
        def file(name: str, page: int | None = None):
            return {"name": name, "page": page}


        app.include_router(router, prefix="/api")
        """,
}
STARLETTE = {
    "main.py": """
        from starlette.applications import Starlette
        from starlette.responses import JSONResponse, PlainTextResponse
        from starlette.routing import Mount, Route


        async def echo(request):
            body = await request.body()
            return JSONResponse(
                {"number": request.path_params["number"], "page": request.query_params.getlist("page"), "body": body.hex()},
                status_code=202,
            )


        def plain(request):
            return PlainTextResponse(request.method)


        app = Starlette(
            routes=[
                Mount("/api", routes=[Route("/echo/{number:int}", echo, methods=["POST"])]),
                Route("/plain", plain),
            ]
        )
        """,
}
LEGACY = {
    "django": """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup()
from django.test import Client
client = Client()
def ask(method, path, query, headers, body):
    kind = headers.pop("content-type", "application/octet-stream")
    url = path + (f"?{query}" if query else "")
    found = client.generic(method, url, body, content_type=kind, secure=True, headers={"accept": "*/*", **headers})
    return found.status_code, dict(found.headers), found.content, sorted(m.OutputString() for m in found.cookies.values())
""",
    "asgi": """
from main import app
from starlette.testclient import TestClient
client = TestClient(app)
def ask(method, path, query, headers, body):
    url = path + (f"?{query}" if query else "")
    client.cookies.clear()
    found = client.request(method, url, headers=headers, content=body, follow_redirects=False)
    return found.status_code, dict(found.headers), found.content, sorted(found.headers.get_list("set-cookie"))
""",
}
ASKING = """
import base64, json, os, sys
answers = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
sys.path.insert(0, ".")
{ask}
for line in sys.stdin:
    method, path, query, headers, body = json.loads(line)
    try:
        status, got, content, cookies = ask(method, path, query, headers, base64.b64decode(body))
        named = {{name.lower(): value for name, value in got.items()}}
        said = [status, named.get("content-type"), named.get("location"), base64.b64encode(content).decode(), cookies]
    except Exception as error:
        said = type(error).__name__
    print(json.dumps(said), file=answers, flush=True)
"""
HANDLING = """
import base64, json, os, sys
answers = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
sys.path.insert(0, sys.argv[1]); from tests.artifacts.events import CONTEXT; sys.path.pop(0)
from app import handler
for line in sys.stdin:
    try:
        got = handler(json.loads(line), CONTEXT)
        named = {name.lower(): value for name, value in (got.get("headers") or {}).items()}
        named |= {name.lower(): values for name, values in (got.get("multiValueHeaders") or {}).items()}
        first = lambda value: value[0] if isinstance(value, list) else value
        body = got["body"] if got["isBase64Encoded"] else base64.b64encode(got["body"].encode()).decode()
        cookies = got.get("cookies") or named.get("set-cookie") or []
        cookies = [cookies] if isinstance(cookies, str) else cookies
        said = [got["statusCode"], first(named.get("content-type")), first(named.get("location")), body, sorted(cookies)]
    except Exception as error:
        said = type(error).__name__
    print(json.dumps(said), file=answers, flush=True)
"""

NOTHING = st.just(b"")
Request = tuple[str, str, dict[str, str], dict[str, str], bytes]


@dataclass(frozen=True)
class Case:
    """One view.

    Attributes:
        paths: decoded.
        methods: those that its front routes to it.
    """

    files: Mapping[str, str]
    legacy: str
    name: str
    paths: st.SearchStrategy[str]
    methods: Sequence[str] = ("GET",)
    bodies: st.SearchStrategy[bytes] = NOTHING
    kind: str = "application/json"


WORD = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P"], exclude_characters="/?#%;"), min_size=1, max_size=8
)
SLUG = st.from_regex(r"[-a-zA-Z0-9_]{1,8}", fullmatch=True)
NUMBERS = st.one_of(st.integers(0, 120), st.just(13))
ORDERS = st.one_of(
    st.fixed_dictionaries({"sku": st.text()}, optional={"count": st.one_of(st.integers(), st.text())}).map(
        lambda order: json.dumps(order).encode()
    ),
    st.binary(max_size=20),
)
CASES = {
    "django function": Case(
        DJANGO,
        "django",
        "catalog.views.quote",
        st.builds(
            "/api/quote/{}/{}{}".format, st.one_of(SLUG, WORD, st.just("none")), st.one_of(NUMBERS, SLUG), st.sampled_from(["/", ""])
        ),
        ("GET", "POST"),
    ),
    "django expression": Case(
        DJANGO,
        "django",
        "catalog.views.old",
        st.from_regex(r"/api/old/[0-9]{3,5}/?", fullmatch=True),
        ("GET", "POST", "DELETE"),
    ),
    "django class": Case(
        DJANGO, "django", "catalog.views.ShipView.post", st.just("/api/ship/"), ("POST",), st.binary(max_size=60)
    ),
    "django rest": Case(DJANGO, "django", "catalog.views.RateView.get", st.builds("/api/rate/{}".format, WORD)),
    "fastapi coroutine": Case(FASTAPI, "asgi", "main.quote", st.builds("/api/orders/quote/{}".format, WORD)),
    "fastapi model": Case(FASTAPI, "asgi", "main.order", st.just("/api/orders/"), ("POST",), ORDERS),
    "fastapi application": Case(FASTAPI, "asgi", "main.file", st.builds("/files/{}/{}".format, WORD, WORD)),
    "starlette": Case(
        STARLETTE,
        "asgi",
        "main.echo",
        st.builds("/api/echo/{}".format, st.one_of(NUMBERS, WORD)),
        ("POST",),
        st.binary(max_size=60),
    ),
}  # fmt: skip


def requests_of(case: Case) -> list[Request]:
    queries = st.fixed_dictionaries(
        {}, optional={"page": st.sampled_from(["1", "x y", "ü&="]), "count": st.sampled_from(["1", "13", "101", "x"])}
    )
    headers = st.fixed_dictionaries(
        {"content-type": st.just(case.kind)}, optional={"x-agent": st.sampled_from(["a", "b c"])}
    )
    return drawn(st.tuples(st.sampled_from(case.methods), case.paths, queries, headers, case.bodies), INPUTS)


@pytest.mark.parametrize("name", one_in(4, CASES))
def test_the_handler_answers_what_the_application_answers(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    made = cut_out(tmp_path / "monolith", case)
    write(make_artifacts(made), tmp_path / "service")
    requests = requests_of(case)
    variables = database(tmp_path)
    expected = ask(
        tmp_path / "monolith",
        ASKING.format(ask=LEGACY[case.legacy]),
        [[method, quote(path), urlencode(query), headers, base64.b64encode(body).decode()] for method, path, query, headers, body in requests],
        variables,
    )  # fmt: skip
    answers = ask(
        tmp_path / "service" / "src", HANDLING, [event(EventSource.HTTP_API, each) for each in requests], variables
    )
    for request, theirs, ours in zip(requests, expected, answers, strict=True):
        assert ours == theirs, request
    assert len({json.dumps(each) for each in expected}) >= 8, "the requests have to reach the view in several ways"


@pytest.mark.parametrize("source", FRONTS)
@pytest.mark.parametrize("name", one_in(2, ["django function", "fastapi coroutine"]))
def test_it_answers_alike_behind_each_front(name: str, source: EventSource, tmp_path: Path) -> None:
    case = CASES[name]
    made = cut_out(tmp_path / "monolith", case, front=source)
    write(make_artifacts(made), tmp_path / "service")
    path = "/api/quote/tent/7/" if case.legacy == "django" else "/api/orders/quote/größe 42"
    sent_one: Request = ("GET", path, {"page": "x y", "count": "5"}, {"x-agent": "b"}, b"")
    variables = database(tmp_path)
    [[status, kind, _, body, cookies]] = ask(
        tmp_path / "service" / "src", HANDLING, [event(source, sent_one)], variables
    )
    assert (status, kind) == (200, "application/json")
    said = json.loads(base64.b64decode(body))
    assert said == (
        {"sku": "tent", "count": 7, "currency": "EUR", "page": ["x y"]}
        if case.legacy == "django"
        else {"sku": "größe 42", "count": 5, "who": "b"}
    )
    assert [cookie.partition("=")[0] for cookie in cookies] == ["seen"]


@pytest.mark.parametrize("name", one_in(8, CASES))
def test_the_service_passes_every_check(name: str, tmp_path: Path) -> None:
    write(make_artifacts(cut_out(tmp_path / "monolith", CASES[name])), tmp_path / "service")
    checks = list(service_checks(tmp_path / "service"))
    assert [(each.name, each.findings) for each in checks if each.outcome is not CheckOutcome.PASSED] == []


def test_middleware_that_stays_behind_is_told_and_left_out(tmp_path: Path) -> None:
    own = "class Stamp:\n    def __init__(self, get_response): ...\n"
    settings = DJANGO["shop/settings.py"].replace(
        '"django.middleware.common', '"catalog.stamps.Stamp",\n            "django.middleware.common'
    )
    case = replace(CASES["django expression"], files={**DJANGO, "shop/settings.py": settings, "catalog/stamps.py": own})
    made = make_artifacts(cut_out(tmp_path / "monolith", case))
    assert "catalog/stamps.py:1:1: catalog.stamps.Stamp" in made.files["README.md"]
    write(made, tmp_path / "service")
    [answer] = ask(
        tmp_path / "service" / "src",
        HANDLING,
        [event(EventSource.HTTP_API, ("GET", "/api/old/2024/", {}, {}, b""))],
        database(tmp_path),
    )
    assert answer[0] == 200


@pytest.mark.parametrize(
    ("function", "arguments", "path", "says"),
    [
        ("path", ('"x/"', "cache_page(60)(views.view)"), "/x/", "wrapped where it is registered"),
        ("path", ('"x/"', "views.view", "make()"), "/x/", "not literal"),
        ("path", ('"<yyyy:year>"', "views.view"), "/<yyyy:year>", "the application's own"),
        ("re_path", ('r"^x/([0-9]+)$"', "views.view"), "/x/", "cannot be repeated"),
        ("re_path", ("PATTERN", "views.view"), "/x/", "cannot be repeated"),
        ("router.register", ('"x"', "ViewSet"), "/x/", "router.register"),
    ],
)
def test_a_route_of_django_that_cannot_be_repeated_is_refused(
    function: str, arguments: tuple[str, ...], path: str, says: str
) -> None:
    trigger = Trigger(TriggerKind.HTTP, "django-urls", Location("urls.py", 3), {"path": path, "methods": []})
    with pytest.raises(Refused, match=says):
        read_route(Registration(trigger, function=function, arguments=arguments))


@pytest.mark.parametrize(
    ("expression", "prefix", "pattern", "hits"),
    [
        (r"^old/(?P<year>[0-9]{4})/$", "api/", "/api/old/(?P<year>(?:[0-9]{4}))", "2024"),
        (r"^(?P<a>\w+)-(?P<b>(?:x|y)\d)$", "", "/(?P<a>(?:\\w+))-(?P<b>(?:(?:x|y)\\d))", "sample"),
        (r"^f\.txt$", "api/", "/api/f\\.txt", ""),
    ],
)
def test_an_expression_of_django_is_kept(expression: str, prefix: str, pattern: str, hits: str) -> None:
    path = {"api/": "/api/old/<year>/" if hits else "/api/f.txt", "": "/<a>-<b>"}[prefix]
    trigger = Trigger(TriggerKind.HTTP, "django-urls", Location("urls.py", 3), {"path": path, "methods": []})
    route = read_route(Registration(trigger, function="re_path", arguments=(repr(expression), "views.view")))
    assert (route.prefix, route.text, route.rule.pattern) == (prefix, expression, pattern)
    assert not hits or route.rule.variables[0].hits[0] == hits


def cut_out(folder: Path, case: Case, **options: object) -> PlannedSlice:
    return planned_job(folder, case.files, case.name, accepted_unresolved="looked at", **options)


def event(source: EventSource, request: Request) -> dict[str, Any]:
    method, path, query, headers, body = request
    several = {name: [value] for name, value in headers.items()}
    host = {"host": ["testserver"]}
    more = {"body": body} if body else {}
    return sent(source, method, path, urlencode(query), headers={**several, **host}, **more)


def database(folder: Path) -> dict[str, str]:
    file = folder / "catalog.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS catalog_product (id INTEGER PRIMARY KEY, sku VARCHAR(20))")
        connection.execute("INSERT INTO catalog_product (sku) VALUES ('0')")
    connection.close()
    # As on the emulator: secrets are variables there.
    return {"CATALOG_FILE": str(file), "AWS_SAM_LOCAL": "1", "SECRET_KEY": "of the tests"}


def ask(folder: Path, code: str, lines: Sequence[object], variables: Mapping[str, str]) -> list[Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(REPOSITORY)],
        input="".join(json.dumps(line) + "\n" for line in lines),
        env={**os.environ, **variables, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]
