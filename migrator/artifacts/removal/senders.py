"""What living code does with a task that goes: its sends are taken over by a small client, anything else is told.

In: a file that names the candidate, the names that it goes by, where the client lies. Out: `Taken`: the edits of the
file, or the places that cannot be carried. Call sites stay as they are; the name that they use is bound to the client
by another import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst
from libcst.metadata import ExpressionContext

from migrator.artifacts.removal.spans import Cut, alias_cuts
from migrator.artifacts.seam.aliases import wanted_in
from migrator.artifacts.seam.reading import Parsed
from migrator.artifacts.seam.sites import SEND_METHODS, Sites, Wanted, find_calls, find_sends, nodes
from migrator.domain.locations import Location
from migrator.plan.removal.values import Obstacle
from migrator.source import SourceFile

# What a client takes of Celery's options of a send.
_OPTIONS = frozenset({"args", "kwargs", "countdown", "task_id"})


@dataclass(frozen=True, slots=True)
class Client:
    """The client of a candidate.

    Attributes:
        module: dotted name that it is imported from.
        name: what it is called there: as the candidate.
        calls: whether it calls a function and waits, and does not send to a queue.
        plain: whether what the function answers comes back from JSON as it was.
    """

    module: str
    name: str
    calls: bool
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What becomes of the uses in one file.

    Attributes:
        cuts: the edits; imports of the candidate are among them.
        lines: of the uses that the client takes over.
        refused: those that it cannot.
    """

    cuts: tuple[Cut, ...]
    lines: tuple[int, ...]
    refused: tuple[Obstacle, ...]


def take_over(
    parsed: Parsed,
    file: SourceFile,
    candidate: str,
    aliases: frozenset[str],
    client: Client | None,
    gone: Iterable[Cut],
) -> Taken:
    """Find every use in a file and bind it to the client.

    Args:
        client: None where living code has no way to reach the candidate.
        gone: text that goes anyway; what stands in it is no use.
    """
    wanted = wanted_in(parsed, file, candidate, aliases)
    spans = tuple((cut.start, cut.end) for cut in gone if not cut.instead)
    uses = [
        node for node in _uses(parsed, wanted) if not any(start <= parsed.span(node)[0] < end for start, end in spans)
    ]
    if not uses:
        return Taken((), (), ())
    own = candidate.rpartition(".")[2] if file.name == candidate.rpartition(".")[0] else ""
    sites = _sites(parsed, wanted, candidate, own, client)
    taken = {
        (sites.insertions[at].offset, sites.insertions[at + 1].offset) for at in range(0, len(sites.insertions), 2)
    }
    reasons = {each.line: each.reason for each in sites.left}
    refused: list[Obstacle] = []
    for node in uses:
        line = parsed.line(parsed.span(node)[0])
        reason = _unlike(parsed, node, client) if parsed.span(node) in taken else reasons.get(line, _other(client))
        if reason:
            refused.append(Obstacle(Location(file.path, line), f"uses the candidate here: {reason}"))
    if refused or client is None:
        return Taken((), (), tuple(refused))
    cuts = tuple(_bound(parsed, file, uses, aliases, client))
    return Taken(cuts, tuple(sorted({parsed.line(parsed.span(node)[0]) for node in uses})), ())


def _sites(parsed: Parsed, wanted: Wanted, candidate: str, own: str, client: Client | None) -> Sites:
    if client is None:
        return Sites()
    if client.calls:
        return find_calls(parsed, wanted, candidate, own=own)
    return find_sends(parsed, wanted, candidate)


def _other(client: Client | None) -> str:
    if client is None:
        return "nothing carries that to its Lambda function"
    return "only direct calls are carried" if client.calls else "only sends by delay and apply_async are carried"


def _uses(parsed: Parsed, wanted: Wanted) -> Iterator[cst.Name | cst.Attribute]:
    """The outermost expressions that are the candidate, imports and the definition's own name left out."""
    inner: set[int] = set()
    for node in nodes(parsed.module, cst.CSTNode):  # type: ignore[type-abstract]
        if not isinstance(node, cst.Name | cst.Attribute) or id(node) in inner:
            continue
        if parsed.contexts.get(node) is not ExpressionContext.LOAD or _imports(parsed, node) or not wanted(node):
            continue
        inner.update(id(each) for each in nodes_below(node))
        yield node


