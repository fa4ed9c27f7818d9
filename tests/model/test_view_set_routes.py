"""Routes of routers that the framework itself is not asked about: libraries that are not there, code that only runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.model.django_routes import described, shown_path
from tests.support.programs import model_of

URLS = "from django.urls import include, path, re_path\nfrom rest_framework import routers\nfrom shop import views\n"
VIEWS = (
    "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
    "class Orders(viewsets.ViewSet):\n    lookup_field = 'code'\n    def retrieve(self, request, code): ...\n"
)


def details(urls: str, views: str = VIEWS) -> dict[str, list[tuple[str, object]]]:
    """Candidates with the path and the converters of each route."""
    return {
        each.name.removeprefix("shop.views."): [
            (str(trigger.detail["path"]), [item["converter"] for item in trigger.detail["parameters"]])  # type: ignore[index, call-overload, union-attr]
            for trigger in each.triggers
        ]
        for each in model_of({"shop.urls": URLS + urls, "shop.views": views}).candidates
    }


def test_routers_inside_of_routers() -> None:
    # As drf-nested-routers 0.95 prints its patterns.
    urls = (
        "from rest_framework_nested.routers import DefaultRouter, NestedDefaultRouter, NestedSimpleRouter\n"
        "router = DefaultRouter()\nrouter.register('domains', views.Domains)\n"
        "inner = NestedSimpleRouter(router, 'domains', lookup='domain')\ninner.register('servers', views.Servers)\n"
        "deep = NestedDefaultRouter(inner, r'servers', trailing_slash=False)\ndeep.register('logs', views.Logs)\n"
        "urlpatterns = [path('a/', include(x.urls)) for x in (router, inner, deep)]\n"
    )
    views = (
        "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
        "class Domains(viewsets.ViewSet):\n    lookup_field = 'name'\n    lookup_value_regex = '[a-z.]+'\n"
        "    def retrieve(self, request, name): ...\n"
        "class Servers(viewsets.ViewSet):\n    def list(self, request, domain_name): ...\n"
        "    @action(detail=True)\n    def stop(self, request, domain_name, pk): ...\n"
        "class Logs(viewsets.ViewSet):\n    def destroy(self, request, domain_name, nested_2_pk, pk): ...\n"
    )
    assert details(urls, views) == {
        "Domains.retrieve": [("/a/domains/<name>/", ["[a-z.]+"])],
        "Logs.destroy": [
            ("/a/domains/<domain_name>/servers/<nested_2_pk>/logs/<pk>", ["[a-z.]+", "[^/.]+", "[^/.]+"]),
        ],
        "Servers.list": [("/a/domains/<domain_name>/servers/", ["[a-z.]+"])],
        "Servers.stop": [("/a/domains/<domain_name>/servers/<pk>/stop/", ["[a-z.]+", "[^/.]+"])],
    }


def test_a_router_inside_of_another_ends_its_routes_alike() -> None:
    urls = (
        "from rest_framework_nested.routers import NestedSimpleRouter\n"
        "router = routers.SimpleRouter(trailing_slash=False)\nrouter.register('shops', views.Orders)\n"
        "inner = NestedSimpleRouter(router, 'shops', lookup='shop')\ninner.register('orders', views.Orders)\n"
        "urlpatterns = [path('', include(inner.urls))]\n"
    )
    found = [path for path, _ in details(urls)["Orders.retrieve"]]
    assert found == ["/shops/<code>", "/shops/<shop_code>/orders/<code>"]


def test_a_router_that_writes_keys_itself_may_write_several_parts() -> None:
    urls = (
        "class Own(routers.DefaultRouter):\n    def get_lookup_regex(self, viewset, lookup_prefix=''):\n"
        "        return '/'.join(f'(?P<{each}>[^/]+)' for each in viewset.keys)\n"
        "router = Own()\nrouter.register('orders', views.Orders)\nurlpatterns = [path('api/', include(router.urls))]\n"
    )
    assert details(urls) == {"Orders.retrieve": [("/api/orders/<code>/", [".+"])]}


def test_a_prefix_that_only_runs_leaves_the_rest() -> None:
    urls = (
        "import os\nrouter = routers.SimpleRouter()\nrouter.register(os.environ['X'], views.Orders)\n"
        "urlpatterns = [re_path(r'^(?P<shop>[a-z]{2,3})/', include(router.urls))]\n"
    )
    assert details(urls) == {"Orders.retrieve": [("/<shop>/…/<code>/", ["[a-z]{2,3}", "[^/.]+"])]}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("detail=False", "/orders/pay/"),
        ("detail=True", "/orders/<code>/pay/"),
        ("detail=True, url_path='pay-now'", "/orders/<code>/pay-now/"),
        ("detail=True, url_path=None", "/orders/<code>/pay/"),
        ("detail=True, url_path=load()", "/orders/<code>/…/"),
        ("['post'], True, 'x/y'", "/orders/<code>/x/y/"),
    ],
)
def test_actions(said: str, path: str) -> None:
    views = f"{VIEWS}    @action({said})\n    def pay(self, request, **kwargs): ...\n"
    urls = "router = routers.SimpleRouter()\nrouter.register('orders', views.Orders)\nurlpatterns = router.urls\n"
    assert [found for found, _ in details(urls, views)["Orders.pay"]] == [path]


def test_a_view_set_of_inherited_methods_has_their_routes() -> None:
    views = (
        "from rest_framework import viewsets\nfrom rest_framework.decorators import action\n"
        "class Base(viewsets.ViewSet):\n    @action(detail=True)\n    def pay(self, request, pk): ...\n"
        "class Orders(Base):\n    lookup_field = 'code'\nclass Lists(viewsets.ReadOnlyModelViewSet):\n    queryset = None\n"
    )
    urls = (
        "router = routers.SimpleRouter()\nrouter.register('orders', views.Orders)\n"
        "router.register('lists', views.Lists)\nurlpatterns = router.urls\n"
    )
    found = {name: [path for path, _ in routes] for name, routes in details(urls, views).items()}
    assert found == {
        "Base.pay": ["/orders/<code>/pay/"],
        "Lists": ["/lists/", "/lists/<pk>/"],
        "Orders": ["/orders/<code>/pay/"],
    }


def test_an_action_of_which_the_detail_is_computed_may_be_either() -> None:
    views = f"{VIEWS}    @action(detail=load())\n    def pay(self, request, **kwargs): ...\n"
    urls = "router = routers.SimpleRouter()\nrouter.register('orders', views.Orders)\nurlpatterns = router.urls\n"
    assert {found for found, _ in details(urls, views)["Orders.pay"]} == {"/orders/<code>/pay/", "/orders/pay/"}


NAMES = st.from_regex(r"[a-z]\w{0,5}", fullmatch=True)
TEXTS = st.text("ab/-.", max_size=5)
EXPRESSIONS = st.sampled_from(
    [r"\d+", "[^/.]+", "[()]", "[)]", "[^(]", "[])]", "(?:a|b)+", r"\)", "[]a]", r"[\]]+", "a{2,3}", ".*", ""]
)


@given(st.lists(st.tuples(TEXTS, NAMES, EXPRESSIONS), max_size=4), TEXTS)
def test_named_groups_are_shown_by_their_names_and_kept_as_converters(
    groups: list[tuple[str, str, str]], last: str
) -> None:
    path = "".join(f"{text}(?P<{name}>{expression})" for text, name, expression in groups) + last
    assert shown_path(path) == "".join(f"{text}<{name}>" for text, name, _ in groups) + last
    wanted = [{"name": name, "converter": expression} for _, name, expression in groups]
    assert described(path, ())["parameters"] == wanted
