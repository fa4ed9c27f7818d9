"""The text of the files in which functions say what they need.

In: `Decision`s. Out: new text by path. Edits are places of the old text with new text: comments and formatting are not
touched. The body of a function that is split stays where it is, under a new `def` that is put in above it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import libcst as cst

from migrator.plan.context.calls import Call
from migrator.plan.context.decisions import Decision, Handed, Mode, in_terms_of
from migrator.plan.context.importing import Wanted, bound_name, with_imports
from migrator.plan.context.modules import Module, Modules
from migrator.plan.context.proxies import ANY
from migrator.plan.context.shapes import docstrings
from migrator.plan.context.signatures import Edit, end_of, grown, handing_over, indentation
from migrator.plan.context.values import RootKind, Source


def edit(decisions: Mapping[str, Decision], modules: Modules) -> Mapping[str, str]:
    """New text by path, of the files that change."""
    edits: defaultdict[str, list[Edit]] = defaultdict(list)
    wanted: defaultdict[str, Wanted] = defaultdict(Wanted)
    for decision in decisions.values():
        path = decision.definition.module.file.path
        editor = _Editor(decision, decisions, modules, wanted[path])
        edits[path].extend(editor.edits())
    texts: dict[str, str] = {}
    for path, found in edits.items():
        if not found:
            continue
        module = modules.module(path)
        # Several calls may be of one import.
        text = applied(module.text, list(dict.fromkeys(found)))
        texts[path] = with_imports(text, module, wanted[path], modules)
    return texts


def applied(text: str, edits: list[Edit], offset: int = 0) -> str:
    """A text with edits, none of which overlaps another one."""
    parts: list[str] = []
    at = 0
    for each in sorted(edits, key=lambda each: (each.start, each.end)):
        parts += [text[at : each.start - offset], each.text]
        at = each.end - offset
    return "".join((*parts, text[at:]))


class _Editor:
    """The edits of one function."""

    def __init__(self, decision: Decision, decisions: Mapping[str, Decision], modules: Modules, wanted: Wanted) -> None:
        self._decision = decision
        self._decisions = decisions
        self._modules = modules
        self._module: Module = decision.definition.module
        self._node = decision.definition.node
        self._wanted = wanted

    def edits(self) -> Iterator[Edit]:
        if self._decision.mode is Mode.MOVED:
            return
        if any(each.is_hinted and ANY in each.hint for each in self._decision.parameters):
            self._wanted.any = True
        match self._decision.mode:
            case Mode.IN_PLACE:
                yield grown(self._module, self._node, self._decision.parameters)
            case Mode.SPLIT:
                yield self._new_head()
        yield from self._reads()
        for handed in self._decision.handed:
            yield from self._call(handed)

    def _reads(self) -> Iterator[Edit]:
        statements = {
            id(each.assigned.statement): each.assigned.statement for each in self._decision.taken if each.assigned
        }
        body = self._node.body.body[docstrings(self._node) :]
        # Something has to stay below the `def`.
        kept = next((each for each in body if id(each) not in statements), None)
        for each in self._decision.taken:
            start, end = self._module.span(each.read.node)
            if each.assigned is None:
                yield Edit(start, end, f"{each.name}{each.rest}")
            elif kept is None and each.assigned.statement is body[-1]:
                start, end = self._module.span(each.assigned.statement)
                yield Edit(start, end, "pass")
            else:
                yield self._without(each.assigned.statement, frozenset(statements))
            if each.read.source.kind is RootKind.GLOBAL:
                self._wanted.spared.add(self._module.code(each.read.root).partition(".")[0])

    def _without(self, statement: cst.SimpleStatementLine, gone: frozenset[int]) -> Edit:
        """A statement's lines; also the empty ones behind it, where nothing of the body stands above them."""
        start, end = self._module.span(statement)
        start, end = self._module.line_start(start), self._module.line_after(end)
        first = next((each for each in self._node.body.body[docstrings(self._node) :] if id(each) not in gone), None)
        if first is None or self._module.span(first)[0] > start:
            while (after := self._module.line_after(end)) > end and not self._module.text[end:after].strip():
                end = after
        return Edit(start, end, "")

    def _call(self, handed: Handed) -> Iterator[Edit]:
        callee = self._decisions[handed.call.callee]
        call = handed.call
        if callee.mode in (Mode.SPLIT, Mode.MOVED):
            yield Edit(*self._module.span(call.name), callee.new_name)
            if call.alias is not None:
                start, at = self._module.span(call.alias.name)
                line = self._module.line_start(start)
                own_line = not self._module.text[line:start].strip()
                joint = f",{self._module.line_end}{indentation(self._module, line)}" if own_line else ", "
                yield Edit(at, at, f"{joint}{callee.new_name}")
                self._wanted.spared.add(call.name.value)
        values = [f"{parameter.name}={self._value(source)}" for parameter, source in handed.values]
        yield self._arguments(call, values)

    def _arguments(self, call: Call, values: list[str]) -> Edit:
        if not call.node.args:
            at = self._module.span(call.node)[1] - 1
            return Edit(at, at, ", ".join(values))
        last = call.node.args[-1]
        begin = self._module.span(last.keyword if last.keyword is not None else last.value)[0]
        start = self._module.line_start(begin)
        at = end_of(self._module, last.value)
        own_line = not self._module.text[start:begin].strip(" \t*(")
        joint = f",{self._module.line_end}{indentation(self._module, start)}" if own_line else ", "
        return Edit(at, at, "".join(f"{joint}{value}" for value in values))

    def _value(self, source: Source) -> str:
        """A value where the context is handed on: by a parameter, or in an edge by the read itself."""
        return (
            self._read(source)
            if self._decision.mode is Mode.EDGE
            else "".join(in_terms_of(source, self._decision.names))
        )

    def _read(self, source: Source) -> str:
        root = source.root
        if source.kind is RootKind.GLOBAL:
            root = self._spelled(source.root)
        return f"{root}{source.suffix}"

    def _spelled(self, dotted: str) -> str:
        """How the module of the function writes a proxy."""
        for each in self._decision.taken:
            if each.read.source.root == dotted:
                return self._module.code(each.read.root)
        bound = bound_name(self._module, self._modules, dotted)
        if bound:
            return bound
        self._wanted.imports.add(dotted)
        return dotted.rpartition(".")[2]

    def _new_head(self) -> Edit:
        """The old function's one statement, and the head of the new one, above the body."""
        module, node = self._module, self._node
        statements = node.body.body
        doc = docstrings(node)
        head_start = module.line_start(module.span(node.name)[0])
        head_end = self._first_line(statements[0])
        at = module.line_after(module.span(statements[0])[1] - 1) if doc else head_end
        edits = [
            Edit(*module.span(node.name), self._decision.new_name),
            grown(module, node, self._decision.parameters),
        ]
        head = applied(module.text[head_start:head_end], edits, head_start)
        values = [(each.name, self._read(each.source)) for each in self._decision.parameters]
        method = bool(self._decision.definition.owner)
        call = handing_over(module, node, self._decision.new_name, values, method=method)
        blank = module.line_end * (1 if method else 2)
        return Edit(at, at, f"{call}{blank}{head}")

    def _first_line(self, statement: cst.CSTNode) -> int:
        """Where a statement begins, with the lines of comments above it."""
        decorators = getattr(statement, "decorators", ())
        start = self._module.line_start(self._module.span(decorators[0] if decorators else statement)[0])
        for _ in getattr(statement, "leading_lines", ()):
            start = self._module.line_start(start - 1)
        return start
