"""What an expression that reads a part of a proxy says of the value: its type, and a name for it.

In: a libcst expression. Out: a hint, a name, whether it means the same wherever it stands.
"""

from __future__ import annotations

import re

import libcst as cst

from migrator.plan.context.modules import Module
from migrator.plan.context.proxies import ANY, TEXT, Known

_TYPES = frozenset({"int", "float", "str", "bool", "bytes"})
_WORDS = re.compile(r"[^0-9A-Za-z]+")


def is_constant(node: cst.CSTNode) -> bool:
    """Whether an expression means the same wherever it stands."""
    match node:
        case cst.SimpleString() | cst.Integer() | cst.Float() | cst.Ellipsis():
            return True
        case cst.Name(value=name):
            return name in _TYPES or name in ("None", "True", "False")
        case cst.Arg(keyword=cst.Name(value="cache")):
            return False  # `get_data(cache=False)` takes the body away from whoever asks next
        case cst.Arg(value=value, star=""):
            return is_constant(value)
        case cst.UnaryOperation(expression=inner):
            return is_constant(inner)
        case cst.Dict(elements=[]) | cst.List(elements=[]) | cst.Tuple(elements=[]):
            return True
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=value))]):
            return isinstance(value, cst.SimpleString)
        case _:
            return False


def hint_of(module: Module, known: Known, node: cst.BaseExpression) -> str:
    """The type of what an expression gives: of built-ins, or `Any`."""
    if known.hint == "list[str]" and isinstance(node, cst.Call) and len(node.args) > 1:
        return "list[Any]"  # `getlist(key, type)`
    if known.hint != TEXT:
        return known.hint
    if not isinstance(node, cst.Call):
        return ANY
    made, default = "str", "None"
    for position, arg in enumerate(node.args):
        keyword = arg.keyword.value if arg.keyword is not None else ("", "default", "type")[min(position, 2)]
        if keyword == "type":
            made = module.code(arg.value)
        elif keyword == "default":
            default = module.code(arg.value)
    if made not in _TYPES:
        return ANY
    if default == "None":
        return f"{made} | None"
    given = "str" if default[:1] in "\"'" else "int" if default.lstrip("-").isdecimal() else ""
    return made if given == made else ANY


def name_of(node: cst.CSTNode) -> str:
    """A parameter's name: from the key that is asked for, or else from the last attribute."""
    match node:
        case cst.Call(args=[cst.Arg(value=cst.SimpleString() as key), *_]):
            return _worded(str(key.evaluated_value))
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return _worded(str(key.evaluated_value))
        case cst.Call(func=cst.Attribute(attr=attr, value=value)):
            return _worded(attr.value) if attr.value != "get" else name_of(value)
        case cst.Attribute(attr=attr):
            return _worded(attr.value)
        case cst.Name(value=name):
            return _worded(name)
        case _:
            return "value"


def _worded(text: str) -> str:
    words = [word for word in _WORDS.split(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower()) if word]
    if len(words) > 1 and words[0] == "x":  # `X-Signature`: the prefix says nothing
        words = words[1:]
    name = "_".join(words)
    return name if name.isidentifier() else f"value_{name}" if name else "value"
