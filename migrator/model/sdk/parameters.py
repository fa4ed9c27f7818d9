"""What parameters are: given by this call, assumed of a caller, promised by an annotation, seen by value flow.

In: a parameter's name and the frame. Out: values. A parameter of which nobody says who gives it is noted as wanted.
"""

from __future__ import annotations

from migrator.facts.expressions import Collection, Expression, Subscript
from migrator.facts.records import ParameterKind
from migrator.model.index import FunctionInfo
from migrator.model.sdk.flowing import as_values
from migrator.model.sdk.names import OPEN, SELF, SESSIONS, Names, is_method
from migrator.model.sdk.values import (
    Client,
    Cls,
    Frame,
    Given,
    Later,
    Object,
    Resource,
    Session,
    Super,
    Unknown,
    Value,
    Values,
)
from migrator.model.sdk.words import is_object

_MOST_OBJECTS = 8
"""Objects that value flow may see passed for a parameter; more of them meet where anything passes."""


class Parameters(Names):
    """Says what parameters are."""

    def parameter(self, name: str, frame: Frame) -> Values:
        """What a parameter is: what this call gives it, what a caller is assumed to, or what is promised of it."""
        info = frame.info
        parameters = info.scope.parameters
        position = next((at for at, each in enumerate(parameters) if each.name == name), None)
        if position is None:
            return ()
        if position == 0 and is_method(info):
            return self.receiver(frame)
        if frame.given is not None:
            return self.values_of(frame.given.get(name))
        assumed = self.assumed.get((info, name))
        if assumed is None:
            self.wanted.add((info, name))
        elif assumed is not OPEN:
            return self.values_of(assumed)
        found = list(self.annotated(parameters[position].annotation, info))
        if assumed is OPEN:
            found.extend(self.by_value_flow(info, position))
        default = parameters[position].default
        if default is not None:
            found.extend(self.values_of(self.default_of(info, name, frame)))
        if parameters[position].kind not in (ParameterKind.VARIADIC, ParameterKind.MAPPING):
            found.append(Unknown(name))
        return tuple(found)

    def default_of(self, info: FunctionInfo, name: str, frame: Frame | None = None) -> Given | None:
        """The default of a parameter, as the scope around the function says it."""
        parameter = next((each for each in info.scope.parameters if each.name == name), None)
        if parameter is None or parameter.default is None:
            return None
        around = info.owner.body if info.owner is not None else info.enclosing
        outer = frame.outer if frame is not None else None
        if around is None:
            return None
        if outer is None or outer.info is not around:
            outer = self.frame(around, {} if around.runs_on_import else None)
        return Later(parameter.default, outer, None)

    def receiver(self, frame: Frame) -> Values:
        """What the first parameter of a method is."""
        assumed = self.assumed.get((frame.info, SELF)) if frame.given is None else None
        if assumed is not None:
            found = [each.receiver if isinstance(each, Super) else each for each in self.values_of(assumed)]
            fitting = tuple(each for each in found if self._fits(each, frame.info))
            if fitting:
                return fitting
        if frame.receiver is not None:
            return (frame.receiver,)
        owner = frame.info.owner
        return (Cls(owner) if frame.info.is_class_method else Object(owner),) if owner is not None else ()

    def _fits(self, value: Value, info: FunctionInfo) -> bool:
        """Whether a method may have been taken from a value."""
        return isinstance(value, Object | Cls) and info.owner in self.order(value)

    def by_value_flow(self, info: FunctionInfo, position: int) -> Values:
        """Objects and callables that the program's value flow sees passed for a parameter, by whichever caller."""
        solver = self.program.tables.solver
        copies = sorted(info.copies.values(), key=lambda copy: (copy.site, repr(copy.constants)))
        passed = [solver.cell("argument", each, position).values for each in (info, *copies)]
        found = as_values(self.program.expanded(value for values in passed for value in values))
        return found if len(found) <= _MOST_OBJECTS else ()

    def flowing(self, expression: Expression, info: FunctionInfo) -> Values:
        """Objects and callables that an expression of a function may be by the program's value flow."""
        return as_values(self.program.expanded(self.program.frame(info).evaluate(expression)))

    def annotated(self, annotation: Expression | None, info: FunctionInfo) -> Values:
        """The object of the SDK that an annotation promises, by the names of the published stubs."""
        if annotation is None:
            return ()
        dotted = self.index.dotted(info.module, annotation)
        if isinstance(annotation, Subscript) and isinstance(annotation.key, Collection):
            return self._annotated_with(annotation.key, dotted, info)
        if dotted in SESSIONS:
            return (Session(),)
        head, _, last = dotted.rpartition(".")
        for prefix in ("mypy_boto3_", "types_boto3_", "types_aiobotocore_"):
            if head.startswith(prefix):
                service = head.partition(".")[0].removeprefix(prefix).replace("_", "-")
                if last.endswith("Client"):
                    return (Client(service),)
                if last == "ServiceResource" or last.endswith("ServiceResource"):
                    return (Resource(service),)
                return (Resource(service, last),) if ".service_resource" in head else ()
        return ()

    def _annotated_with(self, given: Collection, dotted: str, info: FunctionInfo) -> Values:
        """What `Annotated[Client, Depends(client)]` promises: by its type, and by what fills it."""
        if dotted.rpartition(".")[2] != "Annotated" or not given.items:
            return ()
        home = self.of_module(info.module)
        made = [value for item in given.items[1:] for value in self.evaluate(item, home, None) if is_object(value)]
        return (*self.annotated(given.items[0], info), *made)
