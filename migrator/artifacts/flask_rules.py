"""Rules of Flask's router, read off a route and its options.

In: a `Registration` of a Flask route. Out: a `PathRule`. Converters and slashes are Werkzeug's.

Examples of rules that are understood:
    /api/tax/<country>/<any(consumer, business):buyer>/<int:net_cents>
    /plans/<int:total>/<int(min=2, max=36):months>.csv
    /labels/<string(length=12):digits>/<path:caption>
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TypeAlias

from migrator.artifacts.paths import Conversion, Part, PathRule, Variable
from migrator.domain.triggers import Trigger
from migrator.errors import Refused
from migrator.plan import Registration

Arguments: TypeAlias = Mapping[str, "str | int | float | bool | None"]

# Werkzeug answers these by itself for every rule that has GET, or for every rule.
_AUTOMATIC = frozenset({"HEAD", "OPTIONS"})
# Options of a route that a handler repeats; and those that say nothing of how it answers.
_REPEATED = frozenset({"defaults", "strict_slashes"})
_SILENT = frozenset({"methods", "endpoint", "view_func", "rule", "merge_slashes", "provide_automatic_options"})
_VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<arguments>.*?)\))?:)?(?P<name>[a-zA-Z_]\w*)>", re.ASCII
)
# What API Gateway takes in a route beside its variables.
_LITERAL = re.compile(r"[A-Za-z0-9\-._~!$&'()*,;=:@/]*")
_ARGUMENT = re.compile(r"""\s*(?:(\w+)\s*=\s*)?("[^"]*"|'[^']*'|[\w.+-]+)\s*(?:,|$)""", re.ASCII)
_UUID_PATTERN = "-".join(f"[A-Fa-f0-9]{{{count}}}" for count in (8, 4, 4, 4, 12))


def read_rule(registration: Registration) -> PathRule:
    """The rule of one registration.

    Raises:
        Refused: it has a converter or an option that a handler cannot repeat, or a path that API Gateway cannot have.
    """
    trigger = registration.trigger
    for option in [*registration.options, *registration.computed]:
        if option in _SILENT:
            continue
        if option not in _REPEATED or option in registration.computed:
            raise Refused(
                f"the route has {option}=, which a handler cannot repeat yet",
                hint="keep this function where it is for now",
                location=str(trigger.location),
            )
    methods = tuple(
        sorted({str(method).upper() for method in _listed(trigger, "methods")} - _AUTOMATIC)
        or sorted({str(method).upper() for method in _listed(trigger, "methods")})
        or ["GET"]
    )
    text = trigger.detail.get("path")
    if not isinstance(text, str) or not text.startswith("/"):
        raise Refused("the path of this route is not known", location=str(trigger.location))
    strict = registration.options.get("strict_slashes", True) is not False
    defaults = registration.options.get("defaults") or {}
    if not isinstance(defaults, Mapping):
        raise Refused("the defaults of this route are not a dictionary", location=str(trigger.location))
    # More than one slash in a row is one, as Werkzeug takes its rules.
    merged = re.sub("/{2,}", "/", text)
    branch = merged.endswith("/") and len(merged) > 1
    body = merged[:-1] if branch else merged
    # `/` alone has its slash in any case.
    strict = strict or merged == "/"
    return PathRule(text, _parts(body, trigger), methods, branch, strict, dict(defaults))


def _listed(trigger: Trigger, key: str) -> list[object]:
    value = trigger.detail.get(key)
    return list(value) if isinstance(value, list | tuple) else []


def _parts(text: str, trigger: Trigger) -> tuple[Part, ...]:
    parts: list[Part] = []
    position = 0
    for found in _VARIABLE.finditer(text):
        parts.append(_literal(text[position : found.start()], trigger))
        parts.append(_variable(found, trigger))
        position = found.end()
    parts.append(_literal(text[position:], trigger))
    kept = tuple(part for part in parts if part != "")
    names = [part.name for part in kept if isinstance(part, Variable)]
    if len(set(names)) != len(names):
        raise Refused("a variable's name stands twice in the route", location=str(trigger.location))
    return kept


def _literal(text: str, trigger: Trigger) -> str:
    if _LITERAL.fullmatch(text) is None:
        raise Refused(
            f"API Gateway takes no route with {text!r} in it",
            hint="only letters, digits and -._~!$&'()*,;=:@ may stand beside the variables",
            location=str(trigger.location),
        )
    return text


