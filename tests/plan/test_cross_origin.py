"""What an application tells a library of CORS: said by the API in its place, or told as what it cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.artifacts.service import make_template
from migrator.domain.plans import CrossOrigin, EventSource, Plan
from migrator.plan import PlannedSlice
from tests.support.jobs import planned_job

VIEW = "\n\n@app.get('/double')\ndef double():\n    return {'doubled': 2}\n"
FLASK = "from flask import Flask\nfrom flask_cors import CORS\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\nfrom fastapi.middleware.cors import CORSMiddleware\napp = FastAPI()\n"
SHOP = "https://shop.example"
EVERY = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def planned(folder: Path, said: str, *, start: str = FLASK, **options: object) -> PlannedSlice:
    """The view of an application, which says something of CORS in a module of its own where the text begins with one."""
    files = {"shop/__init__.py": "", "shop/settings.py": f"ORIGINS = ['{SHOP}']\n", "shop/web.py": start + said + VIEW}
    return planned_job(folder, files, "shop.web.double", accepted_unresolved="seen", **options)


def dropped(plan: Plan) -> list[str]:
    """Reasons, but that of the call itself, which the module makes when it is imported."""
    return [each.reason for each in plan.dropped if "CORS" in each.what and "not needed here" not in each.reason]


SAID = {
    "everything": ("CORS(app)", CrossOrigin(("*",), EVERY, ("*",), (), False, None, "shop/web.py:4:1")),
    "one origin": (
        f"CORS(app, origins='{SHOP}', methods=['get', 'post'], allow_headers=['x-a'], expose_headers='x-b', max_age=60)",
        CrossOrigin((SHOP,), ("GET", "POST"), ("x-a",), ("x-b",), False, 60, "shop/web.py:4:1"),
    ),
    "a constant of another module": (
        "from shop.settings import ORIGINS\nCORS(app, origins=ORIGINS, supports_credentials=True)",
        CrossOrigin((SHOP,), EVERY, ("*",), (), True, None, "shop/web.py:5:1"),
    ),
    "told later": (
        f"cors = CORS()\ncors.init_app(app, origins=['{SHOP}'])",
        CrossOrigin((SHOP,), EVERY, ("*",), (), False, None, "shop/web.py:5:1"),
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_an_api_says_it_in_the_applications_place(case: str, tmp_path: Path) -> None:
    said, rules = SAID[case]
    plan = planned(tmp_path, said).plan
    assert plan.cross_origin == rules
    assert dropped(plan) == []
    assert [each.location for each in plan.kept if each.what == "CORS"] == [rules.location]


NOT_SAID = {
    "by path": ("CORS(app, resources={r'/api/*': {'origins': '*'}})", "no word for resources"),
    "a pattern": (r"CORS(app, origins=[r'https://.*\.shop\.example'])", "no patterns"),
    "credentials for all": ("CORS(app, supports_credentials=True)", "credentials to every origin"),
    "when it runs": ("import os\nCORS(app, origins=os.environ['ORIGINS'])", "only known when the program runs"),
    "options of elsewhere": ("options = {}\nCORS(app, **options)", "only known when the program runs"),
    "twice": (f"CORS(app)\nCORS(app, origins='{SHOP}')", "twice and not alike"),
}


@pytest.mark.parametrize("case", NOT_SAID)
def test_what_an_api_cannot_say_is_told(case: str, tmp_path: Path) -> None:
    said, why = NOT_SAID[case]
    plan = planned(tmp_path, said).plan
    assert plan.cross_origin is None
    assert any(why in reason for reason in dropped(plan)), plan.dropped


def test_nothing_is_said_where_the_application_says_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path, "CORS = str\nCORS(app)", start=FLASK.replace("from flask_cors import CORS\n", "")).plan
    assert (plan.cross_origin, dropped(plan)) == (None, [])


def test_middleware_that_travels_answers_by_itself(tmp_path: Path) -> None:
    made = planned(tmp_path, f"app.add_middleware(CORSMiddleware, allow_origins=['{SHOP}'])", start=FASTAPI)
    assert "app.add_middleware(CORSMiddleware" in made.modules["shop/web.py"]
    assert made.plan.cross_origin is None


@pytest.mark.parametrize(
    "told",
    [
        f"app = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=['{SHOP}'])\n",
        f"app = FastAPI(middleware=[Middleware(CORSMiddleware, allow_origins=['{SHOP}'])])\n",
    ],
    ids=["added", "given"],
)
def test_middleware_of_another_module_is_said_by_the_api(told: str, tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/main.py": "from fastapi import FastAPI\nfrom fastapi.middleware import Middleware\n"
        f"from fastapi.middleware.cors import CORSMiddleware\nfrom shop import web\n{told}app.include_router(web.router)\n",
        "shop/web.py": "from fastapi import APIRouter\nrouter = APIRouter()\n" + VIEW.replace("app.", "router."),
    }
    rules = planned_job(tmp_path, files, "shop.web.double", accepted_unresolved="seen").plan.cross_origin
    assert rules is not None
    assert rules.allowed == ((SHOP,), ("GET",), (), (), False, 600)


@pytest.mark.parametrize("front", [EventSource.REST_API, EventSource.LOAD_BALANCER])
def test_behind_another_front_nobody_says_it(front: EventSource, tmp_path: Path) -> None:
    plan = planned(tmp_path, "CORS(app)", front=front).plan
    assert plan.cross_origin is None
    assert any("only an HTTP API says it" in reason for reason in dropped(plan))


def test_the_template_says_it_and_no_more(tmp_path: Path) -> None:
    text = make_template(planned(tmp_path, f"CORS(app, origins=['{SHOP}'], methods=['GET'], max_age=999999)"))
    assert (
        "      # As shop/web.py:4:1 says it. The API answers for it, whatever the function says.\n"
        "      CorsConfiguration:\n"
        f'        AllowOrigins: ["{SHOP}"]\n'
        '        AllowMethods: ["GET"]\n'
        '        AllowHeaders: ["*"]\n'
        "        MaxAge: 86400\n"
    ) in text
    assert "CorsConfiguration" not in make_template(planned(tmp_path / "none", "CORS = str", start=FLASK))
