"""What a web framework itself says of the routes of small applications, as a program: `serving FRAMEWORK FOLDER`.

In: a folder with one folder for each application, and the names of its modules in `modules.json`, the main one first.
Out, as JSON on the standard output: by application, name of the view to its methods and paths. Methods that frameworks
add by themselves are left out, and so is what is not of the application.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

Found = tuple[str, str, str]
"""Name of a view, method, path."""

_AUTOMATIC = {"HEAD", "OPTIONS"}
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()\[\]]|\[[^\]]*\])*\)")
_VERBS = ("get", "post", "put", "patch", "delete")


def flask_routes(main: ModuleType) -> Iterator[Found]:
    """The rules of a Flask application."""
    app = main.app
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in rule.methods - _AUTOMATIC if not rule.endpoint.endswith("static") else ():
            owner = getattr(view, "view_class", None)
            yield (f"{_name(owner)}.{method.lower()}" if owner else _name(view)), method, rule.rule


def asgi_routes(main: ModuleType) -> Iterator[Found]:
    """The routes of a Starlette or FastAPI application."""
    yield from _asgi(main.app.routes, "")


def _asgi(routes: Iterable[Any], before: str) -> Iterator[Found]:
    for route in routes:
        if hasattr(route, "effective_route_contexts"):  # a router that FastAPI has included
            yield from _asgi(route.effective_route_contexts(), before)
        elif type(route).__name__ == "Mount":
            yield from _asgi(route.routes, before + route.path)
        elif isinstance(route.endpoint, type):
            for verb in (verb for verb in _VERBS if verb in vars(route.endpoint)):
                yield f"{_name(route.endpoint)}.{verb}", verb.upper(), before + route.path
        else:
            for method in set(route.methods or ["GET"]) - _AUTOMATIC:
                yield _name(route.endpoint), method, before + route.path


def rest_routes(main: ModuleType) -> Iterator[Found]:
    """The URL patterns of a Django application with Django REST framework; without the copies for formats."""
    yield from _patterns(main.urlpatterns, "/", main.__name__.partition(".")[0])


def _patterns(patterns: Iterable[Any], before: str, package: str) -> Iterator[Found]:
    for pattern in patterns:
        path = before + _GROUP.sub(r"<\1>", re.sub(r"\A\^|\$\Z", "", str(pattern.pattern)))
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern.url_patterns, path, package)
        elif "format" not in path:
            for method, name in getattr(pattern.callback, "actions", {}).items():
                owner = pattern.callback.cls
                view = getattr(owner, name)
                own = view.__module__.startswith(package)
                if method != "head" and (own or not any(_is_route(each) for each in vars(owner).items())):
                    yield _name(view if own else owner), method.upper(), path


def _is_route(member: tuple[str, object]) -> bool:
    standard = {"list", "create", "retrieve", "update", "partial_update", "destroy"}
    return member[0] in standard or hasattr(member[1], "mapping")


READERS: dict[str, Callable[[ModuleType], Iterator[Found]]] = {
    "flask": flask_routes,
    "asgi": asgi_routes,
    "rest": rest_routes,
}


def _configure_django() -> None:
    import django
    from django.conf import settings

    settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"])
    django.setup()


def _name(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def _read(framework: str, folder: Path) -> dict[str, list[str]]:
    names = json.loads((folder / "modules.json").read_text("utf-8"))
    packages = {name.partition(".")[0] for name in names}
    sys.path.insert(0, str(folder))
    try:
        methods: dict[tuple[str, str], set[str]] = {}
        for view, method, path in READERS[framework](importlib.import_module(names[0])):
            if view.partition(".")[0] in packages:
                methods.setdefault((view, path), set()).add(method)
        found: dict[str, list[str]] = {}
        for (view, path), said in methods.items():
            found.setdefault(view, []).append(f"{','.join(sorted(said))} {path}")
        return {view: sorted(routes) for view, routes in sorted(found.items())}
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
            del sys.modules[name]


if __name__ == "__main__":
    if sys.argv[1] == "rest":
        _configure_django()
    print(json.dumps({each.name: _read(sys.argv[1], each) for each in sorted(Path(sys.argv[2]).iterdir())}))