def _variable(found: re.Match[str], trigger: Trigger) -> Variable:
    name = found["name"]
    converter = found["converter"] or "default"
    given, options = _arguments(found["arguments"] or "", trigger)
    match converter:
        case "default" | "string":
            return _string(name, options)
        case "any":
            items = tuple(str(item) for item in given)
            return Variable(name, f"(?:{'|'.join(map(re.escape, items))})", hits=items, misses=("-none-of-them-",))
        case "path":
            paths = ("one/two", "one", "zwei drei/2")
            return Variable(name, "[^/].*?", hits=paths, many=True, weight=200)
        case "int" | "float":
            return _number(name, converter, options)
        case "uuid":
            ids = ("2f1f6c0e-8d5b-4a53-9a3c-0c4d0f4b1a77", "9B2C7E5A-1D3F-4C6B-8E7D-5A4B3C2D1E0F")
            return Variable(name, _UUID_PATTERN, hits=ids, misses=("not-a-uuid",), conversion=Conversion.UUID)
        case _:
            raise Refused(
                f"the converter {converter!r} is the application's own; a handler cannot repeat it yet",
                hint="use one of Flask's own converters: string, int, float, path, any, uuid",
                location=str(trigger.location),
            )


def _string(name: str, options: Arguments) -> Variable:
    length, least, most = (options.get(key) for key in ("length", "minlength", "maxlength"))
    if isinstance(length, int):
        return Variable(
            name, f"[^/]{{{length}}}", hits=(("1234567890" * 30)[:length], "x" * length), misses=("y" * (length + 1),)
        )
    low = least if isinstance(least, int) else 1
    high = most if isinstance(most, int) else None
    texts = ("sample", "A-1", "with space", "Größe", "%41")
    fitting = tuple(text.ljust(low, "z")[: high or None] for text in texts)
    misses = ("y" * (high + 1),) if high is not None else ()
    # Werkzeug's default is one character or more: the plain pattern says the same and reads better.
    plain = "[^/]+" if (low, high) == (1, None) else f"[^/]{{{low},{'' if high is None else high}}}"
    return Variable(name, plain, hits=fitting, misses=misses)


def _number(name: str, converter: str, options: Arguments) -> Variable:
    low, high = options.get("min"), options.get("max")
    digits = options.get("fixed_digits")
    digits = digits if isinstance(digits, int) else 0
    signed = "-?" if options.get("signed") is True else ""
    whole = converter == "int"
    pattern = signed + (r"\d+" if whole else r"\d+\.\d+")
    bounds = [bound for bound in (low, high) if isinstance(bound, int | float)]
    numbers: list[float] = [*bounds, 7, 0, 1999, 123456] if whole else [*bounds, 7.5, 0.0, 42.25]
    variable = Variable(
        name,
        pattern,
        hits=(),
        conversion=Conversion.INTEGER if whole else Conversion.NUMBER,
        digits=digits,
        low=low if isinstance(low, int | float) else None,
        high=high if isinstance(high, int | float) else None,
        weight=50,
    )
    texts = [str(int(number)).zfill(digits) if whole else str(float(number)) for number in numbers]
    hits = tuple(dict.fromkeys(t for t in texts if re.fullmatch(pattern, t) and variable.convert(t) is not None))
    if not hits:
        raise Refused(f"no number is known that fits the variable {name}", hint="keep this route where it is for now")
    beyond = [str(int(bound) + step) for bound, step in ((low, -1), (high, 1)) if whole and isinstance(bound, int)]
    misses = tuple(text for text in [*beyond, "no-number"] if not text.startswith("-"))
    return Variable(
        name,
        pattern,
        hits=hits,
        misses=misses,
        conversion=variable.conversion,
        digits=digits,
        low=variable.low,
        high=variable.high,
        weight=50,
    )


def _arguments(text: str, trigger: Trigger) -> tuple[list[str | int | float | bool | None], Arguments]:
    """A converter's arguments: a bare word is a string, as Werkzeug has it."""
    given: list[str | int | float | bool | None] = []
    named: dict[str, str | int | float | bool | None] = {}
    position = 0
    while position < len(text.rstrip()):
        found = _ARGUMENT.match(text, position)
        if found is None:
            raise Refused(f"the converter arguments {text!r} are not understood", location=str(trigger.location))
        value = _value(found[2])
        if found[1]:
            named[found[1]] = value
        else:
            given.append(value)
        position = found.end()
    return given, named


def _value(text: str) -> str | int | float | bool | None:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, str | int | float | bool | None) else text
