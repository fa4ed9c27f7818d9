"""Rules that a blueprint of the project serves outside of its prefix.

Flask asks a blueprint's `make_setup_state` for the object that puts the prefix before each rule; a project's own may
leave it out for rules that begin with a mark: `if rule.startswith("!/")`, then `add_url_rule(rule[1:], ...)` with
`self.url_prefix` set to None. In: the class of a blueprint. Out: its marks, each with the number of characters that are
cut off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from migrator.facts.expressions import Attribute, Call, Constant, Name, Opaque, Subscript, calls_in
from migrator.facts.records import RegionKind
from migrator.model.index import ClassInfo, FunctionInfo
from migrator.model.options import line_of
from migrator.model.registrations import Program
from migrator.model.spelling import stores_of
from migrator.model.values import Inst

_MAKER = "make_setup_state"
_ADDS = "add_url_rule"
_PREFIX = "url_prefix"


def marks_of(program: Program, blueprint: ClassInfo) -> Mapping[str, int]:
    """What the rules begin with that a blueprint's class serves without its prefix."""
    maker = program.method(blueprint, _MAKER)
    if maker is None:
        return {}
    made = program.tables.solver.body(maker, program.default_receiver(maker)).result.values
    states = [value.info for value in made if isinstance(value, Inst)]
    return {
        mark: cut
        for state in states
        if _leaves_out_prefix(state) and (adds := program.method(state, _ADDS)) is not None
        for mark, cut in _marks(adds)
    }


def _leaves_out_prefix(state: ClassInfo) -> bool:
    return any(
        isinstance(step.value, Constant) and step.value.value is None
        for method in state.methods.values()
        for step in stores_of(method, _PREFIX)
    )


def _marks(adds: FunctionInfo) -> Iterator[tuple[str, int]]:
    scope = adds.scope
    rule = scope.parameters[1].name if len(scope.parameters) > 1 else ""
    for region in scope.regions:
        match region.head:
            case Call(
                func=Attribute(value=Name(id=name), attr="startswith"), arguments=(Constant(value=str(mark)),)
            ) if name == rule and region.kind is RegionKind.BRANCH:
                for step in scope.steps:
                    if region.body_line <= line_of(step) <= region.end_line:
                        yield from ((mark, cut) for call in calls_in(step) for cut in _cut_off(call, rule))
            case _:
                pass


def _cut_off(call: Call, rule: str) -> Iterator[int]:
    """How much of the rule a call hands on leaves out at its beginning."""
    match call:
        case Call(
            func=Attribute(attr="add_url_rule"),
            arguments=(
                Subscript(value=Name(id=name), key=Opaque(kind="slice", parts=(Constant(value=int(cut)), *_))),
                *_,
            ),
        ) if name == rule:
            yield cut
        case _:
            pass
