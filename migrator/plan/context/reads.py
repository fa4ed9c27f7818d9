"""The reads of ambient context in one function, as expressions that a parameter can take the place of.

In: a function of the graph, its definition. Out: `Reads`: what can be handed on as a value, what is changed there, and
what is left, with the reason. Whether it may be read earlier is `deciding`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from migrator.plan.context.bindings import bindings
from migrator.plan.context.modules import Definition, Module, Modules
from migrator.plan.context.parts import hint_of, is_constant, name_of
from migrator.plan.context.proxies import ATTRIBUTES, CHANGING, PROXIES, RAW_PARTS, READING, STORES, Known, known_part
from migrator.plan.context.values import Function, Left, Noted, RootKind, Source


@dataclass(frozen=True, slots=True)
class Read:
    """One read.

    Attributes:
        node: the whole expression that goes.
        root: the part of it that is the proxy.
        name: what a parameter for it would be called.
        whole: the same for the whole of what it is a part of, where that can be handed on too.
    """

    node: cst.BaseExpression
    root: cst.BaseExpression
    source: Source
    hint: str
    total: bool
    name: str
    whole: Read | None = None


@dataclass(frozen=True, slots=True)
class Reads:
    """What one function does with ambient context.

    Attributes:
        found: in the order of the text.
        changed: roots (a proxy, or an attribute such as `user`) that it changes.
        raw: roots of which it may read the body as it is.
    """

    found: tuple[Read, ...]
    changed: frozenset[str]
    raw: frozenset[str]
    left: tuple[Left, ...]


def find_reads(modules: Modules, function: Function, definition: Definition) -> Reads:
    """The reads in a function, those of nested functions included."""
    module = definition.module
    found: dict[int, Read] = {}
    changed: set[str] = set()
    raw: set[str] = set()
    left: list[Left] = []
    for noted, root in _roots(modules, function, definition):
        if root is None:
            left.append(Left(noted.location, f"{noted.reason}: not a read that a value could take the place of"))
            continue
        match _read(modules, definition, noted, root):
            case Read() as read:
                found[module.span(read.node)[0]] = read
                if part_of(read.source.suffix) in RAW_PARTS or "force" in read.source.suffix:
                    raw.add(read.source.root)
            case str() as reason:
                left.append(Left(module.location(root), reason))
                # What is not known as a value may be anything, the body too.
                raw.add(modules.defining(module.absolute(root)))
                if reason == _CHANGED:
                    changed.add(ATTRIBUTES.get(noted.subject, noted.subject))
    ordered = tuple(read for _, read in sorted(found.items()))
    return Reads(ordered, frozenset(changed), frozenset(raw), tuple(dict.fromkeys(left)))


def part_of(suffix: str) -> str:
    """`args` for `.args.get("x")`."""
    return suffix.removeprefix(".").partition(".")[0].partition("[")[0].partition("(")[0]


_CHANGED = "is changed here, so that what is read depends on when"


def _roots(
    modules: Modules, function: Function, definition: Definition
) -> Iterator[tuple[Noted, cst.BaseExpression | None]]:
    """Each place that is noted, and all others in the function that read the same: of many, the analysis keeps some."""
    module = definition.module
    expressions = list(_expressions(definition.node))
    starts = {(module.span(node)[0], type(node)): node for node in reversed(expressions)}
    seen: set[int] = set()
    for noted in function.noted:
        offset = module.offset(noted.location)
        if noted.subject in ATTRIBUTES:
            own = [
                each for each in expressions if _is_attribute(each, noted.subject) and module.span(each)[0] == offset
            ]
        elif noted.subject == "contextvars.ContextVar.get":
            own = [each for each in expressions if _is_variable(each) and module.span(each)[0] == offset]
        else:
            name = starts.get((offset, cst.Name))
            own = [name] if name is not None and noted.subject in PROXIES else []
            # `flask.request` is the module's attribute.
            own = [_proxied(modules, module, each, noted.subject) or each for each in own]
        if not own:
            yield noted, None
            continue
        text, absolute = module.code(own[0]), modules.defining(module.absolute(own[0]))
        for each in expressions:
            same = type(each) is type(own[0]) and module.code(each) == text
            if (
                same
                and id(each) not in seen
                and not _is_part(module, each)
                and modules.defining(module.absolute(each)) == absolute
            ):
                seen.add(id(each))
                yield noted, each


def _expressions(function: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    waiting: list[cst.CSTNode] = [function]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.BaseExpression):
            yield node
        waiting.extend(reversed(node.children))


def _is_part(module: Module, node: cst.CSTNode) -> bool:
    """Whether a name is an attribute's or a keyword, not a name that is looked up."""
    match module.parent(node):
        case cst.Attribute(attr=attr):
            return attr is node
        case cst.Arg(keyword=keyword):
            return keyword is node
        case cst.Param(name=name):
            return name is node
        case _:
            return False


