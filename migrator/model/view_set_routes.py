"""Which routes a router of Django REST framework, or of drf-nested-routers, gives to the methods of a view set.

In: how routers are made and what is registered with them; a view set's class. Out: for each route the path below the
place that includes the router, and the methods of the view set by HTTP method. The rules are those of
`rest_framework.routers.SimpleRouter` (3.16) and `rest_framework_nested.routers.NestedMixin` (0.94). Left out are the
copies of each route that end in a format (`.json`), and the root view, which is the library's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from migrator.facts.expressions import Attribute, Constant, Name
from migrator.facts.records import Store
from migrator.model.django_routes import identity, without_anchors
from migrator.model.frames import LibraryCall, Values
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.mounting import parts_made
from migrator.model.registrations import Program, classes_in, constants, texts
from migrator.model.route_paths import UNKNOWN_PATH
from migrator.model.solver import under
from migrator.model.values import Box, Inst, Registered, Value

REGISTER: Final = "rest_framework.routers.BaseRouter.register"
ROUTES: Final = ("rest_framework.routers.Route", "rest_framework.routers.DynamicRoute")
ACTIONS: Final = tuple(f"rest_framework.decorators.{name}" for name in ("action", "list_route", "detail_route"))
MAPPED: Final = tuple(
    f"rest_framework.decorators.MethodMapper.{verb}" for verb in ("get", "post", "put", "patch", "delete")
)

_PLAIN: Final = ("rest_framework.routers.SimpleRouter", "rest_framework.routers.DefaultRouter")
_NESTED: Final = tuple(f"rest_framework_nested.routers.Nested{kind}Router" for kind in ("Simple", "Default"))
ROUTERS: Final = tuple(f"{name}{made}" for name in (*_PLAIN, *_NESTED) for made in ("", ".__init__"))

_DEEPEST: Final = 6
"""Routers inside of one another that are followed."""

_ONE_PART: Final = "[^/.]+"
"""The key of an object, where a view set says no other expression: without a dot, which would begin a format."""

_PARTS: Final = ".+"
"""The key of an object for a router with code of its own, which may make several parts of it."""

_LOOKUP: Final = "get_lookup_regex"
_VERBS: Final = ("get", "post", "put", "patch", "delete", "head", "options")


@dataclass(frozen=True, slots=True)
class Action:
    """What a view set's method says of its own route; `detail` is None where the running program says it."""

    methods: tuple[str, ...]
    detail: bool | None
    path: str


@dataclass(frozen=True, slots=True)
class ViewSetRoute:
    """One route: its path below the place of the router, and names of methods with the HTTP methods that each has."""

    path: str
    handlers: Mapping[str, tuple[str, ...]]
    is_action: bool = False


@dataclass(frozen=True, slots=True)
class _Route:
    """One row of a router's `routes`: methods of the view set by HTTP method, or one route for each action."""

    url: str
    detail: bool
    methods: tuple[tuple[str, tuple[str, ...]], ...] = ()
    is_dynamic: bool = False


_STANDARD: Final = (
    _Route("{prefix}{trailing_slash}", False, (("list", ("GET",)), ("create", ("POST",)))),
    _Route("{prefix}/{url_path}{trailing_slash}", False, is_dynamic=True),
    _Route(
        "{prefix}/{lookup}{trailing_slash}",
        True,
        (("retrieve", ("GET",)), ("update", ("PUT",)), ("partial_update", ("PATCH",)), ("destroy", ("DELETE",))),
    ),
    _Route("{prefix}/{lookup}/{url_path}{trailing_slash}", True, is_dynamic=True),
)


@dataclass(frozen=True, slots=True)
class _Router:
    """How one router makes routes.

    Attributes:
        slash: what its routes end in.
        expressions: the key of an object is a group of a regular expression, else a variable with a converter.
        own_keys: code of the project writes that part.
        before: path in front of every prefix: that of the routers it is nested in.
        nested: how deep that is.
    """

    slash: str = "/"
    expressions: bool = True
    own_keys: bool = False
    before: str = ""
    nested: int = 0
    rows: tuple[_Route, ...] = _STANDARD

    def lookup(self, program: Program, owner: ClassInfo, before: str = "") -> str:
        """The part of a path that names one object of a view set; `before` stands before its name."""
        name = _said(program, owner, "lookup_url_kwarg") or _said(program, owner, "lookup_field") or "pk"
        if self.own_keys:
            return f"(?P<{before}{name}>{_PARTS})"
        expression = _said(program, owner, "lookup_value_regex")
        if self.expressions:
            return f"(?P<{before}{name}>{expression or _ONE_PART})"
        return f"<{_said(program, owner, 'lookup_value_converter') or expression or 'str'}:{before}{name}>"

    def path(self, row: _Route, prefix: str, lookup: str, action: str) -> str:
        """The path of a route."""
        known = {"{prefix}": prefix, "{lookup}": lookup, "{url_path}": action, "{trailing_slash}": self.slash}
        text = row.url
        for name, given in known.items():
            text = text.replace(name, given)
        # Without a prefix, the slash before what follows goes too.
        return f"{self.before}{text.removeprefix('/') if not prefix else text}"


