"""Values as bytes and back: frozen records and enumerations of named packages, and nothing else.

In: a value that is made of such records and of plain data. Out: bytes, and the value again. The form is Python's pickle,
compressed; it is read by an unpickler that looks up records and nothing else, so that whoever can write the bytes cannot
have code run. Whether a value means what is asked for is the caller's to check.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any

_LEVEL = 1
"""zlib's fastest: of facts a third is left, of an analysis a fifth; the next ones take longer and save little more."""

_PROTOCOL = 5
_PLAIN = frozenset({("builtins", "complex")})
"""What plain data names that has no form of its own in a pickle."""


class Unpackable(ValueError):
    """The bytes are none that were packed; the text says why."""


def packed(value: object) -> bytes:
    """The value as bytes.

    Raises:
        RecursionError: it is nested too deeply.
    """
    whole = io.BytesIO()
    _Packer(whole, protocol=_PROTOCOL).dump(value)
    return zlib.compress(whole.getvalue(), _LEVEL)


def unpacked(data: bytes, *packages: str) -> object:
    """The value that was packed.

    Args:
        packages: dotted names; records of modules in them are made.

    Raises:
        Unpackable: the bytes are not of this program, or name anything that is no record of the packages.
    """
    try:
        return _Records(zlib.decompress(data), packages).load()
    except Exception as error:  # an unpickler raises whatever the bytes make it raise
        raise Unpackable(str(error) or type(error).__name__) from error


class _Reducers(dict[type, Callable[[Any], Any]]):
    """How a value of a class is written, by class.

    Dataclasses are made anew by a call with their fields: in half the time that setting them one by one takes.
    """

    def __missing__(self, kind: type) -> Callable[[Any], Any]:
        if issubclass(kind, type):
            raise KeyError(kind)  # a class itself is written by its name
        names = _names(kind)
        self[kind] = found = _by_call(kind, names) if names else _by_itself
        return found


def _by_call(kind: type, names: tuple[str, ...]) -> Callable[[Any], Any]:
    if len(names) == 1:
        return lambda value: (kind, (getattr(value, names[0]),))
    values = attrgetter(*names)
    return lambda value: (kind, values(value))


def _by_itself(value: Any) -> Any:
    return value.__reduce_ex__(_PROTOCOL)


def _names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass that is made by a call with them in their order; none of any other class."""
    names = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return names if names == getattr(kind, "__match_args__", ()) else ()


class _Packer(pickle.Pickler):
    dispatch_table = _Reducers()


class _Records(pickle.Unpickler):
    def __init__(self, data: bytes, packages: tuple[str, ...]) -> None:
        super().__init__(io.BytesIO(data))
        self._packages = packages

    def find_class(self, module: str, name: str) -> Any:
        return _record(module, name, self._packages)


@cache
def _record(module: str, name: str, packages: tuple[str, ...]) -> Any:
    """The record that a package defines by a name."""
    if (module, name) not in _PLAIN and not f"{module}.".startswith(tuple(f"{package}." for package in packages)):
        raise Unpackable(f"it names {module}.{name}")
    found = getattr(import_module(module), name, None)
    if not isinstance(found, type) or found.__module__ != module or not (_is_record(found) or found is complex):
        raise Unpackable(f"it names {module}.{name}")
    return found


def _is_record(kind: Any) -> bool:
    """Whether it is a frozen dataclass, a named tuple or an enumeration."""
    params = getattr(kind, "__dataclass_params__", None)
    if params is not None:
        return bool(params.frozen)
    return issubclass(kind, Enum) or (issubclass(kind, tuple) and hasattr(kind, "_fields"))
