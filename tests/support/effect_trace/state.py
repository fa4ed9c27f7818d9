"""The memory of the first-party modules: snapshots, what changed between two, and who reads what changes.

In: the name of the first-party package, its modules imported. Out: names of module globals and class attributes.
Objects of libraries are compared by identity alone; those of first-party classes and plain containers by content.
"""

from __future__ import annotations

import functools
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any

_PLAIN = (str, bytes, int, float, complex, bool, type(None))


def first_party_modules(package: str) -> list[ModuleType]:
    """The imported modules of a package, by name."""
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] == package and isinstance(module, ModuleType)
    ]


def snapshot(package: str) -> dict[str, object]:
    """Every global and class attribute of the package, by dotted name, as a value that can be compared later."""
    taken: dict[str, object] = {}
    for module in first_party_modules(package):
        for name, value in list(vars(module).items()):
            if name.startswith("__"):
                continue
            taken[f"{module.__name__}.{name}"] = _frozen(value, package, frozenset())
            if isinstance(value, type) and value.__module__ == module.__name__:
                for attribute, held in list(vars(value).items()):
                    if not attribute.startswith("__") and not isinstance(held, FunctionType):
                        taken[f"{module.__name__}.{name}.{attribute}"] = _frozen(held, package, frozenset())
    return taken


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """Names whose content differs; modules imported in between count for nothing."""
    modules = {name.rpartition(".")[0] for name in before}
    return sorted(
        name for name in {*before, *after} if name.rpartition(".")[0] in modules and before.get(name) != after.get(name)
    )


def memos(package: str) -> dict[str, Any]:
    """The `lru_cache` functions of the package, by dotted name."""
    return {
        f"{module.__name__}.{name}": value
        for module in first_party_modules(package)
        for name, value in list(vars(module).items())
        if type(value) is functools._lru_cache_wrapper
    }


def watch_reads(names: list[str], note: Callable[[str], None]) -> None:
    """Puts dictionaries that tell of reads in the place of the module globals of these names."""
    for name in names:
        module, _, attribute = name.rpartition(".")
        owner = sys.modules.get(module)
        if owner is not None and type(vars(owner).get(attribute)) is dict:
            setattr(owner, attribute, _Watched(vars(owner)[attribute], lambda name=name: note(name)))  # type: ignore[misc]


def _frozen(value: Any, package: str, above: frozenset[int]) -> object:
    kind = type(value)
    if kind in _PLAIN:
        return (kind.__name__, value)
    if id(value) in above:
        return "itself"
    above = above | {id(value)}
    if kind in (list, tuple, deque):
        return (kind.__name__, tuple(_frozen(item, package, above) for item in value))
    if kind in (set, frozenset):
        return (kind.__name__, frozenset(_frozen(item, package, above) for item in value))
    if issubclass(kind, dict):
        return ("dict", tuple((_frozen(k, package, above), _frozen(v, package, above)) for k, v in dict.items(value)))
    if _is_first_party(kind, package):
        held = object.__getattribute__(value, "__dict__") if hasattr(kind, "__dict__") else {}
        return (kind.__qualname__, id(value), _frozen(dict(held), package, above))
    return id(value)


def _is_first_party(kind: type, package: str) -> bool:
    # Celery makes a class for each task at run time and gives it the function's module; that one is Celery's.
    module = sys.modules.get(kind.__module__)
    return kind.__module__.partition(".")[0] == package and vars(module or object).get(kind.__name__) is kind


class _Watched(dict[Any, Any]):
    """A dictionary that tells when its content is asked for."""

    def __init__(self, content: dict[Any, Any], note: Callable[[], None]) -> None:
        super().__init__(content)
        self._note = note

    def __getitem__(self, key: Any) -> Any:
        self._note()
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note()
        return super().__contains__(key)

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return super().__iter__()

    def get(self, key: Any, default: Any = None) -> Any:
        self._note()
        return super().get(key, default)

    def items(self) -> Any:
        self._note()
        return super().items()

    def values(self) -> Any:
        self._note()
        return super().values()

    def keys(self) -> Any:
        self._note()
        return super().keys()

    def pop(self, *arguments: Any) -> Any:
        self._note()
        return super().pop(*arguments)
