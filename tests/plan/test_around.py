"""What the application does around a view and the slice leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.slices import planned

FILES = {
    "shop/__init__.py": "",
    "shop/app.py": """
    from flask import Flask

    def create_app():
        app = Flask(__name__)
        app.json.sort_keys = False
        app.url_map.strict_slashes = False
        app.wsgi_app = wrap(app.wsgi_app)
        app.before_request(check)

        @app.errorhandler(404)
        def lost(error): ...

        return app
    """,
    "shop/tax.py": """
    from flask import Blueprint

    bp = Blueprint("tax", __name__)

    @bp.after_request
    def stamp(answer): ...

    @bp.route("/x")
    def view():
        return {}
    """,
    "shop/other.py": """
    from flask import Blueprint

    other = Blueprint("other", __name__)

    @other.before_request
    def of_others(): ...

    @other.before_app_request
    def of_all(): ...
    """,
    "shop/models.py": "import flask\njson = {}\nrow.json = 1\n",
}


def test_hooks_of_the_application_and_of_the_own_blueprint(tmp_path: Path) -> None:
    made = planned(tmp_path, FILES, "shop.tax.view")
    told = {item.what.split(": ", 1)[1]: item.what.split(":")[0] for item in made.plan.dropped}
    assert [item.what for item in made.plan.access_checks] == ["shop/app.py:8:5: app.before_request"]
    assert told == {
        "app.json.sort_keys": "shop/app.py",
        "app.url_map.strict_slashes": "shop/app.py",
        "app.wsgi_app": "shop/app.py",
        "app.errorhandler": "shop/app.py",
        "bp.after_request": "shop/tax.py",
        "other.before_app_request": "shop/other.py",
    }


FLASK = "from flask import Blueprint, Flask, abort, g, redirect\nfrom shop.auth import known\nbp = Blueprint('b', __name__)\n"
VIEW = "@bp.route('/x')\ndef view():\n    return '1'\n"
HOOKS = {
    "aborts": ("@bp.before_request\ndef hook():\n    if not g.user:\n        abort(403)\n", True),
    "raises": ("@bp.before_app_request\ndef hook():\n    raise PermissionError\n", True),
    "answers": ("@bp.before_request\ndef hook():\n    return redirect('/login')\n", True),
    "answers with a text": ("@bp.before_request\ndef hook():\n    return 'closed', 503\n", True),
    "is defined elsewhere": ("bp.before_request(known)\n", True),
    "is a lambda that nobody follows": ("bp.before_request(lambda: known())\n", True),
    "remembers": ("@bp.before_request\ndef hook():\n    g.began = 1\n    return None\n", False),
    "has a function inside that answers": (
        "@bp.before_request\ndef hook():\n    def inner():\n        return 1\n    g.x = inner\n",
        False,
    ),
    "by a call": ("def hook():\n    g.x = 1\nbp.before_request(hook)\n", False),
    "runs after": ("@bp.after_request\ndef hook(answer):\n    return answer\n", False),
}


@pytest.mark.parametrize("how", HOOKS)
def test_a_hook_of_flask_that_may_turn_away(how: str, tmp_path: Path) -> None:
    hook, turns_away = HOOKS[how]
    files = {"shop/__init__.py": "", "shop/auth.py": "def known(): ...\n", "shop/api.py": f"{FLASK}{hook}{VIEW}"}
    plan = planned(tmp_path, files, "shop.api.view", registered="@bp.route").plan
    checks, others = (
        [item.what for item in items if "bp." in item.what] for items in (plan.access_checks, plan.dropped)
    )
    assert (len(checks), len(others)) == ((1, 0) if turns_away else (0, 1))
    assert all(item.startswith("shop/api.py:") for item in (*checks, *others))


def test_a_started_application_of_flask_keeps_its_hooks(tmp_path: Path) -> None:
    source = f"{FLASK}from flask import current_app\napp = Flask(__name__)\n@app.before_request\ndef hook():\n    abort(403)\n"
    view = "@bp.route('/x')\ndef view():\n    return current_app.name\napp.register_blueprint(bp)\n"
    files = {"shop/__init__.py": "", "shop/auth.py": "def known(): ...\n", "shop/api.py": f"{source}{view}"}
    made = planned(tmp_path, files, "shop.api.view", registered="@bp.route")
    assert made.plan.boot is not None and made.plan.boot.application
    assert made.plan.access_checks == ()
    assert [item for item in made.plan.dropped if "before_request" in item.what] == []


ROUTER = "from fastapi import APIRouter, Depends\nfrom main import check\nrouter = APIRouter({0})\n@router.get('/x')\ndef view():\n    return 1\n"
MAIN = "from fastapi import APIRouter, Depends, FastAPI, HTTPException\nimport tax\nimport other\ndef check(): ...\n"
LAYERS = {
    "the application's": (
        "app = FastAPI(dependencies=[Depends(check)])\napp.include_router(tax.router)\n",
        "main.py:5:",
    ),
    "the inclusion's": (
        "app = FastAPI()\napp.include_router(tax.router, dependencies=[Depends(check)])\n",
        "main.py:6:",
    ),
    "a router's between": (
        "api = APIRouter(dependencies=[Depends(check)])\napi.include_router(tax.router)\napp = FastAPI()\n",
        "main.py:5:",
    ),
    "of a router that a loop includes": (
        "app = FastAPI()\nfor each in (tax.router,):\n    app.include_router(each, dependencies=[Depends(check)])\n",
        "main.py:7:",
    ),
    "middleware": (
        "app = FastAPI()\n@app.middleware('http')\nasync def guard(request, call_next):\n    raise HTTPException(403)\n",
        "main.py:6:",
    ),
    "a class of somebody": ("app = FastAPI()\napp.add_middleware(Guard)\n", "main.py:6:"),
    "another router's": ("app = FastAPI()\napp.include_router(other.router, dependencies=[Depends(check)])\n", ""),
    "none": ("app = FastAPI(dependencies=[])\napp.include_router(tax.router)\n", ""),
    "middleware that lets all through": (
        "app = FastAPI()\n@app.middleware('http')\nasync def timed(request, call_next):\n    return await call_next(request)\n",
        "",
    ),
    "middleware of a library": ("app = FastAPI()\napp.add_middleware(CORSMiddleware, allow_origins=['*'])\n", ""),
}


@pytest.mark.parametrize("how", LAYERS)
def test_what_an_application_of_fastapi_asks_before_its_routes(how: str, tmp_path: Path) -> None:
    text, place = LAYERS[how]
    files = {"main.py": MAIN + text, "tax.py": ROUTER.format(""), "other.py": ROUTER.format("")}
    made = planned(tmp_path, files, "tax.view", framework="fastapi", registered="@router.get")
    found = [item.what for item in made.plan.access_checks]
    assert [item.startswith(place) for item in found] == ([True] if place else [])
    if "middleware" in how and not place:
        assert any("middleware" in item.what for item in made.plan.dropped)


def test_what_the_router_asks_itself_travels(tmp_path: Path) -> None:
    files = {"main.py": MAIN, "tax.py": ROUTER.format("dependencies=[Depends(check)]"), "other.py": ROUTER.format("")}
    made = planned(tmp_path, files, "tax.view", framework="fastapi", registered="@router.get")
    assert made.plan.access_checks == ()
    assert "def check" in made.modules["main.py"]


def test_middleware_of_starlette(tmp_path: Path) -> None:
    files = {
        "main.py": "from starlette.applications import Starlette\nfrom starlette.middleware import Middleware\n"
        "from starlette.routing import Route\nfrom tax import view\nfrom guard import Guard\n"
        "app = Starlette(routes=[Route('/x', view)], middleware=[Middleware(Guard)])\n",
        "guard.py": "class Guard: ...\n",
        "tax.py": "def view(request):\n    return 1\n",
    }
    made = planned(tmp_path, files, "tax.view", framework="starlette")
    assert [item.what for item in made.plan.access_checks] == ["main.py:6:57: middleware Guard"]


STAMPS = "class Stamp:\n    def __call__(self, request):\n        return self.get_response(request)\n"
GUARDS = "class Guard:\n    def __call__(self, request):\n        return HttpResponseForbidden()\n"


def test_middleware_of_django_by_what_it_does(tmp_path: Path) -> None:
    files = {
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.conf')\n",
        "shop/__init__.py": "",
        "shop/conf.py": "INSTALLED_APPS = ['shop']\nMIDDLEWARE = [\n    'django.middleware.common.CommonMiddleware',\n"
        "    'shop.around.Stamp',\n    'shop.around.Guard',\n    'shop.gone.Lost',\n]\n",
        "shop/around.py": f"from django.http import HttpResponseForbidden\n{STAMPS}{GUARDS}",
        "shop/views.py": "from django.http import JsonResponse\ndef view(request):\n    return JsonResponse({})\n",
    }
    made = planned(tmp_path, files, "shop.views.view", framework="django-urls")
    assert [item.what for item in made.plan.access_checks] == [
        "shop/around.py:5:1: shop.around.Guard",
        "shop/conf.py:6:1: shop.gone.Lost",
    ]
    assert "shop/around.py:2:1: shop.around.Stamp" in [item.what for item in made.plan.dropped]
