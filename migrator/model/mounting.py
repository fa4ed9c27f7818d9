"""Under which prefixes the parts of a web application are served: blueprints, routers, mounted applications.

In: parts with prefixes of their own, and which part is mounted in which. Out: the full prefixes of a part. What makes
a part, and what mounts one, is left to the plug-ins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migrator.facts.expressions import Call
from migrator.facts.records import Bind
from migrator.model.frames import LibraryCall
from migrator.model.route_paths import UNKNOWN_PATH, joined
from migrator.model.values import Inst, Lib, Value

_DEEPEST = 10
_MOST = 40
"""Prefixes of one part beyond which the rest is dropped."""


class Prefixes:
    """The prefixes of the parts of an application.

    A part is known by where it is made, by the global that holds it, or, seen from inside of a factory or of a class of
    the project, by the place that makes several of them. What is said of such a place holds for all parts that come
    from it.
    """

    def __init__(self) -> None:
        self._own: dict[str, list[str]] = {}
        self._parents: dict[str, list[tuple[str, str | None, bool]]] = {}
        self._places: dict[str, str] = {}
        self._makers: dict[str, set[str]] = {}
        self._made_by: dict[str, set[str]] = {}
        self._known: dict[str, list[str]] = {}

    def made(self, call: LibraryCall, prefixes: Iterable[str] = ()) -> list[str]:
        """A call that makes a part, with the prefixes that it says are the part's own; gives what the part is known by."""
        parts = parts_made(call)
        first = place_of(call)
        if first in parts:
            self._places.update({name: first for name in parts if name != first})
            for maker in _makers(call):
                if maker != first:
                    self._makers.setdefault(first, set()).add(maker)
                    self._made_by.setdefault(maker, set()).add(first)
            parts = [first]
        self.given(parts, prefixes)
        return parts

    def given(self, parts: Iterable[Value | str], prefixes: Iterable[str]) -> None:
        """Prefixes of their own of some parts."""
        own = [*prefixes]
        for part in parts:
            self._own.setdefault(self._identity(part), []).extend(own)

    def mounted(
        self,
        parts: Iterable[Value | str],
        parents: Iterable[Value | str],
        prefixes: Iterable[str],
        *,
        replaces: bool = False,
    ) -> None:
        """Parts mounted in others.

        Args:
            parts: what is mounted.
            parents: in what.
            prefixes: given there.
            replaces: such a prefix stands in the place of a part's own one, rather than before it.
        """
        given: list[str | None] = [*prefixes] or [None]
        for part in sorted(set(map(self._identity, parts)) - {""}):
            for parent in sorted(set(map(self._identity, parents)) - {""}):
                self._parents.setdefault(part, []).extend((parent, prefix, replaces) for prefix in given)

    def paths(self, owners: Iterable[Value | str], rules: Iterable[str]) -> list[str]:
        """Full paths of the rules of a registration; one with an unknown rule is the prefix and an ellipsis."""
        written = [*rules] or [UNKNOWN_PATH]
        return sorted(
            {
                joined(prefix, rule)
                for owner in {self._identity(item) for item in owners} or {""}
                for prefix in self._of(owner, 0)
                for rule in written
            }
        )

    def _identity(self, value: Value | str) -> str:
        if isinstance(value, Lib | Inst) and value.home in self._places:
            return self._places[value.home]
        name = identity_of(value)
        return self._places.get(name, name)

    def _of(self, identity: str, depth: int) -> list[str]:
        known = self._known.get(identity)
        if known is not None:
            return known
        own = sorted(set(self._owned(identity))) or [""]
        names = (identity, *sorted(self._makers.get(identity, ())), *sorted(self._made_by.get(identity, ())))
        parents = [found for name in names for found in self._parents.get(name, ())]
        if depth > _DEEPEST or not parents:
            return own
        found: set[str] = set()
        for parent, given, replaces in parents:
            if parent == identity:
                continue
            for outer in self._of(parent, depth + 1):
                for inner in own:
                    if given is None:
                        found.add(joined(outer, inner))
                    else:
                        found.add(joined(outer, given if replaces else joined(given, inner)))
        result = sorted(found)[:_MOST] or own
        if not depth:
            self._known[identity] = result
        return result

    def _owned(self, identity: str) -> Iterator[str]:
        if identity in self._own:
            yield from self._own[identity]
            return
        for part in sorted(self._made_by.get(identity, ())):
            yield from self._own.get(part, ())


def identity_of(value: Value | str) -> str:
    """What tells one part from another: the place where it is made, or the global that holds it."""
    match value:
        case str():
            return value
        case Lib(site=site, home=home, dotted=dotted):
            return site or home or dotted
        case Inst(home=home, info=info):
            return home or info.name
        case _:
            return ""


def place_of(call: LibraryCall) -> str:
    """The identity of a part that is made by a call, or by that of the wrapper that it is seen from."""
    made = call.site or call
    return f"{made.body.info.module.name}:{made.location.line}:{made.location.column}"


def parts_made(call: LibraryCall) -> list[str]:
    """Identities of the part that a call makes: its place, and the globals that it is bound to.

    The constructor of a first-party subclass is seen from where the subclass is made; without a global that holds it,
    the part is known by its class.
    """
    made = call.site or call
    homes = _bound_to(made.node, made) if made.node is not None else []
    if call.dotted.endswith(".__init__") and not homes:
        return sorted({identity_of(receiver) for receiver in call.receivers}) or [place_of(call)]
    return [place_of(call), *homes]


def _makers(call: LibraryCall) -> list[str]:
    """What the parts that a call makes are known by inside of the function or class that makes several of them."""
    if call.dotted.endswith(".__init__"):
        return sorted({identity_of(receiver) for receiver in call.receivers})
    if call.site is None or call.node is None:
        return []
    return [f"{call.body.info.module.name}:{call.node.line}:{call.node.column}"]


def _bound_to(node: Call, call: LibraryCall) -> list[str]:
    info = call.body.info
    if not info.runs_on_import:
        return []
    return [f"{info.name}.{step.name}" for step in info.scope.steps if isinstance(step, Bind) and step.value is node]
