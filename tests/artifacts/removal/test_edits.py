"""How files read after a clean-up: registrations of each framework, sends, and nothing else touched."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from migrator.errors import Refused
from migrator.plan.removal import Question
from tests.support.cleaned import Cleaned, clean, plan, write

CELERY = 'from celery import Celery\n\napp = Celery("app")\n'


def removed(before: dict[str, str], after: Cleaned, path: str) -> list[str]:
    """The lines that went; a line that came is an error."""
    lines = difflib.ndiff(before[path].splitlines(), after.text(path).splitlines())
    changed = [line for line in lines if line.startswith(("+", "-"))]
    assert not [line for line in changed if line.startswith("+")]
    return [line[2:] for line in changed]


REGISTRATIONS = {
    "flask decorator": (
        "web.gone",
        """
        from flask import Flask

        app = Flask(__name__)
        # Above what stays.


        # About what goes.
        @app.get("/gone")  # at its line
        def gone():
            return "gone"


        @app.get("/stays")
        def stays():
            return "stays"
        """,
        ["", "", "# About what goes.", '@app.get("/gone")  # at its line', "def gone():", '    return "gone"'],
    ),
    "flask add_url_rule": (
        "web.gone",
        """
        from flask import Flask

        app = Flask(__name__)


        def gone():
            return "gone"


        def stays():
            return "stays"


        app.add_url_rule("/gone", view_func=gone)
        app.add_url_rule("/stays", view_func=stays)
        """,
        ["", "", "def gone():", '    return "gone"', 'app.add_url_rule("/gone", view_func=gone)'],
    ),
    "flask rule in a factory": (
        "web.gone",
        """
        from flask import Flask


        def gone():
            return "gone"


        def make():
            app = Flask(__name__)
            app.add_url_rule("/gone", view_func=gone)
            return app


        app = make()
        """,
        ["", "", "def gone():", '    return "gone"', '    app.add_url_rule("/gone", view_func=gone)'],
    ),
    "fastapi": (
        "web.gone",
        """
        from fastapi import FastAPI
        from pydantic import BaseModel

        app = FastAPI()


        class Body(BaseModel):
            number: int


        @app.post("/gone")
        async def gone(body: Body) -> int:
            return body.number
        """,
        [
            *("from pydantic import BaseModel", "", "", "class Body(BaseModel):", "    number: int", "", ""),
            *('@app.post("/gone")', "async def gone(body: Body) -> int:", "    return body.number"),
        ],
    ),
    "celery beat": (
        "web.gone",
        """
        from celery import Celery
        from celery.schedules import crontab, solar

        app = Celery("web")


        @app.task
        def gone():
            return 1


        @app.task
        def stays():
            return 2


        app.conf.beat_schedule = {
            # Every night.
            "gone": {"task": "web.gone", "schedule": crontab(hour=2)},
            "stays": {"task": "web.stays", "schedule": solar("dawn", 1, 2)},
        }
        app.conf.task_routes = {"web.gone": {"queue": "slow"}, "web.stays": {"queue": "slow"}}
        """,
        None,
    ),
    "click": (
        "web.gone",
        """
        import click


        @click.group()
        def cli():
            pass


        @cli.command()
        @click.option("--number", type=int)
        def gone(number):
            click.echo(number)


        @cli.command()
        def stays():
            click.echo(1)
        """,
        [
            "",
            "",
            "@cli.command()",
            '@click.option("--number", type=int)',
            "def gone(number):",
            "    click.echo(number)",
        ],
    ),
}


@pytest.mark.parametrize(("name", "text", "gone"), list(REGISTRATIONS.values()), ids=list(REGISTRATIONS))
def test_registrations(tmp_path: Path, name: str, text: str, gone: list[str] | None) -> None:
    root = write(tmp_path, {"web.py": text})
    before = {"web.py": (root / "web.py").read_text()}
    after = clean(root, name)
    left = after.text("web.py")
    compile(left, "web.py", "exec")
    assert "gone" not in left.replace("# About what goes.", "")
    if gone is not None:
        assert sorted(removed(before, after, "web.py")) == sorted(gone)


def test_a_table_keeps_its_other_entries_and_its_comments(tmp_path: Path) -> None:
    name, text, _ = REGISTRATIONS["celery beat"]
    after = clean(write(tmp_path, {"web.py": text}), name)
    assert after.text("web.py").endswith(
        "app.conf.beat_schedule = {\n    # Every night.\n"
        '    "stays": {"task": "web.stays", "schedule": solar("dawn", 1, 2)},\n}\n'
        'app.conf.task_routes = {"web.stays": {"queue": "slow"}}\n'
    )
    assert "from celery.schedules import solar\n" in after.text("web.py")
    assert any("ScheduleState=ENABLED" in note for note in after.change.notes)


DJANGO = {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
    "site1/__init__.py": "",
    "site1/settings.py": 'ROOT_URLCONF = "site1.urls"\nINSTALLED_APPS = ["site1"]\n',
    "site1/views.py": """
        from django.http import HttpResponse


        def gone(request):
            return HttpResponse("gone")


        def stays(request):
            return HttpResponse("stays")
    """,
    "site1/urls.py": """
        from django.urls import path

        from site1 import views
        from site1.views import gone

        urlpatterns = [
            path("stays/", views.stays, name="stays"),
            path("gone/", gone, name="gone-page"),  # for the press
        ]
    """,
    "site1/management/__init__.py": "",
    "site1/management/commands/__init__.py": "",
    "site1/management/commands/tidy.py": """
        from django.core.management.base import BaseCommand


        class Command(BaseCommand):
            def handle(self, *args, **options):
                print("tidy")
    """,
}


def test_django_routes(tmp_path: Path) -> None:
    after = clean(write(tmp_path, DJANGO), "site1.views.gone")
    assert after.text("site1/urls.py") == (
        "from django.urls import path\n\nfrom site1 import views\n\nurlpatterns = [\n"
        '    path("stays/", views.stays, name="stays"),\n]\n'
    )
    assert "def gone" not in after.text("site1/views.py") and "def stays" in after.text("site1/views.py")


@pytest.mark.parametrize(
    "asking",
    [
        {"site1/links.py": 'from django.urls import reverse\n\n\ndef link():\n    return reverse("gone-page")\n'},
        {"site1/links.py": 'from site1.links2 import eventreverse\n\nLINK = eventreverse(None, "ns:gone-page")\n'},
        {"site1/templates/page.html": "<p>\n<a href=\"{% url 'gone-page' %}\">\n"},
    ],
)
def test_a_url_that_is_made_of_the_routes_name_is_in_the_way(tmp_path: Path, asking: dict[str, str]) -> None:
    root = write(tmp_path, DJANGO | asking)
    [path] = asking
    with pytest.raises(Refused, match=rf"{path}:\d+: makes a URL of its route's name"):
        plan(root, "site1.views.gone", Question)


def test_django_routes_by_the_whole_name_of_a_module(tmp_path: Path) -> None:
    urls = """
        from django.urls import path

        import site1.views

        urlpatterns = [
            path("stays/", site1.views.stays, name="stays"),
            path("gone/", site1.views.gone, name="gone-page"),
        ]
    """
    after = clean(write(tmp_path, DJANGO | {"site1/urls.py": urls}), "site1.views.gone")
    assert after.text("site1/urls.py").endswith('[\n    path("stays/", site1.views.stays, name="stays"),\n]\n')


def test_a_dot_in_a_name_of_django_parts_nothing(tmp_path: Path) -> None:
    asking = 'from django.urls import reverse\n\nLINK = reverse("ns:other.gone-page")\n'
    plan(write(tmp_path, DJANGO | {"site1/links.py": asking}), "site1.views.gone")


def test_the_same_name_in_another_blueprint_is_another_view(tmp_path: Path) -> None:
    text = """
        from flask import Blueprint, url_for

        tax = Blueprint("tax", __name__)


        @tax.get("/gone")
        def show():
            return "gone"


        def link():
            return url_for("<<>>.show")
    """
    plan(write(tmp_path / "other", {"web.py": text.replace("<<>>", "cart")}), "web.show")
    for name in ("tax", ""):
        with pytest.raises(Refused, match=r"web\.py:12: makes a URL of its route's name"):
            plan(write(tmp_path / f"own{name}", {"web.py": text.replace("<<>>", name)}), "web.show")


def test_a_direct_call_of_a_view_is_in_the_way(tmp_path: Path) -> None:
    asking = {"site1/links.py": "from site1.views import gone\n\n\ndef link(request):\n    return gone(request)\n"}
    with pytest.raises(Refused, match=r"site1/links\.py:5: uses the candidate here"):
        plan(write(tmp_path, DJANGO | asking), "site1.views.gone", Question)


def test_a_command_that_others_build_on_is_in_the_way(tmp_path: Path) -> None:
    more = "from site1.management.commands.tidy import Command as Tidy\n\n\nclass Command(Tidy):\n    pass\n"
    root = write(tmp_path, DJANGO | {"site1/management/commands/more.py": more})
    with pytest.raises(Refused, match=r"more\.py:4: uses the candidate here: nothing carries that"):
        plan(root, "site1.management.commands.tidy.Command.handle", Question)


def test_management_commands_go_with_their_file(tmp_path: Path) -> None:
    clean(write(tmp_path, DJANGO), "site1.management.commands.tidy.Command.handle")
    assert not (tmp_path / "site1/management/commands/tidy.py").exists()


SENDS = {
    "app/__init__.py": "",
    "app/celery_app.py": CELERY,
    "app/jobs.py": """
        from app.celery_app import app


        @app.task
        def job(number):
            return number


        @app.task
        def other(number):
            job.delay(number)
    """,
    "app/by_name.py": """
        from app.jobs import (
            job,  # the one
            other,
        )


        def send():
            job.delay(1)
            other.delay(job.apply_async((2,), countdown=3) and None)
    """,
    "app/by_module.py": "from app import jobs\n\n\ndef send():\n    jobs.job.apply_async(kwargs={'number': 1})\n",
    "app/lazily_too.py": "def send():\n    from app.jobs import job, other\n\n    other.delay(job.delay(1) and None)\n",
    "app/lazily.py": "def send(on_commit):\n    from app.jobs import job as later\n\n    on_commit(lambda: later.delay(1))\n",
}


def _sent(root: Path, module: str, call: str) -> list[tuple[str, int]]:
    """What a send of the cleaned monolith hands to the client's sender, in a child process."""
    import json
    import subprocess
    import sys

    code = (
        "import json, sys\n"
        "from app.migrator_clients import app_jobs_job as client\n"
        "found = []\n"
        "client.job.send = lambda body, delay: found.append((json.loads(body), delay))\n"
        f"from app import {module}\n{module}.{call}\n"
        "print(json.dumps(found))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return [(json.dumps({**body, "id": "x"}), delay) for body, delay in json.loads(done.stdout)]


def test_sends_are_taken_over_by_a_client(tmp_path: Path) -> None:
    files = dict(SENDS)
    files["app/lazily_too.py"] = files["app/lazily_too.py"].replace(
        "other.delay(job.delay(1) and None)", "job.delay(other)"
    )
    files["app/by_name.py"] = files["app/by_name.py"].replace(
        "other.delay(job.apply_async((2,), countdown=3) and None)", "job.apply_async((2,), countdown=3)"
    )
    after = clean(write(tmp_path, files), "app.jobs.job")
    assert {(place.path, place.line) for place in after.change.sends} == {
        ("app/by_module.py", 5),
        ("app/by_name.py", 8),
        ("app/by_name.py", 9),
        ("app/jobs.py", 11),
        ("app/lazily.py", 4),
        ("app/lazily_too.py", 4),
    }
    client = "from app.migrator_clients.app_jobs_job import job"
    assert after.text("app/by_name.py").startswith(f"from app.jobs import (\n    other,\n)\n{client}\n")
    assert after.text("app/by_module.py").startswith(f"from app import jobs\n{client}\n")
    assert "    job.apply_async(kwargs={'number': 1})" in after.text("app/by_module.py")
    assert f"    {client} as later\n\n    on_commit(lambda: later.delay(1))" in after.text("app/lazily.py")
    assert after.text("app/lazily_too.py").startswith(f"def send():\n    from app.jobs import other\n    {client}\n")
    assert after.text("app/jobs.py").startswith(f"from app.celery_app import app\n{client}\n\n\n@app.task\ndef other")
    body = '{"task": "app.jobs.job", "id": "x", "args": [%s], "kwargs": {%s}}'
    assert _sent(tmp_path, "by_name", "send()") == [(body % (1, ""), 0), (body % (2, ""), 3)]
    assert _sent(tmp_path, "by_module", "send()") == [(body % ("", '"number": 1'), 0)]
    assert _sent(tmp_path, "jobs", "other(7)") == [(body % (7, ""), 0)]


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ("return job.delay(1).get()", "the code uses what it gives back"),
        ("return chain(job.s(1))", "only sends by delay and apply_async are carried"),
        ("return job(1)", "only sends by delay and apply_async are carried"),
        ("job.apply_async((1,), eta=now())", "the option eta is not carried"),
        ("job.apply_async((1,), **options)", "its options are only known when it runs"),
        ("return [job]", "only sends by delay and apply_async are carried"),
    ],
)
def test_what_a_client_cannot_carry_is_in_the_way(tmp_path: Path, use: str, reason: str) -> None:
    files = SENDS | {"app/lazily.py": f"from app.jobs import job\n\n\ndef send(options):\n    {use}\n"}
    del files["app/by_name.py"], files["app/by_module.py"], files["app/lazily_too.py"]
    root = write(tmp_path, files)
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    with pytest.raises(Refused) as caught:
        plan(root, "app.jobs.job", Question)
    assert f"app/lazily.py:5: uses the candidate here: {reason}" in caught.value.message
    assert before == {path: path.read_bytes() for path in root.rglob("*.py")}


