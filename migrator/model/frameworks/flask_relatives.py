"""What has Flask's decorators without being Flask: Quart, flask-smorest, APIFlask, flask-openapi3."""

from __future__ import annotations

from migrator.model.registrations import Example
from migrator.model.route_paths import angled_parameters
from migrator.model.route_rules import MountRule, PartRule, RouteLibrary, RouteRule

_BLUEPRINTS = ("quart.Blueprint", "flask_smorest.Blueprint", "apiflask.APIBlueprint", "flask_openapi3.APIBlueprint")
_OWNERS = (*_BLUEPRINTS, "quart.Quart", "apiflask.APIFlask", "flask_openapi3.OpenAPI")
_REGISTRARS = (*_OWNERS, "flask_smorest.Api")
_VERBS = ("get", "post", "put", "patch", "delete")

FRAMEWORK = RouteLibrary(
    name="flask relatives",
    rules=(
        *(
            RouteRule(tuple(f"{owner}.{verb}" for owner in _OWNERS), methods=(verb.upper(),), path=(0, "rule"))
            for verb in _VERBS
        ),
        RouteRule(
            tuple(f"{owner}.{name}" for owner in _OWNERS for name in ("route", "websocket")),
            path=(0, "rule"),
        ),
        RouteRule(tuple(f"{owner}.add_url_rule" for owner in _OWNERS), path=(0, "rule"), view=(2, "view_func")),
    ),
    parts=(PartRule(_BLUEPRINTS, (-1, "url_prefix")),),
    mounts=(
        MountRule(
            tuple(f"{owner}.register_blueprint" for owner in (*_REGISTRARS, "flask.Flask", "flask.Blueprint")),
            parts=(0, "blueprint"),
            prefix=(-1, "url_prefix"),
            replaces=True,
        ),
        MountRule(
            tuple(f"{owner}.register_api" for owner in _OWNERS),
            parts=(0, "api"),
            prefix=(-1, "url_prefix"),
            replaces=True,
        ),
    ),
    around=("__init__", "dispatch_request"),
    parameters=angled_parameters,
    examples=(
        Example(
            """
from flask.views import MethodView
from flask_smorest import Api, Blueprint
from quart import Quart
pages = Blueprint("pages", __name__, url_prefix="/pages")
@pages.route("/one")
class One(MethodView):
    def get(self): ...
    def post(self): ...
@pages.route("/two", methods=["POST"])
def two(): ...
app = Quart("x")
Api(app).register_blueprint(pages, url_prefix="/given")
@app.get("/three/<int:number>")
async def three(number): ...
""",
            {
                "app.One.get": ("http GET /given/one",),
                "app.One.post": ("http POST /given/one",),
                "app.two": ("http POST /given/two",),
                "app.three": ("http GET /three/<int:number>",),
            },
        ),
    ),
)
