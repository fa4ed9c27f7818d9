"""Writes the needed units of a module down again, the kept text byte for byte as it was.

In: a `ModuleSyntax`, the units that stay, the star imports to spell out.
Out: the text of the module in the slice. What is needed is `closure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import libcst as cst

from migrator.plan.slicing.nodes import branches, function_node, nodes_of
from migrator.plan.slicing.syntax import FunctionNode, ModuleSyntax, Unit


def rewrite(
    syntax: ModuleSyntax,
    units: AbstractSet[Unit],
    *,
    stars: Mapping[Unit, AbstractSet[str]],
    lifted: Sequence[FunctionNode] = (),
) -> str:
    """The text of a module in the slice.

    Args:
        units: those that stay; with all of them the text is returned as it is.
        stars: star imports of the module to the names that are taken of them.
        lifted: functions from inside another one, to be written at the end of the module.

    Raises:
        InputError: libcst cannot parse the module.
    """
    if len(units) == len(syntax.units) and not stars and not syntax.left_behind and not lifted:
        return syntax.file.text
    nodes = nodes_of(syntax)
    inner = {function: function_node(nodes, syntax, function) for function in lifted}
    functions = {nodes.units[unit.index]: unit.node for unit in units} | {node: each for each, node in inner.items()}
    kept = _Keeper(
        {nodes.units[unit.index] for unit in units},
        {nodes.units[unit.index]: names for unit, names in stars.items()},
        {
            node.decorators[turn]
            for node, function in functions.items()
            if isinstance(node, cst.FunctionDef)
            for turn, decorator in enumerate(getattr(function, "decorator_list", ()))
            if decorator in syntax.left_behind
        },
    )
    body = kept.statements(nodes.module.body)
    if not body and not lifted:
        return ""
    body.extend(
        kept.function(function).with_changes(
            leading_lines=[cst.EmptyLine(indent=False)] * 2 + list(function.leading_lines)
        )
        for function in inner.values()
    )
    return nodes.module.with_changes(body=body).code


def keep_all(syntax: ModuleSyntax) -> str:
    """The text of a module of which every unit is needed, put together from them; it has to be the text as it was."""
    nodes = nodes_of(syntax)
    kept = _Keeper(set(nodes.units), {}, frozenset())
    return nodes.module.with_changes(body=kept.statements(nodes.module.body)).code


class _Keeper:
    def __init__(
        self,
        nodes: AbstractSet[cst.CSTNode],
        stars: Mapping[cst.CSTNode, AbstractSet[str]],
        without: AbstractSet[cst.CSTNode],
    ) -> None:
        self._nodes = nodes
        self._stars = stars
        self._without = without

    def statements(self, body: Sequence[cst.BaseStatement | cst.BaseSmallStatement]) -> list[cst.BaseStatement]:
        kept: list[cst.BaseStatement] = []
        for statement in body:
            if (changed := self._statement(statement)) is not None:
                kept.append(changed)
        return kept

    def _statement(self, statement: cst.CSTNode) -> cst.BaseStatement | None:
        match statement:
            case cst.SimpleStatementLine(body=[cst.Import() | cst.ImportFrom() as only]):
                changed = self._import(only)
                if changed is None:
                    return None
                return statement if changed is only else statement.with_changes(body=[changed])
            case cst.If() if statement not in self._nodes:
                return self._if(statement)
            case cst.BaseStatement() if statement in self._nodes:
                return self.function(statement) if isinstance(statement, cst.FunctionDef) else statement
            case _:
                return None

    def function(self, function: cst.FunctionDef) -> cst.FunctionDef:
        """The function without the decorators that stay behind."""
        kept = [decorator for decorator in function.decorators if decorator not in self._without]
        if len(kept) == len(function.decorators):
            return function
        return function.with_changes(
            decorators=kept, lines_after_decorators=function.lines_after_decorators if kept else []
        )

    def _import(self, statement: cst.Import | cst.ImportFrom) -> cst.Import | cst.ImportFrom | None:
        names = statement.names
        if isinstance(names, cst.ImportStar):
            if names not in self._nodes:
                return None
            if not (taken := self._stars.get(names)):
                return statement
            spelled = [cst.ImportAlias(name=cst.Name(name)) for name in sorted(taken)]
            return statement.with_changes(names=spelled)
        kept = [alias for alias in names if alias in self._nodes]
        if len(kept) == len(names):
            return statement
        if not kept:
            return None
        if kept[-1] is names[-1]:
            return statement.with_changes(names=kept)
        # What follows the last name stays as it was behind the original's last one (a comma, a parenthesis on a
        # line of its own), but with the comment on the line of the name that is last now.
        ends, rpar = names[-1].comma, getattr(statement, "rpar", None)
        own = kept[-1].comma.whitespace_after if isinstance(kept[-1].comma, cst.Comma) else None
        if isinstance(own, cst.ParenthesizedWhitespace):
            if isinstance(ends, cst.Comma) and isinstance(ends.whitespace_after, cst.ParenthesizedWhitespace):
                ends = ends.with_changes(whitespace_after=ends.whitespace_after.with_changes(first_line=own.first_line))
            elif rpar is not None and isinstance(rpar.whitespace_before, cst.ParenthesizedWhitespace):
                before = rpar.whitespace_before.with_changes(first_line=own.first_line)
                statement = statement.with_changes(rpar=rpar.with_changes(whitespace_before=before))
        kept[-1] = kept[-1].with_changes(comma=ends)
        return statement.with_changes(names=kept)

    def _if(self, statement: cst.If) -> cst.If | None:
        if not any(self._holds_kept(inner) for branch in branches(statement) for inner in branch.body.body):
            return None
        orelse = statement.orelse
        if isinstance(orelse, cst.If):
            orelse = self._if(orelse)
        elif isinstance(orelse, cst.Else):
            inner = self.statements(orelse.body.body)
            orelse = orelse.with_changes(body=self._block(orelse.body, inner)) if inner else None
        body = self._block(statement.body, self.statements(statement.body.body))
        return statement.with_changes(body=body, orelse=orelse)

    def _block(self, block: cst.BaseSuite, inner: Sequence[cst.BaseStatement]) -> cst.BaseSuite:
        return block.with_changes(body=inner or [cst.SimpleStatementLine(body=[cst.Pass()])])

    def _holds_kept(self, statement: cst.CSTNode) -> bool:
        return self._statement(statement) is not None