def test_what_signals_tell_inside_the_monolith_cannot_be_carried(tmp_path: Path) -> None:
    text = """
        from blinker import signal

        placed = signal("placed")


        @placed.connect
        def note(sender):
            print(sender)


        def place():
            placed.send("me")
    """
    with pytest.raises(Refused, match="is told of what happens inside the monolith"):
        plan(write(tmp_path, {"web.py": text}), "web.note", Question)


def test_line_ends_encodings_and_odd_layouts_stay(tmp_path: Path) -> None:
    text = (
        b"# -*- coding: latin-1 -*-\r\n"
        b"from celery import Celery\r\n"
        b"import os, sys; import re\r\n"
        b"from math import (floor, ceil, sqrt)\r\n"
        b"\r\n"
        b'app = Celery("w")  # caf\xe9\r\n'
        b"if sys.platform == 'win32':\r\n"
        b"    SEP = 1\r\n"
        b"else:\r\n"
        b"    SEP = 2\r\n"
        b"\r\n\x0c\r\n"
        b"@app.task\r\n"
        b"def job(a):\r\n"
        b"\treturn floor(a) + sqrt(a) + SEP\r\n"
        b"\r\n"
        b"# ------ \xe9 ------\r\n"
        b"@app.task\r\n"
        b"def other(a):\r\n"
        b"\treturn ceil(a), os, re\r\n"
    )
    (tmp_path / "web.py").write_bytes(text)
    clean(tmp_path, "web.job")
    left = (tmp_path / "web.py").read_bytes()
    assert b"\n" not in left.replace(b"\r\n", b"")
    assert left == (
        b"# -*- coding: latin-1 -*-\r\n"
        b"from celery import Celery\r\n"
        b"import os, sys; import re\r\n"
        b"from math import (ceil)\r\n"
        b"\r\n"
        b'app = Celery("w")  # caf\xe9\r\n'
        b"\r\n"
        b"# ------ \xe9 ------\r\n"
        b"@app.task\r\n"
        b"def other(a):\r\n"
        b"\treturn ceil(a), os, re\r\n"
    )


BASES = {
    "site1/views.py": """
        from django.views import View


        class Shared(View):
            def post(self, request):
                return "read"


        class Page(Shared):
            pass


        class Other(Shared):
            pass
    """,
    "site1/urls.py": """
        from django.urls import path

        from site1.views import Page

        urlpatterns = [path("page/", Page.as_view(), name="page")]
    """,
}


def test_a_registration_of_what_inherits_from_the_candidate_is_in_the_way(tmp_path: Path) -> None:
    root = write(tmp_path, DJANGO | BASES)
    with pytest.raises(Refused) as caught:
        plan(root, "site1.views.Shared.post", Question)
    assert "site1/urls.py:5: registers something else, which hands its events on to it" in caught.value.message
    assert "site1/views.py:9: uses the candidate here" in caught.value.message
    assert "site1/views.py:13: uses the candidate here" in caught.value.message
