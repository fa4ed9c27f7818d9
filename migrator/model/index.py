"""Modules, classes and functions of the whole tree, by name, and what can be said of them without value flow.

In: the facts of all modules. Out: an `Index`: definitions, import tables, method resolution order, and the dotted
name that a name at module level stands for. Star imports and re-exports are followed by the solver, not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from migrator.domain.locations import Location
from migrator.facts.expressions import Attribute, Call, Constant, Expression, Function, Name, Subscript, parts_of
from migrator.facts.outlines import outline_of
from migrator.facts.records import Bind, Define, How, Import, ModuleFacts, ParameterKind, Scope, ScopeKind, Store
from migrator.model.import_roots import import_roots

_CHAIN = 40
"""Longest chain of re-exports that is followed; a cycle ends here."""


Constants: TypeAlias = "tuple[tuple[int, bool | None], ...]"
"""Options of a function that a call settles: position of the parameter, and its value."""


@dataclass(eq=False, slots=True)
class FunctionInfo:
    """A function, a lambda, or the body of a module or class, as something that runs.

    `owner` is the class whose body defines it; `enclosing` the function or module that its free names are looked
    up in (class bodies are not). A function that is read more than once has `copies`: by place of the call, which is
    the copy's `site` (`depth` counts copies within copies), and by the constants that it is given, with the lines that
    do not run with them (see `copies` and `options`). What is defined inside of it sees the names of `seen_inside`.
    """

    name: str
    module: ModuleInfo
    scope: Scope
    owner: ClassInfo | None
    enclosing: FunctionInfo | None
    is_static: bool = False
    is_class_method: bool = False
    is_property: bool = False
    is_cached: bool = False
    is_setter: bool = False
    is_deleter: bool = False
    is_manager: bool = False
    is_abstract: bool = False
    is_declared: bool = False
    is_dispatched: bool = False
    site: str = ""
    depth: int = 0
    is_plain: bool | None = None
    has_inner: bool = False
    is_helper: bool | None = None
    options: tuple[int, ...] | None = None
    constants: Constants = ()
    left_out: tuple[range, ...] = ()
    seen_inside: FunctionInfo | None = None
    copies: dict[tuple[str, Constants], FunctionInfo] = field(default_factory=dict)

    @property
    def location(self) -> Location:
        """Of the `def`."""
        return Location(self.module.facts.path, self.scope.line, self.scope.end_line, self.scope.column)

    @property
    def runs_on_import(self) -> bool:
        """Whether this is the body of a module or a class."""
        return self.scope.kind in (ScopeKind.MODULE, ScopeKind.CLASS)


@dataclass(eq=False, slots=True)
class ClassInfo:
    """A class: its body, its methods, setters and deleters by name, and the attributes that its methods set on the object."""

    name: str
    module: ModuleInfo
    scope: Scope
    body: FunctionInfo
    methods: dict[str, FunctionInfo] = field(default_factory=dict)
    setters: dict[str, FunctionInfo] = field(default_factory=dict)
    deleters: dict[str, FunctionInfo] = field(default_factory=dict)
    is_dataclass: bool = False
    is_named_tuple: bool = False
    stored: set[str] = field(default_factory=set)

    @property
    def location(self) -> Location:
        """Of the `class` statement."""
        return Location(self.module.facts.path, self.scope.line, self.scope.end_line, self.scope.column)


@dataclass(eq=False, slots=True)
class ModuleInfo:
    """A module: its body as a function, its definitions by scope index, its imports by bound name.

    `roots` tells what first names of imports mean that lie below a package (see `import_roots`).
    """

    name: str
    facts: ModuleFacts
    roots: Mapping[str, str] = field(default_factory=dict)
    body: FunctionInfo = field(init=False)
    functions: dict[int, FunctionInfo] = field(default_factory=dict)
    classes: dict[int, ClassInfo] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    definitions: dict[str, int] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)

    def absolute(self, step: Import) -> str:
        """The module that an import names, with leading dots resolved."""
        if not step.level:
            return full_name(self.roots, step.module)
        parts = self.name.split(".")
        up = step.level - (1 if self.facts.is_package else 0)
        base = parts[: len(parts) - up] if up else parts
        return ".".join([*base, step.module] if step.module else base)


def full_name(roots: Mapping[str, str], name: str) -> str:
    """The dotted name by folders of what code calls by a shorter one; any other name as it is."""
    top, dot, rest = name.partition(".")
    return f"{roots[top]}{dot}{rest}" if top in roots else name


class Index:
    """All definitions of a tree."""

    def __init__(self, facts: Mapping[str, ModuleFacts], is_library: Callable[[str], bool]) -> None:
        self.modules: dict[str, ModuleInfo] = {}
        self.functions: dict[str, FunctionInfo] = {}
        self.classes: dict[str, ClassInfo] = {}
        self.packages: set[str] = set()
        self._children: dict[ClassInfo, list[ClassInfo]] = {}
        self._called: dict[str, list[ClassInfo]] = {}
        self._pure: dict[FunctionInfo, dict[str, int]] = {}
        self._having: dict[frozenset[str], list[ClassInfo]] = {}
        self._binding: dict[str, list[ModuleInfo]] = {}
        for name in facts:
            parts = name.split(".")
            self.packages.update(".".join(parts[:depth]) for depth in range(1, len(parts)))
        imports = {name: outline_of(module).imports for name, module in facts.items()}
        self._roots = import_roots(imports, self.packages, is_library)
        for name in sorted(facts):
            self.modules[name] = self._module(name, facts[name])
        self._flag_all()
        for full in sorted(self.classes):
            self._called.setdefault(full.rpartition(".")[2], []).append(self.classes[full])

    def release(self) -> None:
        """Let go of everything, so that it goes at once; nothing can be asked afterwards."""
        for module in self.modules.values():
            for info in module.functions.values():
                for function in (info, *info.copies.values()):
                    function.owner = function.enclosing = function.seen_inside = None
                info.copies.clear()
            module.functions.clear()
            module.classes.clear()
            del module.body
        self.modules.clear()
        self.functions.clear()
        self.classes.clear()
        self._children.clear()
        self._called.clear()
        self._having.clear()
        self._pure.clear()
        self._binding.clear()

    def classes_called(self, simple: str) -> list[ClassInfo]:
        """The classes of a simple name, by full name."""
        return self._called.get(simple, [])

    def pure_parameters(self, info: FunctionInfo) -> dict[str, int]:
        """Parameters of a function, by name, that hold nothing but what callers pass: no other value, default or type."""
        found = self._pure.get(info)
        if found is None:
            scope = info.scope
            bound = {
                getattr(step, "name", "") for step in scope.steps if getattr(step, "how", How.ASSIGN) is not How.NARROW
            }
            found = self._pure[info] = {
                parameter.name: index
                for index, parameter in enumerate(scope.parameters)
                if parameter.kind not in (ParameterKind.VARIADIC, ParameterKind.MAPPING)
                and self._names_no_class(info.module, parameter.annotation)
                and (parameter.default is None or isinstance(parameter.default, Constant))
                and parameter.name not in bound
                and not (index == 0 and takes_receiver(info))
            }
        return found

    def _names_no_class(self, module: ModuleInfo, annotation: Expression | None) -> bool:
        """Whether an annotation speaks of nothing but types of the interpreter."""
        parts = parts_of(annotation) if annotation is not None else []
        if any(isinstance(part, Constant) and isinstance(part.value, str) for part in parts):
            return False
        names = [self.dotted(module, part) for part in parts if isinstance(part, Name | Attribute)]
        return all(name.partition(".")[0] in _PLAIN for name in names) and not (names and module.stars)

    def classes_having(self, methods: frozenset[str]) -> list[ClassInfo]:
        """The classes that define all of the methods themselves: what a protocol is met by."""
        found = self._having.get(methods)
        if found is None:
            found = self._having[methods] = [info for info in self.classes.values() if methods <= info.methods.keys()]
        return found

    @cached_property
    def method_names(self) -> frozenset[str]:
        """The names of all methods of all classes."""
        return frozenset(name for info in self.classes.values() for name in info.methods)

    def modules_binding(self, name: str) -> list[ModuleInfo]:
        """The modules that assign to a name at their top level, by name."""
        found = self._binding.get(name)
        if found is None:
            found = self._binding[name] = [
                module
                for module in self.modules.values()
                if any(isinstance(step, Bind) and step.name == name for step in module.facts.scopes[0].steps)
            ]
        return found

    def full_name(self, name: str) -> str:
        """The dotted name by folders of what code, or a text in it, calls by a shorter one."""
        return full_name(self._roots, name)

    def is_module(self, name: str) -> bool:
        """Whether the name is a module of the tree, or a namespace package of it."""
        return name in self.modules or name in self.packages

    def is_inherited(self, info: ClassInfo) -> bool:
        """Whether another class names this one as its base."""
        if not self._children:
            self._children = self._find_children()
        return info in self._children

    def subclasses(self, info: ClassInfo, most: int) -> tuple[ClassInfo, ...]:
        """The classes that inherit from a class, however far; none where there are more than `most`."""
        if not self._children:
            self._children = self._find_children()
        found: dict[ClassInfo, None] = {}
        waiting = list(self._children.get(info, ()))
        while waiting and len(found) <= most:
            child = waiting.pop()
            if child not in found and child is not info:
                found[child] = None
                waiting.extend(self._children.get(child, ()))
        return tuple(found) if len(found) <= most else ()

    def _find_children(self) -> dict[ClassInfo, list[ClassInfo]]:
        children: dict[ClassInfo, list[ClassInfo]] = {}
        for child in self.classes.values():
            for base in child.scope.bases:
                parent = self.classes.get(self.dotted(child.module, base))
                if parent is not None:
                    children.setdefault(parent, []).append(child)
        return children

    def all_functions(self) -> Iterator[FunctionInfo]:
        """Everything that runs, module bodies first, in the order of the text."""
        for module in self.modules.values():
            yield from (module.functions[key] for key in sorted(module.functions))

    def dotted(self, module: ModuleInfo, expression: Expression) -> str:
        """The dotted name that an expression of names stands for, read without value flow; or an empty string."""
        parts: list[str] = []
        node = expression
        while True:
            match node:
                case Attribute():
                    parts.append(node.attr)
                    node = node.value
                case Call():
                    node = node.func
                case Subscript():
                    node = node.value
                case Name():
                    head = self._global_dotted(module, node.id)
                    return ".".join([head, *reversed(parts)])
                case _:
                    return ""

    def _global_dotted(self, module: ModuleInfo, name: str) -> str:
        for _ in range(_CHAIN):
            step = module.imports.get(name)
            if step is None:
                if name in module.definitions or name in module.assigned:
                    return f"{module.name}.{name}"
                return f"builtins.{name}"
            source = module.absolute(step)
            if not step.attribute:
                return full_name(module.roots, step.name) if "." in step.module else source
            if source not in self.modules or f"{source}.{step.attribute}" in self.modules:
                return f"{source}.{step.attribute}"
            module, name = self.modules[source], step.attribute
        return ""

    def _module(self, name: str, facts: ModuleFacts) -> ModuleInfo:
        module = ModuleInfo(name, facts, self._roots)
        body = FunctionInfo(name, module, facts.scopes[0], None, None)
        module.body = body
        module.functions[0] = body
        for index, scope in enumerate(facts.scopes):
            if not index:
                continue
            parent = module.functions[scope.parent]
            owner = module.classes.get(scope.parent)
            enclosing = parent
            while enclosing.scope.kind is ScopeKind.CLASS and enclosing.enclosing is not None:
                enclosing = enclosing.enclosing
            full = f"{name}.{scope.name}"
            info = FunctionInfo(full, module, scope, owner, enclosing)
            module.functions[index] = info
            if scope.kind is ScopeKind.CLASS:
                module.classes[index] = ClassInfo(full, module, scope, info)
                self.classes.setdefault(full, module.classes[index])
            else:
                self.functions.setdefault(full, info)
        for step in facts.scopes[0].steps:
            if isinstance(step, Import):
                if step.name == "*":
                    module.stars.append(module.absolute(step))
                else:
                    module.imports.setdefault(step.name, step)
            elif isinstance(step, Define):
                module.definitions[step.name] = step.scope
            elif isinstance(step, Bind) and step.how is not How.NARROW:
                module.assigned.add(step.name)
        return module

    def _flag_all(self) -> None:
        for module in self.modules.values():
            for index, info in module.functions.items():
                names = [self.dotted(module, decorator) for decorator in info.scope.decorators]
                if index in module.classes:
                    tails = {name.rpartition(".")[2] for name in names}
                    bases = [self.dotted(module, base) for base in info.scope.bases]
                    module.classes[index].is_named_tuple = bool(_NAMED_TUPLES & set(bases))
                    module.classes[index].is_dataclass = bool(tails & {"dataclass", "define", "frozen", "attrs"})
                    continue
                self._flag(info, names)
                if info.owner is not None and info.scope.kind is ScopeKind.FUNCTION:
                    simple = info.scope.name.rpartition(".")[2]
                    tables = {info.is_setter: info.owner.setters, info.is_deleter: info.owner.deleters}
                    tables.get(True, info.owner.methods)[simple] = info
                    info.owner.stored.update(_stored_attributes(info.scope))

    def _flag(self, info: FunctionInfo, decorators: list[str]) -> None:
        for name in decorators:
            tail = name.rpartition(".")[2]
            info.is_static |= name == "builtins.staticmethod"
            info.is_class_method |= name in ("builtins.classmethod", "abc.abstractclassmethod")
            info.is_property |= tail in _PROPERTIES
            info.is_declared |= tail in _DECLARED
            info.is_cached |= tail in _CACHED
            info.is_dispatched |= name in _DISPATCHED
            info.is_setter |= tail == "setter" and info.owner is not None
            info.is_deleter |= tail == "deleter" and info.owner is not None
            info.is_manager |= tail in ("contextmanager", "asynccontextmanager")
            info.is_abstract |= name.startswith("abc.abstract")
        if info.owner is not None:
            simple = info.scope.name.rpartition(".")[2]
            info.is_static |= simple == "__new__"
            info.is_class_method |= simple in ("__init_subclass__", "__class_getitem__")


def _stored_attributes(scope: Scope) -> Iterator[str]:
    """Attributes of its first parameter that a method sets."""
    first = scope.parameters[0].name if scope.parameters else ""
    for step in scope.steps:
        if isinstance(step, Store) and isinstance(step.target, Attribute):
            base = step.target.value
            if isinstance(base, Name) and base.id == first:
                yield step.target.attr


def annotated_names(info: ClassInfo) -> Iterator[str]:
    """Names to which the class statement gives a type, in the order of the text."""
    for step in info.scope.steps:
        if isinstance(step, Bind) and step.annotation is not None:
            yield step.name


def factories_of(info: ClassInfo) -> dict[str, list[Expression]]:
    """By field of a class, what its declaration names that makes what the field begins with: `field(default_factory=f)`."""
    found: dict[str, list[Expression]] = {}
    for step in info.scope.steps:
        if isinstance(step, Bind) and isinstance(step.value, Call):
            for keyword, value in step.value.keywords:
                if keyword in _FACTORIES and isinstance(value, Name | Attribute | Function | Call):
                    found.setdefault(step.name, []).append(value)
    return found


def takes_receiver(info: FunctionInfo) -> bool:
    """Whether its first parameter is the object or class that it is called on, as of a `def` in a class."""
    return info.owner is not None and not info.is_static and info.scope.kind is ScopeKind.FUNCTION


def assigned_names(info: ClassInfo) -> Iterator[str]:
    """Names to which the class statement assigns a value, in the order of the text."""
    for step in info.scope.steps:
        if isinstance(step, Bind) and step.how is How.ASSIGN and step.value is not None:
            yield step.name


def names_of_objects(module: ModuleInfo, info: ClassInfo) -> set[str]:
    """Names in a class statement that may stand for objects: all but those of plain methods and classes."""
    return {
        step.name
        for step in info.scope.steps
        if isinstance(step, Bind | Import)
        or (isinstance(step, Define) and module.functions[step.scope].scope.decorators)
    }


_PLAIN = frozenset({"builtins", "collections", "datetime", "decimal", "types", "typing", "uuid"})
_CACHED = frozenset({"cached_property", "lru_cache", "cache", "cached", "memoize", "memoized"})
_NAMED_TUPLES = frozenset({"typing.NamedTuple", "collections.namedtuple"})
_FACTORIES = frozenset({"default", "default_factory", "factory", "insert_default", "onupdate"})
"""Keywords of dataclasses, attrs, pydantic, Django and SQLAlchemy, whose values are called if they are functions."""

_DISPATCHED = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})
"""Makes a function that calls one of others, by the type of its first argument."""

_DECLARED = frozenset({"declared_attr"})
"""Makes a method that gives a column or relation, which each class of a mixin declares for itself."""

_PROPERTIES = _DECLARED | {
    "property", "cached_property", "abstractproperty", "hybrid_property", "classproperty", "lazy_property"
}  # fmt: skip
