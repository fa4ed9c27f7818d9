"""Signatures with more parameters, and the call by which an old function hands everything to its new one.

In: a function, new parameters. Out: text. New parameters are keyword-only, so that no call can mix them up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from migrator.plan.context.modules import Module
from migrator.plan.context.values import Parameter

_SHORTEST, _LONGEST = 88, 120


@dataclass(frozen=True, slots=True)
class Edit:
    """New text in the place of a part of the old one."""

    start: int
    end: int
    text: str


def line_limit(module: Module) -> int:
    """How long lines of a module may be: as its longest are, within what formatters are set to."""
    longest = max((len(line) for line in module.text.splitlines()), default=0)
    return min(max(longest, _SHORTEST), _LONGEST)


def grown(module: Module, function: cst.FunctionDef, parameters: Sequence[Parameter]) -> Edit:
    """The parameters of a function with more of them."""
    opening = module.text.index("(", module.span(function.name)[1])
    closing = _closing(module, function, opening)
    old = module.text[opening + 1 : closing]
    new = [each.declared for each in parameters]
    texts = _texts(module, function, new)
    joined = ", ".join(texts)
    if "#" in old:
        return _inserted(module, function, new, opening, closing)
    start = module.line_start(opening)
    line = (
        len(module.text[start : opening + 1])
        + len(joined)
        + len(module.text[closing : module.line_after(closing)].rstrip())
    )
    if "\n" not in old and "\r" not in old and line <= line_limit(module):
        return Edit(opening + 1, closing, joined)
    indent = indentation(module, start)
    return Edit(opening + 1, closing, _exploded(module, texts, indent))


def handing_over(
    module: Module, function: cst.FunctionDef, new_name: str, values: Sequence[tuple[str, str]], *, method: bool
) -> str:
    """The statement of an old function that calls its new one, with its line end.

    Args:
        values: names of the new parameters and what they get, as text.
    """
    params = function.params
    positional = [each.name.value for each in (*params.posonly_params, *params.params)]
    target = new_name
    if method:
        target = f"{positional[0]}.{new_name}"
        positional = positional[1:]
    arguments = [
        *positional,
        *([f"*{params.star_arg.name.value}"] if isinstance(params.star_arg, cst.Param) else []),
        *(f"{each.name.value}={each.name.value}" for each in params.kwonly_params),
        *(f"{name}={value}" for name, value in values),
        *([f"**{params.star_kwarg.name.value}"] if params.star_kwarg is not None else []),
    ]
    indent = indentation(module, module.line_start(module.span(function.name)[0])) + _step(module, function)
    awaited = "await " if function.asynchronous is not None else ""
    head = f"{indent}return {awaited}{target}("
    line = f"{head}{', '.join(arguments)})"
    if len(line) > line_limit(module) or any("\n" in argument for argument in arguments):
        line = f"{head}{_exploded(module, arguments, indent)})"
    return f"{line}{module.line_end}"


def indentation(module: Module, line_start: int) -> str:
    """The white space that a line begins with."""
    line = module.text[line_start : module.line_after(line_start)]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _step(module: Module, function: cst.FunctionDef) -> str:
    own = function.body.indent if isinstance(function.body, cst.IndentedBlock) else None
    return own if own is not None else module.tree.default_indent


def _texts(module: Module, function: cst.FunctionDef, new: Sequence[str]) -> list[str]:
    params = function.params
    star = params.star_arg
    texts = [_text(module, each) for each in params.posonly_params]
    if params.posonly_params:
        texts.append("/")
    texts += [_text(module, each) for each in params.params]
    if isinstance(star, cst.Param):
        texts.append(f"*{_text(module, star)}")
    else:
        texts.append("*")
    texts += [_text(module, each) for each in params.kwonly_params]
    texts += new
    if params.star_kwarg is not None:
        texts.append(f"**{_text(module, params.star_kwarg)}")
    return texts


def _text(module: Module, param: cst.Param) -> str:
    """A parameter with its annotation and default, without star and comma."""
    return module.tree.code_for_node(param.with_changes(star="", comma=cst.MaybeSentinel.DEFAULT)).strip()


def _inserted(module: Module, function: cst.FunctionDef, new: Sequence[str], opening: int, closing: int) -> Edit:
    """The parameters behind the others, all else untouched: comments stand between them."""
    params = function.params
    star = "" if isinstance(params.star_arg, cst.Param) or params.kwonly_params else "*, "
    joined = star + ", ".join(new)
    if params.star_kwarg is not None:
        at = module.text.rindex("**", opening, module.span(params.star_kwarg.name)[0])
        return Edit(at, at, f"{joined}, ")
    last = [*params.posonly_params, *params.params, *_starred(params), *params.kwonly_params][-1]
    at = end_of(module, last.default or (last.annotation.annotation if last.annotation else last.name))
    if last in params.posonly_params:
        at = module.text.index("/", at, closing) + 1
    return Edit(at, at, f", {joined}")


def _starred(params: cst.Parameters) -> list[cst.Param]:
    return [params.star_arg] if isinstance(params.star_arg, cst.Param) else []


def end_of(module: Module, node: cst.BaseExpression) -> int:
    """The offset behind an expression and the parentheses around it."""
    end = module.span(node)[1]
    for _ in getattr(node, "rpar", ()):
        end = module.text.index(")", end) + 1
    return end


def _closing(module: Module, function: cst.FunctionDef, opening: int) -> int:
    """The offset of the parenthesis that ends the parameters."""
    params = function.params
    every = [*params.posonly_params, *params.params, *_starred(params), *params.kwonly_params]
    every += [params.star_kwarg] if params.star_kwarg is not None else []
    at = opening + 1
    for each in every:
        at = max(at, end_of(module, each.default or (each.annotation.annotation if each.annotation else each.name)))
    # Between the last parameter and the end there may be a comma, a slash, and comments with anything in them.
    while module.text[at] != ")":
        at = module.line_after(at) if module.text[at] == "#" else at + 1
    return at


def _exploded(module: Module, texts: Sequence[str], indent: str) -> str:
    end = module.line_end
    inner = indent + module.tree.default_indent
    return "".join(f"{end}{inner}{text}," for text in texts) + f"{end}{indent}"
