"""Syntax newer than the running Python, rewritten to older syntax line by line.

In: the text of a module that `ast.parse` refuses. Out: text that it takes, with every statement on its own line,
so that places stay true (what stands inside an f-string of several lines may move up within it). libcst parses;
this module only rewrites:

- type parameters (`def f[T]`, `class C[T]`) are dropped, `type X = ...` becomes an assignment;
- an f-string becomes a tuple of the expressions that it holds, since the older parser refuses quotes and
  backslashes in them; its literal text, which no fact rests on, is dropped;
- `except A, B:` gets its parentheses.
"""

from __future__ import annotations

import re

import libcst as cst

_BARE_EXCEPT = re.compile(r"^(?P<head>\s*except\*?\s+)(?P<types>[\w.]+(?:\s*,\s*[\w.]+)+)\s*:", re.MULTILINE)


class CannotLower(Exception):
    """libcst cannot parse the text either."""


def rewritten_text(text: str) -> str:
    """The text as libcst writes it back.

    Raises:
        CannotLower: libcst cannot parse it.
    """
    return _parse(text).code


def lowered_text(text: str) -> str:
    """The text in the syntax of Python 3.11, with unchanged line numbers.

    Raises:
        CannotLower: libcst cannot parse it.
    """
    return _BARE_EXCEPT.sub(r"\g<head>(\g<types>):", _parse(text).visit(_Lowering()).code)


def _parse(text: str) -> cst.Module:
    try:
        return cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError, UnicodeError) as error:
        raise CannotLower(str(error)) from error
    except Exception as error:  # the native parser reports some inputs by exceptions of its own
        raise CannotLower(type(error).__name__) from error


class _Lowering(cst.CSTTransformer):
    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        return updated_node.with_changes(
            type_parameters=None, whitespace_after_type_parameters=cst.SimpleWhitespace("")
        )

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(
            type_parameters=None, whitespace_after_type_parameters=cst.SimpleWhitespace("")
        )

    def leave_TypeAlias(self, original_node: cst.TypeAlias, updated_node: cst.TypeAlias) -> cst.Assign:
        return cst.Assign(targets=(cst.AssignTarget(updated_node.name),), value=updated_node.value)

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        code = cst.Module(body=()).code_for_node(original_node)
        expressions = _expressions(updated_node.parts)
        return _tuple_over_lines(expressions, lines=code.count("\n"))

    def visit_ConcatenatedString(self, node: cst.ConcatenatedString) -> bool:
        # Its parts must stay strings while libcst puts it together again; `leave` lowers them itself.
        return False

    def leave_ConcatenatedString(
        self, original_node: cst.ConcatenatedString, updated_node: cst.ConcatenatedString
    ) -> cst.BaseExpression:
        texts = [part for part in _strings(original_node) if isinstance(part, cst.FormattedString)]
        if not texts:
            return original_node
        code = cst.Module(body=()).code_for_node(original_node)
        found = [expression for text in texts for expression in _expressions(text.parts)]
        visited = [
            node for node in (expression.visit(self) for expression in found) if isinstance(node, cst.BaseExpression)
        ]
        return _tuple_over_lines(visited, lines=code.count("\n"))


def _strings(node: cst.BaseString) -> list[cst.BaseString]:
    """The literals of an implicit concatenation, from left to right."""
    found: list[cst.BaseString] = []
    while isinstance(node, cst.ConcatenatedString):
        found.append(node.left)
        node = node.right
    return [*found, node]


def _expressions(parts: object) -> list[cst.BaseExpression]:
    found: list[cst.BaseExpression] = []
    for part in parts if isinstance(parts, tuple | list) else ():
        if isinstance(part, cst.FormattedStringExpression):
            found.append(part.expression)
            found.extend(_expressions(part.format_spec))
    return found


def _tuple_over_lines(expressions: list[cst.BaseExpression], *, lines: int) -> cst.Tuple:
    """`(a, b,)`, spread over as many line ends as the f-string had beyond those inside its expressions."""
    inside = sum(cst.Module(body=()).code_for_node(expression).count("\n") for expression in expressions)
    missing = max(0, lines - inside)
    space: cst.BaseParenthesizableWhitespace = cst.SimpleWhitespace("")
    if missing:
        space = cst.ParenthesizedWhitespace(
            first_line=cst.TrailingWhitespace(),
            empty_lines=[cst.EmptyLine(indent=False) for _ in range(missing - 1)],
        )
    elements = [cst.Element(expression, comma=cst.Comma()) for expression in expressions]
    return cst.Tuple(elements=elements, lpar=(cst.LeftParen(),), rpar=(cst.RightParen(whitespace_before=space),))
