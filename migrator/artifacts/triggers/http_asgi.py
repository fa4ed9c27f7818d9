"""Routes of FastAPI and Starlette behind API Gateway or a load balancer.

In: a `PlannedSlice` whose triggers are such routes. Out: its `HandlerArtifacts`. The framework itself answers, in an
application of only these routes; Mangum speaks between it and Lambda (why: docs/adr/0015-frameworks-answer.md).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from migrator.artifacts.balancer_rules import balancer_rules
from migrator.artifacts.entry_text import entry_text
from migrator.artifacts.every_method import EVERY_METHOD
from migrator.artifacts.fronts import Front, front_of
from migrator.artifacts.handlers import EventExample, HandlerArtifacts
from migrator.artifacts.paths import PathRule, example_texts
from migrator.artifacts.starting import starting
from migrator.artifacts.typed_paths import STARLETTE_TYPES, typed_parts
from migrator.domain.plans import Requirement
from migrator.domain.triggers import TriggerKind
from migrator.errors import Refused
from migrator.plan import PlannedSlice, Registration
from migrator.plan.looking.parsed import parsed_text

_MOST_EXAMPLES = 3
_FRAMEWORKS = {"fastapi": "FastAPI", "starlette": "Starlette"}
_VARIABLE = re.compile(r"\{(?P<name>[a-zA-Z_]\w*)(?::(?P<type>[a-zA-Z_]\w*))?\}", re.ASCII)
_OBJECT = re.compile(r"([A-Za-z_]\w*)\.\w+", re.ASCII)


@dataclass(frozen=True, slots=True)
class AsgiHandler:
    """The plug-in."""

    serves: str = "fastapi and starlette (http)"

    def fits(self, planned: PlannedSlice) -> bool:
        """Whether every trigger is a route of one of the two."""
        triggers = [registration.trigger for registration in planned.registrations]
        return (
            all(trigger.kind is TriggerKind.HTTP and trigger.framework in _FRAMEWORKS for trigger in triggers)
            and len({trigger.framework for trigger in triggers}) == 1
        )

    def describe(self, planned: PlannedSlice) -> HandlerArtifacts:
        """Templates, routes and examples."""
        framework = planned.registrations[0].trigger.framework
        if planned.entry.method:
            raise Refused(
                f"{planned.plan.candidate} is a class of {_FRAMEWORKS[framework]}, for which no handler is made yet",
                hint="make it a function",
                location=str(planned.assessment.location),
            )
        rules = tuple(_rule(registration) for registration in planned.registrations)
        front = front_of(planned.delivery.source)
        begins = starting(planned, by_framework=True)
        holder = _holder(planned) if framework == "fastapi" else ""
        return HandlerArtifacts(
            templates={
                **begins.templates,
                "src/app.py": "handler/http_asgi/app.py.j2",
                "src/lambda_web.py": f"handler/http_asgi/lambda_web_{framework}.py.j2",
                "tests/conftest.py": "handler_test/conftest.py.j2",
                "tests/test_handler.py": "handler_test/test_asgi.py.j2",
            },
            context={
                "starting": begins,
                "framework": _FRAMEWORKS[framework],
                "rules": rules,
                "holder": holder,
                "lifespan": "auto" if _has_lifespan(planned) else "off",
                "writes": False,
                "front": front,
                "balancer_rules": balancer_rules(rules),
            },
            behind=front.behind,
            sam=(front.sam,),
            readme="service/readme/http.md.j2",
            rules=rules,
            events=_examples(rules, front),
            requirements=(
                Requirement(framework, "", "the handler answers through it"),
                Requirement("mangum", ">=0.19,<1", "between it and Lambda"),
            ),
            dev_requirements=("httpx>=0.27",),
        )


def _rule(registration: Registration) -> PathRule:
    trigger = registration.trigger
    text = trigger.detail.get("path")
    if not isinstance(text, str) or not text.startswith("/"):
        raise Refused("the path of this route is not known", location=str(trigger.location))
    stated = trigger.detail.get("methods")
    methods = (
        tuple(sorted(str(each) for each in stated)) if isinstance(stated, list | tuple) and stated else EVERY_METHOD
    )
    branch = text.endswith("/") and len(text) > 1
    parts = typed_parts(text.removesuffix("/") if branch else text, _VARIABLE, STARLETTE_TYPES, trigger.location)
    return PathRule(text, parts, methods, branch)


def _holder(planned: PlannedSlice) -> str:
    """The name of the router or application that the function is registered with, in its own module."""
    names = {found[1] for each in planned.registrations if (found := _OBJECT.fullmatch(each.function))}
    bound = {
        node.id
        for node in ast.walk(parsed_text(entry_text(planned)))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    } | {
        (alias.asname or alias.name)
        for node in ast.walk(parsed_text(entry_text(planned)))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
    }
    if len(names) != 1 or not names <= bound:
        raise Refused(
            f"{planned.plan.candidate} is registered in a way that a handler cannot repeat yet",
            hint="register it by a decorator of one router or application, such as @router.get(...)",
            location=str(planned.assessment.location),
        )
    return names.pop()


def _has_lifespan(planned: PlannedSlice) -> bool:
    return any(re.search(r"\blifespan\s*=|\bon_startup\s*=|\.on_event\(", text) for text in planned.modules.values())


def _examples(rules: Sequence[PathRule], front: Front) -> tuple[EventExample, ...]:
    found: dict[tuple[str, str], EventExample] = {}
    for number, rule in enumerate(rules, start=1):
        for method in rule.methods:
            stem = method.lower() if len(rules) == 1 else f"{method.lower()}-route-{number}"
            made = [(f"{stem}-{turn}", each) for turn, each in enumerate(example_texts(rule, _MOST_EXAMPLES), start=1)]
            paths = [(name, rule.path(values), values) for name, values in made]
            paths.append((f"{stem}-miss-beyond", f"{paths[0][1].rstrip('/')}/no/such/part", made[0][1]))
            for name, path, values in paths:
                event = front.make_event(
                    method, path, template=rule.template(greedy=True), variables=dict(values), url=quote(path)
                )
                found.setdefault((method, path), EventExample(name, event, {}, method))
    return tuple(found.values())
