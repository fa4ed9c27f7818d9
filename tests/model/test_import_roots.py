"""Modules that go by two names, since a program runs from inside a package of the tree."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support.programs import effects_of, model_of

SEND = "import smtplib\ndef send(): smtplib.SMTP('h').send_message('m')\n"
TREE = {
    "shop.core.mails": SEND,
    "shop.orders.views": "from core.mails import send\ndef start(): send()\n",
    "shop.manage": "",
}


@pytest.mark.parametrize(
    "sources",
    [
        TREE,
        {**TREE, "shop.orders.views": "import core.mails\ndef start(): core.mails.send()\n"},
        {**TREE, "shop.orders.views": "import core.mails as m\ndef start(): m.send()\n"},
        {**TREE, "shop.orders.views": "from core.mails import *\ndef start(): send()\n"},
        {
            **{name: text for name, text in TREE.items() if name != "shop.manage"},
            "shop.users.names": "def name(): ...",
            "shop.tax.rates": "from core import mails\nfrom users.names import name\n",
            "shop.users.views": "from tax import rates\n",
        },
    ],
)
def test_a_package_on_the_path_is_found(sources: Mapping[str, str]) -> None:
    assert "email" in effects_of(sources, "shop.orders.views.start")


@pytest.mark.parametrize(
    "sources",
    [
        {name: text for name, text in TREE.items() if name != "shop.manage"},  # one name proves nothing
        {
            "shop.redis.mails": SEND,
            "shop.orders.views": "from redis.mails import send\ndef start(): send()\n",
            "shop.manage": "",
        },
        {**TREE, "core.mails": "def send(): ..."},
    ],
)
def test_a_library_or_a_module_at_the_top_is_not_taken_for_one_below(sources: Mapping[str, str]) -> None:
    assert "email" not in effects_of(sources, "shop.orders.views.start")


def test_texts_name_modules_in_the_same_way() -> None:
    model = model_of(
        {
            **TREE,
            "shop.urls": "from django.urls import include, path\nurlpatterns = [path('o/', include('orders.urls'))]\n",
            "shop.orders.urls": "from django.urls import path\nfrom orders import views\n"
            "urlpatterns = [path('', views.start)]\n",
        }
    )

    assert [candidate.name for candidate in model.candidates] == ["shop.orders.views.start"]
