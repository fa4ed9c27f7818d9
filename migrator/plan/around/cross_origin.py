"""Which pages of other origins may ask an application, as it tells a library of CORS.

In: the modules of a tree, what travels, the candidate's frameworks, what stands before it. Out: `SaidOfOrigins`: what an
HTTP API can say in the library's place, and what has no equal there. Django's library is middleware of the settings
and travels with them; so does an application of Flask that is started.

Names of arguments and their defaults are those of flask-cors 6 and Starlette 1 (`CORSMiddleware`), read 2026-11.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from migrator.domain.json import JsonValue
from migrator.domain.locations import Location
from migrator.domain.plans import Boot, CrossOrigin, Dropped, EventSource, Kept
from migrator.plan.around.values import answers_itself
from migrator.plan.looking.constants import Constants, Unknown
from migrator.plan.looking.imported_names import absolute_name
from migrator.plan.looking.imports import ImportTree
from migrator.plan.slicing.carried import Carried
from migrator.source import SourceFile

_ANY = ("*",)
_EVERY_METHOD = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
# What makes a text a pattern to flask-cors, apart from a star that stands alone.
_PATTERN = frozenset("*\\]?$^[()+|")


@dataclass(frozen=True, slots=True)
class _Library:
    """How a library is told.

    Attributes:
        names: its words for origins, methods, headers, exposed headers, credentials and seconds.
        defaults: origins, methods and headers where it is not told.
        unlike: arguments for which an API has no equal.
    """

    names: tuple[str, str, str, str, str, str]
    defaults: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    max_age_s: int | None
    unlike: frozenset[str]


_FLASK = _Library(
    ("origins", "methods", "allow_headers", "expose_headers", "supports_credentials", "max_age"),
    (_ANY, _EVERY_METHOD, _ANY),
    None,
    frozenset({"resources", "allow_private_network", "intercept_exceptions"}),
)
_STARLETTE = _Library(
    ("allow_origins", "allow_methods", "allow_headers", "expose_headers", "allow_credentials", "max_age"),
    ((), ("GET",), ()),
    600,
    frozenset({"allow_origin_regex", "allow_private_network"}),
)
_CLASSES: Mapping[str, _Library] = {
    "flask_cors.CORS": _FLASK,
    "flask_cors.extension.CORS": _FLASK,
    "fastapi.middleware.cors.CORSMiddleware": _STARLETTE,
    "starlette.middleware.cors.CORSMiddleware": _STARLETTE,
}
_WORDS = ("flask_cors", "CORSMiddleware")
_FRAMEWORKS = frozenset({"fastapi", "flask", "starlette"})
_UNREAD = "what it allows is only known when the program runs; tell the API (CorsConfiguration), or no page may ask it"
_BEHIND = "only an HTTP API says it in the application's place: behind this front no page of another origin may ask"


@dataclass(frozen=True, slots=True)
class SaidOfOrigins:
    """What the application says.

    Attributes:
        rules: None where it says nothing, or nothing that can be said before the function.
    """

    rules: CrossOrigin | None = None
    kept: tuple[Kept, ...] = ()
    dropped: tuple[Dropped, ...] = ()


def said_of_origins(
    imports: ImportTree,
    carried: Mapping[str, Carried],
    frameworks: Iterable[str],
    boot: Boot | None,
    source: EventSource,
) -> SaidOfOrigins:
    """Read it; where an application says it twice and not alike, nothing is chosen."""
    if not _FRAMEWORKS & set(frameworks) or answers_itself(boot):
        return SaidOfOrigins()
    constants = Constants(imports.tree)
    rules: list[CrossOrigin] = []
    dropped: list[Dropped] = []
    for call, library, file in _calls(imports, carried):
        found = _read(call, library, file, constants)
        (dropped if isinstance(found, Dropped) else rules).append(found)  # type: ignore[arg-type]
    if len({each.allowed for each in rules}) > 1:
        dropped += [Dropped(f"{each.location}: CORS", "said twice and not alike; tell the API which") for each in rules]
    if dropped or not rules:
        return SaidOfOrigins(dropped=tuple(dropped))
    first = rules[0]
    if source is not EventSource.HTTP_API:
        return SaidOfOrigins(dropped=(Dropped(f"{first.location}: CORS", _BEHIND),))
    allowed = ", ".join(first.origins)
    return SaidOfOrigins(first, (Kept("CORS", f"the API answers for it: pages of {allowed} may ask", first.location),))


def _calls(imports: ImportTree, carried: Mapping[str, Carried]) -> Iterator[tuple[ast.Call, _Library, SourceFile]]:
    """The calls that tell a library, but for those that travel."""
    for file in imports.tree.modules.values():
        module = imports.module(file.name) if any(word in file.text for word in _WORDS) else None
        code = carried.get(file.name)
        for node in ast.walk(module) if module is not None else ():
            if not isinstance(node, ast.Call):
                continue
            if code is not None and (code.lines is None or node.lineno in code.lines):
                continue
            library = _told(node, imports, file)
            if library is not None:
                yield node, library, file


def _told(node: ast.Call, imports: ImportTree, file: SourceFile) -> _Library | None:
    names = imports.names(file.name)
    called = _CLASSES.get(absolute_name(node.func, names, file))
    if called is not None:
        # Without arguments the object is told later, by `init_app`.
        return called if called is _FLASK and (node.args or node.keywords) else None
    last = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if last == "init_app" and "flask_cors" in file.text and _is_cors(node, file, imports):
        return _FLASK
    if last == "add_middleware" or absolute_name(node.func, names, file).endswith(".Middleware"):
        first = node.args[0] if node.args else None
        return _CLASSES.get(absolute_name(first, names, file)) if first is not None else None
    return None


def _is_cors(node: ast.Call, file: SourceFile, imports: ImportTree) -> bool:
    """Whether `init_app` is that of an object that the module makes of the library's class."""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    module = imports.module(file.name)
    names = imports.names(file.name)
    return any(
        isinstance(each, ast.Assign)
        and isinstance(each.value, ast.Call)
        and _CLASSES.get(absolute_name(each.value.func, names, file)) is _FLASK
        and isinstance(owner, ast.Name)
        and any(isinstance(target, ast.Name) and target.id == owner.id for target in each.targets)
        for each in (module.body if module is not None else ())
    )


