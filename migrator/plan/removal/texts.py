"""Texts that are names: how code that is not seen by its names may still be reached.

In: the program, the files beside it, the definitions in question. Out: `Said` values: who says which definition's name,
and where. A text counts that is, as a whole, the bare or dotted name of a definition; so does one that begins a dotted
name which is put together when the program runs.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from migrator.domain.locations import Location
from migrator.plan.removal.beside import Beside
from migrator.plan.removal.program import Program
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind

_WORD = re.compile(r"[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*")
_QUOTED = re.compile(r"""(["'])([A-Za-z_][\w.:]*)\1""")
# A plain value of YAML, INI and the like: all of what stands behind a colon, an equals sign, a dash.
_PLAIN = re.compile(r"^\s*(?:-\s+|[\w.\-/ ]+?\s*[:=]\s*)([A-Za-z_][\w.:]*)\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Said:
    """A text that is a definition's name.

    Attributes:
        by: the unit that says it; None for a file that is no Python.
        column: from 1; 0 where it is not known.
    """

    unit: Unit
    by: Unit | None
    location: Location
    text: str


def said(program: Program, beside: Beside, wanted: Iterable[Unit]) -> tuple[Said, ...]:
    """Every text that names one of some units."""
    return tuple(_Finder(program, wanted).found(beside))


def module_names(program: Program, beside: Beside, modules: frozenset[str]) -> Mapping[str, Location]:
    """Modules that a text names, or the beginning of one that is put together, each with a place."""
    found: dict[str, Location] = {}
    for name, syntax in program.syntax.items():
        if not any(module.rpartition(".")[2] in syntax.file.text or "{" in syntax.file.text for module in modules):
            continue
        for _, node, text in _texts(syntax):
            for module in modules:
                if module not in found and name != module and _means_module(node, text, module):
                    found[module] = syntax.location(node)
    for path, text in beside.texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            for word in _WORD.findall(line):
                plain = word.replace(":", ".")
                for module in modules:
                    if plain == module or plain.startswith(f"{module}."):
                        found.setdefault(module, Location(path, number))
    return found


def _means_module(node: ast.expr, text: str, module: str) -> bool:
    if _begins(node):
        return text.endswith(".") and f"{module}.".startswith(text)
    return text.replace(":", ".") == module or text.replace(":", ".").startswith(f"{module}.")


class _Finder:
    def __init__(self, program: Program, wanted: Iterable[Unit]) -> None:
        self._program = program
        self._bare: defaultdict[str, list[Unit]] = defaultdict(list)
        self._dotted: dict[str, Unit] = {}
        self._modules: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in wanted:
            module = program.home[unit]
            self._modules[module].append(unit)
            for name in unit.binds:
                self._bare[name].append(unit)
                self._dotted[f"{module}.{name}"] = unit

    def found(self, beside: Beside) -> Iterator[Said]:
        for syntax in self._program.syntax.values():
            for by, node, text in _texts(syntax):
                for unit in self._begun(text) if _begins(node) else self._named(text):
                    if unit is not by:
                        yield Said(unit, by, syntax.location(node), text)
        for path, text in beside.texts.items():
            for number, line in enumerate(text.splitlines(), 1):
                for word in _words(line):
                    for unit in self._named(word):
                        yield Said(unit, None, Location(path, number), word)
        for path, text in self._program.unreadable.items():
            for number, line in enumerate(text.splitlines(), 1):
                for word in set(_WORD.findall(line)):
                    for unit in self._named(word):
                        yield Said(unit, None, Location(path, number), word)

    def _named(self, text: str) -> Iterator[Unit]:
        if text in self._bare:
            yield from self._bare[text]
            return
        dotted = text.replace(":", ".")
        while "." in dotted:
            if dotted in self._dotted:
                yield self._dotted[dotted]
                return
            dotted = dotted.rpartition(".")[0]  # a method, an attribute of it

    def _begun(self, text: str) -> Iterator[Unit]:
        """The definitions below a module whose dotted name begins with a text, as in `import_module(f"shop.jobs.{name}")`."""
        if text.endswith((".", ":")) and _WORD.fullmatch(text[:-1]):
            for module, units in self._modules.items():
                # Behind a colon stands the name of a definition, behind a dot also that of a module.
                if f"{module}.".startswith(text) if text.endswith(".") else module == text[:-1]:
                    yield from units


def _words(line: str) -> Iterator[str]:
    yield from (word for _, word in _QUOTED.findall(line))
    if match := _PLAIN.match(line):
        yield match[1]
    # A dotted name means the same wherever it stands, as in a command to start.
    yield from (word for word in _WORD.findall(line) if "." in word or ":" in word)


def _texts(syntax: ModuleSyntax) -> Iterator[tuple[Unit, ast.expr, str]]:
    """Each text of a module with its unit; of one that is put together, how it begins. Docstrings say nothing."""
    for unit in syntax.units:
        if unit.kind is UnitKind.IMPORT:
            continue
        waiting: list[ast.AST] = list(unit.nodes)
        while waiting:
            node = waiting.pop()
            match node:
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
                    yield unit, node, text
                case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
                    yield unit, node, text
                    waiting.append(node.right)
                    continue
                case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()) if "%" in text:
                    yield unit, node, text.split("%", 1)[0]
                case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")) if "{" in text:
                    yield unit, node, text.split("{", 1)[0]
                case ast.Constant(value=str(text)):
                    yield unit, node, text
            waiting.extend(ast.iter_child_nodes(node))


def _begins(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant)
