"""What the labeled monoliths want to be told before they start: what `make slices` gives them in place of an operator.

In: the name of a monolith, a folder. Out: variables of the process. Databases are SQLite where the monolith allows it;
addresses lead nowhere, since nothing connects before it is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_INDICO = """
SECRET_KEY = 'nobody-knows-this-one-at-all-0123456789'
SQLALCHEMY_DATABASE_URI = 'postgresql://localhost/none'
BASE_URL = 'http://localhost'
CELERY_BROKER = 'redis://localhost:6379/0'
REDIS_CACHE_URL = 'redis://localhost:6379/1'
CACHE_DIR = '{folder}'
TEMP_DIR = '{folder}'
LOG_DIR = '{folder}'
STORAGE_BACKENDS = {{'default': 'fs:{folder}'}}
ATTACHMENT_STORAGE = 'default'
NO_REPLY_EMAIL = 'a@example.org'
SUPPORT_EMAIL = 'a@example.org'
DEFAULT_TIMEZONE = 'Europe/Zurich'
"""


def variables(name: str, folder: Path) -> Mapping[str, str]:
    """The variables; files that they name are written into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    match name:
        case "pretix":
            return {"DATA_DIR": str(folder)}
        case "weblate":
            return {
                "WEBLATE_SITE_DOMAIN": "localhost",
                "WEBLATE_DATA_DIR": str(folder),
                "WEBLATE_CACHE_DIR": str(folder),
                "WEBLATE_ADMIN_EMAIL": "a@example.org",
                "POSTGRES_DATABASE": "none",
                "POSTGRES_DB": "none",
                "POSTGRES_USER": "none",
                "POSTGRES_PASSWORD": "none",
                "POSTGRES_HOST": "localhost",
                "REDIS_HOST": "localhost",
            }
        case "indico":
            (folder / "indico.conf").write_text(_INDICO.format(folder=folder), "utf-8")
            return {"INDICO_CONFIG": str(folder / "indico.conf")}
        case _:
            return {}
