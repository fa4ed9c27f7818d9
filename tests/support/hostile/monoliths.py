"""Small monoliths with a place for a text wherever one may stand: together they need every template.

In: texts. Out: files, and which function is cut out of them. The marks are those of `tests.support.hostile.texts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from migrator.artifacts import Artifacts, make_artifacts
from migrator.domain.effects import Effect
from migrator.domain.plans import EventSource
from migrator.domain.services import CircuitBreaker, SecretStore, ServiceChoices
from migrator.facts import extract_facts, read_overrides
from migrator.knowledge import Knowledge, load_knowledge
from migrator.model import build_model
from migrator.plan import PlannedSlice, make_plan
from migrator.source import read_tree
from migrator.verdicts import assess
from tests.support.hostile.texts import filled

_SENT: Final = "    with smtplib.SMTP(<<text:server>>) as server:\n        server.sendmail(<<text:sender>>, 'b@example.com', <<text:letter>>)\n"
_READ: Final = (
    "    key = os.environ['API_TOKEN'] + os.environ.get('PAGE_SIZE', <<text:setting>>) + os.environ['SHOP_REGION']\n"
    "    requests.post('https://api.example.com/v1/' + <<text:address>>, data=key, timeout=3)\n"
)
_HEAD: Final = '"""About the module."""\n# <<comment:head>>\n'
_DOC: Final = "    <<text:docstring>>\n"
_FLASK: Final = "from flask import Flask, jsonify, request\nweb = Flask(__name__)\n\n\n"
_CELERY: Final = "from celery import Celery\nfrom celery.schedules import crontab\napp = Celery(<<text:app>>)\n"
_POWERTOOLS: Final = "from aws_lambda_powertools.utilities.data_classes import"
_ACTING: Final = """
import os
import boto3
import redis
import requests
from sqlalchemy import create_engine, text

engine = create_engine(os.environ["SHOP_DATABASE"])
queue = boto3.client("sqs")
cache = redis.Redis(<<text:cache>>)


def act(do):
    with engine.begin() as connection:
        connection.execute(text(<<text:statement>>))
    cache.set(<<text:key>>, do)
    queue.send_message(QueueUrl=os.environ["ORDERS_ADDRESS"], MessageBody=<<text:body>>)
    requests.post(os.environ["CHAT_ADDRESS"], json={"x": <<text:json>>}, timeout=3).raise_for_status()
    return {"do": do}
