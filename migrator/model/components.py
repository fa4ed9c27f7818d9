"""Parts of a tree that know nothing of each other: packages that do not import each other, nor name each other in a text.

In: the outlines of all modules. Out: the names of the modules of each part. What happens in one part cannot reach another, so
that each is a program of its own: many services in one repository are analyzed side by side, and what was known of those
in which nothing has changed still holds. Most monoliths are one part.

Two modules are of one part if one imports the other, if they lie in one package (with an `__init__.py`), or if a text in one
of them may name the other or a class of it: `shop.tasks.send`, or `orders.Order` for a class of the app of that label. A
task that is sent by a name that says nothing of its module, from code that imports nothing of it, does not join two parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from migrator.facts import Outline
from migrator.facts.records import Import
from migrator.model.import_roots import import_roots


def components_of(outlines: Mapping[str, Outline], is_library: Callable[[str], bool]) -> tuple[tuple[str, ...], ...]:
    """The modules of each part, by name; the parts in the order of their first modules.

    Args:
        outlines: by module name.
        is_library: whether a top-level module is known to be a library.
    """
    joined = _Joined(outlines)
    packages = {name[:at] for name in outlines for at, char in enumerate(name) if char == "."}
    roots = import_roots({name: module.imports for name, module in outlines.items()}, packages, is_library)
    labeled = _labeled_classes(outlines)
    for name, module in outlines.items():
        parent = name.rpartition(".")[0]
        if parent in outlines:
            joined.join(name, parent)
        for meant in _meant(module, roots):
            for other in joined.modules_of(meant):
                joined.join(name, other)
        for text in module.named:
            for other in labeled.get(text, ()):
                joined.join(name, other)
    return joined.parts()


class _Joined:
    """Sets of modules, joined two by two (union and find, with halved paths)."""

    def __init__(self, outlines: Mapping[str, Outline]) -> None:
        self._heads = {name: name for name in outlines}
        self._below: dict[str, list[str]] = defaultdict(list)
        for name in outlines:
            for at, char in enumerate(name):
                if char == "." and name[:at] not in outlines:
                    self._below[name[:at]].append(name)

    def join(self, one: str, other: str) -> None:
        first, second = sorted((self._head(one), self._head(other)))
        self._heads[second] = first

    def _head(self, name: str) -> str:
        heads = self._heads
        while heads[name] != name:
            heads[name] = name = heads[heads[name]]
        return name

    def modules_of(self, dotted: str) -> list[str]:
        """The module that a dotted name lies in, or all that lie in it where it is a folder without an `__init__.py`."""
        if dotted in self._below:
            return self._below[dotted]
        name = dotted
        while name:
            if name in self._heads:
                return [name]
            name = name.rpartition(".")[0]
        return []

    def parts(self) -> tuple[tuple[str, ...], ...]:
        found: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._heads):
            found[self._head(name)].append(name)
        return tuple(tuple(names) for _, names in sorted(found.items()))


def _meant(module: Outline, roots: Mapping[str, str]) -> Iterator[str]:
    """Full names that imports and texts of a module may mean."""
    for step in module.imports:
        source = _absolute(module, step)
        yield from _both(f"{source}.{step.attribute}" if step.attribute else source, roots)
    for text in module.named:
        yield from _both(text, roots)


def _both(name: str, roots: Mapping[str, str]) -> tuple[str, ...]:
    """The name by folders, and what it means for code that is run from within a package."""
    top, dot, rest = name.partition(".")
    return (name, f"{roots[top]}{dot}{rest}") if top in roots else (name,)


def _absolute(module: Outline, step: Import) -> str:
    if not step.level:
        return step.module
    parts = module.name.split(".")
    up = step.level - (1 if module.is_package else 0)
    base = parts[: len(parts) - up] if up else parts
    return ".".join([*base, step.module] if step.module else base)


def _labeled_classes(outlines: Mapping[str, Outline]) -> Mapping[str, list[str]]:
    """The modules of classes by `label.Class`, where the label is the top-level package.

    The label of an app further down needs no rule: to be used, the app stands in a list of apps by its dotted name.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for name, module in outlines.items():
        for simple in module.classes:
            found[f"{name.partition('.')[0]}.{simple}"].append(name)
    return found
