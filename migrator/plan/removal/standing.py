"""What of a module may go without anybody noticing, and what does more than give a name to a value.

In: a unit and its module. Out: why it has to stay, or an empty string. Who uses it is `dying`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from migrator.plan.looking.imported_names import absolute_name, absolute_names
from migrator.plan.slicing.syntax import ModuleSyntax, Unit, UnitKind

_KEEP: Final = "migrator: keep"

# They hand on what they get, or wrap it; none tells anybody else of it.
_DECORATORS: Final = frozenset(
    {
        *("abc.abstractmethod", "attr.s", "attr.define", "attrs.define", "attrs.frozen"),
        *("contextlib.asynccontextmanager", "contextlib.contextmanager"),
        *("dataclasses.dataclass", "enum.unique"),
        *("functools.cache", "functools.lru_cache", "functools.total_ordering", "functools.wraps"),
        *("typing.final", "typing.overload", "typing.runtime_checkable", "typing.no_type_check"),
    }
)
# Bases of classes that keep no list of their subclasses which anything reads.
_BASES: Final = frozenset(
    {
        *("abc.ABC", "collections.OrderedDict", "collections.UserDict", "collections.UserList"),
        *("enum.Enum", "enum.Flag", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"),
        *("pydantic.BaseModel", "typing.Generic", "typing.NamedTuple", "typing.Protocol", "typing.TypedDict"),
        *("typing_extensions.NamedTuple", "typing_extensions.Protocol", "typing_extensions.TypedDict"),
        *("json.JSONEncoder", "json.JSONDecoder", "threading.local"),
    }
)
_BUILTIN_BASES: Final = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
# Calls that make a value and do nothing else.
_CALLS: Final = frozenset(
    {
        *("collections.Counter", "collections.OrderedDict", "collections.defaultdict", "collections.deque"),
        *("collections.namedtuple", "datetime.date", "datetime.datetime", "datetime.time", "datetime.timedelta"),
        *("decimal.Decimal", "enum.auto", "fractions.Fraction", "functools.partial", "itertools.chain"),
        *("logging.getLogger", "operator.attrgetter", "operator.itemgetter", "os.path.join", "os.path.dirname"),
        *("os.path.abspath", "pathlib.Path", "pathlib.PurePath", "re.compile", "types.MappingProxyType"),
        *("typing.NewType", "typing.TypeVar", "typing.ParamSpec", "zoneinfo.ZoneInfo", "struct.Struct"),
        *("threading.Lock", "threading.RLock", "uuid.UUID", "string.Template", "textwrap.dedent"),
    }
)
_BUILTIN_CALLS: Final = frozenset(
    {
        *("bytes", "bool", "dict", "enumerate", "float", "frozenset", "int", "len", "list"),
        *("max", "min", "range", "reversed", "round", "set", "sorted", "str", "sum"),
        *("tuple", "zip"),
    }
)
_PURE_METHODS: Final = frozenset(
    {
        *("encode", "decode", "format", "join", "lower", "upper", "strip", "lstrip", "rstrip"),
        *("split", "splitlines", "replace", "items", "keys", "values", "get"),
    }
)

_MAKING: Final = frozenset({"__init__", "__new__", "__post_init__"})


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of names of the monolith.

    Attributes:
        class_of: the class behind an absolute name, with its module; None for anything else.
        is_pure: whether the function behind an absolute name has no effect that the model knows, and calls nothing
            that it could not follow.
    """

    class_of: Callable[[str], tuple[ModuleSyntax, Unit] | None]
    is_pure: Callable[[str], bool]


def holds(syntax: ModuleSyntax, unit: Unit, known: Known) -> str:
    """Why a unit stays although nobody uses it, or an empty string."""
    if _is_marked(syntax, unit):
        return f"a comment says `{_KEEP}`"
    if len(unit.nodes) > 1:
        return "it shares its line with other statements"
    if unit.script:
        return "it runs when the file is started as a program"
    names = absolute_names(syntax.module, syntax.file)
    match unit.kind:
        case UnitKind.FUNCTION | UnitKind.CLASS:
            return _decorated(unit, names, syntax) or _based(unit, syntax, known)
        case UnitKind.ASSIGNMENT:
            if any(name.startswith("__") for name in unit.binds):
                return "Python, or a tool, reads this name"
            return _assigned(unit, names, syntax, known)
        case UnitKind.IMPORT:
            return ""
        case _:
            return "it is code that runs when its module is imported"


def _is_marked(syntax: ModuleSyntax, unit: Unit) -> bool:
    if _KEEP not in syntax.file.text:
        return False
    first = min([unit.location.line, *(each.lineno for each in getattr(unit.node, "decorator_list", ()))])
    lines = syntax.file.text.splitlines()
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return any(_KEEP in line and "#" in line for line in lines[first - 1 : unit.location.end_line])


def _decorated(unit: Unit, names: Mapping[str, str], syntax: ModuleSyntax) -> str:
    for decorator in getattr(unit.node, "decorator_list", ()):
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        if absolute_name(func, names, syntax.file) not in _DECORATORS:
            return f"its decorator {ast.unparse(func)} may hand it to others"
    return ""


def _based(unit: Unit, syntax: ModuleSyntax, known: Known, seen: frozenset[Unit] = frozenset()) -> str:
    node, names = unit.node, absolute_names(syntax.module, syntax.file)
    if not isinstance(node, ast.ClassDef):
        return ""
    for word in node.keywords:
        if word.arg == "metaclass" and absolute_name(word.value, names, syntax.file) != "abc.ABCMeta":
            return "its metaclass may know of it"
    if seen and "__init_subclass__" in _own_methods(node):
        return "a base of it knows its subclasses"
    for base in node.bases:
        plain = base.value if isinstance(base, ast.Subscript) else base
        dotted = absolute_name(plain, names, syntax.file)
        if dotted in _BASES or (isinstance(plain, ast.Name) and plain.id in _BUILTIN_BASES and plain.id not in names):
            continue
        other = known.class_of(dotted) if dotted else None
        if other is None or other[1] in seen:
            return f"its base {ast.unparse(plain)} may know of it"
        if reason := _based(other[1], other[0], known, seen | {unit}):
            return reason
    return ""


def _assigned(unit: Unit, names: Mapping[str, str], syntax: ModuleSyntax, known: Known) -> str:
    value = getattr(unit.node, "value", None)
    if type(unit.node).__name__ == "TypeAlias" or value is None:
        return ""
    for inner in ast.walk(value):
        match inner:
            case ast.Call(func=ast.Name(id=name)) if name in _BUILTIN_CALLS and name not in names:
                continue
            case ast.Call(func=ast.Attribute(value=ast.Constant(), attr=method)) if method in _PURE_METHODS:
                continue
            case ast.Call(func=func):
                dotted = absolute_name(func, names, syntax.file)
                if dotted not in _CALLS and not known.is_pure(dotted) and not _is_plain(dotted, known):
                    return f"its value is made by a call of {ast.unparse(func)}"
            case ast.Await() | ast.NamedExpr() | ast.Yield():
                return "making its value may do more"
    return ""


def _is_plain(dotted: str, known: Known) -> bool:
    """Whether a name is a class of the monolith of which an instance is nothing but its fields."""
    found = known.class_of(dotted)
    if found is None:
        return False
    syntax, unit = found
    names = absolute_names(syntax.module, syntax.file)
    own = _own_methods(unit.node)
    return not own & _MAKING and not _decorated(unit, names, syntax) and not _based(unit, syntax, known)


def _own_methods(node: ast.AST) -> frozenset[str]:
    return frozenset(
        each.name for each in getattr(node, "body", ()) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )
