"""Under which prefixes the parts of a web application are served: blueprints, routers, mounted applications.

In: parts with prefixes of their own, and which part is mounted in which. Out: the full prefixes of a part. What makes
a part, and what mounts one, is left to the plug-ins.
"""

from __future__ import annotations

from collections.abc import Iterable

from migrator.facts.expressions import Call
from migrator.facts.records import Bind
from migrator.model.frames import LibraryCall
from migrator.model.registrations import texts
from migrator.model.route_paths import UNKNOWN_PATH, joined
from migrator.model.values import Inst, Lib, Value

_DEEPEST = 10
_MOST = 40
"""Prefixes of one part beyond which the rest is dropped."""


class Prefixes:
    """The prefixes of the parts of an application.

    Args:
        replaces: a prefix given where a part is mounted replaces its own one, rather than standing before it.
    """

    def __init__(self, *, replaces: bool = False) -> None:
        self._replaces = replaces
        self._own: dict[str, list[str]] = {}
        self._parents: dict[str, list[tuple[str, str | None]]] = {}
        self._known: dict[str, list[str]] = {}

    def made(self, calls: Iterable[LibraryCall], keyword: str, position: int = -1) -> None:
        """Calls that make parts, with the argument that is the part's own prefix."""
        for call in calls:
            self.given(parts_made(call), texts(call.argument(position, keyword)))

    def given(self, parts: Iterable[str], prefixes: Iterable[str]) -> None:
        """Prefixes of their own of some parts, by identity."""
        own = [*prefixes]
        for identity in parts:
            self._own.setdefault(identity, []).extend(own)

    def mounted(self, parts: Iterable[Value | str], parents: Iterable[Value | str], prefixes: Iterable[str]) -> None:
        """Parts mounted in others, under prefixes given there."""
        given: list[str | None] = [*prefixes] or [None]
        for part in sorted(set(map(identity_of, parts)) - {""}):
            for parent in sorted(set(map(identity_of, parents)) - {""}):
                self._parents.setdefault(part, []).extend((parent, prefix) for prefix in given)

    def paths(self, owners: Iterable[Value | str], rules: Iterable[str]) -> list[str]:
        """Full paths of the rules of a registration; one with an unknown rule is the prefix and an ellipsis."""
        written = [*rules] or [UNKNOWN_PATH]
        return sorted(
            {
                joined(prefix, rule)
                for owner in {identity_of(item) for item in owners} or {""}
                for prefix in self._of(owner, 0)
                for rule in written
            }
        )

    def _of(self, identity: str, depth: int) -> list[str]:
        known = self._known.get(identity)
        if known is not None:
            return known
        own = sorted(set(self._own.get(identity, []))) or [""]
        parents = self._parents.get(identity, [])
        if depth > _DEEPEST or not parents:
            return own
        found: set[str] = set()
        for parent, given in parents:
            if parent == identity:
                continue
            for outer in self._of(parent, depth + 1):
                for inner in own:
                    if given is None:
                        found.add(joined(outer, inner))
                    else:
                        found.add(joined(outer, given if self._replaces else joined(given, inner)))
        result = sorted(found)[:_MOST] or own
        if not depth:
            self._known[identity] = result
        return result


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
    """The identity of a part that is made by a call."""
    return f"{call.body.info.module.name}:{call.location.line}:{call.location.column}"


def parts_made(call: LibraryCall) -> list[str]:
    """Identities of the part that a call makes: its place, and the global that it is bound to.

    The constructor of a first-party subclass is seen from where the subclass is made.
    """
    made = call.site or call
    home = _bound_to(made.node, made) if made.node is not None else ""
    if not call.dotted.endswith(".__init__"):
        return [place_of(call), *([home] if home else [])]
    return [home] if home else sorted({identity_of(receiver) for receiver in call.receivers})


def _bound_to(node: Call, call: LibraryCall) -> str:
    info = call.body.info
    if not info.runs_on_import:
        return ""
    for step in info.scope.steps:
        if isinstance(step, Bind) and step.value is node:
            return f"{info.name}.{step.name}"
    return ""
