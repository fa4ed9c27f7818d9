"""What reads a setting from outside of the code, by dotted name.

In: nothing. Out: tables for whoever looks for settings: `migrator.plan.outside` in the text of a slice,
`migrator.model.sdk` in the arguments of calls. Both must agree on the names.
"""

from __future__ import annotations

ENVIRONMENT = "os.environ"

READERS = frozenset(
    [
        "decouple.config",
        "environ.get",
        "os.environ.get",
        "os.environ.pop",
        "os.environ.setdefault",
        "os.getenv",
        "starlette.config.environ.get",
    ]
)
"""Functions that read the variable that their first argument names; a default may come second."""

READER_CLASSES = frozenset(
    ["decouple.Config", "environ.Env", "environ.FileAwareEnv", "environs.Env", "starlette.config.Config"]
)
"""Classes whose objects are called, or whose methods are, with the name of a variable."""

SETTINGS_CLASSES = frozenset(["pydantic.BaseSettings", "pydantic_settings.BaseSettings"])
DJANGO = "django.conf.settings"
FLASK = "flask.current_app.config"