def _read(node: ast.Call, library: _Library, file: SourceFile, constants: Constants) -> CrossOrigin | Dropped:
    place = Location(file.path, node.lineno, node.end_lineno or node.lineno, node.col_offset + 1)
    what = f"{place}: {ast.unparse(node)}"
    words = {word.arg: word.value for word in node.keywords}
    if None in words:
        return Dropped(what, _UNREAD)
    if unlike := sorted(name for name in words if name in library.unlike):
        return Dropped(
            what, f"an API has no word for {', '.join(unlike)}; tell it (CorsConfiguration) what comes nearest"
        )
    said = {name: constants.of(value, file) for name, value in words.items() if name in library.names}
    if any(isinstance(value, Unknown) for value in said.values()):
        return Dropped(what, _UNREAD)
    lists = [_texts(said.get(name)) for name in library.names[:4]]  # type: ignore[arg-type]
    credentials, age = said.get(library.names[4], False), said.get(library.names[5], library.max_age_s)
    if (
        any(each is None for each in lists)
        or not isinstance(credentials, bool)
        or not isinstance(age, int | float | None)
    ):
        return Dropped(what, _UNREAD)
    given = [found or () for found in lists]
    told = [name in said for name in library.names[:3]]
    origins, methods, headers = (
        tuple(value) if known else default for value, known, default in zip(given, told, library.defaults, strict=False)
    )
    if not origins:
        return Dropped(what, "allows no other origin; nothing has to be said to an API")
    if any(set(origin) & _PATTERN and origin != "*" for origin in origins):
        return Dropped(
            what, "an API takes origins in full, and no patterns; tell it (CorsConfiguration) which they are"
        )
    if credentials and "*" in origins:
        return Dropped(what, "an API does not allow credentials to every origin; tell it (CorsConfiguration) to which")
    return CrossOrigin(
        origins,
        _EVERY_METHOD if "*" in methods else tuple(method.upper() for method in methods),
        headers,
        tuple(given[3]),
        credentials,
        None if age is None else int(age),
        str(place),
    )


def _texts(value: JsonValue) -> tuple[str, ...] | None:
    """One text or a list of them; nothing where nothing is said, None where it is something else."""
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",")) if value else ()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(str(each) for each in value)
    return None
