"""Small monoliths with a function that has the effect which its path names, one for each HTTP front."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migrator.artifacts import Artifacts, make_artifacts
from migrator.domain.effects import Effect
from tests.support.jobs import planned_job

ACCEPTED = dict.fromkeys((Effect.ENVIRONMENT, Effect.BACKGROUND), "the test looks at it")
ACTING = """
    import os
    import smtplib
    from concurrent.futures import ThreadPoolExecutor

    import boto3
    import requests

    session = requests.Session()
    queue = boto3.client("sqs")


    def post():
        session.post(os.environ["CHAT_ADDRESS"], json={{}}).raise_for_status()


    def act(do):
        found = count()
        if do == "email":
            with smtplib.SMTP("127.0.0.1", int(os.environ["MAIL_PORT"])) as server:
                server.sendmail("shop@example.com", "someone@example.com", "hello")
        if do in ("http-out", "swallowed"):
            try:
                post()
            except Exception:
                if do == "http-out":
                    raise
        if do == "threaded":
            with ThreadPoolExecutor() as pool:
                pool.submit(post).result()
        if do == "enqueue":
            queue.send_message(QueueUrl=os.environ["ORDERS_ADDRESS"], MessageBody="x")
        if do == "database":
            insert()
        return {{"orders": found}}

    {0}
    """
SQLALCHEMY = """
    from sqlalchemy import create_engine, text

    engine = create_engine(os.environ["SHOP_DATABASE"])


    def count():
        with engine.connect() as connection:
            return connection.execute(text("SELECT count(*) FROM orders")).scalar_one()


    def insert():
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO orders (name) VALUES ('x')"))
    """
DJANGO = """
    from shop.models import Order


    def count():
        return Order.objects.count()


    def insert():
        Order.objects.create(name="x")
    """
PINS = "flask==3.1.3\nrequests==2.34.2\nboto3==1.44.5\nsqlalchemy==2.1.9\ndjango==5.2.19\nfastapi==0.165.0\n"


def acting(database: str) -> str:
    return ACTING.format(database.strip())


@dataclass(frozen=True)
class Case:
    """A monolith with one view for a front."""

    files: Mapping[str, str]
    name: str = "shop.web.view"


COMMON = {"shop/__init__.py": "", "requirements.txt": PINS}
CASES = {
    "plain": Case(
        {
            **COMMON,
            "shop/work.py": acting(SQLALCHEMY),
            "shop/web.py": """
                from flask import Flask

                from shop.work import act

                web = Flask(__name__)


                @web.get("/do/<do>")
                def view(do):
                    return act(do)
                """,
        }
    ),
    "flask": Case(
        {
            **COMMON,
            "shop/work.py": acting(SQLALCHEMY),
            "shop/web.py": """
                from flask import Flask, jsonify

                from shop.work import act

                web = Flask(__name__)


                @web.get("/do/<do>")
                def view(do):
                    return jsonify(act(do))
                """,
        }
    ),
    "fastapi": Case(
        {
            **COMMON,
            "shop/work.py": acting(SQLALCHEMY),
            "shop/web.py": """
                from fastapi import APIRouter, FastAPI

                from shop.work import act

                router = APIRouter()


                @router.get("/do/{do}")
                def view(do: str) -> dict[str, int]:
                    return act(do)


                app = FastAPI()
                app.include_router(router)
                """,
        }
    ),
    "django": Case(
        {
            **COMMON,
            "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
            "shop/settings.py": """
                import os

                ROOT_URLCONF = "shop.urls"
                INSTALLED_APPS = ["shop"]
                ALLOWED_HOSTS = ["*"]
                DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SHOP_FILE"]}}
                DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
                """,
            "shop/models.py": """
                from django.db import models


                class Order(models.Model):
                    name = models.CharField(max_length=20)

                    class Meta:
                        db_table = "orders"
                """,
            "shop/urls.py": "from django.urls import path\n\nfrom shop import web\n\nurlpatterns = [path('do/<str:do>', web.view)]\n",
            "shop/work.py": acting(DJANGO),
            "shop/web.py": """
                from django.http import JsonResponse

                from shop.work import act


                def view(request, do):
                    return JsonResponse(act(do))
                """,
        }
    ),
}


def guarded(folder: Path, kind: str) -> Artifacts:
    """The service of a case."""
    case = CASES[kind]
    return make_artifacts(
        planned_job(folder, case.files, case.name, accepted=ACCEPTED, accepted_unresolved="looked at")
    )


def guarded_plain(folder: Path) -> Artifacts:
    return guarded(folder, "plain")


def guarded_flask(folder: Path) -> Artifacts:
    return guarded(folder, "flask")


def guarded_fastapi(folder: Path) -> Artifacts:
    return guarded(folder, "fastapi")


def guarded_django(folder: Path) -> Artifacts:
    return guarded(folder, "django")
