"""What a name can stand for at run time, as far as the analysis follows it.

Values are interned by `Universe`: equal ones are the same object. A value says what may be reached through it, never what its data is, except for constants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

Key = TypeVar("Key")
Handed: TypeAlias = "tuple[tuple[int | str, frozenset[Value]], ...]"

if TYPE_CHECKING:
    from migrator.model.index import ClassInfo, FunctionInfo
    from migrator.model.solver import Contents


class Value:
    """Base of all values; two are equal only if they are the same object.

    They are hashed by when they were made, so that sets of them have one order in each run: where too many values meet,
    what is followed depends on who came first. It costs nothing that can be measured: sets keep the hashes of their items.

    Attributes:
        serial: 1 for the first of its universe.
    """

    __slots__ = ("serial",)
    serial: int
    home: str = ""

    def __hash__(self) -> int:
        return self.serial


class Fn(Value):
    """A function, not bound to an object. `outer` is the receiver of the enclosing method, for closures."""

    __slots__ = ("info", "outer")

    def __init__(self, info: FunctionInfo, outer: Value | None) -> None:
        self.info = info
        self.outer = outer


class Method(Value):
    """A function bound to a receiver."""

    __slots__ = ("info", "receiver")

    def __init__(self, info: FunctionInfo, receiver: Value) -> None:
        self.info = info
        self.receiver = receiver


class Cls(Value):
    """A class of the analyzed code."""

    __slots__ = ("info",)

    def __init__(self, info: ClassInfo) -> None:
        self.info = info


class Inst(Value):
    """An instance of a class of the analyzed code.

    `home` is the module global or class attribute that holds it, or an empty string where none is known to;
    `items` is what it holds in the sense of the library class that it inherits from: a manager's objects.
    """

    __slots__ = ("home", "info", "items")

    def __init__(self, info: ClassInfo, home: str, items: frozenset[Value]) -> None:
        self.info = info
        self.home = home
        self.items = items


class Mod(Value):
    """A module of the analyzed code."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Lib(Value):
    """Something of a library: what a dotted name stands for, or an instance of the class it names.

    Attributes:
        dotted: fully qualified, as knowledge speaks of it.
        instance: an instance of that class, rather than the thing itself.
        items: what it holds, for containers and queries.
        origin: where a path points to: `temp`, `package+N` (N folders below the package's own root), or unknown.
        home: as for `Inst`.
        site: where the object was made, where that tells it from others of its type; or an empty string.
        receiver: what a method or attribute was taken from; for a wrapped function the function.
    """

    __slots__ = ("dotted", "home", "instance", "items", "origin", "receiver", "site")

    def __init__(
        self,
        dotted: str,
        instance: bool,
        items: frozenset[Value],
        origin: str,
        home: str,
        site: str,
        receiver: Value | None,
    ) -> None:
        self.dotted = dotted
        self.instance = instance
        self.items = items
        self.origin = origin
        self.home = home
        self.site = site
        self.receiver = receiver


class Box(Value):
    """A list, tuple, set or dict made at one place of the analyzed code.

    A box is known three times at most: as nobody's, as held by globals, whichever they are, and as the copy of one
    that they hold, of which only the items are theirs. Their names are a cell of the solver. Were it known once for
    each of them, boxes of boxes that some globals share would multiply.

    A display in a method that classes inherit makes a box for each of them: were they one, every class would seem to
    put into it what any of them does. Only in that method are they told apart. Wherever they go, they become the
    generic box of the display, which holds what all of them do.

    Attributes:
        form: its kind, after a colon the library class that it is of, where that is none of the interpreter's own.
        kind: how it holds what it does: `list`, `tuple`, `set`, `dict`, or `values` where nothing goes through it.
        dotted: its class.
        home: as for `Inst`.
        items_home: what holds the items.
        generic: the site of the generic box, for one of a class.
        mirror: the site where the boxes of all classes put what they hold, for the generic box; or empty.
        contents: cells of what it holds, of the solver, which asks for them more often than for anything else; None
            until it does.
    """

    __slots__ = ("contents", "dotted", "form", "generic", "home", "items_home", "kind", "mirror", "site")

    def __init__(self, site: str, form: str, held: bool, copied: bool) -> None:
        self.site = site
        base, inherited, owner = site.partition(INHERITED)
        self.generic = f"{base}{INHERITED}" if owner else ""
        self.mirror = f"{base}{INHERITED}*" if inherited else ""
        self.form = form
        self.kind, _, dotted = form.partition(":")
        self.dotted = dotted or f"builtins.{self.kind}"
        self.home = HELD + site if held else ""
        self.items_home = HELD + site if held or copied else ""
        self.contents: tuple[Contents, ...] | None = None


