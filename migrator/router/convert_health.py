"""The `health` of a file's legacy systems -> the URL where each route's legacy says how it is.

In: a file that all checks have passed. Out: URLs by route; routes whose legacy says nothing of itself are left out. A route
that names no legacy system of its own, or the one at the top of the file, has the one at the top.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.router import models


def health_of(file: models.RouterFile) -> Mapping[str, str]:
    """Where legacy is asked, by the route's name."""
    found = ((route.name, _url(_asked(file, route))) for route in file.routes)
    return {name: url for name, url in found if url}


def _asked(file: models.RouterFile, route: models.AnyRoute) -> models.Legacy | None:
    own = route.legacy if isinstance(route, models.HttpRoute) else None
    if own is None or (not own.health and file.legacy is not None and own.url == file.legacy.url):
        return file.legacy
    return own


def _url(legacy: models.Legacy | None) -> str:
    if legacy is None or not legacy.health:
        return ""
    return f"{legacy.url}{legacy.health}" if legacy.health.startswith("/") else legacy.health