def nodes_below(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Everything in a node, itself left out."""
    waiting = list(node.children)
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(each.children)


def _imports(parsed: Parsed, node: cst.CSTNode) -> bool:
    parent = parsed.parents.get(node)
    while parent is not None:
        if isinstance(parent, cst.Import | cst.ImportFrom):
            return True
        if isinstance(parent, cst.BaseStatement):
            return False
        parent = parsed.parents.get(parent)
    return False


def _unlike(parsed: Parsed, node: cst.CSTNode, client: Client | None) -> str:
    """Why a send is not as the client takes it, or an empty string."""
    if client is not None and client.calls and not client.plain:
        called = parsed.parents.get(node)
        if called is not None and not isinstance(parsed.parents.get(called), cst.Expr):
            return "the code uses what it gives back, and its annotation does not say that JSON carries that"
    method = parsed.parents.get(node)
    call = parsed.parents.get(method) if isinstance(method, cst.Attribute) else None
    if client is None or client.calls or not isinstance(call, cst.Call) or call.func is not method:
        return ""
    assert isinstance(method, cst.Attribute)
    if method.attr.value not in SEND_METHODS or method.attr.value == "delay":
        return ""
    if sum(not each.keyword and not each.star for each in call.args) > 2:
        return "its options are given by their place"
    for each in call.args:
        if each.star == "**":
            return "its options are only known when it runs"
        if each.keyword is not None and each.keyword.value not in _OPTIONS:
            return f"the option {each.keyword.value} is not carried"
    return ""


def _bound(
    parsed: Parsed, file: SourceFile, uses: list[cst.Name | cst.Attribute], aliases: frozenset[str], client: Client
) -> Iterator[Cut]:
    """Bind the names in use to the client."""
    imported = tuple(imported_in(parsed, file, aliases))
    bound = {name for _, _, name in imported}
    for statement, alias, name in imported:
        yield from _instead(parsed, statement, alias, name, client)
    missing = [node for node in uses if not isinstance(node, cst.Name) or node.value not in bound]
    if not missing:
        return
    dotted = [node for node in missing if isinstance(node, cst.Attribute)]
    name = client.name
    if dotted and any(each.value == name for each in nodes(parsed.module, cst.Name) if not _is_attribute(parsed, each)):
        name = f"{client.name}_on_lambda"
    for node in dotted:
        start, end = parsed.span(node)
        yield Cut(start, end, name)
    plain = {node.value for node in missing if isinstance(node, cst.Name)}
    for each in sorted(plain | ({name} if dotted else set())):
        offset, end_of_line = _head(parsed)
        yield Cut(offset, offset, _statement(client, each) + end_of_line)


def _is_attribute(parsed: Parsed, node: cst.Name) -> bool:
    parent = parsed.parents.get(node)
    return isinstance(parent, cst.Attribute) and parent.attr is node


def imported_in(
    parsed: Parsed, file: SourceFile, aliases: frozenset[str]
) -> Iterator[tuple[cst.ImportFrom, cst.ImportAlias, str]]:
    """Imports of a definition, those inside functions too, each with the name that it binds."""
    for statement in nodes(parsed.module, cst.ImportFrom):
        if isinstance(statement.names, cst.ImportStar):
            continue
        for alias in statement.names:
            found = f"{_source(statement, file)}.{alias.evaluated_name}"
            if found in aliases:
                yield statement, alias, alias.evaluated_alias or alias.evaluated_name


def _source(statement: cst.ImportFrom, file: SourceFile) -> str:
    module = ""
    if statement.module is not None:
        module = cst.helpers.get_full_name_for_node(statement.module) or ""
    level = len(statement.relative)
    if not level:
        return module
    parts = file.name.split(".")
    base = parts[: len(parts) - level + (1 if file.is_package else 0)]
    return ".".join([*base, *([module] if module else [])])


def _instead(
    parsed: Parsed, statement: cst.ImportFrom, alias: cst.ImportAlias, name: str, client: Client
) -> Iterator[Cut]:
    """The import of the client in place of the candidate's, or on a line behind what else is imported with it."""
    assert not isinstance(statement.names, cst.ImportStar)
    start, end = parsed.span(statement)
    if len(statement.names) == 1:
        yield Cut(start, end, _statement(client, name))
        return
    yield from alias_cuts(parsed, statement.names, [alias])
    behind = parsed.next_line(end)
    offset = len(parsed.text) if behind is None else behind
    shown = parsed.line_text(start)
    indent = shown[: len(shown) - len(shown.lstrip(" \t\f"))]
    first = "" if behind is not None else parsed.line_end(start)
    yield Cut(offset, offset, f"{first}{indent}{_statement(client, name)}{parsed.line_end(start)}")


def _statement(client: Client, name: str) -> str:
    renamed = "" if name == client.name else f" as {name}"
    return f"from {client.module} import {client.name}{renamed}"


def _head(parsed: Parsed) -> tuple[int, str]:
    """Where an import of one's own goes: behind those at the head of the file, else behind its docstring."""
    offset = 0
    for number, statement in enumerate(parsed.module.body):
        if not isinstance(statement, cst.SimpleStatementLine):
            break
        text = number == 0 and isinstance(statement.body[0], cst.Expr)
        if not text and not all(isinstance(each, cst.Import | cst.ImportFrom) for each in statement.body):
            break
        offset = parsed.next_line(parsed.span(statement)[1]) or len(parsed.text)
    return offset, parsed.line_end(0)
