"""What attributes and items give: of modules, classes and objects of the code, of containers, of things of libraries.

In: values and the name of an attribute, or a key. Out: values. What the SDK's own objects have is `sdk_objects`, what
reads a setting `settings`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

from migrator.facts.expressions import Attribute, Call, Name
from migrator.facts.records import Bind
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.sdk.names import SELF, is_method
from migrator.model.sdk.parameters import Parameters
from migrator.model.sdk.scopes import Stored, last_name
from migrator.model.sdk.values import (
    Answer,
    Applied,
    Arguments,
    Bound,
    Cls,
    Dict,
    Fn,
    Frame,
    Known,
    Later,
    Lib,
    Mod,
    Object,
    OfData,
    Plain,
    Seq,
    Super,
    Unknown,
    Value,
    Values,
    Words,
)
from migrator.model.sdk.words import literal


class Members(Parameters):
    """Reads attributes and items."""

    @abstractmethod
    def sdk_attribute(self, value: Value, attr: str) -> Values | None: ...

    @abstractmethod
    def setting_attribute(self, value: Value, attr: str) -> Values | None: ...

    @abstractmethod
    def setting_item(self, value: Value, keys: Values) -> Values | None: ...

    @abstractmethod
    def enter(self, info: FunctionInfo, arguments: Arguments, receiver: Value | None, caller: Frame) -> Values: ...

    @abstractmethod
    def bind(
        self, info: FunctionInfo, arguments: Arguments, receiver: Value | None, outer: Frame | None, depth: int
    ) -> Frame: ...

    @abstractmethod
    def arguments(self, node: Call, frame: Frame, at: int | None) -> Arguments: ...

    def attribute(self, values: Values, attr: str, frame: Frame, at: int | None, name: str = "") -> Values:
        """The values of `value.attr`; `name` is what the value is called there."""
        found: list[Value] = []
        for value in values:
            special = self.sdk_attribute(value, attr)
            if special is None:
                special = self.setting_attribute(value, attr)
            found.extend(self._attribute_of(value, attr, frame, name) if special is None else special)
        return tuple(found)

    def _attribute_of(self, value: Value, attr: str, frame: Frame, called: str) -> Iterable[Value]:
        match value:
            case Mod(name=name):
                module = self.index.modules.get(name)
                found = self.global_name(module, attr) if module is not None else ()
                if found and found != (Lib(f"builtins.{attr}"),):
                    return found
                inner = f"{name}.{attr}"
                return self.module_or_library(inner) if self.index.is_module(inner) else ()
            case Object():
                return self._of_object(value, attr, frame)
            case Cls(info=info):
                return self.of_class(value, info, attr)
            case Super(info=info, receiver=receiver):
                order = self.order(receiver)
                rest = order[order.index(info) + 1 :] if info in order else []
                return self._member(rest, attr, receiver, frame)
            case Lib(dotted=dotted, made=made):
                stored = self._stored_elsewhere(value, attr, called)
                return stored or (Lib(f"{dotted}.{attr}", made),)
            case Words() | Plain() if attr in ("value", "name"):
                return (value,)  # of a member of an enumeration
            case Unknown(source=source):
                return (Unknown(f"{source}.{attr}"),)
            case Answer(source=source):
                return (Unknown(f"{source}.{attr}"),)
            case Words() | Dict() | Seq() | Fn() | Bound() | Applied():
                return (OfData(value, attr, called, frame),)
            case _:
                return ()

    # Objects

    def order(self, value: Value | ClassInfo) -> list[ClassInfo]:
        """The classes of the analyzed code in which attributes are looked up."""
        info = value if isinstance(value, ClassInfo) else getattr(value, "info", None)
        if not isinstance(info, ClassInfo):
            return []
        found = self.program.frame(info.body).resolution_order(info)
        return [entry for entry in found if isinstance(entry, ClassInfo)]

    def of_class(self, value: Cls, info: ClassInfo, attr: str) -> Values:
        for owner in self.order(info):
            method = owner.methods.get(attr)
            if method is not None:
                return (Bound(method, value),) if method.is_class_method else (Fn(method),)
            if attr in self.table(owner.body).binding:
                return self.named(attr, self.frame(owner.body, {}), None)
        return self._stored_elsewhere(value, attr, info.scope.name.rpartition(".")[2])

    def _of_object(self, value: Object, attr: str, frame: Frame) -> Values:
        order = self.order(value)
        if attr == "__class__":
            return (Cls(value.info),)
        before = set(self.wanted)
        found = self._member(order, attr, value, frame)
        if not found:
            found = self._by_getattr(order, value, attr, frame)
        if value.made is None and self.wanted != before:
            # What a constructor was given is each caller's own answer: the object is asked for in its place.
            self._ask_for_object(value, frame, before)
        return found

    def _ask_for_object(self, value: Object, frame: Frame, before: set[tuple[FunctionInfo, str]]) -> None:
        info: FunctionInfo | None = frame.info
        at: Frame | None = frame
        while info is not None and not is_method(info):
            info = info.enclosing
            at = at.outer if at is not None else None
        if info is None or (at is not None and at.given is not None):
            return
        if (info, SELF) not in self.assumed and info.owner in self.order(value):
            asked = {each for each in self.wanted - before if each[0].owner in self.order(value)}
            if asked:
                self.wanted -= asked
                self.wanted.add((info, SELF))

    def _member(self, order: list[ClassInfo], attr: str, receiver: Value, frame: Frame) -> Values:
        for owner in order:
            method = owner.methods.get(attr)
            if method is None:
                continue
            if method.is_property:
                kept = self._fields(order, attr, receiver)
                return (*kept, *self.enter(method, Arguments(), receiver, frame))
            if method.is_static:
                return (Fn(method),)
            if method.is_class_method:
                return (Bound(method, Cls(receiver.info) if isinstance(receiver, Object) else receiver),)
            return (Bound(method, receiver),)
        found = list(self._fields(order, attr, receiver))
        for owner in order:
            if attr in self.table(owner.body).binding:
                found.extend(
                    Bound(value.info, receiver) if isinstance(value, Fn) and not value.info.is_static else value
                    for value in self.named(attr, self.frame(owner.body, {}), None)
                    if not self._declares(value)
                )
                found.extend(self._declared(owner, attr))
                break
        if isinstance(receiver, Object) and not any("__init__" in owner.methods for owner in order):
            found.extend(self._from_fields(order, attr, receiver))
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _declares(value: Value) -> bool:
        return isinstance(value, Lib) and value.made is not None and value.dotted.rpartition(".")[2] in _FIELD_MAKERS

    def _declared(self, owner: ClassInfo, attr: str) -> Values:
        """What `attr: T = field(default_factory=make)` gives where nobody passes another."""
        found: list[Value] = []
        for value in self.named(attr, self.frame(owner.body, {}), None):
            if not self._declares(value) or not isinstance(value, Lib) or value.made is None:
                continue
            call = value.made.expression
            if isinstance(call, Call):
                given = self.arguments(call, value.made.frame, value.made.at)
                found.extend(self.values_of(given.get(0 if value.dotted.endswith("Field") else -1, "default")))
                for name in ("default_factory", "factory"):
                    for maker in self.values_of(given.get(-1, name)):
                        found.extend(self.call_value(maker, Arguments(), value.made))
        return tuple(found)

    @abstractmethod
    def call_value(self, value: Value, arguments: Arguments, place: Later) -> Values: ...

    def _from_fields(self, order: list[ClassInfo], attr: str, receiver: Object) -> Values:
        """What the constructor that a dataclass or named tuple is given puts into a field."""
        names = self._annotated_names(order)
        if attr not in names:
            return ()
        if receiver.made is None:
            assumed = self.assumed.get((order[0].body, attr))
            if assumed is None:
                self.wanted.add((order[0].body, attr))
            return self.values_of(assumed) or (Unknown(f"self.{attr}"),)
        return self.values_of(receiver.made.get(names.index(attr), attr))

    @staticmethod
    def _annotated_names(order: list[ClassInfo]) -> list[str]:
        """The fields of a dataclass in their order, those of its bases first."""
        names: list[str] = []
        for owner in reversed(order):
            for step in owner.scope.steps:
                if isinstance(step, Bind) and step.annotation is not None and step.name not in names:
                    names.append(step.name)
        return names

    def field_names(self, body: FunctionInfo) -> list[str]:
        """The fields of the dataclass with this body."""
        found = next((info for info in body.module.classes.values() if info.body is body), None)
        return self._annotated_names(self.order(found)) if found is not None else []

    def _fields(self, order: list[ClassInfo], attr: str, receiver: Value) -> Values:
        """What methods of the class, and code outside of it, put into the attribute."""
        found: list[Value] = []
        classes = set(order)
        elsewhere: list[Stored] = []
        for stored in self.stores.attributes.get(attr, ()):
            owner = self._method_of(stored)
            if owner is None or owner not in classes:
                elsewhere.append(stored)
                continue
            for frame in self._frames_of_method(stored.info, receiver, order):
                assert stored.step.value is not None
                found.extend(self.evaluate(stored.step.value, frame, stored.index))
        for stored in elsewhere if len(elsewhere) <= _MOST_ELSEWHERE else ():
            found.extend(self._stored_at(stored, receiver))
        return tuple(dict.fromkeys(found))

    @staticmethod
    def _method_of(stored: Stored) -> ClassInfo | None:
        """The class whose method sets an attribute of its own object."""
        info, target = stored.info, stored.step.target
        first = info.scope.parameters[0].name if is_method(info) and info.scope.parameters else ""
        own = isinstance(target, Attribute) and isinstance(target.value, Name) and target.value.id == first
        return info.owner if first and own else None

    def _frames_of_method(self, info: FunctionInfo, receiver: Value, order: list[ClassInfo]) -> Iterator[Frame]:
        if isinstance(receiver, Object) and info.scope.name.rpartition(".")[2] == "__init__":
            yield from (frame for frame in self._constructors(receiver, order) if frame.info is info)
        elif info.is_class_method:
            yield self.frame(info, receiver=Cls(receiver.info) if isinstance(receiver, Object) else receiver)
        else:
            yield self.frame(info, receiver=receiver)

    def _constructors(self, value: Object, order: list[ClassInfo]) -> list[Frame]:
        """The frames of the constructors that made an object: its class's own, and those that it calls of its bases."""
        first = next((owner.methods["__init__"] for owner in order if "__init__" in owner.methods), None)
        if first is None:
            return []
        if value.made is None:
            start = self.frame(first, receiver=value)
        else:
            start = self.bind(first, value.made, value, None, 1)
        found = [start]
        for frame in found:
            for inner in self._calls_base(frame, value, order):
                if all(inner.info is not each.info for each in found):
                    found.append(inner)
        return found

    def _calls_base(self, frame: Frame, value: Object, order: list[ClassInfo]) -> Iterator[Frame]:
        for index, step in enumerate(frame.info.scope.steps):
            node = getattr(step, "value", None)
            if not (isinstance(node, Call) and isinstance(node.func, Attribute) and node.func.attr == "__init__"):
                continue
            whose = node.func.value
            given = self.arguments(node, frame, index)
            if isinstance(whose, Call) and isinstance(whose.func, Name) and whose.func.id == "super":
                owner = frame.info.owner
                rest = order[order.index(owner) + 1 :] if owner in order else []
            else:
                rest = [each.info for each in self.evaluate(whose, frame, index) if isinstance(each, Cls)]
                rest = [inner for each in rest for inner in self.order(each)]
                given = Arguments(given.positional[1:], given.keywords, given.spread)
            base = next((each.methods["__init__"] for each in rest if "__init__" in each.methods), None)
            if base is not None:
                yield self.bind(base, given, value, None, frame.depth + 1)

    def _by_getattr(self, order: list[ClassInfo], value: Object, attr: str, frame: Frame) -> Values:
        """What a class that hands attributes on gives: `def __getattr__(self, name): return getattr(self._x, name)`."""
        for owner in order:
            method = owner.methods.get("__getattr__")
            if method is not None:
                from_text = Arguments((Known((literal(attr),)),))
                return self.enter(method, from_text, value, frame)
        return ()

    def _stored_elsewhere(self, value: Value, attr: str, called: str) -> Values:
        """What code puts into an attribute of something that has no class of its own: a thread-local, `flask.g`.

        It is taken for the same where it is called the same.
        """
        found: list[Value] = []
        for stored in self.stores.attributes.get(attr, ()):
            target = stored.step.target
            if isinstance(target, Attribute) and last_name(target.value) == called:
                found.extend(self._stored_at(stored, value))
        return tuple(dict.fromkeys(found))

    def _stored_at(self, stored: Stored, receiver: Value) -> Values:
        target, value = stored.step.target, stored.step.value
        assert value is not None
        if not isinstance(target, Attribute) or self._method_of(stored) is not None:
            return ()
        frame = self.open(stored.info)
        before = set(self.wanted)
        holders = self.evaluate(target.value, frame, stored.index)
        asked, self.wanted = self.wanted != before, before
        if not any(same(holder, receiver) for holder in holders):
            # A function that is given the object and puts something into it: value flow says which objects.
            flowing = self.flowing(target.value, stored.info) if asked and isinstance(receiver, Object) else ()
            if not any(isinstance(each, Object) and each.info in self.order(receiver) for each in flowing):
                return ()
        return self.evaluate(value, frame, stored.index)


_MOST_ELSEWHERE = 24
"""Places outside of a class that set an attribute of one name; with more of them the name says nothing."""

_FIELD_MAKERS = frozenset({"field", "ib", "attrib", "Field", "Factory"})


def same(left: Value, right: Value) -> bool:
    """Whether two values may be one object."""
    if isinstance(left, Object) and isinstance(right, Object):
        return left.info is right.info
    if isinstance(left, Dict) and isinstance(right, Dict):
        return left.site is not None and left.site == right.site
    if isinstance(left, Seq) and isinstance(right, Seq):
        return left.site is not None and left.site == right.site
    if isinstance(left, Lib) and isinstance(right, Lib):
        return left.dotted == right.dotted
    return left == right
