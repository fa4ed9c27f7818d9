"""The host that a call goes to, where the code says it.

In: the expression of an address, and the constants of the slice. Out: a host, or nothing.

Understood: a text, a text with values in it, a sum, a constant of a module of the slice, `urljoin`, `format`, and the
default of a variable of the environment.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

_DEFAULTED = frozenset({"get", "getenv"})
_DEEPEST = 8


def host_of(
    address: ast.expr, constants: Mapping[str, ast.expr], names: Callable[[ast.expr], frozenset[str]], depth: int = 0
) -> str:
    """The host in lower case; an empty text where it cannot be told.

    Args:
        names: dotted names that an expression may stand for.
    """
    if depth > _DEEPEST:
        return ""

    def of(inner: ast.expr) -> str:
        return host_of(inner, constants, names, depth + 1)

    match address:
        case ast.Constant(value=str(text)):
            return _in_text(text)
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *rest]):
            # The host ends where the text before the first value says so.
            return _in_text(text) if not rest or "/" in text.partition("://")[2] else ""
        case ast.JoinedStr(values=[ast.FormattedValue(value=inner), *_]):
            return of(inner)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod()):
            return of(left)
        case ast.Call(func=ast.Attribute(value=text, attr="format" | "rstrip" | "strip")):
            return of(text)
        case ast.Call(func=ast.Attribute(attr=reader) | ast.Name(id=reader), args=[_, default]) if reader in _DEFAULTED:
            return of(default)
        case ast.Call(func=ast.Attribute(attr="urljoin") | ast.Name(id="urljoin"), args=[base, *_]):
            return of(base)
        case ast.Name() | ast.Attribute():
            known = [constants[name] for name in sorted(names(address)) if name in constants]
            return of(known[0]) if len(known) == 1 else ""
        case _:
            return ""


def _in_text(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host if parts.scheme in ("http", "https") and "{" not in host and "%" not in host else ""
