"""`setup.py`, read as syntax and never run.

In: the text. Out: pins of the lists that it spells out. A list that is computed is a problem with its line.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from migrator.plan.requirements.environment import TargetEnvironment
from migrator.plan.requirements.pins import Group, Kind, PinFile, Reading
from migrator.plan.requirements.reading import Collected, group_of

_LISTS = {"install_requires": Group.MAIN, "tests_require": Group.DEVELOPMENT, "requires": Group.MAIN}
_DEPTH = 8


def read(file: PinFile, environment: TargetEnvironment) -> Reading:
    """Pins of a `setup.py`."""
    found = Collected(file, environment)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = ast.parse(file.text)
    except (SyntaxError, ValueError, RecursionError) as error:
        found.problem(getattr(error, "lineno", None) or 1, "is not Python")
        return found.reading()
    script = _Script(module)
    for keyword, value in script.keywords():
        if keyword in _LISTS:
            _list(found, script, value, _LISTS[keyword], keyword)
        elif keyword == "extras_require":
            _extras(found, script, value)
    return found.reading()


def _list(found: Collected, script: _Script, value: ast.expr, group: Group, what: str) -> None:
    for text, line in script.texts(value):
        if text is None:
            found.problem(line, f"{what} is computed here; what it adds is not known")
        else:
            found.line(text, line, kind=Kind.MANIFEST, group=group)


def _extras(found: Collected, script: _Script, value: ast.expr) -> None:
    match script.value_of(value):
        case ast.Dict(keys=keys, values=values):
            for key, lines in zip(keys, values, strict=True):
                name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
                _list(found, script, lines, group_of(name, Group.OPTIONAL), f"extras_require {name}".rstrip())
        case other:
            found.problem(other.lineno, "extras_require is computed here; what it adds is not known")


class _Script:
    """The literal values of a module."""

    def __init__(self, module: ast.Module) -> None:
        self._module = module
        self._assigned: dict[str, ast.expr | None] = {}
        for node in ast.walk(module):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    # A name that is given twice has no value that can be read off.
                    self._assigned[name] = None if name in self._assigned else value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    self._assigned[name] = None if name in self._assigned else value
                case ast.AugAssign(target=ast.Name(id=name)):
                    self._assigned[name] = None

    def keywords(self) -> Iterator[tuple[str, ast.expr]]:
        """The keywords of each call of `setup`."""
        for node in ast.walk(self._module):
            match node:
                case ast.Call(func=ast.Name(id="setup") | ast.Attribute(attr="setup"), keywords=keywords):
                    for keyword in keywords:
                        if keyword.arg is not None:
                            yield keyword.arg, keyword.value
                        else:
                            yield from self._entries(keyword.value)

    def _entries(self, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
        match self.value_of(value):
            case ast.Dict(keys=keys, values=values):
                for key, inner in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield key.value, inner
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                yield from ((keyword.arg, keyword.value) for keyword in keywords if keyword.arg is not None)

    def value_of(self, value: ast.expr) -> ast.expr:
        """What stands behind a name that is assigned once."""
        for _ in range(_DEPTH):
            if not isinstance(value, ast.Name) or (assigned := self._assigned.get(value.id)) is None:
                break
            value = assigned
        return value

    def texts(self, value: ast.expr, depth: int = 0) -> Iterator[tuple[str | None, int]]:
        """Texts of a list with their lines; None where something is computed."""
        value = self.value_of(value)
        if depth > _DEPTH:
            yield None, value.lineno
            return
        match value:
            case ast.Constant(value=str(text)):
                for offset, line in enumerate(text.splitlines()):
                    if plain := line.strip():
                        yield plain, value.lineno + offset
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                for item in items:
                    yield from self.texts(item.value if isinstance(item, ast.Starred) else item, depth + 1)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self.texts(left, depth + 1)
                yield from self.texts(right, depth + 1)
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted" | "set"), args=[inner]):
                yield from self.texts(inner, depth + 1)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()) as inner, attr="split"), args=[]):
                yield from self._words(inner)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()) as inner, attr="split" | "splitlines")):
                yield from self.texts(inner, depth + 1)
            case _:
                yield None, value.lineno

    def _words(self, inner: ast.Constant) -> Iterator[tuple[str | None, int]]:
        for offset, line in enumerate(str(inner.value).splitlines()):
            yield from ((word, inner.lineno + offset) for word in line.split())
