"""What a slice reads from outside of its code, which of it is a credential, and what it does when it is imported."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.domain.plans import SettingKind
from migrator.plan import PlannedSlice
from migrator.plan.outside.secrets import _by_name
from tests.support.slices import planned


def sliced(folder: Path, head: str, body: str = "1", **files: str) -> PlannedSlice:
    text = f"{head}\n\ndef view(key='x'):\n    return {body}\n"
    others = {f"{name}.py": value for name, value in files.items()}
    return planned(folder, {"shop.py": text, **others}, "shop.view")


@pytest.mark.parametrize(
    ("head", "body", "name", "default", "required"),
    [
        ("import os", "os.environ.get('A', 'x' * 2)", "A", "'x' * 2", False),
        ("import os", "os.getenv('A')", "A", "", False),
        ("from os import environ as env", "env['A']", "A", "", True),
        ("from os import getenv", "getenv(key='B') or getenv('A', default=3)", "A", "3", False),
        ("from config import flag", "flag('A', True)", "A", "True", False),
        ("from config import needed", "needed('A')", "A", "", True),
        ("from decouple import config", "config('A', default='')", "A", "''", False),
        ("from decouple import config", "config('A')", "A", "", True),
        ("import environ\nenv = environ.Env()", "env.int('A', default=1)", "A", "1", False),
        ("from pydantic_settings import BaseSettings\n\nclass S(BaseSettings):\n    model_config = {}\n    a: int", "S()", "A", "", True),
    ],
)  # fmt: skip
def test_variables_of_the_process(
    head: str, body: str, name: str, default: str, required: bool, tmp_path: Path
) -> None:
    config = "import os\n\ndef flag(name, default):\n    return os.environ.get(name, default)\n\n\ndef needed(name):\n    return os.environ[name]\n"
    made = sliced(tmp_path, head, body, config=config)
    assert [(each.name, each.default, each.required) for each in made.plan.settings] == [(name, default, required)]
    assert made.plan.settings[0].kind is SettingKind.ENVIRONMENT
    assert made.plan.settings[0].location.path == "shop.py"


def test_only_what_travels_is_read(tmp_path: Path) -> None:
    made = sliced(
        tmp_path, "from config import USED", "USED", config="import os\nUSED = os.environ['A']\nX = os.environ['B']\n"
    )
    assert [each.name for each in made.plan.settings] == ["A"]


def test_a_name_with_a_default_anywhere_is_not_required(tmp_path: Path) -> None:
    made = sliced(tmp_path, "import os", "os.environ['A'], os.environ.get('A', '2')")
    assert [(each.name, each.default, each.required) for each in made.plan.settings] == [("A", "'2'", False)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SECRET_KEY", "word secret"),
        ("dbPassword", "word password"),
        ("STRIPE_API_KEY", "words api key"),
        ("DATABASE_URL", "words database url"),
        ("SENTRY_DSN", "word dsn"),
        ("APIKEY", "word apikey"),
        ("TOKEN_TTL", ""),
        ("PRIVATE_KEY_PATH", ""),
        ("PASSWORD_RESET_URL", ""),
        ("HIDE_CREDENTIALS", ""),
        ("PASSWORD_HASHERS_ENABLED", ""),
        ("CSRF_TOKEN_HEADER", ""),
        ("KEYBOARD", ""),
        ("TOKENIZER_PATH", ""),
        ("API_URL", ""),
        ("PUBLIC_KEY", ""),
    ],
)
def test_names_of_credentials(name: str, reason: str) -> None:
    assert _by_name(name).endswith(reason) if reason else not _by_name(name)


@pytest.mark.parametrize(
    ("head", "body", "reason"),
    [
        ("import os, requests\nMAIL = os.environ['MAIL']", "requests.get('x', token=MAIL.strip())", "token of requests.get"),
        ("import requests\nfrom config import MAIL", "requests.get('x', password=MAIL)", "password of requests.get"),
        ("import requests\nimport config", "requests.get('x', api_key=config.MAIL)", "api_key of requests.get"),
        ("import hmac, os", "hmac.new(os.environ['MAIL'].encode(), b'')", "key of hmac.new"),
    ],
)  # fmt: skip
def test_values_that_are_handed_on_as_credentials(head: str, body: str, reason: str, tmp_path: Path) -> None:
    made = sliced(tmp_path, head, body, config="import os\nMAIL = os.environ.get('MAIL')\n")
    assert [(each.name, reason in each.reason) for each in made.plan.secrets] == [("MAIL", True)]
    assert made.plan.secrets[0].location.path == "shop.py"


@pytest.mark.parametrize(
    "name", ["API_TOKEN; $(id)", "TOKEN`id`", "../TOKEN", "a\nTOKEN", "TOKEN*", "-TOKEN", "TÖKEN_SECRET"]
)
def test_what_no_store_takes_is_no_credential(name: str, tmp_path: Path) -> None:
    source = f"import os\n\n\n@route\ndef view():\n    return os.environ[{name!r}]\n"
    assert planned(tmp_path, {"shop.py": source}, "shop.view").plan.secrets == ()


def test_settings_that_are_no_credentials_are_none(tmp_path: Path) -> None:
    made = sliced(tmp_path, "import os, requests\nA = os.environ['A']", "requests.get(A, timeout=A)")
    assert made.plan.settings
    assert made.plan.secrets == ()


def test_settings_of_django_and_credentials_in_its_settings_module(tmp_path: Path) -> None:
    files = {
        "desk/__init__.py": "",
        "desk/settings.py": """
        import os
        INSTALLED_APPS = ["desk"]
        SECRET_KEY = "written here"
        PASSWORD_HASHERS = ["x"]
        MAIL_TOKEN = os.environ["MAIL_TOKEN"]
        """,
        "desk/views.py": """
        from django.conf import settings

        def view():
            return settings.PAGE_SIZE, getattr(settings, "LIMIT", 5)
        """,
    }
    made = planned(tmp_path, files, "desk.views.view")
    framework = [(each.name, each.default) for each in made.plan.settings if each.kind is SettingKind.FRAMEWORK]
    assert framework == [("LIMIT", "5"), ("PAGE_SIZE", ""), ("SECRET_KEY", "")]
    assert [each.name for each in made.plan.secrets] == ["MAIL_TOKEN", "SECRET_KEY"]


def test_what_is_done_at_import_and_stays_is_told(tmp_path: Path) -> None:
    files = {
        "shop.py": """
        import redis
        from boto3 import client as aws
        import requests

        TABLE = {}
        TABLE["a"] = 1
        cache = redis.Redis("x")
        unused = redis.Redis("y")

        def view():
            return TABLE, cache, Store.s3, requests.get("x")

        class Store:
            s3 = aws("s3")
        """
    }
    made = planned(tmp_path, files, "shop.view")
    told = {kept.location: (kept.what, kept.becomes) for kept in made.plan.import_time}
    assert told["shop.py:6:1"] == ('TABLE["a"] = 1', "kept: it changes something that the slice reads")
    assert told["shop.py:7:1"][0] == 'cache = redis.Redis("x")'
    assert "connects at its first use" in told["shop.py:13:1"][1]
    assert set(told) == {"shop.py:6:1", "shop.py:7:1", "shop.py:13:1"}
