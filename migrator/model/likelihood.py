"""The rule by which a method call on a value that was not followed is taken as improbable to matter.

In: calls that could not be followed, and what everything of the program does. Out: the same calls, with the rule
beside those that it covers. The rule, for a call `x.name(...)` where nothing is known of `x`:

    Whatever goes by that name does nothing that the candidate is not known to do already.

What goes by a name is every first-party function, method and class of that name, each with all that it reaches
(by the same reading of names where its own calls could not be followed), and every method of that name that the
knowledge describes. Left out are methods that an event starts: their framework calls them. A first-party function of
that name that reaches a library of which nothing is known, or calls a value of which not even a name is known,
does what nobody can say: the rule does not cover the name. What remains is that `x` is an object of a library that
nobody has described; hence `likely`, never `proven`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from migrator.domain.assessments import Unresolved
from migrator.domain.effects import Effect
from migrator.knowledge import Knowledge
from migrator.model.index import FunctionInfo
from migrator.model.solver import Body

NOTHING_KNOWN = "what is called is not known"
NOT_FOLLOWED = "what is called comes from code that is not followed"

IMMATERIAL = frozenset({Effect.MEMOIZE, Effect.TEMP_DISK, Effect.ENVIRONMENT})
"""Effects that neither decide a verdict nor need a permission of the new home."""

RULE = "nothing that goes by the name {name} does more than what is listed here"

_BITS = {effect: 1 << position for position, effect in enumerate(Effect)}
_DOUBT = 1 << len(Effect)
_COUNTED = sum(bit for effect, bit in _BITS.items() if effect not in IMMATERIAL) | _DOUBT


class NameRule:
    """What may be behind each name, over the whole program."""

    def __init__(
        self,
        edges: Mapping[Body, Iterable[Body]],
        own: Mapping[Body, Iterable[Effect]],
        unresolved: Mapping[Body, Sequence[Unresolved]],
        starts: Collection[FunctionInfo],
        knowledge: Knowledge,
    ) -> None:
        """
        Args:
            edges: what each body runs.
            own: the effects of each body's own lines.
            unresolved: the calls of each body's own lines that could not be followed.
            starts: the functions that events start.
        """
        asked = {name for calls in unresolved.values() for call in calls if (name := _method(call))}
        bits: dict[Body | str, int] = {
            name: _mask(effects) for name, effects in knowledge.method_effects().items() if name in asked
        }
        users: dict[Body | str, list[Body | str]] = defaultdict(list)
        for body, targets in edges.items():
            for target in targets:
                users[target].append(body)
        for body, effects in own.items():
            bits[body] = _mask(effects)
            for name in _names(body.info):
                if name in asked and not (body.info.owner is not None and body.info in starts):
                    users[body].append(name)
        for body, calls in unresolved.items():
            for call in calls:
                if call.harmless_because:
                    continue
                name = _method(call)
                if name:
                    users[name].append(body)
                else:
                    bits[body] = bits.get(body, 0) | _DOUBT
        self._bits = _spread(bits, users)
        self._judged: dict[tuple[Unresolved, str], Unresolved] = {}

    def judged(self, calls: Iterable[Unresolved], effects: Iterable[Effect]) -> tuple[Unresolved, ...]:
        """The calls, those that the rule covers for a candidate with these effects said to be improbable."""
        known = _mask(effects)
        return tuple(self._judge(call, known) for call in calls)

    def _judge(self, call: Unresolved, known: int) -> Unresolved:
        name = "" if call.harmless_because else _method(call)
        if not name or self._bits.get(name, 0) & _COUNTED & ~known:
            return call
        found = self._judged.get((call, name))
        if found is None:
            found = self._judged[call, name] = replace(call, harmless_because=RULE.format(name=name))
        return found


def _method(call: Unresolved) -> str:
    """The name of the method that is called on a value of which nothing is known; or an empty string."""
    if call.reason not in (NOTHING_KNOWN, NOT_FOLLOWED):
        return ""
    _, dot, name = call.call.rpartition(".")
    return name if dot and name.isidentifier() else ""


def _names(info: FunctionInfo) -> Iterable[str]:
    """The names by which a function can be called: its own, for a constructor that of the class."""
    simple = info.scope.name.rpartition(".")[2]
    if info.owner is not None and simple in ("__init__", "__new__", "__post_init__"):
        return (info.owner.scope.name.rpartition(".")[2],)
    return () if info.runs_on_import else (simple,)


def _mask(effects: Iterable[Effect]) -> int:
    bits = 0
    for effect in effects:
        bits |= _BITS[effect]
    return bits


def _spread(bits: dict[Body | str, int], users: Mapping[Body | str, Sequence[Body | str]]) -> dict[Body | str, int]:
    """Bits of everything that a node uses, directly or not; each node is looked at once a bit at most."""
    waiting = [node for node, mask in bits.items() if mask]
    while waiting:
        node = waiting.pop()
        mask = bits[node]
        for user in users.get(node, ()):
            before = bits.get(user, 0)
            if before | mask != before:
                bits[user] = before | mask
                waiting.append(user)
    return bits