class ViewSetRoutes:
    """The routes of every view set that is registered with a router."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._made: dict[str, list[LibraryCall]] = {}
        self._registered: dict[str, list[LibraryCall]] = {}
        self._known: dict[tuple[str, int], tuple[_Router, ...]] = {}
        self.actions = _actions(program)
        self.calls = program.registering_calls(REGISTER)
        for call in program.registering_calls(*ROUTERS):
            for part in parts_made(call):
                self._made.setdefault(part, []).append(call)
        for call in self.calls:
            for part in _parts(call.receivers):
                self._registered.setdefault(part, []).append(call)

    def of(self, call: LibraryCall, owner: ClassInfo, prefixes: Sequence[str] = ()) -> list[ViewSetRoute]:
        """The routes of a view set by one registration.

        Args:
            prefixes: in the place of those that the registration says.
        """
        written = prefixes or self._program.texts_of(call, 0, "prefix") or [UNKNOWN_PATH]
        actions = self._actions_of(owner)
        found: list[ViewSetRoute] = []
        for router in self._routers(call.receivers, 0):
            for prefix in written:
                for route in _below(self._program, router, prefix, owner, actions):
                    if route not in found:
                        found.append(route)
        return found

    def _actions_of(self, owner: ClassInfo) -> list[tuple[str, Action]]:
        methods = methods_of(self._program, owner)
        return [(name, self.actions[info]) for name, info in methods.items() if info in self.actions]

    # Routers

    def _routers(self, values: Iterable[Value], depth: int) -> tuple[_Router, ...]:
        """How the routers among values make routes; one of which nothing is known as the library's do."""
        found: dict[_Router, None] = {}
        for value in sorted(values, key=lambda item: item.serial):
            # Which object of its class it is, or else what all of them are made by.
            parts = [identity(value), value.info.name if isinstance(value, Inst) else ""]
            made = next((routers for part in parts if (routers := self._router(part, depth))), ())
            found.update(dict.fromkeys(made))
        return tuple(found) or (_Router(),)

    def _router(self, part: str, depth: int) -> tuple[_Router, ...]:
        known = self._known.get((part, depth))
        if known is None:
            calls = self._made.get(part, ()) if depth <= _DEEPEST else ()
            found = dict.fromkeys(router for call in calls for router in self._made_by(call, depth))
            known = self._known[part, depth] = tuple(found)
        return known

    def _made_by(self, call: LibraryCall, depth: int) -> Iterator[_Router]:
        dotted = call.dotted.removesuffix(".__init__")
        owners = sorted({value.info for value in call.receivers if isinstance(value, Inst)}, key=lambda info: info.name)
        first = 2 if dotted in _NESTED else 0
        regex = constants(call.argument(first + 1, "use_regex_path"))
        bases = self._nested_in(call, depth) if dotted in _NESTED else (_Router(),)
        for base in bases:
            for slash in _slashes(self._program, call.argument(first, "trailing_slash"), owners) or [base.slash]:
                yield replace(
                    base,
                    slash=slash,
                    expressions=True not in map(_is_false, regex),
                    own_keys=any(self._program.method(owner, _LOOKUP) is not None for owner in owners),
                    rows=_rows(self._program, owners) or _STANDARD,
                )

    def _nested_in(self, call: LibraryCall, depth: int) -> Iterator[_Router]:
        parents = call.argument(0, "parent_router")
        for parent in self._routers(parents, depth + 1):
            level = parent.nested + 1
            for name in texts(call.argument(-1, "lookup")) or [f"nested_{level}"]:
                for prefix in texts(call.argument(1, "parent_prefix")) or [UNKNOWN_PATH]:
                    for key in self._keys_of(parents, prefix, parent, f"{name}_"):
                        before = f"{parent.before}{f'{prefix}/' if prefix else ''}{key}/"
                        yield _Router(slash=parent.slash, before=before, nested=level)

    def _keys_of(self, routers: Values, prefix: str, router: _Router, before: str) -> list[str]:
        """What names one object of the view sets that a router has below a prefix."""
        keys = [
            router.lookup(self._program, owner, before)
            for part in _parts(routers)
            for call in self._registered.get(part, ())
            if prefix in self._program.texts_of(call, 0, "prefix")
            for owner in classes_in(self._program.expanded(call.argument(1, "viewset")))
        ]
        return list(dict.fromkeys(keys)) or [f"(?P<{before}pk>{_ONE_PART})"]


def methods_of(program: Program, owner: ClassInfo) -> dict[str, FunctionInfo]:
    """First-party methods of a class, inherited ones included, in the order of lookup."""
    frame = program.frame(owner.body)
    found: dict[str, FunctionInfo] = {}
    for entry in frame.resolution_order(owner):
        if isinstance(entry, ClassInfo):
            for name, info in entry.methods.items():
                found.setdefault(name, info)
    return {name: info for name, info in found.items() if not info.is_abstract}


