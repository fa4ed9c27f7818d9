"""Flask routes behind an HTTP API of API Gateway.

In: a `PlannedSlice` whose triggers are Flask routes. Out: its `HandlerArtifacts`. A slice that imports Flask
or Werkzeug answers through a small Flask application of its own, so that what it builds on is there; one that
does not answers without them, by templates that repeat what Flask's router and `make_response` do.

Examples of rules that are understood:
    /api/tax/<country>/<any(consumer, business):buyer>/<int:net_cents>
    /plans/<int:total>/<int(min=2, max=36):months>.csv
    /labels/<string(length=12):digits>/<path:caption>
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote
from uuid import UUID

from migrator.artifacts.http_events import http_event
from migrator.artifacts.paths import (
    Conversion,
    Part,
    PathRule,
    Variable,
    example_texts,
    missing_texts,
)
from migrator.artifacts.triggers import EventExample, HandlerArtifacts
from migrator.domain.json import JsonValue
from migrator.domain.plans import Requirement
from migrator.domain.triggers import Trigger, TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice, Registration

Arguments: TypeAlias = Mapping[str, "str | int | float | bool | None"]

# Werkzeug answers these by itself for every rule that has GET, or for every rule.
_AUTOMATIC = frozenset({"HEAD", "OPTIONS"})
# Options of a route that a handler repeats; and those that say nothing of how it answers.
_REPEATED = frozenset({"defaults", "strict_slashes"})
_SILENT = frozenset({"methods", "endpoint", "view_func", "rule", "merge_slashes", "provide_automatic_options"})
_MOST_EXAMPLES = 4

_VARIABLE = re.compile(
    r"<(?:(?P<converter>[a-zA-Z_]\w*)(?:\((?P<arguments>.*?)\))?:)?(?P<name>[a-zA-Z_]\w*)>", re.ASCII
)
# What API Gateway takes in a route beside its variables.
_LITERAL = re.compile(r"[A-Za-z0-9\-._~!$&'()*,;=:@/]*")
_ARGUMENT = re.compile(r"""\s*(?:(\w+)\s*=\s*)?("[^"]*"|'[^']*'|[\w.+-]+)\s*(?:,|$)""", re.ASCII)
_UUID_PATTERN = "-".join(f"[A-Fa-f0-9]{{{count}}}" for count in (8, 4, 4, 4, 12))


@dataclass(frozen=True, slots=True)
class FlaskHandler:
    """The plug-in."""

    kind: TriggerKind = TriggerKind.HTTP
    framework: str = "flask"

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, rules and examples for a slice's Flask routes."""
        rules = _rules(planned.registrations)
        needs_flask = any(
            requirement.distribution.lower() in ("flask", "werkzeug") for requirement in planned.plan.requirements
        )
        if planned.entry.method and not needs_flask:
            raise Refused(
                f"{planned.plan.candidate} is a class view without Flask in its slice",
                hint="make it a function",
                location=str(planned.assessment.location),
            )
        folder = "handler/http_flask" if needs_flask else "handler/http_plain"
        requirements = (Requirement("Flask", "", "the handler answers through Flask"),) if needs_flask else ()
        return HandlerArtifacts(
            templates={
                "src/app.py": f"{folder}/app.py.j2",
                "src/lambda_http.py": f"{folder}/lambda_http.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": f"handler_test/{'test_flask' if needs_flask else 'test_plain'}.py.j2",
            },
            context={
                "rules": rule_contexts(planned.registrations),
                "endpoint": _endpoint(planned),
            },
            rules=rules,
            events=_examples(rules),
            requirements=requirements,
        )


def _rules(registrations: Sequence[Registration]) -> tuple[PathRule, ...]:
    return tuple(sorted((_rule(each) for each in registrations), key=lambda rule: rule.order))


@dataclass(frozen=True, slots=True)
class RuleContext:
    """A rule as the templates write it; `convert` holds Python source by variable."""

    text: str
    methods: tuple[str, ...]
    pattern: str
    slash: str
    strict: bool
    convert: tuple[tuple[str, str], ...]
    defaults: Mapping[str, object]


def rule_contexts(registrations: Sequence[Registration]) -> tuple[RuleContext, ...]:
    """The rules of a service in the order in which its handler tries them.

    Raises:
        Refused: a rule that a handler cannot repeat.
    """
    return tuple(
        RuleContext(
            text=rule.text,
            methods=rule.methods,
            pattern=rule.pattern,
            slash=("required" if rule.strict else "optional") if rule.branch else "",
            strict=rule.strict,
            convert=tuple((variable.name, _converter(variable)) for variable in rule.variables if variable.checked),
            defaults=rule.defaults,
        )
        for rule in _rules(registrations)
    )


def _converter(variable: Variable) -> str:
    """The call in `lambda_http` that makes the converter of a variable."""
    match variable.conversion:
        case Conversion.UUID:
            return "uuid"
        case Conversion.INTEGER | Conversion.NUMBER:
            bounds = {"digits": variable.digits or None, "low": variable.low, "high": variable.high}
            written = ", ".join(f"{name}={bound!r}" for name, bound in bounds.items() if bound is not None)
            return f"{'integer' if variable.conversion is Conversion.INTEGER else 'number'}({written})"
        case Conversion.TEXT:
            return "str"


def _endpoint(planned: PlannedSlice) -> str:
    for registration in planned.registrations:
        if isinstance(name := registration.options.get("endpoint"), str):
            return name
    return planned.entry.name


def _rule(registration: Registration) -> PathRule:
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


def _examples(rules: tuple[PathRule, ...]) -> tuple[EventExample, ...]:
    examples: list[EventExample] = []
    seen: set[tuple[str, str]] = set()
    for number, rule in enumerate(rules, start=1):
        for method in rule.methods:
            stem = method.lower() if len(rules) == 1 else f"{method.lower()}-route-{number}"
            texts = [(f"{stem}-{turn}", each) for turn, each in enumerate(example_texts(rule, _MOST_EXAMPLES), start=1)]
            texts += [(f"{stem}-miss-{turn}", each) for turn, each in enumerate(missing_texts(rule), start=1)]
            made = [(name, rule.path(values), values) for name, values in texts]
            # A part too many, for rules whose every value fits something.
            made.append((f"{stem}-miss-beyond", f"{made[0][1].rstrip('/')}/no/such/part", made[0][2]))
            for name, path, values in made:
                if (method, path) in seen:
                    continue
                seen.add((method, path))
                arguments = _matched(rules, method, path)
                examples.append(EventExample(name, _event(rule, method, path, values), arguments, method))
    return tuple(examples)


def _matched(rules: tuple[PathRule, ...], method: str, path: str) -> Mapping[str, str] | None:
    for rule in rules:
        if method in rule.methods and (arguments := rule.match(path)) is not None:
            return {name: _source(value) for name, value in arguments.items()}
    return None


def _source(value: object) -> str:
    return f'UUID("{value}")' if isinstance(value, UUID) else repr(value)


def _event(rule: PathRule, method: str, path: str, values: Mapping[str, str]) -> Mapping[str, JsonValue]:
    return http_event(method, path, template=rule.template(greedy=True), variables=dict(values), url=quote(path))
