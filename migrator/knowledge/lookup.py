"""Finds what is known of a dotted name, reading a knowledge file only when a name of its modules is asked for.

In: dotted names. Out: entries. Which names the analyzed code means is the model's business.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from migrator.domain.effects import Effect
from migrator.errors import InputError
from migrator.knowledge.entries import RECEIVER, Entry, Kind

if TYPE_CHECKING:
    from migrator.knowledge.schema import LibraryFile

_SHIPPED_FOLDERS = ("effects", "libraries")
_ALIAS_STEPS = 8  # longest chain of aliases; a cycle ends here


def load_knowledge(extra: Sequence[Path] = (), inline: Sequence[LibraryFile] = ()) -> Knowledge:
    """The knowledge that ships with the program, and the user's own files.

    Args:
        extra: TOML files of the user, which win over what ships, the last one over all.
        inline: the user's knowledge that is parsed already; `extra` wins over it.

    Raises:
        InputError: a user's file cannot be read or is wrong (checked here, not at first use).
    """
    own = [*inline, *(_load(path, source=str(path)) for path in extra)]
    return Knowledge(_index_shipped(), own)


class Knowledge:
    """What libraries do, by dotted name. Made by `load_knowledge`; nothing of it changes what it answers."""

    def __init__(self, shipped: Mapping[str, tuple[Traversable, ...]], own: Sequence[LibraryFile] = ()) -> None:
        self._shipped = shipped
        self._entries: dict[str, Entry] = {}
        self._wildcards: dict[str, Entry] = {}
        self._aliases: dict[str, str] = {}
        self._loaded: set[str] = set()
        self._read: set[str] = set()
        self._answers: dict[str, Entry | None] = {}
        self._canonical: dict[str, str] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._own = tuple(own)
        self._own_modules = frozenset(module for file in own for module in file.modules)

    def lookup(self, dotted: str) -> Entry | None:
        """What is known of a fully qualified name, or None.

        An exact entry wins, then one inherited from a base class, then a wildcard of the class or of a base class, then
        the longest wildcard.
        Aliases are followed first.
        """
        try:
            return self._answers[dotted]
        except KeyError:
            answer = self._answers[dotted] = self._find(self.canonical(dotted))
            return answer

    def canonical(self, dotted: str) -> str:
        """The name under which entries speak of `dotted`: `flask.globals.request` is `flask.request`."""
        found = self._canonical.get(dotted)
        if found is None:
            found = self._canonical[dotted] = self._without_aliases(dotted)
        return found

    def _without_aliases(self, dotted: str) -> str:
        name = dotted
        for _ in range(_ALIAS_STEPS):
            self._load_for(name)
            for prefix in _prefixes(name):
                target = self._aliases.get(prefix)
                if target is not None:
                    name = target + name[len(prefix) :]
                    break
            else:
                return name
        return name

    def is_class(self, dotted: str) -> bool:
        """Whether the name is known to be a class."""
        entry = self.lookup(dotted)
        return entry is not None and entry.kind is Kind.CLASS

    def ancestors(self, dotted: str) -> tuple[str, ...]:
        """The library classes that a library class inherits from, nearest first, itself included."""
        known = self._ancestors.get(dotted)
        if known is None:
            known = self._ancestors[dotted] = self._family(dotted)
        return known

    def _family(self, dotted: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        queue = [self.canonical(dotted)]
        while queue:
            name = queue.pop(0)
            if name in found:
                continue
            found[name] = None
            entry = self._exact(name)
            if entry is not None:
                queue.extend(self.canonical(base) for base in entry.bases)
        return tuple(found)

    def is_known_library(self, module: str) -> bool:
        """Whether some file speaks for the module or a package that it lies in."""
        return any(prefix in self._shipped or prefix in self._own_modules for prefix in _prefixes(module))

    def method_effects(self) -> Mapping[str, frozenset[Effect]]:
        """What calling a method can do, by its simple name, over all described classes; reads every file.

        Methods that change their own object count as `process-state-write`: the object may be one that is kept.
        """
        for prefix in self._shipped:
            self._load_for(prefix)
        for own in self._own:
            for module in own.modules:
                self._load_for(module)
        found: dict[str, set[Effect]] = {}
        for entry in self._entries.values():
            owner, _, member = entry.name.rpartition(".")
            holder = self._entries.get(owner)
            if entry.kind is Kind.OBJECT or holder is None or holder.kind is Kind.FUNCTION:
                continue
            effects = found.setdefault(member, set())
            effects.update(entry.effects)
            if entry.paths:
                effects.update((Effect.LOCAL_DISK_READ, Effect.LOCAL_DISK_WRITE))
            if entry.background_arguments:
                effects.add(Effect.BACKGROUND)
            if entry.seconds is not None:
                effects.add(Effect.UNBOUNDED)
            if RECEIVER in entry.mutates:
                effects.add(Effect.PROCESS_STATE_WRITE)
        return {name: frozenset(effects) for name, effects in found.items()}

    def _find(self, name: str) -> Entry | None:
        entry = self._exact(name)
        if entry is not None:
            return entry
        owner, _, member = name.rpartition(".")
        family = self.ancestors(owner) if owner else ()
        for ancestor in family[1:]:
            inherited = self._exact(f"{ancestor}.{member}")
            if inherited is not None:
                return inherited
        for ancestor in family:
            # What is said of all members of a class says more than what is said of a whole package.
            of_class = self._wildcards.get(ancestor)
            if of_class is not None:
                return of_class
        for ancestor in family:
            covered = self._covered(f"{ancestor}.{member}")
            if covered is not None:
                return covered
        return self._covered(name)

    def _exact(self, name: str) -> Entry | None:
        self._load_for(name)
        return self._entries.get(name)

    def _covered(self, name: str) -> Entry | None:
        self._load_for(name)
        for prefix in _prefixes(name):
            entry = self._wildcards.get(prefix)
            if entry is not None and prefix != name:
                return entry
        return None

    def _load_for(self, name: str) -> None:
        top = name.partition(".")[0]
        if top in self._loaded:
            return
        self._loaded.add(top)
        for prefix, files in self._shipped.items():
            if prefix.partition(".")[0] != top:
                continue
            for file in files:
                if str(file) not in self._read:
                    self._read.add(str(file))
                    self._take(_load(file, source=str(file)))
        for own in self._own:
            if any(module.partition(".")[0] == top for module in own.modules):
                self._take(own)

    def _take(self, file: LibraryFile) -> None:
        self._aliases.update(file.alias)
        for spec in file.entry:
            for entry in spec.entries():
                for alias in spec.aliases:
                    self._aliases[alias] = entry.name
                if entry.wildcard:
                    self._wildcards[entry.name[:-2]] = entry
                elif entry.name in self._entries and not entry.bases:
                    self._entries[entry.name] = replace(entry, bases=self._entries[entry.name].bases)
                else:
                    self._entries[entry.name] = entry


def shipped_files() -> Iterator[Traversable]:
    """The knowledge files that ship with the program."""
    package = resources.files("migrator.knowledge")
    for folder in _SHIPPED_FOLDERS:
        for file in sorted((package / folder).iterdir(), key=lambda item: item.name):
            if file.name.endswith(".toml"):
                yield file


def _index_shipped() -> dict[str, tuple[Traversable, ...]]:
    index: dict[str, tuple[Traversable, ...]] = {}
    for file in shipped_files():
        # The keys before the first table name the modules; parsing them alone keeps start-up at a few milliseconds.
        head = file.read_text(encoding="utf-8").partition("\n[")[0]
        for module in tomllib.loads(head)["modules"]:
            index[module] = (*index.get(module, ()), file)
    return index


def _load(file: Traversable | Path, *, source: str) -> LibraryFile:
    from migrator.knowledge.schema import validate  # pydantic: paid for only when a file is really read

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read the knowledge file: {error.strerror}", location=source) from error
    except UnicodeDecodeError as error:
        raise InputError("the knowledge file is not UTF-8", location=source) from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the knowledge file is not TOML: {error}", location=source) from error
    return validate(document, source=source)


def _prefixes(name: str) -> Iterator[str]:
    """`a.b.c`, `a.b`, `a`."""
    while name:
        yield name
        name = name.rpartition(".")[0]
