"""What objects hold whose class is a container by inheritance: a class that extends `dict`, a named tuple.

In: such an object, a key, or what it is made of. Out: the box that stands for what all objects of the class hold; the fields
of a named tuple at their positions.
"""

from __future__ import annotations

from migrator.model.boxes import BoxesFrame
from migrator.model.frames import Arguments, Order, Place, Values
from migrator.model.index import ClassInfo, annotated_names
from migrator.model.values import NOTHING, Box, Const, Inst, Value

NAMED_TUPLE = "typing.NamedTuple"
_KINDS = {"builtins.dict": "dict", "builtins.list": "list", "builtins.set": "set"}


class HeldItemsFrame(BoxesFrame):
    """Fills and reads containers that are objects of first-party classes."""

    def box_of(self, value: Value) -> Box | None:
        """What the objects of the class hold together, as this one holds it; None where they are no containers."""
        if type(value) is not Inst:
            return None
        order = self.resolution_order(value.info)
        if order.container is None:
            order.container = self._kind(order)
        if not order.container:
            return None
        box = self.box_at(f"{value.info.name}:{value.info.scope.line}:{order.container}", order.container)
        if value.home:
            (box,) = self.housed(frozenset((box,)), value.home)  # type: ignore[assignment]
        return box

    def _kind(self, order: Order) -> str:
        for entry in order:
            if isinstance(entry, str):
                for known in self.knowledge.ancestors(entry):
                    if known in _KINDS:
                        return _KINDS[known]
        return ""

    def fill(self, value: Value, arguments: Arguments, place: Place) -> None:
        """The container is made with these arguments."""
        box = self.box_of(value)
        if box is None:
            return
        for given in (arguments.get(0) or NOTHING, arguments.spread):
            if box.kind == "dict":
                self.put_pairs(box, given)
            elif given:
                self.put(box, None, self.elements(given, place))
        for name, given in arguments.keywords.items():
            self.put(box, name, given)

    def fill_fields(self, info: ClassInfo, order: list[ClassInfo | str], arguments: Arguments) -> None:
        """Arguments of a class without a constructor of its own become its fields, by position and by name."""
        names = field_names(order) if arguments.positional else []
        for name, values in [*zip(names, arguments.positional, strict=False), *arguments.keywords.items()]:
            kept = self.held_by_row(order, self.universe.generalized(values))
            self.solver.join(self.solver.cell("field", info, name), kept)

    def fields_at(self, value: Inst, keys: Values) -> Values | None:
        """What a named tuple holds at positions, or anywhere where they are not known; None of any other object."""
        order = self.resolution_order(value.info)
        if NAMED_TUPLE not in order:
            return None
        names = field_names(order)
        positions = [key.value for key in keys if isinstance(key, Const) and type(key.value) is int]
        if positions and len(positions) == len(keys):
            names = [names[at] for at in positions if -len(names) <= at < len(names)]
        return NOTHING.union(*(self.load(frozenset((value,)), name, Place(0, 0, name)) for name in names))


def field_names(order: list[ClassInfo | str]) -> list[str]:
    """The fields that the classes of an order declare by annotations, as a constructor that is made of them takes them."""
    names: dict[str, None] = {}
    for entry in reversed(order):
        if isinstance(entry, ClassInfo):
            names.update(dict.fromkeys(annotated_names(entry)))
    return list(names)