class Gen(Value):
    """What a call of a generator function gives."""

    __slots__ = ("info", "receiver")

    def __init__(self, info: FunctionInfo, receiver: Value | None) -> None:
        self.info = info
        self.receiver = receiver


class Const(Value):
    """A constant of the code."""

    __slots__ = ("value",)

    def __init__(self, value: str | bytes | int | float | complex | bool | None) -> None:
        self.value = value


class Param(Value):
    """What a caller passes, kept as a symbol so that each caller answers for its own argument."""

    __slots__ = ("index", "info")

    def __init__(self, info: FunctionInfo, index: int) -> None:
        self.info = info
        self.index = index


class Given(Value):
    """What a call of a parameter gives, kept as a symbol so that each caller gets what its own argument gives."""

    __slots__ = ("index", "info")

    def __init__(self, info: FunctionInfo, index: int) -> None:
        self.info = info
        self.index = index


class Partial(Value):
    """A callable with some arguments given in advance.

    They are handed on where it is made, but for those that can be called: for them whoever calls it answers.

    Attributes:
        given: how many are given by position.
        handed: those that can be called, by position or name.
    """

    __slots__ = ("given", "handed", "target")

    def __init__(self, target: Value, given: int, handed: Handed) -> None:
        self.target = target
        self.given = given
        self.handed = handed


class Super(Value):
    """`super()` in a method of a class, for a receiver."""

    __slots__ = ("info", "receiver")

    def __init__(self, info: ClassInfo, receiver: Value) -> None:
        self.info = info
        self.receiver = receiver


class Registered(Value):
    """What a call that a framework plug-in asks about gives: a decorator, a signature; see `LibraryCall`."""

    __slots__ = ("key",)

    def __init__(self, key: tuple[str, int, int, str]) -> None:
        self.key = key


class Unknown(Value):
    """A value that is there but not followed."""

    __slots__ = ()


UNKNOWN = Unknown()
UNKNOWN.serial = 0
NOTHING: frozenset[Value] = frozenset()
FEW = 6
"""Values of a set that are looked through as fast as it is looked up."""

_MOST_GIVEN = 20
_DEEPEST = 4
"""How deeply library containers and partials are nested before the rest is dropped, so that values stay finite."""