"""
_DJANGO: Final[Mapping[str, str]] = {
    "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf')\n",
    "shop/__init__.py": "",
    "shop/conf.py": "SECRET_KEY = <<text:secret>>\nROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = ['shop']\n"
    "MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'shop.stamps.Stamp']\nDEBUG_NAME = <<text:name>>\n",
    "shop/stamps.py": "class Stamp:\n    pass\n",
    "requirements.txt": "django==5.2.19\nflask==3.1.3  # <<comment:pin>>\n",
}
_PINS: Final = "flask==3.1.3  # <<comment:pin>>\nboto3==1.44.5\nrequests==2.34.2\nsqlalchemy==2.1.9\nredis==8.1.0\n"


@dataclass(frozen=True)
class Hostile:
    """A monolith and what is cut out of it.

    Attributes:
        files: path to a source with marks.
        options: for `make_plan`.
        choices: for `make_artifacts`.
    """

    files: Mapping[str, str]
    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    choices: ServiceChoices = field(default_factory=ServiceChoices)


_PLAIN: Final = Hostile(
    {
        "shop/__init__.py": "",
        "requirements.txt": _PINS,
        "shop/web.py": f"{_HEAD}import os\nimport requests\n{_FLASK}"
        "@web.get(<<path:route>>, endpoint=<<printed:endpoint>>, defaults={'more': <<text:default>>})\n"
        "@web.get(<<path:other>> + '/<int:n>')\n"
        f"def view(n=1, more=<<text:argument>>):\n{_DOC}{_READ}    # <<comment:body>>\n    return {{'n': n, <<text:field>>: <<text:value>>}}\n",
    },
    "shop.web.view",
    choices=ServiceChoices(breakers=(CircuitBreaker("api.example.com"),)),
)


def _with(case: Hostile, *, choices: ServiceChoices | None = None, **options: Any) -> Hostile:
    return Hostile(case.files, case.name, options, choices or case.choices)


def _web(body: str) -> Hostile:
    return Hostile(
        {
            "shop/__init__.py": "",
            "requirements.txt": _PINS,
            "shop/work.py": _ACTING,
            "shop/web.py": f"{_HEAD}{_FLASK}from shop.work import act\n\n\n@web.post(<<path:route>> + '/<do>')\n"
            f"def view(do):\n{_DOC}{body}",
        },
        "shop.web.view",
    )


def _event(source: str, name: str = "m.work") -> Hostile:
    return Hostile({"m.py": source, "requirements.txt": _PINS}, name)


CASES: Final[Mapping[str, Hostile]] = {
    "a plain view": _PLAIN,
    "a plain view behind a REST API": _with(
        _PLAIN, front=EventSource.REST_API, choices=ServiceChoices(secrets=SecretStore.SECRETS_MANAGER)
    ),
    "a plain view behind a load balancer": _with(_PLAIN, front=EventSource.LOAD_BALANCER, choices=ServiceChoices()),
    "a plain view with guards": _web("    return act(do)\n"),
    "a view of Flask with guards": _web("    return jsonify(act(request.args.get(<<text:query>>, do)))\n"),
    "settings and files of any name": Hostile(
        {
            "shop/__init__.py": "",
            "shop/web.py": f"{_HEAD}import os\n{_FLASK}@web.get(<<path:route>>)\ndef view():\n{_DOC}"
            "    here = os.path.dirname(__file__)\n    with open(os.path.join(here, <<text:file>>)) as file:\n        text = file.read()\n"
            "    return {'a': os.environ['a ' <<text:variable>>] + os.environ.get('b ' <<text:other>>, <<text:default>>) + text}\n",
            "requirements.txt": "flask==3.1.3  # <<comment:pin>>\n",
        },
        "shop.web.view",
    ),
    "a coroutine": Hostile(
        {"shop.py": f"{_HEAD}{_FLASK}@web.get(<<path:route>>)\nasync def view():\n{_DOC}    return {{'a': <<text:value>>}}\n"},
        "shop.view",
    ),
    "a view of Django": Hostile(
        {
            **_DJANGO,
            "shop/urls.py": "from django.urls import path\nfrom shop import views\n"
            "urlpatterns = [path('tax/<slug:country>/', views.tax, {'more': <<text:extra>>}, name=<<text:name>>)]\n",
            "shop/views.py": f"{_HEAD}from django.http import JsonResponse\n\n\ndef tax(request, country, more):\n{_DOC}"
            "    return JsonResponse({'country': country, 'x': <<text:value>>})\n",
        },
        "shop.views.tax",
    ),
    "a view of Django by its own URLs": Hostile(
        {
            **_DJANGO,
            "shop/urls.py": "from functools import partial\nfrom django.urls import path\nfrom shop import views\n"
            "urlpatterns = [path('tax/<slug:country>/', partial(views.tax, more=<<text:extra>>))]\n",
            "shop/views.py": f"{_HEAD}import os\nfrom django.db import connection\nfrom django.http import JsonResponse\n\n\n"
            f"def tax(request, country, more):\n{_DOC}    with connection.cursor() as cursor:\n"
            "        cursor.execute(<<text:statement>>)\n    return JsonResponse({'country': country})\n",
        },
        "shop.views.tax",
    ),
    "a view of FastAPI": Hostile(
        {
            "shop.py": f"{_HEAD}from fastapi import APIRouter, FastAPI\nrouter = APIRouter(prefix=<<path:prefix>>, tags=[<<text:tag>>])\n"
            "\n\n@router.get(<<path:route>> + '/{n}', summary=<<text:summary>>)\n"
            f"async def tax(n: int, more: str = <<text:default>>) -> dict[str, object]:\n{_DOC}    return {{'n': n}}\n\n\n"
            "app = FastAPI(title=<<text:title>>)\napp.include_router(router)\n",
            "requirements.txt": "fastapi==0.165.0\n",
        },
        "shop.tax",
    ),
    "a view of Starlette": Hostile(
        {
            "shop.py": f"{_HEAD}from starlette.applications import Starlette\nfrom starlette.responses import JSONResponse\n"
            f"from starlette.routing import Route\n\n\nasync def tax(request):\n{_DOC}    return JSONResponse({{'n': <<text:value>>}})\n\n\n"
            "app = Starlette(routes=[Route(<<path:route>>, tax, name=<<text:name>>)])\n",
            "requirements.txt": "starlette==1.0.0\n",
        },
        "shop.tax",
    ),
    "a task of a clock": Hostile(
        {
            "shop/__init__.py": "",
            "shop/errors.py": "class Busy(Exception):\n    <<text:docstring>>\n",
            "shop/jobs.py": f"{_HEAD}import os\nimport requests\nimport smtplib\n{_CELERY}from shop.errors import Busy\n"
            "app.conf.beat_schedule = {<<text:entry>>: {'task': <<text:task>>, 'schedule': crontab(hour=7), 'args': (<<text:sent>>,)}}\n"
            "\n\n@app.task(name=<<text:task>>, autoretry_for=(Busy,), queue=<<text:queue>>, rate_limit=<<text:rate>>)\n"
            f"def tell(to=<<text:default>>):\n{_DOC}{_READ}{_SENT}",
            "requirements.txt": _PINS,
        },
        "shop.jobs.tell",
    ),
    "a task that sends itself": _event(
        f"{_HEAD}{_CELERY}\n\n@app.task(name=<<text:task>>)\ndef work(left: int, to: str = <<text:default>>):\n{_DOC}"
        "    if left:\n        work.apply_async((left - 1, <<text:sent>>), countdown=60)\n"
    ),
    "a job of a clock": _event(
        f"{_HEAD}import smtplib\nfrom apscheduler.schedulers.background import BackgroundScheduler\nclock = BackgroundScheduler()\n\n\n"
        f"@clock.scheduled_job('cron', hour=3, id=<<text:id>>, name=<<text:name>>)\ndef work():\n{_DOC}{_SENT}"
    ),
    "a command": _event(
        f"{_HEAD}import smtplib\nimport click\n\n\n@click.command(name=<<text:command>>, help=<<text:help>>)\n"
        f"@click.argument('to')\n@click.option('--more', default=<<text:default>>)\ndef work(to: str, more: str):\n{_DOC}{_SENT}"
    ),
    "a subscriber": _event(
        f"{_HEAD}from blinker import signal\nplaced = signal(<<text:signal>>)\n\n\n@placed.connect\n"
        f"def work(sender, number: int = 0, word: str = <<text:default>>):\n{_DOC}    return [number, <<text:value>>]\n"
    ),
    "a task of an application": Hostile(
        {
            **_DJANGO,
            "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    <<text:docstring>>\n    name = models.CharField(max_length=9)\n",
            "shop/jobs.py": f"{_HEAD}from celery import shared_task\nfrom shop.models import Order\n\n\n@shared_task(name=<<text:task>>)\n"
            f"def work(name: str):\n{_DOC}    Order.objects.create(name=name + <<text:value>>)\n",
            "requirements.txt": "django==5.2.19\ncelery==5.6.0\n",
        },
        "shop.jobs.work",
    ),
    "a task of a Flask application": Hostile(
        {
            "shop/__init__.py": "",
            "shop/base.py": "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n",
            "shop/app.py": "from flask import Flask\nfrom shop.base import db\n\n\ndef create_app():\n    app = Flask(<<text:app>>)\n"
            "    app.config['SQLALCHEMY_DATABASE_URI'] = <<text:database>>\n    db.init_app(app)\n    return app\n",
            "shop/models.py": "from shop.base import db\n\n\nclass Order(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
            "shop/jobs.py": f"{_HEAD}from celery import shared_task\nfrom shop.base import db\nfrom shop.models import Order\n\n\n"
            f"@shared_task(name=<<text:task>>)\ndef work():\n{_DOC}    db.session.add(Order())\n    db.session.commit()\n",
            "requirements.txt": "flask==3.1.3\nflask-sqlalchemy==3.1.1\ncelery==5.6.0\n",
        },
        "shop.jobs.work",
    ),
    "a bucket": _event(
        f"{_HEAD}import boto3\n{_POWERTOOLS} S3Event, event_source\ns3 = boto3.client('s3')\n\n\n@event_source(data_class=S3Event)\n"
        f"def work(event, context):\n{_DOC}    s3.put_object(Bucket=<<text:bucket>>, Key=<<text:key>>, Body=b'')\n    return []\n"
    ),
    "a topic": _event(
        f"{_HEAD}import smtplib\n{_POWERTOOLS} SNSEvent, event_source\n\n\n@event_source(data_class=SNSEvent)\ndef work(event, context):\n{_DOC}{_SENT}"
    ),
    "a bus": _event(f"{_HEAD}\n\ndef handler(event, context):\n{_DOC}    return event['detail-type'] + <<text:value>>\n", "m.handler"),
    "a data stream": _event(
        f"{_HEAD}{_POWERTOOLS} KinesisStreamEvent, event_source\n\n\n@event_source(data_class=KinesisStreamEvent)\n"
        f"def work(event, context):\n{_DOC}    return {{'batchItemFailures': [], <<text:field>>: 1}}\n"
    ),
    "a table's stream": _event(
        f"{_HEAD}\n\ndef handler(event, context):\n{_DOC}    return [r['dynamodb'] for r in event['Records'] if r != <<text:value>>]\n",
        "m.handler",
    ),
    "a log": _event(
        f"{_HEAD}{_POWERTOOLS} KafkaEvent, event_source\n\n\n@event_source(data_class=KafkaEvent)\ndef work(event, context):\n{_DOC}"
        "    return {'batchItemFailures': [], <<text:field>>: 1}\n"
    ),
    "somebody's queue": _event(
        f"{_HEAD}\n\ndef handler(event, context):\n{_DOC}    print([r['receiptHandle'] for r in event['Records']], <<text:printed>>)\n"
        "    return {'batchItemFailures': []}\n",
        "m.handler",
    ),
    "a cache in a private network": _event(
        f"{_HEAD}import tempfile\nimport redis\nfrom celery import shared_task\ncache = redis.Redis(<<text:host>>)\n\n\n@shared_task\n"
        f"def work(key: str):\n{_DOC}    cache.delete(key + <<text:key>>)\n    with tempfile.NamedTemporaryFile() as file:\n        file.write(b'x')\n"
    ),
}  # fmt: skip
"""One monolith for each kind of service, by what it is."""

REASON: Final = "reason"
"""The name of the text that says why effects and unresolved calls are taken on."""


def write_files(case: Hostile, folder: Path, texts: Callable[[str], str]) -> Path:
    """The monolith with the texts in it."""
    for path, source in case.files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(source, texts), encoding="utf-8")
    return folder


@cache
def _known() -> Knowledge:
    return load_knowledge()


def made(case: Hostile, folder: Path, texts: Callable[[str], str]) -> Artifacts:
    """The service of a monolith with the texts in it.

    Raises:
        Refused: a text cannot be said where it would have to be.
    """
    return make_artifacts(planned_of(case, folder, texts), case.choices)


def planned_of(case: Hostile, folder: Path, texts: Callable[[str], str]) -> PlannedSlice:
    """The plan of it; every effect is accepted, with a text for the reason."""
    tree = read_tree(write_files(case, folder, texts))
    # As `bootstrap.analyze_with_model` does it, but for the libraries' files, which are read once for all cases.
    facts, _ = extract_facts(tree, 1)
    model = build_model(facts, _known(), read_overrides(tree)[0])
    candidates = assess(model)
    said = f"why {texts(REASON)}"
    return make_plan(
        tree,
        next(each for each in candidates if each.name == case.name),
        others=candidates,
        model=model,
        accepted=dict.fromkeys(Effect, said),
        accepted_unresolved=said,
        **case.options,
    )


SHOP: Final = Hostile(
    {
        **CASES["a plain view"].files,
        **CASES["a task of a clock"].files,
        "shop/calls.py": "# <<comment:head>>\nfrom shop.jobs import tell\n\n\ndef order(to):\n    tell.delay(to + <<text:sent>>)  # <<comment:call>>\n",
        "shop/cart.py": f"{_HEAD}{_FLASK}_carts = {{}}\n\n\n@web.post(<<path:cart>>)\ndef add():\n{_DOC}"
        "    _carts[<<text:key>>] = request.form[<<text:field>>]  # <<comment:body>>\n    open('/srv/' + <<text:file>>, 'w').close()\n"
        "    # migrator: allow local-disk-write <<comment:allowed>>\n    return {}\n",
        "shop/broken.py": "# <<comment:broken>>\nx = (<<text:broken>>\n",
    },
    "shop.web.view",
)
"""One monolith with a candidate of each kind that commands speak of, and with a file that cannot be read."""
