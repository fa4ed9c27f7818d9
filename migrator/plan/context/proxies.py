"""What is known of the proxies that ambient context is read from: which parts can be handed on as values.

In: the subject of a place, the path that is asked of it. Out: a `Known`. The rows are a table; the sources are
Flask's and Werkzeug's API reference (`Request`, `MultiDict.get`, `EnvironHeaders.get`), Flask-Login's and Django's
(`HttpRequest`, `AbstractBaseUser`, `SessionBase`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ANY = "Any"


@dataclass(frozen=True, slots=True)
class Known:
    """A part of a proxy.

    Attributes:
        hint: the type of the value; `text` for what a table of texts gives by `get` (the default and `type=` count).
        total: whether reading it neither fails nor changes anything.
        name: what a parameter is called; empty for the key or the attribute.
        asked: what is asked of it before it is handed on, for a proxy that would otherwise look into the context later.
    """

    hint: str = ANY
    total: bool = True
    name: str = ""
    asked: str = ""


TEXT = "text"
"""A hint that depends on the arguments of the call."""

_TEXTS = ("args", "form", "values", "cookies", "headers", "view_args")
_FLASK_REQUEST: Mapping[str, Known] = {
    **{f".{table}.get()": Known(TEXT) for table in _TEXTS},
    **{f".{table}[]": Known("str", total=False) for table in _TEXTS if table != "view_args"},
    **{f".{table}.getlist()": Known("list[str]") for table in ("args", "form", "values", "headers")},
    **{f".{table}.to_dict()": Known("dict[str, str]", name=table) for table in ("args", "form", "values")},
    ".args": Known(name="query"),
    ".form": Known(),
    ".values": Known(name="request_values"),
    ".cookies": Known(),
    ".headers": Known(),
    ".files": Known(),
    ".files.get()": Known(),
    ".files[]": Known(total=False),
    ".files.getlist()": Known("list[Any]"),
    ".get_data()": Known("bytes", name="body"),
    ".data": Known("bytes", name="body"),
    # Without `silent` a body that is no JSON ends the request.
    ".get_json(silent)": Known(name="payload"),
    ".get_json()": Known(total=False, name="payload"),
    ".json": Known(total=False, name="payload"),
    ".is_json": Known("bool"),
    ".method": Known("str"),
    ".path": Known("str", name="request_path"),
    ".full_path": Known("str"),
    ".url": Known("str", name="request_url"),
    ".base_url": Known("str"),
    ".url_root": Known("str"),
    ".host": Known("str"),
    ".host_url": Known("str"),
    ".scheme": Known("str"),
    ".is_secure": Known("bool"),
    ".remote_addr": Known("str | None"),
    ".referrer": Known("str | None"),
    ".mimetype": Known("str"),
    ".content_type": Known("str | None"),
    ".content_length": Known("int | None"),
    ".query_string": Known("bytes"),
    ".endpoint": Known("str | None"),
    ".blueprint": Known("str | None"),
    ".access_route": Known("list[str]"),
    ".user_agent": Known(),
    ".user_agent.string": Known("str", name="user_agent"),
    ".view_args": Known(),
    ".authorization": Known(),
    ".accept_languages": Known(),
}
_TABLE: Mapping[str, Known] = {".get()": Known(), "[]": Known(total=False)}
_USER: Mapping[str, Known] = {
    "": Known(name="user"),
    ".id": Known(total=False, name="user_id"),
    ".pk": Known(total=False, name="user_id"),
    ".is_authenticated": Known("bool"),
    ".is_anonymous": Known("bool"),
    ".is_active": Known("bool"),
}
_BEHIND_PROXY = Known(name="user", asked="._get_current_object()")
_LOGGED_IN: Mapping[str, Known] = {
    **_USER,
    "": _BEHIND_PROXY,
    "._get_current_object()": Known(name="user"),
    ".*": Known(total=False),
}
_CONTEXT_VARIABLE: Mapping[str, Known] = {"": Known(total=False)}

PROXIES: Mapping[str, Mapping[str, Known]] = {
    "flask.request": _FLASK_REQUEST,
    # Sessions of an application's own class have attributes.
    "flask.session": {**_TABLE, ".*": Known(total=False)},
    "flask.g": {".get()": Known(), ".*": Known(total=False)},
    "flask_login.current_user": _LOGGED_IN,
    "flask_login.utils.current_user": _LOGGED_IN,
    "quart.request": {
        path: known
        for path, known in _FLASK_REQUEST.items()
        if path.startswith((".args", ".headers", ".cookies", ".method", ".path", ".url", ".host", ".remote"))
    },
    "quart.session": _TABLE,
    "quart.g": {".get()": Known(), ".*": Known(total=False)},
    "django.http.HttpRequest.user": _USER,
    "django.http.HttpRequest.session": {
        **_TABLE,
        ".session_key": Known("str | None"),
    },
    "rest_framework.request.Request.user": _USER,
    "rest_framework.request.Request.auth": {"": Known(name="auth")},
    "contextvars.ContextVar.get": _CONTEXT_VARIABLE,
}
"""By subject: the path behind the root (`.attr`, `[]` with a constant, `()` with constants) to what it gives."""

READING: frozenset[str] = frozenset({"get", "getlist", "to_dict", "get_json", "get_data", "items", "keys", "values"})
"""Methods of a proxy, or of a part, that leave it as it is."""

CHANGING: frozenset[str] = frozenset(
    {
        "add",
        "append",
        "clear",
        "discard",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "setdefault",
        "sort",
        "update",
    }
)
"""Methods that change a part of a store in place."""

STORES: frozenset[str] = frozenset(
    {"flask.session", "flask.g", "quart.session", "quart.g", "django.http.HttpRequest.session"}
)
"""Subjects that keep what is put into them."""

FORM_PARTS: frozenset[str] = frozenset({"form", "values", "files"})
RAW_PARTS: frozenset[str] = frozenset({"get_data", "data"})
"""The form's parser takes the body of a request, and leaves none to be read as it is ("Request.get_data" of Werkzeug)."""

ATTRIBUTES: Mapping[str, str] = {
    "django.http.HttpRequest.user": "user",
    "django.http.HttpRequest.session": "session",
    "rest_framework.request.Request.user": "user",
    "rest_framework.request.Request.auth": "auth",
}
"""Subjects that are attributes of an object which code hands around."""


def known_part(subject: str, path: str, *, silent: bool) -> Known | None:
    """What a path of a proxy gives; None where it is not known as a value.

    Args:
        silent: whether the path's last call has `silent=True`.
    """
    table = PROXIES.get(subject, {})
    if silent and (found := table.get(path.removesuffix("()") + "(silent)")):
        return found
    if found := table.get(path):
        return found
    single = path.startswith(".") and path[1:].isidentifier() and not path.startswith("._")
    return table.get(".*") if single else None