class Universe:
    """Makes and interns the values of one model."""

    def __init__(self) -> None:
        self._table: dict[tuple[object, ...], Value] = {}
        self._sets: dict[frozenset[Value], frozenset[Value]] = {}
        self._all_unspecific: dict[frozenset[Value], frozenset[Value]] = {}
        self._generalized: dict[frozenset[Value], frozenset[Value]] = {}
        self._all_elsewhere: dict[frozenset[Value], frozenset[Value]] = {}
        self._all_housed: dict[tuple[str, frozenset[Value]], frozenset[Value]] = {}
        self._plain_data: frozenset[Value] = NOTHING
        self._symbols: dict[frozenset[Value], tuple[Param | Given, ...]] = {}
        self._objects: dict[frozenset[Value], tuple[Inst, ...]] = {}

    def release(self) -> None:
        """Let go of all values; none can be made afterwards."""
        tables: tuple[dict[Any, Any], ...] = (
            self._table,
            self._sets,
            self._all_unspecific,
            self._generalized,
            self._all_elsewhere,
            self._all_housed,
            self._symbols,
            self._objects,
        )
        for table in tables:
            table.clear()

    def one(self, values: frozenset[Value]) -> frozenset[Value]:
        """The one object for all sets that are equal to this one.

        Half of all sets are, and a large one takes kilobytes.
        """
        return self._sets.setdefault(values, values)

    @property
    def sets(self) -> int:
        """How many sets are held."""
        return len(self._sets)

    def keep_sets(self, needed: Iterable[frozenset[Value]]) -> None:
        """Let go of all other sets, and of what they were made into: most were on the way to a larger one."""
        self._sets = {values: values for values in needed}
        held = set(self._sets)
        for memo in (self._all_unspecific, self._generalized, self._all_elsewhere):
            self._keep({key: made for key, made in memo.items() if key in held}, memo)
        self._keep({key: made for key, made in self._all_housed.items() if key[1] in held}, self._all_housed)
        self._symbols = {key: found for key, found in self._symbols.items() if key in held}
        self._objects = {key: found for key, found in self._objects.items() if key in held}

    def _keep(self, kept: dict[Key, frozenset[Value]], memo: dict[Key, frozenset[Value]]) -> None:
        memo.clear()
        memo.update(kept)
        for made in kept.values():
            self.one(made)

    def _add(self, key: tuple[object, ...], value: Value) -> Value:
        value.serial = len(self._table) + 1
        self._table[key] = value
        return value

    def fn(self, info: FunctionInfo, outer: Value | None) -> Value:
        key = ("fn", info, outer)
        return self._table.get(key) or self._add(key, Fn(info, outer))

    def method(self, info: FunctionInfo, receiver: Value) -> Value:
        key = ("method", info, receiver)
        return self._table.get(key) or self._add(key, Method(info, receiver))

    def cls(self, info: ClassInfo) -> Value:
        key = ("cls", info)
        return self._table.get(key) or self._add(key, Cls(info))

    def inst(self, info: ClassInfo, home: str = "", items: frozenset[Value] = frozenset()) -> Value:
        key = ("inst", info, home, items)
        return self._table.get(key) or self._add(key, Inst(info, home, items))

    def mod(self, name: str) -> Value:
        key = ("mod", name)
        return self._table.get(key) or self._add(key, Mod(name))

    def lib(
        self,
        dotted: str,
        *,
        instance: bool = False,
        items: frozenset[Value] = NOTHING,
        origin: str = "",
        home: str = "",
        site: str = "",
        receiver: Value | None = None,
    ) -> Value:
        key = ("lib", dotted, instance, items, origin, home, site, receiver)
        found = self._table.get(key)
        if found is not None:
            return found
        if items and _depth(items) > _DEEPEST:
            return self.lib(dotted, instance=instance, origin=origin, home=home, site=site, receiver=receiver)
        if receiver is not None and _receivers(receiver) > _DEEPEST:
            return self.lib(dotted, instance=instance, items=items, origin=origin, home=home, site=site)
        return self._add(key, Lib(dotted, instance, items, origin, home, site, receiver))

    def instance_of(self, value: Lib) -> Value:
        """An instance of a library's class; of what hangs on an object nothing says that it is a class."""
        return self.data(value.home) if value.site in (MEMBER, UNDESCRIBED) else self.lib(value.dotted, instance=True)

    def text(self, origin: str = "") -> Value:
        """Text that is not a constant."""
        return self.lib("builtins.str", instance=True, origin=origin)

    @property
    def plain_data(self) -> frozenset[Value]:
        """`data()` alone, which most library calls give."""
        if not self._plain_data:
            self._plain_data = frozenset((self.data(),))
        return self._plain_data

    def data(self, home: str = "") -> Value:
        """What a library function returned that does nothing: most likely plain data."""
        return self.lib(DATA, instance=True, home=home)

    def box(self, site: str, form: str, *, held: bool = False, copied: bool = False) -> Value:
        key = ("box", site, held, copied)
        return self._table.get(key) or self._add(key, Box(site, form, held, copied))

    def copied(self, value: Value) -> Value:
        """A shallow copy: nobody's, with the same items."""
        value = self.unspecific(value)
        if isinstance(value, Box) and value.items_home:
            return self.box(value.site, value.form, copied=True)
        return self.elsewhere(value) if value.home else value

    def unspecific(self, value: Value) -> Value:
        """The generic box in place of that of one class; anything else as it is."""
        if type(value) is Box and value.generic:
            return self.box(value.generic, value.form)
        return value

    def all_unspecific(self, values: frozenset[Value]) -> frozenset[Value]:
        """The values, each as `unspecific` gives it; asked for again and again of the same large sets."""
        found = self._all_unspecific.get(values)
        if found is None:
            specific = [value for value in values if type(value) is Box and value.generic]
            found = values.difference(specific).union(map(self.unspecific, specific)) if specific else values
            found = self._all_unspecific[self.one(values)] = self.one(found)
        return found

    def gen(self, info: FunctionInfo, receiver: Value | None) -> Value:
        key = ("gen", info, receiver)
        return self._table.get(key) or self._add(key, Gen(info, receiver))

    def const(self, value: str | bytes | int | float | complex | bool | None) -> Value:
        key = ("const", type(value), value)
        return self._table.get(key) or self._add(key, Const(value))

    def param(self, info: FunctionInfo, index: int) -> Value:
        key = ("param", info, index)
        return self._table.get(key) or self._add(key, Param(info, index))

    def given(self, info: FunctionInfo, index: int) -> Value:
        key = ("given", info, index)
        return self._table.get(key) or self._add(key, Given(info, index))

    def partial(self, target: Value, given: int, handed: Handed = ()) -> Value:
        if isinstance(target, Partial):
            moved = tuple((at + target.given if isinstance(at, int) else at, values) for at, values in handed)
            return self.partial(target.target, min(target.given + given, _MOST_GIVEN), (*target.handed, *moved))
        handed = handed if len(handed) <= _MOST_GIVEN else ()
        key = ("partial", target, given, handed)
        return self._table.get(key) or self._add(key, Partial(target, given, handed))

    def super_(self, info: ClassInfo, receiver: Value) -> Value:
        key = ("super", info, receiver)
        return self._table.get(key) or self._add(key, Super(info, receiver))

    def registered(self, key: tuple[str, int, int, str]) -> Value:
        full = ("registered", *key)
        return self._table.get(full) or self._add(full, Registered(key))

    def housed(self, value: Value, home: str) -> Value:
        """The value as held by a global; values that cannot be changed in place stay as they are."""
        match value:
            case Inst(info=info, home="", items=items) if not info.is_named_tuple:
                return self.inst(info, home, items)
            case Box(site=site, kind=kind, home="") if kind != "tuple" and not value.dotted.startswith(AMBIENT):
                return self.box(value.generic or site, value.form, held=True)
            case Lib(instance=True, site=site) if site == OWN:
                return self.lib(value.dotted, instance=True, items=value.items)
            case Lib(instance=True, home="") if not value.dotted.startswith(_UNHELD):
                return self.lib(
                    value.dotted,
                    instance=True,
                    items=value.items,
                    origin=value.origin,
                    home=home,
                    site=value.site,
                    receiver=value.receiver,
                )
            case _:
                return value

    def all_housed(self, values: frozenset[Value], home: str) -> frozenset[Value]:
        """The values, each as held by a global; asked for again and again of the same large sets."""
        key = (home, values)
        found = self._all_housed.get(key)
        if found is None:
            found = self.one(frozenset(self.housed(value, home) for value in values))
            self._all_housed[home, self.one(values)] = found
        return found

    def elsewhere(self, value: Value) -> Value:
        """The value as if no global held it."""
        match value:
            case Inst(info=info, items=items):
                return self.inst(info, "", items)
            case Box(site=site, form=form):
                return self.box(site, form)
            case Lib():
                return self.lib(
                    value.dotted,
                    instance=value.instance,
                    items=value.items,
                    origin=value.origin,
                    site=value.site,
                    receiver=value.receiver,
                )
            case _:
                return value

    def all_elsewhere(self, values: frozenset[Value]) -> frozenset[Value]:
        """The values as if no global held them; asked for again and again of the same large sets."""
        found = self._all_elsewhere.get(values)
        if found is None:
            found = frozenset(self.elsewhere(value) if value.home else value for value in values)
            found = self._all_elsewhere[self.one(values)] = self.one(found)
        return found

    def inside(self, value: Value, holder: Inst, attr: str) -> Value:
        """The value as held by a field of an object that a global holds.

        The field says where it is, whichever of its class's objects in globals is meant: with each value known once
        for each of them, a settings class with fifty objects would multiply everything that it has ever held. An
        object in a field of an object in a field is no longer followed: whatever is passed around would come to be
        held by every global.
        """
        home = f"{holder.info.name}.{attr}"
        if isinstance(value, Inst):
            return value if holder.home.endswith(INNER) else self.housed(value, home + INNER)
        return self.housed(value, home)

    def general(self, value: Value) -> Value:
        """The value without the constant in it: what flows into parameters and fields, which many callers share."""
        if isinstance(value, Const):
            if value.value is None or isinstance(value.value, bool):
                return value
            origin = "temp" if isinstance(value.value, str) and value.value.startswith(TEMP_FOLDERS) else ""
            return self.lib(f"builtins.{type(value.value).__name__}", instance=True, origin=origin)
        return self.unspecific(value)

    def symbols(self, values: frozenset[Value]) -> Sequence[Param | Given]:
        """The parameters among the values, and what those give; asked for again and again of the same large sets."""
        if len(values) <= FEW:
            return [value for value in values if type(value) is Param or type(value) is Given]
        found = self._symbols.get(values)
        if found is None:
            found = tuple(value for value in values if type(value) is Param or type(value) is Given)
            self._symbols[self.one(values)] = found
        return found

    def objects(self, values: frozenset[Value]) -> Sequence[Inst]:
        """The objects of the analyzed code among the values; asked for again and again of the same large sets."""
        if len(values) <= FEW:
            return [value for value in values if type(value) is Inst]
        found = self._objects.get(values)
        if found is None:
            found = self._objects[self.one(values)] = tuple(value for value in values if type(value) is Inst)
        return found

    def generalized(self, values: frozenset[Value]) -> frozenset[Value]:
        """The values, each made general; asked for again and again of the same large sets."""
        found = self._generalized.get(values)
        if found is None:
            found = self._generalized[self.one(values)] = self.one(frozenset(map(self.general, values)))
        return found


