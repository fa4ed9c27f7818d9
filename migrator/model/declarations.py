"""Declarations: what an object at class level means for the instances of the class, as a library describes it.

In: values of a class-level name, and who asks for it. Out: what the asked object holds: the related object of a
foreign key, a manager of the asked class, the attribute that a relation gives to its other side. Which library
classes declare so stands in the knowledge (`attribute`, `relates`, `holds_owner`).
"""

from __future__ import annotations

from migrator.facts.records import ScopeKind
from migrator.knowledge import Entry
from migrator.model.classes import ClassesFrame
from migrator.model.frames import Arguments, Place, Values
from migrator.model.index import ClassInfo
from migrator.model.values import NOTHING, Cls, Const, Fn, Inst, Lib, Value


class DeclarationsFrame(ClassesFrame):
    """Reads declarations."""

    def held_by_class(self, values: Values, asked: ClassInfo) -> Values:
        """The values with those that hold instances of the class that they are asked of filled with it."""
        for value in values:
            if self._holds_owner(value):
                break
        else:
            return values
        items = frozenset((self.universe.inst(asked),))
        return frozenset(self._filled(value, items) if self._holds_owner(value) else value for value in values)

    def held_by_instance(self, values: Values, place: Place) -> Values:
        """The values with declarations replaced by what an instance holds under their name."""
        result: set[Value] = set()
        for value in values:
            entry = self.described(value.dotted)[0] if type(value) is Lib and value.instance else None
            if entry is not None and entry.attribute:
                for effect in entry.attribute_effects:
                    self.note_effect(effect, place.line, place.column, f"{entry.name} {entry.reason}")
                for part in entry.attribute.split(" or "):
                    result |= self.typed_text(part, value, Arguments(), place)
            elif type(value) is Inst and (library := self._declaring_base(value)):
                entry = self.described(library)[0]
                assert entry is not None
                result |= self.typed_text(entry.attribute, value, Arguments(), place)
            else:
                result.add(value)
        return frozenset(result)

    def given_in_return(self, order: list[ClassInfo | str], attr: str) -> Values:
        """What relations of other classes put under a name of this one."""
        found: set[Value] = set()
        for entry in order:
            if isinstance(entry, ClassInfo):
                found |= self.read(self.solver.cell("in return", entry, attr))
        return frozenset(found)

    def relate(self, entry: Entry, made: Values, arguments: Arguments) -> None:
        """A relation is declared in the class body that is read: the other side gets an attribute for it."""
        owner = self.declaring_class()
        if owner is None:
            return
        names = [
            value.value
            for keyword in ("related_name", "backref")
            for value in arguments.keywords.get(keyword, NOTHING)
            if isinstance(value, Const) and isinstance(value.value, str)
        ]
        simple = owner.name.rpartition(".")[2].lower()
        here = frozenset((self.universe.inst(owner),))
        match entry.relates:
            case "one":
                default, held = [simple], here
            case "named":
                default, held = [], here | {self.universe.lib("builtins.list", instance=True, items=here)}
            case _:
                many = self.universe.lib("django.db.models.Manager", instance=True, items=here)
                default, held = [f"{simple}_set"], frozenset((many,))
        for name in names or default:
            if name.endswith("+"):
                continue
            name = name.replace("%(class)s", simple)
            for value in made:
                for target in value.items if isinstance(value, Lib) else NOTHING:
                    if isinstance(target, Inst):
                        self.solver.join(self.solver.cell("in return", target.info, name), held)

    def models_named(self, values: Values) -> Values:
        """Instances of the models that classes are or texts name: `Event`, `app.Event`, `self`."""
        result: set[Value] = set()
        for value in values:
            if isinstance(value, Cls):
                result.add(self.universe.inst(value.info))
            elif isinstance(value, Fn):  # `lambda: Event`, where the class is defined later
                result |= self.models_named(self.read(self.solver.body(value.info, value.outer).result))
            elif isinstance(value, Lib) and not value.instance:
                result.add(self.universe.instance_of(value))
            elif isinstance(value, Const) and isinstance(value.value, str):
                found = self._model_named(value.value)
                if found is not None:
                    result.add(self.universe.inst(found))
        return frozenset(result)

    def declaring_class(self) -> ClassInfo | None:
        """The class whose body this is."""
        if self.info.scope.kind is not ScopeKind.CLASS:
            return None
        found = self.index.classes.get(self.info.name)
        return found if found is not None and found.body is self.info else None

    def _model_named(self, text: str) -> ClassInfo | None:
        owner = self.declaring_class()
        if text == "self":
            return owner
        label, _, simple = text.rpartition(".")
        here = self.index.classes.get(f"{self.module.name}.{simple}")
        if not label and here is not None:
            return here
        found = self.index.classes_called(simple)
        if label:
            found = [info for info in found if label.lower() in info.module.name.lower().split(".")]
        if len(found) > 1:
            # The one that shares the longest package with the class that names it.
            found = sorted(found, key=lambda info: (-_shared(info.module.name, self.module.name), info.name))
        return found[0] if found else None

    def _holds_owner(self, value: Value) -> bool:
        match value:
            case Lib(instance=True, items=items) if not items:
                return any(self._says_owner(name) for name in self.knowledge.ancestors(value.dotted))
            case Inst(info=info, items=items) if not items:
                return any(isinstance(entry, str) and self._says_owner(entry) for entry in self.resolution_order(info))
            case _:
                return False

    def _says_owner(self, dotted: str) -> bool:
        entry = self.described(dotted)[0]
        return entry is not None and entry.holds_owner

    def _declaring_base(self, value: Inst) -> str:
        for entry in self.resolution_order(value.info):
            if isinstance(entry, str):
                known = self.described(entry)[0]
                if known is not None and known.attribute:
                    return entry
        return ""

    def _filled(self, value: Value, items: frozenset[Value]) -> Value:
        if isinstance(value, Inst):
            return self.universe.inst(value.info, value.home, items)
        assert isinstance(value, Lib)
        return self.universe.lib(
            value.dotted, instance=True, items=items, origin=value.origin, home=value.home, receiver=value.receiver
        )


def _shared(left: str, right: str) -> int:
    count = 0
    for one, other in zip(left.split("."), right.split("."), strict=False):
        if one != other:
            break
        count += 1
    return count