def _is_attribute(node: cst.BaseExpression, subject: str) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value == ATTRIBUTES[subject]


def _is_variable(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "get"


def _proxied(modules: Modules, module: Module, node: cst.CSTNode, subject: str) -> cst.BaseExpression | None:
    last = subject.rpartition(".")[2]
    while isinstance(node := module.parent(node), cst.Attribute):
        if node.attr.value == last and modules.defining(module.absolute(node)).rpartition(".")[2] == last:
            return node
    return None


def _read(modules: Modules, definition: Definition, noted: Noted, root: cst.BaseExpression) -> Read | str:
    """The read that begins with a root, or why there is none."""
    module = definition.module
    rooted = _rooted(modules, definition, noted, root)
    if isinstance(rooted, str):
        return rooted
    kind, name, base = rooted
    node, path = root, ""
    best: tuple[cst.BaseExpression, Known] | None = None
    if module.is_written(root):
        return _CHANGED
    while True:
        parent = module.parent(node)
        match parent:
            case cst.Attribute(value=value) if value is node:
                path += f".{parent.attr.value}"
            case cst.Subscript(value=value) if value is node:
                path += "[]" if is_constant(parent) else "[?]"
            case cst.Call(func=func) if func is node:
                path += "()" if all(is_constant(each) for each in parent.args) else "(?)"
            case _:
                break
        if module.is_written(parent):
            return _CHANGED
        called = isinstance(parent, cst.Attribute) and _called(module, parent)
        if called and noted.subject in STORES and _changes(path):
            return _CHANGED
        node = parent
        silent = isinstance(parent, cst.Call) and any(
            arg.keyword is not None and arg.keyword.value == "silent" and module.code(arg.value) == "True"
            for arg in parent.args
        )
        if not called and (known := known_part(noted.subject, path, silent=silent)):
            best = node, known
    whole = known_part(noted.subject, "", silent=False)

    def made(taken: cst.BaseExpression, known: Known, of: Read | None = None) -> Read:
        suffix = module.text[module.span(base)[1] : module.span(taken)[1]] + known.asked
        source = Source(kind, name, suffix)
        return Read(taken, base, source, hint_of(module, known, taken), known.total, known.name or name_of(taken), of)

    all_of_it = made(root, whole) if whole is not None else None
    if best is not None:
        return made(*best, all_of_it)
    return all_of_it or f"{module.code(root)} is passed on or used as a whole"


def _changes(path: str) -> bool:
    """Whether a method that is called on a store, or on a part of one, changes it."""
    owner, _, method = path.rpartition(".")
    return method in CHANGING or (not owner and method not in READING)


def _called(module: Module, node: cst.CSTNode) -> bool:
    parent = module.parent(node)
    return isinstance(parent, cst.Call) and parent.func is node


def _rooted(
    modules: Modules, definition: Definition, noted: Noted, root: cst.BaseExpression
) -> tuple[RootKind, str, cst.BaseExpression] | str:
    """What an expression is read from: kind, name, and the node of the root itself."""
    module = definition.module
    if noted.subject in ATTRIBUTES:
        assert isinstance(root, cst.Attribute)
        holder = root.value
        text = module.code(holder)
        if isinstance(holder, cst.Name) and text in parameters(definition.node):
            if rebound(definition.node, text):
                return f"{text} is given another value in the function"
            return RootKind.PARAMETER, text, holder
        if definition.owner and text == f"{definition.first}.request":
            return RootKind.OWN, text, holder
        return f"{text} is no argument of the function"
    if isinstance(root, cst.Call):
        assert isinstance(root.func, cst.Attribute)
        root = root.func.value
    absolute = modules.defining(module.absolute(root))
    if not absolute or absolute.startswith(f"{module.file.name}.{definition.node.name.value}.<locals>"):
        return f"what {module.code(root)} stands for is not sure"
    return RootKind.GLOBAL, absolute, root


def parameters(function: cst.FunctionDef) -> tuple[str, ...]:
    """The names of a function's parameters, in order."""
    params = function.params
    stars = [each for each in (params.star_arg, params.star_kwarg) if isinstance(each, cst.Param)]
    return tuple(each.name.value for each in (*params.posonly_params, *params.params, *params.kwonly_params, *stars))


def rebound(function: cst.FunctionDef, name: str) -> bool:
    """Whether a function binds one of its parameters again."""
    return bindings(function, name) > 0