DATA = "data()"
"""The name of what a library function returned that does nothing, where its type is not described."""

INHERITED = "~"
"""Ends the site of a display in a method that classes inherit; the class that the box is for follows, if any."""

HELD = "[]"
"""Begins the home of a container that globals hold; the site where it was made follows."""

INNER = "."
"""Ends the home of an object that a field of the global's object holds."""

MEMBER = "member"
"""As the site of a library value: a method or attribute of an instance; what hangs on it is data at most."""

FIELDS = "fields"
"""As the site of a library value: the `__dict__` of an object."""

OWN = "own"
"""As the site of a library value: what a thread has of its own, made by a call and so far held by no global. Nothing
that is there before the call can be in it."""

UNDESCRIBED = "undescribed"
"""As the site of a library value: an attribute that nothing is known of, taken from an instance."""

PACKAGE = "package"
TEMP_FOLDERS = ("/tmp/", "/var/tmp/")
_UNCHANGING = (
    *(f"builtins.{name}" for name in ("str", "int", "float", "bytes", "bool", "tuple", "frozenset")),
    "datetime.",
    "decimal.Decimal",
    "fractions.Fraction",
    "uuid.UUID",
)
_BARE = ("builtins.object", "enum.auto")
AMBIENT = ("threading.local", "contextvars.ContextVar", "werkzeug.local.", "sqlalchemy.orm.scoped_session")

