"""What the application does around a view and the slice leaves behind."""

from __future__ import annotations

from pathlib import Path

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
    assert told == {
        "app.json.sort_keys": "shop/app.py",
        "app.url_map.strict_slashes": "shop/app.py",
        "app.wsgi_app": "shop/app.py",
        "app.before_request": "shop/app.py",
        "app.errorhandler": "shop/app.py",
        "bp.after_request": "shop/tax.py",
        "other.before_app_request": "shop/other.py",
    }
