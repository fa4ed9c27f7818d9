"""What one function needs: its own reads, and what the functions that it calls need of it.

In: a function with its reads, the decisions about what it calls. Out: a `Decision`, and what is left with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import libcst as cst

from migrator.plan.context.calls import Call, Callee, Mentions, find_calls
from migrator.plan.context.decisions import Decision, Handed, Mode, Taken, in_terms_of, is_part
from migrator.plan.context.judging import Rules
from migrator.plan.context.modules import Definition, Modules
from migrator.plan.context.naming import free_name, names_in
from migrator.plan.context.reads import Read, Reads, parameters, rebound
from migrator.plan.context.removal import Assigned, assigned_by
from migrator.plan.context.surely import runs
from migrator.plan.context.values import Function, Left, Parameter, RootKind, Source


class FunctionNeeds:
    """Decides about one function: reads and calls in the order of the text become its parameters."""

    def __init__(
        self,
        modules: Modules,
        mentions: Mentions,
        rules: Rules,
        function: Function,
        definition: Definition,
        mode: Mode,
        reads: Reads,
        *,
        registered: bool,
    ) -> None:
        self._modules = modules
        self._mentions = mentions
        self._rules = rules
        self._function = function
        self._definition = definition
        self._module = definition.module
        self._mode = mode
        self._found = reads
        self._registered = registered
        self._gone: list[cst.CSTNode] = []
        self._wanted: dict[Source, Parameter] = {}
        self.left: list[Left] = []

    def decide(self, callees: Sequence[tuple[Callee, Decision]]) -> Decision | None:
        """What to do, or None where nothing can be done.

        Args:
            callees: functions that it may call and that take values.
        """
        needs = {callee.name: decision for callee, decision in callees}
        calls = find_calls(self._modules, self._definition, [callee for callee, _ in callees])
        reads = [] if self._mode is Mode.EDGE else list(self._found.found)
        items: list[Read | Call] = sorted(
            [*reads, *calls], key=lambda item: self._module.span(item.node)[1 if isinstance(item, Call) else 0]
        )
        taken: list[Read] = []
        handed: list[Handed] = []
        for item in items:
            if isinstance(item, Read):
                if (read := self._allowed(item)) is not None:
                    self._want(Parameter(read.name, read.source, read.hint, read.total))
                    taken.append(read)
                    self._gone.append(read.node)
            elif (values := self._values(item, needs[item.callee])) is not None:
                for parameter, source in values:
                    self._want(Parameter(parameter.name, source, parameter.hint, parameter.total))
                handed.append(Handed(item, values))
        if not taken and not handed:
            return None
        return self._named(_without_parts(self._wanted), taken, handed)

    def _allowed(self, read: Read) -> Read | None:
        """The read, or where it may fail that of what it is asked of: the failing part stays where it is."""
        reason = ""
        for each in (read, read.whole):
            if each is None:
                continue
            against = self._against(each.node, each.source, each.total)
            if not against:
                return each
            reason = reason or against
        self._leave(read.node, f"{self._module.code(read.node)} is left: {reason}")
        return None

    def _want(self, parameter: Parameter) -> None:
        self._wanted.setdefault(parameter.source, parameter)

    def _against(self, node: cst.CSTNode, source: Source, total: bool) -> str:
        how = runs(self._module, self._definition.node, node, self._gone)
        return self._rules.against(
            source, how, self._mode, total=total, registered=self._registered, before=self._wanted
        )

    def _values(self, call: Call, callee: Decision) -> tuple[tuple[Parameter, Source], ...] | None:
        called = self._module.code(call.node.func)
        match call.node.args:
            case [cst.Arg(value=cst.GeneratorExp() as made)] if not made.lpar:
                self._leave(call.node, f"{called} is called as before: its argument is a bare generator")
                return None
        values: list[tuple[Parameter, Source]] = []
        for parameter in callee.parameters:
            source = self._seen_here(parameter.source, call, callee)
            if source is None:
                self._leave(
                    call.node, f"{called} is called as before: {parameter.name} comes from no argument of its caller"
                )
                return None
            if reason := self._against(call.node, source, parameter.total):
                self._leave(call.node, f"{called} is called as before, for {parameter.name}: {reason}")
                return None
            values.append((parameter, source))
        return tuple(values)

    def _seen_here(self, source: Source, call: Call, callee: Decision) -> Source | None:
        """A value that a callee needs, as the caller sees it."""
        match source.kind:
            case RootKind.GLOBAL:
                return source
            case RootKind.OWN:
                return source if callee.definition.owner == self._definition.owner else None
        handed_over = _argument(call.node, callee.definition, source.root)
        if handed_over is None:
            return None
        text = self._module.code(handed_over)
        node = self._definition.node
        if isinstance(handed_over, cst.Name) and text in parameters(node) and not rebound(node, text):
            return Source(RootKind.PARAMETER, text, source.suffix)
        if self._definition.owner and text == f"{self._definition.first}.request":
            return Source(RootKind.OWN, text, source.suffix)
        return None

    def _named(self, wanted: Mapping[Source, Parameter], taken: list[Read], handed: list[Handed]) -> Decision:
        node = self._definition.node
        used = set(names_in(node)) | set(parameters(node))
        assigned: dict[Source, Assigned] = {}
        # What comes by `**kwargs` may have any name, such as that of a part of a URL.
        open_names = node.params.star_kwarg is not None
        for read in taken:
            if read.source in wanted and not open_names and (found := assigned_by(node, read.node)):
                assigned.setdefault(read.source, found)
        chosen: dict[Source, str] = {}
        made: list[Parameter] = []
        hinted = _has_hints(node)
        for source, parameter in wanted.items():
            own = assigned.get(source)
            if own is not None and own.name in chosen.values():
                own = assigned.pop(source) and None
            like = f"request_{parameter.name}" if open_names else parameter.name
            name = own.name if own is not None else free_name(like, used | set(chosen.values()))
            chosen[source] = name
            made.append(Parameter(name, source, parameter.hint, parameter.total, is_hinted=hinted))
        new_name = node.name.value
        if self._mode is Mode.SPLIT:
            new_name = f"{new_name}_with"
            number = 2
            while self._mentions.is_taken(self._module, new_name):
                new_name, number = f"{node.name.value}_with_{number}", number + 1
        reads = tuple(
            Taken(
                read,
                *in_terms_of(read.source, chosen),
                assigned=found if (found := assigned.get(read.source)) and found.value is read.node else None,
            )
            for read in taken
        )
        return Decision(
            self._function,
            self._definition,
            self._mode,
            new_name,
            () if self._mode is Mode.EDGE else tuple(made),
            reads,
            tuple(handed),
            {} if self._mode is Mode.EDGE else chosen,
        )

    def _leave(self, node: cst.CSTNode, reason: str) -> None:
        self.left.append(Left(self._module.location(node), reason))


def _argument(call: cst.Call, callee: Definition, parameter: str) -> cst.BaseExpression | None:
    """What a call gives a parameter; None where that cannot be told."""
    names = [each.name.value for each in (*callee.node.params.posonly_params, *callee.node.params.params)]
    if callee.owner:
        names = names[1:]
    for position, arg in enumerate(call.args):
        if arg.star:
            return None
        if arg.keyword is not None:
            if arg.keyword.value == parameter:
                return arg.value
        elif position < len(names) and names[position] == parameter:
            return arg.value
    return None


def _without_parts(wanted: Mapping[Source, Parameter]) -> Mapping[Source, Parameter]:
    """Without the values that are parts of others."""
    return {source: each for source, each in wanted.items() if not any(is_part(source, other) for other in wanted)}


def _has_hints(function: cst.FunctionDef) -> bool:
    """Whether a function has annotations: where it has none, new ones would be the only ones."""
    params = function.params
    stars = [each for each in (params.star_arg, params.star_kwarg) if isinstance(each, cst.Param)]
    every = [*params.posonly_params, *params.params, *params.kwonly_params, *stars]
    return function.returns is not None or any(each.annotation is not None for each in every)