NAMESPACES = frozenset({"argparse.Namespace", "threading.local", "types.SimpleNamespace"})
"""Classes of which the analyzed code gives each object the attributes that it likes."""

_UNHELD = (*_UNCHANGING, *_BARE, *AMBIENT)
"""Types of which an object in a global is no state of the process: it never changes, or each thread has its own."""


def is_own(value: Value | None) -> bool:
    """Whether a thread-local object, or a part of one, was made by the call itself."""
    while isinstance(value, Lib):
        if value.site == OWN:
            return True
        value = value.receiver
    return False


def climbed(origin: str, ups: int) -> str:
    """The origin some folders up: a path that has left the code's own package is no longer shipped with it."""
    if not origin.startswith(PACKAGE) or not ups:
        return origin
    levels = int(origin.partition("+")[2] or 0) - ups
    return f"{PACKAGE}+{levels}" if levels >= 0 else ""


def home_of(value: Value) -> str:
    """The global that holds an object, or an empty string."""
    return value.home


def is_callable_symbol(value: Value) -> bool:
    """Whether each caller answers for the value itself, so that it does not flow into parameters."""
    return isinstance(value, Fn | Method | Partial | Param | Given)


def _depth(items: frozenset[Value]) -> int:
    return 1 + max((_depth(item.items) for item in items if isinstance(item, Lib) and item.items), default=0)


def _receivers(value: Value) -> int:
    depth = 0
    while isinstance(value, Lib) and value.receiver is not None:
        depth += 1
        value = value.receiver
    return depth
