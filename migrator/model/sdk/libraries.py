"""What calls of libraries and of the language give: the SDK's own, settings, wrappers of callables, containers.

In: something of a library and the arguments. Out: values; what is not listed gives a value that is only known to come
from there. Tables say which functions hand their argument on, as it is or in what they make of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from migrator.model.sdk.names import source
from migrator.model.sdk.texts import Texts, called
from migrator.model.sdk.values import (
    Applied,
    Arguments,
    Bound,
    Client,
    Cls,
    Collection,
    Dict,
    Fn,
    Given,
    Known,
    Later,
    Lib,
    Object,
    Resource,
    SdkMethod,
    Seq,
    Super,
    Unknown,
    Value,
    Values,
)
from migrator.model.sdk.words import plain_text, unique

_GIVES_FIRST = frozenset(
    {
        "asgiref.sync.async_to_sync",
        "asgiref.sync.sync_to_async",
        "builtins.iter",
        "builtins.list",
        "builtins.reversed",
        "builtins.set",
        "builtins.sorted",
        "builtins.tuple",
        "contextlib.aclosing",
        "contextlib.closing",
        "contextlib.nullcontext",
        "copy.copy",
        "copy.deepcopy",
        "django.utils.functional.SimpleLazyObject.__wrapped__",
        "functools.cache",
        "staticmethod",
        "types.MappingProxyType",
        "typing.cast.value",
        "weakref.proxy",
    }
)
"""Functions whose result is their first argument, or has the same items."""

_CALLS_FIRST = frozenset(
    {
        "fastapi.Depends",
        "fastapi.Security",
        "fastapi.params.Depends",
        "django.utils.functional.LazyObject",
        "django.utils.functional.SimpleLazyObject",
        "django.utils.functional.lazy",
        "lazy_object_proxy.Proxy",
        "werkzeug.local.LocalProxy",
        "wrapt.ObjectProxy",
    }
)
"""What is made of a function and stands for what it gives: proxies, and parameters that a framework fills."""

_DECORATES = frozenset({"functools.lru_cache", "functools.wraps", "functools.update_wrapper"})
_FACTORIES = frozenset({"contextvars.ContextVar"})
_LAST_IS_VALUE = frozenset({"typing.cast"})
_RUNS: Mapping[str, int] = {
    "asyncio.create_task": 0,
    "asyncio.run": 0,
    "asyncio.to_thread": 0,
    "asyncio.wait_for": 0,
    "asgiref.sync.sync_to_async": 0,
    "asgiref.sync.async_to_sync": 0,
}
"""Functions that call their argument with the others, or wait for it, and give what it gives."""


class Libraries(Texts):
    """Calls what libraries and the language have."""

    def call_library(self, value: Lib, arguments: Arguments, place: Later) -> Values:
        """What a call of something of a library gives."""
        for special in (
            self.made_by_library(value, arguments, place),
            self.setting_call(value, arguments),
            self.made_text(value, arguments, place),
            self._of_language(value, arguments, place),
        ):
            if special is not None:
                return special
        dotted = value.dotted
        if dotted in _GIVES_FIRST:
            return self.values_of(arguments.get(0))
        if dotted in _RUNS:
            return self._run(arguments, place)
        if dotted in _CALLS_FIRST:
            return tuple(
                inner
                for maker in self.values_of(arguments.get(0))
                for inner in self.call_value(maker, Arguments(), place)
            )
        if dotted in _LAST_IS_VALUE:
            return self.values_of(arguments.get(1, "val"))
        if dotted in ("functools.partial", "functools.partialmethod"):
            rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
            return tuple(Applied(target, rest) for target in self.values_of(arguments.get(0)))
        if dotted in _DECORATES or dotted.rpartition(".")[2] in ("lru_cache", "cache"):
            targets = self.values_of(arguments.get(0))
            callables = tuple(each for each in targets if isinstance(each, Fn | Bound | SdkMethod | Applied))
            return callables or (Lib(dotted, place),)
        if value.made is not None:
            return self._of_made(value, place)
        return (Lib(dotted, place),)

    def _of_made(self, value: Lib, place: Later) -> Values:
        """What a method of an object of a library gives: of a context variable what was put into it; else unknown."""
        base, _, method = value.dotted.rpartition(".")
        assert value.made is not None
        if base in _FACTORIES and method == "get":
            return (Unknown(source(place.expression)),)
        if method in ("enter_context", "enter_async_context", "wraps"):
            return self.values_of(self._first(place))
        return (Unknown(source(place.expression)),)

    def _first(self, place: Later) -> Given | None:
        given = getattr(place.expression, "arguments", ())
        return Later(given[0], place.frame, place.at) if given else None

    def _run(self, arguments: Arguments, place: Later) -> Values:
        found: list[Value] = []
        rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
        for value in self.values_of(arguments.get(0)):
            callable_ = isinstance(value, Fn | Bound | SdkMethod | Applied | Cls)
            found.extend(self.call_value(value, rest, place) if callable_ else (value,))
        return tuple(found)

    def _of_language(self, value: Lib, arguments: Arguments, place: Later) -> Values | None:
        """Built-in functions."""
        frame, at = place.frame, place.at
        match value.dotted:
            case "builtins.getattr":
                found: list[Value] = []
                objects = self.values_of(arguments.get(0))
                for name in self.values_of(arguments.get(1)):
                    text = plain_text(name)
                    if text is not None:
                        found.extend(self.attribute(objects, text, frame, at))
                    else:
                        found.extend(
                            SdkMethod(each, "") for each in objects if isinstance(each, Client | Resource | Collection)
                        )
                found.extend(self.values_of(arguments.get(2)))
                return tuple(found) or (Unknown(source(place.expression)),)
            case "builtins.super":
                return self._super(arguments, place)
            case "builtins.dict":
                pairs: list[tuple[str | None, Given]] = list(arguments.keywords)
                for each in self.values_of(arguments.get(0)):
                    pairs = [*self.entries(each, "", frame), *pairs]
                    if isinstance(each, Seq):
                        pairs.append((None, Known(self.elements((each,), "", frame))))
                return (Dict(tuple(pairs), (id(place.expression), frame)),)
            case "builtins.next":
                return self.elements(self.values_of(arguments.get(0)), "", frame)
            case "builtins.enumerate" | "builtins.zip":
                items = [self.elements(self.values_of(each), called(each), frame) for each in arguments.positional]
                if value.dotted == "builtins.enumerate":
                    items = [(Unknown("a position"),), *items]
                return (Seq((Known((Seq(tuple(map(Known, items))),)),), False),)
            case "builtins.map":
                made: list[Value] = []
                given = [
                    Known(self.elements(self.values_of(each), called(each), frame)) for each in arguments.positional[1:]
                ]
                for function in self.values_of(arguments.get(0)):
                    made.extend(self.call_value(function, Arguments(tuple(given)), place))
                return (Seq((Known(unique(made)),), False),)
            case "builtins.vars" | "builtins.globals" | "builtins.locals":
                return (Unknown(source(place.expression)),)
            case "builtins.type" if len(arguments.positional) == 1:
                return tuple(Cls(each.info) for each in self.values_of(arguments.get(0)) if isinstance(each, Object))
            case "builtins.property" | "builtins.staticmethod" | "builtins.classmethod":
                return self.values_of(arguments.get(0, "fget"))
            case "importlib.import_module":
                names = [plain_text(each) for each in self.values_of(arguments.get(0))]
                return tuple(each for name in names if name for each in self.module_or_library(name))
            case _:
                return None

    def _super(self, arguments: Arguments, place: Later) -> Values:
        frame = place.frame
        info = frame.info
        while info.owner is None and info.enclosing is not None and not info.enclosing.runs_on_import:
            info = info.enclosing
        if info.owner is None:
            return ()
        return tuple(Super(info.owner, receiver) for receiver in self.receiver(frame))

    def construct_special(self, value: Cls, arguments: Arguments, place: Later) -> Values | None:
        """Members of an enumeration; instances of everything else."""
        ancestors = self.order(value)
        bases = {base for info in ancestors for base in self._library_bases(info)}
        if any(base.startswith("enum.") for base in bases):
            return self.values_of(arguments.get(0))
        return None

    def _library_bases(self, info: object) -> set[str]:
        module, scope = info.module, info.scope  # type: ignore[attr-defined]
        return {self.index.dotted(module, base) for base in scope.bases}

    def call_object(self, value: Object, arguments: Arguments, place: Later) -> Values:
        """An object of a class that cannot be called, as far as the code says."""
        return (Unknown(source(place.expression)),)
