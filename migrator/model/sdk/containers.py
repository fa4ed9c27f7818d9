"""What items of containers are: of dicts and lists by what is written in them and what is put into them elsewhere.

In: containers, keys, and the name that a container has where it is read. Out: values.
"""

from __future__ import annotations

from abc import abstractmethod

from migrator.facts.expressions import Attribute, Expression, Name, Subscript
from migrator.facts.records import Bind, Return
from migrator.model.index import FunctionInfo
from migrator.model.sdk.members import Members, same
from migrator.model.sdk.scopes import last_name
from migrator.model.sdk.values import (
    Answer,
    Arguments,
    Cls,
    Dict,
    Frame,
    Given,
    Known,
    Later,
    Lib,
    Object,
    Plain,
    Seq,
    Unknown,
    Value,
    Values,
    Yields,
)
from migrator.model.sdk.words import literal, plain_text


class Containers(Members):
    """Reads items."""

    def item(self, node: Subscript, frame: Frame, at: int | None) -> Values:
        """What `value[key]` gives."""
        containers = self.evaluate(node.value, frame, at)
        keys = self.evaluate(node.key, frame, at)
        return self.items(containers, keys, frame, last_name(node.value))

    def items(self, containers: Values, keys: Values, frame: Frame, name: str) -> Values:
        """What containers hold under keys; `name` is what the container is called there."""
        found: list[Value] = []
        for container in containers:
            special = self.setting_item(container, keys)
            if special is not None:
                found.extend(special)
                continue
            match container:
                case Dict(pairs=pairs):
                    wanted = {plain_text(key) for key in keys}
                    for key, given in self.filled(container, pairs, name, frame):
                        if key is None or None in wanted or key in wanted:
                            found.extend(self.values_of(given))
                case Seq(items=items):
                    place = next((key.value for key in keys if isinstance(key, Plain)), None)
                    if isinstance(place, int) and -len(items) <= place < len(items):
                        found.extend(self.values_of(items[place]))
                    else:
                        found.extend(value for given in items for value in self.values_of(given))
                case Answer():
                    found.append(self.of_answer(container, keys))
                case Unknown(source=source):
                    found.append(Unknown(f"{source}[…]"))
                case Cls():
                    for each in keys:
                        if text := plain_text(each):
                            found.extend(self.attribute((container,), text, frame, None))
                case Object(info=info):
                    method = next(
                        (each.methods["__getitem__"] for each in self.order(info) if "__getitem__" in each.methods),
                        None,
                    )
                    if method is not None:
                        found.extend(self.enter(method, Arguments((Known(keys),)), container, frame))
                case Lib():
                    found.extend(self._set_items(container, keys, name, frame) or (Unknown(f"{name}[…]"),))
                case _:
                    pass
        return tuple(found)

    @abstractmethod
    def of_answer(self, answer: Answer, keys: Values) -> Value: ...

    def filled(
        self, container: Dict, pairs: tuple[tuple[str | None, Given], ...], name: str, frame: Frame
    ) -> list[tuple[str | None, Given]]:
        """What a dict holds: what its display says, and what is put into it under its name."""
        found = list(pairs)
        if not name or container.site is None:
            return found
        for stored in self.stores.items.get(name, ()):
            target, value = stored.step.target, stored.step.value
            assert isinstance(target, Subscript) and value is not None
            inner = self._frame_there(stored.info, frame)
            if not self._holds(target.value, inner, stored.index, container, frame):
                continue
            keys = [plain_text(key) for key in self.evaluate(target.key, inner, stored.index)] or [None]
            later = Later(value, inner, stored.index)
            found.extend((key, later) for key in keys)
        for info, index, call in self.stores.filled.get(name, ()):
            inner = self._frame_there(info, frame)
            assert isinstance(call.func, Attribute)
            if not self._holds(call.func.value, inner, index, container, frame):
                continue
            given = self.arguments(call, inner, index)
            if call.func.attr == "update":
                found.extend(given.keywords)
                updates = [value for each in given.positional for value in self.values_of(each)]
                found.extend(pair for update in updates if isinstance(update, Dict) for pair in update.pairs)
            elif len(given.positional) > 1:
                found.extend((plain_text(key), given.positional[1]) for key in self.values_of(given.positional[0]))
        return found

    def listed(self, container: Seq, name: str, frame: Frame) -> list[Given]:
        """What a list holds: what its display says, and what is put into it under its name."""
        found = list(container.items)
        for info, index, call in self.stores.filled.get(name, ()) if container.site is not None else ():
            inner = self._frame_there(info, frame)
            assert isinstance(call.func, Attribute)
            if not self._holds(call.func.value, inner, index, container, frame):
                continue
            given = self.arguments(call, inner, index).positional
            if call.func.attr == "extend":
                more = [value for each in given for value in self.values_of(each) if isinstance(value, Seq)]
                found.extend(item for value in more for item in value.items)
            else:
                found.extend(given[-1:])
        return found

    def _set_items(self, container: Lib, keys: Values, name: str, frame: Frame) -> Values:
        """What is put under a key of something of a library: `app.extensions["s3"] = client`."""
        wanted = {plain_text(key) for key in keys}
        found: list[Value] = []
        for stored in self.stores.items.get(name, ()):
            target, value = stored.step.target, stored.step.value
            assert isinstance(target, Subscript) and value is not None
            inner = self._frame_there(stored.info, frame)
            keys_there = {plain_text(key) for key in self.evaluate(target.key, inner, stored.index)}
            if not wanted & keys_there and None not in wanted | keys_there:
                continue
            if self._holds(target.value, inner, stored.index, container, frame):
                found.extend(self.evaluate(value, inner, stored.index))
        return tuple(found)

    def _frame_there(self, info: FunctionInfo, frame: Frame) -> Frame:
        """The frame in which another place of the program is read: the same one, in the same function."""
        return frame if info is frame.info else self.open(info)

    def _holds(self, expression: Expression, frame: Frame, at: int, container: Value, reader: Frame) -> bool:
        """Whether an expression, where something is put into it, may be the container that is read elsewhere."""
        if isinstance(expression, Name) and frame.info is not reader.info and self.is_local(expression.id, frame.info):
            return False  # another function's own variable of the same name
        before = set(self.wanted)
        values = self.evaluate(expression, frame, at)
        self.wanted = before
        return any(same(value, container) for value in values)

    def entries(self, value: Value, name: str, frame: Frame) -> list[tuple[str | None, Given]]:
        """The pairs of a mapping."""
        return self.filled(value, value.pairs, name, frame) if isinstance(value, Dict) else []

    def elements(self, values: Values, name: str, frame: Frame) -> Values:
        """What iterating over values gives; `name` is what they are called there."""
        found: list[Value] = []
        for value in values:
            match value:
                case Seq():
                    found.extend(inner for given in self.listed(value, name, frame) for inner in self.values_of(given))
                case Dict():
                    keys = [key for key, _ in self.filled(value, value.pairs, name, frame)]
                    found.extend(literal(key) if key is not None else Unknown("a key") for key in keys)
                case Yields(frame=inside):
                    found.extend(self.yielded(inside))
                case Unknown(source=source):
                    found.append(Unknown(f"an item of {source}"))
                case Answer(source=source):
                    found.append(Unknown(f"an item of {source}"))
                case Cls(info=info):
                    names = [step.name for step in info.scope.steps if isinstance(step, Bind) and step.name.isupper()]
                    found.extend(inner for name in names for inner in self.of_class(value, info, name))
                case Object(info=info):
                    for owner in self.order(info):
                        if "__iter__" in owner.methods:
                            made = self.enter(owner.methods["__iter__"], Arguments(), value, self.open(info.body))
                            found.extend(self.elements(made, "", frame))
                            break
                case Lib():
                    found.append(Unknown("an item"))
                case _:
                    found.extend(self.sdk_elements(value))
        return tuple(found)

    @abstractmethod
    def sdk_elements(self, value: Value) -> Values: ...

    @abstractmethod
    def yielded(self, frame: Frame) -> Values: ...

    def returned(self, frame: Frame) -> Values:
        """What a function returns."""
        found: list[Value] = []
        for index, step in enumerate(frame.info.scope.steps):
            if isinstance(step, Return):
                found.extend(self.evaluate(step.value, frame, index))
        return tuple(found)