def _below(
    program: Program, router: _Router, prefix: str, owner: ClassInfo, actions: Sequence[tuple[str, Action]]
) -> Iterator[ViewSetRoute]:
    """The routes below one prefix of one router."""
    lookup = router.lookup(program, owner)
    for row in router.rows:
        if not row.is_dynamic:
            yield ViewSetRoute(router.path(row, prefix, lookup, ""), dict(row.methods))
            continue
        for name, action in actions:
            if action.detail is None or action.detail is row.detail:
                path = router.path(row, prefix, lookup, action.path)
                yield ViewSetRoute(path, {name: action.methods}, is_action=True)


def _parts(values: Iterable[Value]) -> list[str]:
    return sorted(set(map(identity, values)) - {""})


def _said(program: Program, owner: ClassInfo, attribute: str) -> str:
    """The text that a view set's class says under a name, or an empty one."""
    return next((text for text in program.class_constants(owner, attribute) if isinstance(text, str)), "")


# Actions


def _actions(program: Program) -> dict[FunctionInfo, Action]:
    """Methods that are actions, by what their decorators say."""
    found: dict[FunctionInfo, Action] = {}
    for call in program.calls(*ACTIONS):
        said = call.argument(0, "methods")
        methods = tuple(sorted({text.upper() for text in texts(said | program.contents(said))})) or ("GET",)
        for info, _ in program.functions(call.decorated):
            found[info] = Action(methods, _is_detail(call), _action_path(call, info))
    for call in program.calls(*MAPPED):
        for info, _ in program.functions(call.decorated):
            base = next((found[other] for other in _mapped_to(info) if other in found), None)
            verb = call.dotted.rpartition(".")[2].upper()
            path = base.path if base is not None else UNKNOWN_PATH
            found[info] = Action((verb,), base.detail if base is not None else None, path)
    return found


def _is_detail(call: LibraryCall) -> bool | None:
    if call.dotted != ACTIONS[0]:
        return call.dotted == ACTIONS[2]
    said = {bool(value) for value in constants(call.argument(1, "detail"))}
    return said.pop() if len(said) == 1 else None


def _action_path(call: LibraryCall, info: FunctionInfo) -> str:
    given = call.argument(2, "url_path") if call.dotted == ACTIONS[0] else call.argument(-1, "url_path")
    if not given or constants(given) == [None]:
        return info.scope.name.rpartition(".")[2]
    return next(iter(texts(given)), UNKNOWN_PATH)


def _mapped_to(info: FunctionInfo) -> Iterator[FunctionInfo]:
    """The method that another one adds an HTTP method to: `pay` for `@pay.mapping.delete`."""
    for decorator in info.scope.decorators:
        match decorator:
            case Attribute(value=Attribute(value=Name(id=name), attr="mapping")) if info.owner is not None:
                if name in info.owner.methods:
                    yield info.owner.methods[name]
            case _:
                pass


# Routers of the project's own


def _slashes(program: Program, given: Values, owners: Iterable[ClassInfo]) -> list[str]:
    """What routes end in, as far as the router's making or its class says."""
    stored = [
        text
        for owner in owners
        for method in methods_of(program, owner).values()
        for step in method.scope.steps
        if isinstance(step, Store) and isinstance(step.target, Attribute) and step.target.attr == "trailing_slash"
        if isinstance(step.value, Constant) and isinstance(text := step.value.value, str)
    ]
    return list(dict.fromkeys(stored)) or list(
        dict.fromkeys("" if _is_false(value) else "/" for value in constants(given))
    )


def _is_false(value: object) -> bool:
    return value is not None and not value


def _rows(program: Program, owners: Iterable[ClassInfo]) -> tuple[_Route, ...]:
    """The routes that classes of routers list."""
    rows: dict[int, _Route] = {}
    for owner in owners:
        frame = program.frame(owner.body)
        found = frame.find_member(frame.resolution_order(owner), "routes")
        if found is None or found.owner is None:
            continue
        values = frame.class_values(found.owner, "routes")
        held = program.contents(values)
        calls = [program.tables.calls[value.key] for value in held if isinstance(value, Registered)]
        for call in sorted((call for call in calls if call.dotted in ROUTES), key=lambda call: call.location):
            rows.setdefault(len(rows), _row(program, call))
    return tuple(rows.values())


def _row(program: Program, call: LibraryCall) -> _Route:
    is_dynamic = call.dotted == ROUTES[1]
    url = without_anchors(next(iter(texts(call.argument(0, "url"))), UNKNOWN_PATH))
    methods: dict[str, tuple[str, ...]] = {}
    for value in call.argument(1, "mapping") if not is_dynamic else ():
        for verb in _VERBS if isinstance(value, Box) else ():
            for name in texts(program.held(value, under(verb))):  # type: ignore[arg-type]
                methods[name] = (*methods.get(name, ()), verb.upper())
    detail = constants(call.argument(2 if is_dynamic else 3, "detail"))
    return _Route(url, True in detail if detail else "{lookup}" in url, tuple(methods.items()), is_dynamic)
