"""How much travels: definitions, whole modules, or an application that is started; and that what travels starts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from migrator.domain.plans import BootKind, Strategy, Target
from migrator.errors import Refused
from migrator.plan import PlannedSlice, make_plan
from tests.support.slices import assessed, monolith, planned

SHOP = {
    "shop/__init__.py": "",
    "shop/db.py": """
    import os
    from sqlalchemy import create_engine
    from sqlalchemy.orm import DeclarativeBase, Session

    class Base(DeclarativeBase): ...

    engine = create_engine(os.environ.get("SHOP_DB", "sqlite://"))
    UNUSED = 1
    """,
    "shop/models/__init__.py": "from .orders import Order\n",
    "shop/models/orders.py": """
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import mapped_column, relationship
    from shop.db import Base

    class Order(Base):
        __tablename__ = "orders"
        id = mapped_column("id", ForeignKey("customers.id"), primary_key=True)
        customer = relationship("Customer")
    """,
    "shop/models/customers.py": """
    from sqlalchemy import Integer
    from sqlalchemy.orm import mapped_column
    from shop.db import Base

    class Customer(Base):
        __tablename__ = "customers"
        id = mapped_column(Integer, primary_key=True)
    """,
    "shop/views.py": """
    from sqlalchemy import select
    from sqlalchemy.orm import Session
    from shop.db import engine
    from shop.models import Order

    def view():
        return str(select(Order))

    def unused(): ...
    """,
}
DJANGO = {
    "manage.py": 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings.live")\n',
    "site1/__init__.py": "",
    "site1/settings/__init__.py": "",
    "site1/settings/base.py": """
    INSTALLED_APPS = ["desk.apps.DeskConfig", "compressor", "django.contrib.auth"]
    CACHES = {"x": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "cache.example.org"}}
    DATABASES = {}
    ROOT_URLCONF = "site1.urls"
    MIDDLEWARE = ["desk.middleware.Slow", "whitenoise.middleware.WhiteNoiseMiddleware"]
    """,
    "site1/settings/live.py": "from .base import *\nSECRET_KEY = 'x'\n",
    "site1/settings/test.py": "from .base import *\n",
    "site1/urls.py": "from desk import views\nurlpatterns = []\n",
    "desk/__init__.py": "",
    "desk/apps.py": """
    from django.apps import AppConfig

    class DeskConfig(AppConfig):
        name = "desk"

        def ready(self):
            from desk import receivers
    """,
    "desk/receivers.py": "SEEN = 1\n",
    "desk/middleware.py": "",
    "desk/models.py": """
    from django.db import models

    class Ticket(models.Model):
        name = models.TextField()
    """,
    "desk/templatetags/__init__.py": "",
    "desk/templatetags/prices.py": "",
    "desk/views.py": "from desk.models import Ticket\n\ndef view():\n    return Ticket.__name__\n",
    "other.py": "",
}


def started(made: PlannedSlice, code: str, folder: Path) -> None:
    """Write the slice down, start its application in a fresh interpreter, run some code."""
    for path, text in made.modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    assert made.plan.boot is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, '.'); import {made.plan.boot.module}\n{code}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_mapped_classes_are_all_loaded_and_what_they_do_not_use_stays(tmp_path: Path) -> None:
    made = planned(tmp_path / "in", SHOP, "shop.views.view")
    assert made.plan.strategy is Strategy.APPLICATION
    assert made.plan.boot is not None
    assert made.plan.boot.kind is BootKind.MAPPED
    assert made.plan.boot.imports == ("shop.db", "shop.models.customers", "shop.models.orders")
    assert "maps classes to tables" in made.plan.because
    assert made.plan.because.startswith("shop/models/orders.py:2:1: ")
    assert "def unused" not in made.modules["shop/views.py"]
    code = "import shop.views, sqlalchemy.orm\nsqlalchemy.orm.configure_mappers()\nassert 'orders' in shop.views.view()"
    started(made, code, tmp_path / "out")


def test_an_extension_that_is_bound_to_its_application_starts_the_application(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/extensions.py": "from flask_caching import Cache\ncache = Cache()\n",
        "app/factory.py": """
        from flask import Flask
        from app.extensions import cache

        def create_app(config=None):
            from app import pages
            made = Flask("app")
            made.config["CACHE_TYPE"] = "SimpleCache"
            cache.init_app(made)
            return made

        def needs_more(config):
            made = Flask("app")
            return made
        """,
        "app/pages.py": "PAGES = 1\n",
        "app/jobs.py": "from app.extensions import cache\n\ndef view():\n    return cache.get('x')\n",
    }
    made = planned(tmp_path / "in", files, "app.jobs.view")
    assert made.plan.boot is not None
    assert (made.plan.boot.kind, made.plan.boot.factory) == (BootKind.FLASK, "app.factory.create_app()")
    assert "app/pages.py" in made.modules
    code = "import application_start as s, app.jobs\nwith s.application.app_context(): assert app.jobs.view() is None"
    started(made, code, tmp_path / "out")


def test_what_asks_for_more_to_be_started_decides(tmp_path: Path) -> None:
    files = {
        **SHOP,
        "shop/cache.py": "from flask_caching import Cache\ncache = Cache()\n",
        "shop/app.py": "from flask import Flask\n\ndef create_app():\n    app = Flask('shop')\n    return app\n",
        "shop/views.py": "from shop.models import Order\nfrom shop.near import near\n\ndef view():\n    return Order, near()\n",
        "shop/near.py": "from shop.far import far\n\ndef near():\n    return far()\n",
        "shop/far.py": "from shop.farther import farther\n\ndef far():\n    return farther()\n",
        "shop/farther.py": "from shop.cache import cache\n\ndef farther():\n    return cache\n",
    }
    made = planned(tmp_path, files, "shop.views.view")
    assert made.plan.boot is not None
    assert (made.plan.boot.kind, made.plan.boot.factory) == (BootKind.FLASK, "shop.app.create_app()")
    assert made.plan.because.startswith("shop/cache.py:1:1: ")


def test_models_that_no_import_names_come_with_their_application(tmp_path: Path) -> None:
    files = {
        "app/__init__.py": "",
        "app/db.py": "from flask_sqlalchemy import SQLAlchemy\n\nclass Own(SQLAlchemy): ...\n\ndb = Own()\n",
        "app/factory.py": "from flask import Flask\nfrom app.db import db\n\ndef make():\n    made = Flask('app')\n    return made\n",
        "app/base/__init__.py": "from app.base.sql import db\n",
        "app/base/sql/__init__.py": "from app.db import db\n",
        "app/things.py": "from app.base import db\n\nclass Thing(db.Model): ...\n",
        "app/jobs.py": "from app.db import db\n\ndef view():\n    return db\n",
        "app/other.py": "class Other: ...\n",
    }
    made = planned(tmp_path, files, "app.jobs.view")
    assert "app.things" in made.plan.modules
    assert "app.other" not in made.plan.modules


def test_an_application_that_is_a_value_of_its_module_is_imported(tmp_path: Path) -> None:
    files = {
        "web.py": "from flask import Flask, current_app\nsite = Flask('web')\n\ndef view():\n    return current_app.name\n"
    }
    made = planned(tmp_path / "in", files, "web.view")
    assert made.plan.boot is not None
    assert made.plan.boot.factory == "web.site"
    started(made, "import application_start as s\nassert s.application.name == 'web'", tmp_path / "out")


def test_an_application_that_nobody_makes_is_refused_with_a_way_out(tmp_path: Path) -> None:
    files = {"web.py": "from flask import current_app\n\ndef view():\n    return current_app.name\n"}
    with pytest.raises(Refused) as caught:
        planned(tmp_path, files, "web.view")
    assert caught.value.location == "web.py:1:1"
    assert "--strategy function" in caught.value.hint


def test_django_starts_with_the_settings_of_the_running_system(tmp_path: Path) -> None:
    made = planned(tmp_path, DJANGO, "desk.views.view")
    boot = made.plan.boot
    assert boot is not None
    assert (boot.kind, boot.settings_module) == (BootKind.DJANGO, "site1.settings.live")
    assert (
        'setdefault("DJANGO_SETTINGS_MODULE", "site1.settings.live")\ndjango.setup()'
        in made.modules["application_start.py"]
    )
    carried = set(made.plan.modules)
    # What an application's start imports, what its settings name, what templates load by name.
    assert {"desk.receivers", "desk.models", "desk.templatetags.prices", "site1.urls", "site1.settings.base"} <= carried
    assert [each.distribution for each in made.plan.requirements] == ["Django", "django-compressor", "django-redis"]
    # What only Django's own handling of requests would import, other settings, what nobody names.
    assert not carried & {"desk.middleware", "site1.settings.test", "other", "manage"}


def test_of_several_settings_modules_those_of_the_running_system_are_taken(tmp_path: Path) -> None:
    files = {
        **DJANGO,
        "manage.py": 'x = {"DJANGO_SETTINGS_MODULE": "site1.settings.test"}\n',
        "tools.py": 'x = {"DJANGO_SETTINGS_MODULE": "site1.settings.base"}\n',
        "site1/wsgi.py": 'x = {"DJANGO_SETTINGS_MODULE": "site1.settings.live"}\n',
    }
    made = planned(tmp_path, files, "desk.views.view")
    assert made.plan.boot is not None
    assert made.plan.boot.settings_module == "site1.settings.live"


def test_what_an_application_names_by_a_text_travels_too(tmp_path: Path) -> None:
    files = {
        **DJANGO,
        "desk/checks/__init__.py": "",
        "desk/checks/stock.py": "class StockCheck: ...\nfrom desk.checks import helping\n",
        "desk/checks/helping.py": "",
        "desk/backends.py": "Backend = object\n",
        "desk/quiet.py": "",
        "desk/models.py": DJANGO["desk/models.py"]
        + """
    CHECKS = ("desk.checks.stock.StockCheck", "desk.backends.Backend.make")
    LOGGER = "desk.quiet"  # "desk.middleware.Slow"
    MISSING = "desk.middleware.Gone"
    """,
    }
    made = planned(tmp_path, files, "desk.views.view")
    carried = set(made.plan.modules)
    assert {"desk.checks", "desk.checks.stock", "desk.checks.helping", "desk.backends"} <= carried
    assert not carried & {"desk.quiet", "desk.middleware"}


def test_tables_that_no_class_is_mapped_to_travel_with_the_mapped_classes(tmp_path: Path) -> None:
    files = {
        **SHOP,
        "shop/links.py": "from shop.db import db\nlinks = db.Table('links', db.metadata, db.Column('a'))\n",
        "shop/plain.py": "from sqlalchemy import Column, MetaData, Table\nTable('plain', MetaData(), Column('a'))\n",
        "shop/printed.py": "from rich.table import Table\nshown = Table('title', style='x')\n",
    }
    made = planned(tmp_path, files, "shop.views.view")
    assert made.plan.boot is not None and made.plan.boot.kind is BootKind.MAPPED
    carried = set(made.plan.modules)
    assert {"shop.links", "shop.plain", "shop.models"} <= carried
    assert "shop.printed" not in carried


def test_for_missing_settings_their_pattern_is_taken_and_told(tmp_path: Path) -> None:
    listed = {"manage.py": 'x = {"DJANGO_SETTINGS_MODULE": "site1.local"}\n', "site1/settings/live.py": "A = 1\n"}
    docker, pattern = "site1/settings_docker.py", "site1/local_example.py"
    files = {**DJANGO, **listed, docker: "INSTALLED_APPS = []\n", pattern: "INSTALLED_APPS = []\nsettings = 1\n"}
    files = {path: text for path, text in files.items() if not path.startswith("site1/settings/")}
    made = planned(tmp_path, files, "desk.views.view")
    assert made.plan.boot is not None
    assert made.plan.boot.settings_module == "site1.local_example"
    assert [
        "site1.local is named by manage.py:1" in each.reason for each in made.plan.dropped if pattern in each.what
    ] == [True]


def test_the_user_may_name_the_settings_module(tmp_path: Path) -> None:
    tree = monolith(tmp_path, DJANGO)
    made = make_plan(tree, assessed(tree, "desk.views.view"), settings_module="site1.settings.test")
    assert made.plan.boot is not None
    assert made.plan.boot.settings_module == "site1.settings.test"
    with pytest.raises(Refused, match="the tree has no such module"):
        make_plan(tree, assessed(tree, "desk.views.view"), settings_module="site1.settings.gone")


def test_settings_that_are_made_at_installation_are_replaced_by_those_that_list_applications(tmp_path: Path) -> None:
    files = {**DJANGO, "manage.py": 'x = {"DJANGO_SETTINGS_MODULE": "site1.local_settings"}\n'}
    del files["site1/settings/live.py"]
    made = planned(tmp_path, files, "desk.views.view")
    assert made.plan.boot is not None
    assert made.plan.boot.settings_module == "site1.settings.base"
    told = [item.reason for item in made.plan.dropped if item.what.endswith(": site1.settings.base")]
    assert told
    assert "site1.local_settings is named by manage.py:1 and not in the tree" in told[0]


def test_what_of_django_reads_no_settings_starts_nothing(tmp_path: Path) -> None:
    files = {**DJANGO, "text.py": "from django.utils.text import slugify\n\ndef view():\n    return slugify('A b')\n"}
    made = planned(tmp_path, files, "text.view")
    assert (made.plan.strategy, made.plan.boot) == (Strategy.FUNCTION, None)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("return globals()['helper']()", "globals"),
        ("exec('x = helper()'); return 1", "exec"),
        ("import sys; return getattr(sys.modules[__name__], 'helper')()", "sys.modules"),
    ],
)
def test_a_module_whose_names_are_looked_up_at_run_time_stays_whole(line: str, says: str, tmp_path: Path) -> None:
    text = f"import os\n\n\ndef view():\n    {line}\n\n\n# kept\ndef helper(): return LIMIT\n\n\nLIMIT = 1\n"
    made = planned(tmp_path, {"shop.py": text, "rates.py": "X = 1\n"}, "shop.view")
    assert made.plan.strategy is Strategy.MODULE
    assert made.plan.because.startswith("shop.py:4:1")
    assert says in made.plan.because
    assert made.modules == {"shop.py": text}


def test_a_module_with_names_made_on_demand_stays_whole(tmp_path: Path) -> None:
    lazy = "def __getattr__(name):\n    return _make(name)\n\n\ndef _make(name): return name\n\n\nOTHER = 1\n"
    files = {"shop.py": "import lazy\n\ndef view():\n    return lazy.THING\n", "lazy.py": lazy}
    made = planned(tmp_path, files, "shop.view")
    assert made.plan.strategy is Strategy.MODULE
    assert made.modules["lazy.py"] == lazy


def test_whole_modules_on_demand(tmp_path: Path) -> None:
    files: Mapping[str, str] = {
        "shop.py": "from rates import LOW\n\n\n@bp.route('/x')\ndef view():\n    return LOW\n\n\ndef other():\n    import late\n",
        "rates.py": "LOW = 1\nHIGH = 2\n",
        "late.py": "",
        "unrelated.py": "",
    }
    tree = monolith(tmp_path, files)
    made = make_plan(tree, assessed(tree, "shop.view"), strategy=Strategy.MODULE)
    assert made.plan.strategy is Strategy.MODULE
    assert set(made.modules) == {"shop.py", "rates.py", "late.py"}
    assert made.modules["rates.py"] == files["rates.py"]
    # The registration stays with the legacy application; everything else is as it was.
    assert made.modules["shop.py"] == files["shop.py"].replace("@bp.route('/x')\n", "")


def test_a_patch_of_a_library_stays_where_the_library_is_used(tmp_path: Path) -> None:
    files = {
        "shop.py": """
        import json
        import yaml
        import ujson

        yaml.width = 80
        ujson.mode = 1

        def view():
            return yaml.dump({})
        """
    }
    made = planned(tmp_path, files, "shop.view")
    assert "yaml.width = 80" in made.modules["shop.py"]
    assert "ujson" not in made.modules["shop.py"]


@pytest.mark.parametrize("strategy", [None, Strategy.MODULE])
def test_a_compiled_module_of_its_own_is_told(strategy: Strategy | None, tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/core.py": "from shop._fast import add\n\ndef view():\n    return add(1, 2)\n",
    }
    tree = monolith(tmp_path, files)
    found = assessed(tree, "shop.core.view")
    with pytest.raises(Refused, match=r"shop\._fast cannot travel"):
        make_plan(tree, found, strategy=strategy)
    plan = make_plan(tree, found, strategy=strategy, handler_needed=False).plan
    whats = [item.what for item in plan.dropped]
    assert whats == ["shop/core.py:1:1: the slice", "shop/core.py:1:1: import of shop._fast"]
    assert (plan.requirements, plan.target) == ((), Target.NONE)


SOFTLY = {
    "a fallback": "try:\n    from shop._fast import add\nexcept ImportError:\n    from operator import add\n",
    "inside a function": "def add(a, b):\n    from shop._fast import add\n    return add(a, b)\n",
    "for type checkers": "from typing import TYPE_CHECKING\nfrom operator import add\nif TYPE_CHECKING:\n    from shop._fast import T\n",
}


@pytest.mark.parametrize("how", SOFTLY)
def test_a_compiled_module_that_may_be_missing_is_not_in_the_way(how: str, tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/core.py": f"{SOFTLY[how]}\ndef view():\n    return add(1, 2)\n"}
    tree = monolith(tmp_path, files)
    assert make_plan(tree, assessed(tree, "shop.core.view")).plan.target is Target.ZIP
