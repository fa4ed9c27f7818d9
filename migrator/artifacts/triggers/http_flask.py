"""Flask routes behind API Gateway or a load balancer.

In: a `PlannedSlice` whose triggers are Flask routes. Out: its `HandlerArtifacts`. A slice that imports Flask
or Werkzeug answers through a small Flask application of its own, so that what it builds on is there; one that
does not answers without them, by templates that repeat what Flask's router and `make_response` do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from migrator.artifacts.balancer_rules import balancer_rules
from migrator.artifacts.flask_rules import read_rule
from migrator.artifacts.fronts import Front, front_of
from migrator.artifacts.handlers import EventExample, HandlerArtifacts
from migrator.artifacts.paths import (
    Conversion,
    PathRule,
    Variable,
    example_texts,
    missing_texts,
)
from migrator.artifacts.starting import is_asynchronous, starting
from migrator.domain.json import JsonValue
from migrator.domain.plans import BootKind, Requirement
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice, Registration

_MOST_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class FlaskHandler:
    """The plug-in."""

    serves: str = "flask (http)"

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether every trigger is a route of Flask."""
        triggers = [registration.trigger for registration in planned.registrations]
        return all(trigger.kind is TriggerKind.HTTP and trigger.framework == "flask" for trigger in triggers)

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, rules and examples for a slice's Flask routes."""
        rules = _rules(planned.registrations)
        boot = planned.plan.boot
        application = boot is not None and boot.kind is BootKind.FLASK and bool(boot.application)
        needs_flask = application or any(
            requirement.distribution.partition("[")[0].lower() in ("flask", "werkzeug")
            for requirement in planned.plan.requirements
        )
        if planned.entry.method and not needs_flask:
            raise Refused(
                f"{planned.plan.candidate} is a class view without Flask in its slice",
                hint="make it a function",
                location=str(planned.assessment.location),
            )
        front = front_of(planned.delivery.source)
        folder = "handler/http_flask" if needs_flask else "handler/http_plain"
        requirements: tuple[Requirement, ...] = ()
        if needs_flask:
            requirements = (Requirement("Flask", "", "the handler answers through Flask"),)
            if is_asynchronous(planned):
                requirements += (Requirement("asgiref", "", "Flask runs coroutine functions by it"),)
        begins = starting(planned, by_framework=needs_flask, name="view")
        return HandlerArtifacts(
            templates={
                **begins.templates,
                "src/app.py": f"{folder}/app.py.j2",
                "src/lambda_http.py": f"{folder}/lambda_http.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": f"handler_test/{'test_flask' if needs_flask else 'test_plain'}.py.j2",
            },
            context={
                "framework": "Flask",
                "rules": rule_contexts(planned.registrations),
                "endpoint": _endpoint(planned),
                "writes": False,
                "front": front,
                "starting": begins,
                "application": application,
                "asynchronous": is_asynchronous(planned),
                "balancer_rules": balancer_rules(rules),
            },
            behind=front.behind,
            sam=(front.sam,),
            readme="service/readme/http.md.j2",
            rules=rules,
            events=_examples(rules, front),
            requirements=requirements,
        )


def _rules(registrations: Sequence[Registration]) -> tuple[PathRule, ...]:
    return tuple(sorted((read_rule(each) for each in registrations), key=lambda rule: rule.order))


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


def _examples(rules: tuple[PathRule, ...], front: Front) -> tuple[EventExample, ...]:
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
                examples.append(EventExample(name, _event(rule, front, method, path, values), arguments, method))
    return tuple(examples)


def _matched(rules: tuple[PathRule, ...], method: str, path: str) -> Mapping[str, str] | None:
    for rule in rules:
        if method in rule.methods and (arguments := rule.match(path)) is not None:
            return {name: _source(value) for name, value in arguments.items()}
    return None


def _source(value: object) -> str:
    return f'UUID("{value}")' if isinstance(value, UUID) else repr(value)


def _event(rule: PathRule, front: Front, method: str, path: str, values: Mapping[str, str]) -> Mapping[str, JsonValue]:
    return front.make_event(method, path, template=rule.template(greedy=True), variables=dict(values), url=quote(path))
