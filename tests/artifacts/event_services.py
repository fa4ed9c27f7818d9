"""Services for events other than requests: one small monolith for each way in which events come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from migrator.artifacts import Artifacts, make_artifacts
from tests.support.jobs import planned_job

TASK = """
import smtplib
from celery import Celery
from celery.schedules import crontab

from shop.errors import Busy

app = Celery("shop")
app.conf.update(
    task_acks_late=True,
    timezone="Europe/Berlin",
    beat_schedule={"weekly": {"task": "shop.tell", "schedule": crontab(hour=7, minute=0, day_of_week="mon")}},
)


@app.task(name="shop.tell", autoretry_for=(smtplib.SMTPException, Busy), retry_backoff=2, max_retries=3, rate_limit="5/s")
def tell(to: str = "everybody", numbers: list[int] | None = None) -> None:
    with smtplib.SMTP("mail.example") as server:
        server.sendmail("shop@example.com", to, f"{numbers}")
"""
QUEUE = {
    "shop/__init__.py": "",
    "shop/errors.py": "class Busy(Exception):\n    pass\n",
    "shop/jobs.py": TASK,
}
CALL = {
    "shop.py": "import smtplib\nimport click\n\n\n@click.command()\n@click.argument('to')\ndef greet(to: str) -> dict[str, str]:\n"
    "    with smtplib.SMTP('mail.example') as server:\n        server.sendmail('shop@example.com', to, 'hello')\n    return {'to': to}\n"
}
EVENT = {
    "shop.py": "from typing import Any\nfrom urllib.parse import unquote_plus\n\nimport boto3\n"
    "from aws_lambda_powertools.utilities.data_classes import S3Event, event_source\n\ns3 = boto3.client('s3')\n\n\n"
    "@event_source(data_class=S3Event)\ndef stored(event: S3Event, context: Any) -> list[str]:\n"
    "    keys = [unquote_plus(record.s3.get_object.key) for record in event.records]\n"
    "    for key in keys:\n        s3.put_object(Bucket='seen', Key=key, Body=b'')\n    return keys\n",
    "requirements.txt": "boto3==1.44.5\n",
}
DJANGO = {
    "shop/__init__.py": "",
    "shop/conf.py": "SECRET_KEY = 'x'\nROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = ['shop']\n"
    "MIDDLEWARE = ['django.middleware.common.CommonMiddleware', 'shop.stamps.Stamp']\n",
    "shop/stamps.py": "class Stamp:\n    pass\n",
    "shop/urls.py": "from django.urls import path, re_path\n\nfrom shop import views\n\nurlpatterns = [\n"
    "    path('tax/<slug:country>/<int:cents>/', views.tax, name='tax'),\n"
    "    re_path(r'^old/(?P<country>[A-Z]{2})$', views.tax, {'cents': 7}),\n]\n",
    "shop/views.py": "from django.http import HttpRequest, JsonResponse\n\n\n"
    "def tax(request: HttpRequest, country: str, cents: int) -> JsonResponse:\n"
    "    return JsonResponse({'country': country, 'cents': cents})\n",
    "manage.py": "import os\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf')\n",
    "requirements.txt": "django==5.2.19\n",
}
FASTAPI = {
    "shop.py": "from fastapi import APIRouter, FastAPI\n\nrouter = APIRouter(prefix='/tax')\n\n\n"
    "@router.get('/{country}')\nasync def tax(country: str, cents: int = 1) -> dict[str, object]:\n"
    "    return {'country': country, 'cents': cents}\n\n\napp = FastAPI()\napp.include_router(router, prefix='/api')\n",
    "requirements.txt": "fastapi==0.165.0\n",
}


def django(folder: Path) -> Artifacts:
    return service(folder, DJANGO, "shop.views.tax")


def fastapi(folder: Path) -> Artifacts:
    return service(folder, FASTAPI, "shop.tax")


def queue(folder: Path) -> Artifacts:
    return service(folder, QUEUE, "shop.jobs.tell")


def call(folder: Path) -> Artifacts:
    return service(folder, CALL, "shop.greet")


def event(folder: Path) -> Artifacts:
    return service(folder, EVENT, "shop.stored")


def service(folder: Path, files: Mapping[str, str], name: str, **options: object) -> Artifacts:
    return make_artifacts(planned_job(folder, files, name, accepted_unresolved="looked at", **options))
