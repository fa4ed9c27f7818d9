"""Where paths come from: what library calls make of the folders that they are given.

In: described calls and their arguments. Out: origins, as values carry them: `temp`, `package+N`, or an empty string.
"""

from __future__ import annotations

from migrator.knowledge import RECEIVER, Entry, Origin
from migrator.model.frames import Arguments, Values
from migrator.model.templates import TemplatesFrame
from migrator.model.values import NOTHING, Const, Lib, Value, climbed

_UP = frozenset({"parent", "dirname"})


class OriginsFrame(TemplatesFrame):
    """Knows where paths point to."""

    def origin_of(self, value: Value) -> str:
        """`temp`, `package+N`, or an empty string."""
        general = self.universe.general(value)
        return general.origin if isinstance(general, Lib) else ""

    def origins_of(self, entry: Entry, dotted: str, receiver: Value | None, arguments: Arguments) -> list[str]:
        """Where a returned path may point to; nothing where the result is no path or all is unknown."""
        if entry.origin is not Origin.UNKNOWN:
            return [f"{entry.origin.value}+99" if entry.origin is Origin.PACKAGE else entry.origin.value]
        derives = 0 if dotted == "builtins.str" else entry.derives
        if derives is None:
            return []
        if derives == RECEIVER:
            sources = frozenset((receiver,)) if receiver is not None else NOTHING
        else:
            sources = arguments.get(derives) or NOTHING
        origins = {self.origin_of(source) for source in sources}
        if not any(origins):
            return []
        ups = sum(
            isinstance(value, Const) and value.value in ("..", "../") for given in arguments.every() for value in given
        )
        if dotted.rpartition(".")[2] in _UP:
            ups += 1
        return sorted(climbed(origin, ups) for origin in origins)

    def with_origins(self, values: Values, origins: list[str]) -> Values:
        if not origins:
            return values
        return frozenset(self._with_origin(value, origin) for value in values for origin in origins)

    def _with_origin(self, value: Value, origin: str) -> Value:
        if not isinstance(value, Lib) or not value.instance:
            return value
        items = frozenset(self._with_origin(item, origin) for item in value.items)
        return self.universe.lib(value.dotted, instance=True, items=items, origin=origin, receiver=value.receiver)
