"""Flask: functions that run around requests, for errors and for URLs, of applications and blueprints."""

from __future__ import annotations

from migrator.domain.triggers import TriggerKind
from migrator.model.job_rules import JobLibrary, JobRule
from migrator.model.registrations import Example

_OWNERS = ("flask.Flask", "flask.Blueprint")
_HOOKS = (
    "before_request",
    "after_request",
    "teardown_request",
    "url_defaults",
    "url_value_preprocessor",
)
_OF_APPLICATION = ("teardown_appcontext", "before_first_request")
_OF_BLUEPRINT = (
    "before_app_request",
    "after_app_request",
    "teardown_app_request",
    "app_url_defaults",
    "app_url_value_preprocessor",
    "before_app_first_request",
)

FRAMEWORK = JobLibrary(
    name="flask hooks",
    rules=(
        JobRule(
            (
                *(f"{owner}.{hook}" for owner in _OWNERS for hook in _HOOKS),
                *(f"flask.Flask.{hook}" for hook in _OF_APPLICATION),
                *(f"flask.Blueprint.{hook}" for hook in _OF_BLUEPRINT),
            ),
            TriggerKind.SIGNAL,
            functions=((0, "f"),),
        ),
        JobRule(
            (
                *(f"{owner}.errorhandler" for owner in _OWNERS),
                "flask.Blueprint.app_errorhandler",
            ),
            TriggerKind.SIGNAL,
            key="event",
            says=((0, "code_or_exception"), (0, "code")),
        ),
        JobRule(
            tuple(f"{owner}.register_error_handler" for owner in _OWNERS),
            TriggerKind.SIGNAL,
            functions=((1, "f"),),
            key="event",
            says=((0, "code_or_exception"),),
        ),
    ),
    examples=(
        Example(
            """
from flask import Blueprint, Flask
app = Flask("x")
pages = Blueprint("pages", __name__)
@app.before_request
def before(): ...
@pages.after_app_request
def after(response): ...
@app.errorhandler(404)
def missing(error): ...
def broken(error): ...
app.register_error_handler(ValueError, broken)
@pages.url_defaults
def defaults(endpoint, values): ...
def last(error): ...
app.teardown_appcontext(last)
""",
            {
                "app.before": ("signal",),
                "app.after": ("signal",),
                "app.missing": ("signal 404",),
                "app.broken": ("signal ValueError",),
                "app.defaults": ("signal",),
                "app.last": ("signal",),
            },
        ),
    ),
)
