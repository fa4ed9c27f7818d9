"""Views of Django, and of Django REST framework, behind API Gateway or a load balancer.

In: a `PlannedSlice` whose triggers are routes of Django and whose boot sets Django up. Out: its `HandlerArtifacts`.
Django's own WSGI application answers, with the project's settings; by which URL configuration is `django_answering`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from migrator.artifacts.balancer_rules import balancer_rules
from migrator.artifacts.django_answering import answering
from migrator.artifacts.django_rules import DjangoRoute
from migrator.artifacts.fronts import Front, front_of
from migrator.artifacts.handlers import EventExample, HandlerArtifacts
from migrator.artifacts.paths import PathRule, example_texts, missing_texts
from migrator.artifacts.rewriting.module_constants import dotted
from migrator.artifacts.starting import starting
from migrator.domain.json import JsonValue
from migrator.domain.plans import BootKind, Requirement
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice
from migrator.plan.around.django_middleware import named_outside

_MOST_EXAMPLES = 3
_FRAMEWORKS = frozenset({"django-rest", "django-urls"})
# Of a view that takes every method, these show enough.
_SHOWN_METHODS = ("GET", "POST")
_WEB = {False: "handler/http_django/lambda_web.py.j2", True: "handler/http_django/lambda_web_own.py.j2"}


@dataclass(frozen=True, slots=True)
class DjangoHandler:
    """The plug-in."""

    serves: str = "django (http)"

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether every trigger is a route of Django."""
        triggers = [registration.trigger for registration in planned.registrations]
        return all(trigger.kind is TriggerKind.HTTP and trigger.framework in _FRAMEWORKS for trigger in triggers)

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, routes and examples."""
        boot = planned.plan.boot
        if boot is None or boot.kind is not BootKind.DJANGO:
            raise Refused(
                f"{planned.plan.candidate} answers through Django, which its slice does not set up",
                hint="leave the strategy to the code, or choose --strategy application",
                location=str(planned.assessment.location),
            )
        chosen = answering(planned)
        rules = chosen.rules
        front = front_of(planned.delivery.source)
        begins = starting(planned, by_framework=True)
        left_behind = _left_behind(planned)
        return HandlerArtifacts(
            templates={
                **begins.templates,
                "src/app.py": "handler/http_framework/app.py.j2",
                "src/lambda_web.py": _WEB[chosen.own],
                "src/lambda_http.py": "handler/http_flask/lambda_http.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": "handler_test/test_django.py.j2",
            },
            context={
                "starting": begins,
                "framework": "Django",
                "rules": rules,
                "django": chosen,
                "routes": _shown(chosen.routes),
                "places": chosen.places,
                "leading": _leading(chosen.sure),
                "left_behind": left_behind,
                "writes": False,
                "front": front,
                "balancer_rules": balancer_rules(rules),
            },
            behind=front.behind,
            sam=(front.sam,),
            readme="handler/http_django/readme.md.j2",
            rules=rules,
            events=_examples(rules, front),
            requirements=(Requirement("Django", "", "the handler answers through Django"),),
            findings=chosen.findings,
        )


@dataclass(frozen=True, slots=True)
class RouteShown:
    """A route as the template writes it; the arguments are Python source."""

    function: str
    prefix: str
    arguments: str


def _shown(routes: Sequence[DjangoRoute]) -> tuple[RouteShown, ...]:
    return tuple(
        RouteShown(
            route.function,
            route.prefix,
            ", ".join(
                [
                    repr(route.text),
                    "view",
                    *([repr(dict(route.extra))] if route.extra else []),
                    *([f"name={route.name!r}"] if route.name else []),
                ]
            ),
        )
        for route in routes
    )


def _left_behind(planned: PlannedSlice) -> tuple[str, ...]:
    """Middleware of the monolith's own that the settings name and the slice does not have."""
    return tuple(named_outside({dotted(path): text for path, text in planned.modules.items()}))


def _examples(rules: Sequence[PathRule], front: Front) -> tuple[EventExample, ...]:
    found: dict[tuple[str, str], EventExample] = {}
    for number, rule in enumerate(rules, start=1):
        methods = [method for method in rule.methods if method in _SHOWN_METHODS] or rule.methods[:1]
        for method in methods:
            stem = method.lower() if len(rules) == 1 else f"{method.lower()}-route-{number}"
            texts = [(f"{stem}-{turn}", each) for turn, each in enumerate(example_texts(rule, _MOST_EXAMPLES), start=1)]
            texts += [(f"{stem}-miss-{turn}", each) for turn, each in enumerate(missing_texts(rule), start=1)]
            for name, values in texts:
                path = rule.path(values)
                event = _event(rule, front, method, path, values)
                found.setdefault((method, path), EventExample(name, event, {}, method))
    return tuple(found.values())


def _leading(rules: Sequence[PathRule]) -> tuple[str, ...]:
    """Paths that lead to the view, decoded, one for each rule."""
    return tuple(dict.fromkeys(rule.path(example_texts(rule, 1)[0]) for rule in rules))


def _event(rule: PathRule, front: Front, method: str, path: str, values: Mapping[str, str]) -> Mapping[str, JsonValue]:
    return front.make_event(method, path, template=rule.template(greedy=True), variables=dict(values), url=quote(path))
