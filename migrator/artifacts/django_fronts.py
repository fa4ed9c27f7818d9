"""What a front has to send to a view that answers through the application's own URL configuration.

In: a `PlannedSlice`. Out: a `Served`: the rules for API Gateway, load balancers and the router, and what is to be told
of them. The configuration decides in the end, so a rule may be wider than its route; it is never a guess that nothing
looks after: those that are known lead to the function in the service's own tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from migrator.artifacts.django_converters import Converter, own_converters
from migrator.artifacts.django_expressions import fitted, read_expression
from migrator.artifacts.django_rules import UNKNOWN, VARIABLE, expression_of
from migrator.artifacts.every_method import EVERY_METHOD
from migrator.artifacts.paths import PathRule, Variable
from migrator.artifacts.rest_routers import LOOKUP, LOOKUPS, OBJECT, OBJECTS, router_paths
from migrator.artifacts.typed_paths import DJANGO_TYPES, PathType, typed_parts
from migrator.domain.plans import Dropped
from migrator.errors import Refused
from migrator.plan import PlannedSlice, Registration

# A part of an expression that stands for something else than itself.
_GROUP = re.compile(r"\((?:\?:)?[^()]*\)[?*+]?")
_ODD = re.compile(r"[^A-Za-z0-9\-._~!&',;=:@/<>]")
_ANY = PathType("[^/]+", ("sample", "7"))


@dataclass(frozen=True, slots=True)
class Served:
    """The rules of a view.

    Attributes:
        sure: those whose examples are known to be paths of the view.
        findings: where a rule is wider than the route, or rests on what only the running system knows.
    """

    rules: tuple[PathRule, ...]
    sure: tuple[PathRule, ...]
    findings: tuple[Dropped, ...]


@dataclass(frozen=True, slots=True)
class _Path:
    """A path with typed variables, and whether it is known to be the route's own."""

    text: str
    known: bool
    findings: tuple[str, ...] = ()


def served(planned: PlannedSlice) -> Served:
    """The rules for every registration whose path is known as far as a front needs it.

    Raises:
        Refused: of none it is.
    """
    converters = own_converters(planned.modules)
    rules: dict[tuple[str, tuple[str, ...]], tuple[PathRule, bool]] = {}
    findings: dict[Dropped, None] = {}
    unknown: list[Registration] = []
    for registration in planned.registrations:
        trigger = registration.trigger
        stated = trigger.detail.get("methods")
        methods = tuple(sorted(map(str, stated))) if isinstance(stated, list | tuple) and stated else EVERY_METHOD
        paths = [found for each in _written(registration) if (found := _narrowed(each)) is not None]
        if not paths:
            unknown.append(registration)
        for path in paths:
            rule, known = _rule(path, methods, registration, converters)
            rules.setdefault((rule.template(greedy=True), methods), (rule, known))
            what = f"{trigger.location}: {path.text}"
            findings |= dict.fromkeys(Dropped(what, reason) for reason in (*path.findings, *_wider(rule)))
    if not rules:
        raise Refused(
            f"nothing of the path of {planned.plan.candidate} is known before the monolith runs",
            hint="write the beginning of its route as a constant, then analyze again",
            location=str(planned.registrations[0].trigger.location),
        )
    for registration in unknown:
        what = f"{registration.trigger.location}: a route"
        findings[Dropped(what, "its path is known only to the running monolith, and stays there")] = None
    sure = tuple(rule for rule, known in rules.values() if known)
    return Served(tuple(rule for rule, _ in rules.values()), sure, tuple(findings))


def _written(registration: Registration) -> Iterator[_Path]:
    whole = registration.trigger.detail.get("path")
    if not isinstance(whole, str):
        return
    if registration.trigger.framework == "django-rest" and registration.function.endswith("register"):
        for each in router_paths(registration):
            yield _Path(each.text, each.known)
        return
    if expression_of(registration) is None:
        yield _Path(whole, known=True)
        return
    plain = re.sub(r"\\([-./_])", r"\1", whole).replace("^", "").removesuffix("$").removesuffix(r"\Z")
    if plain.endswith("/?"):
        yield _Path(plain.removesuffix("/?"), known=True)
        plain = plain.removesuffix("?")
    yield _Path(plain, known=True)


def _narrowed(path: _Path) -> _Path | None:
    """The path as far as it is known before the monolith runs; None where that is nothing."""
    text, known, findings = path.text, path.known, path.findings
    if text.startswith(f"/{UNKNOWN}"):
        text = f"/{text[2:].lstrip('/')}"
        findings = ("what stands before this path is made when the monolith starts, and is taken to be nothing",)
    numbers = iter(range(1, 100))
    without = _GROUP.sub(lambda _: f"<group_{next(numbers)}>", text)
    known = known and without == text
    odd = _ODD.search(VARIABLE.sub(lambda found: "x" * len(found[0]), without))
    if odd is not None:
        before = without[: odd.start()]
        text = before[: before.rfind("/") + 1]
        if text.strip("/") == "":
            return None
        without, known = f"{text}<path:rest>", False
        findings = (*findings, "the rest of the path is known only to the running application")
    return _Path(without, known, findings) if without.strip("/") or path.text == "/" else None


def _wider(rule: PathRule) -> tuple[str, ...]:
    """What is told of a route of API Gateway that takes more than the view's own paths."""
    greedy = rule.template(greedy=True)
    if not greedy.endswith("+}"):
        return ()
    return (f"API Gateway sends everything below it here, as {greedy}; what belongs to another view gets 404",)


def _rule(
    path: _Path, methods: tuple[str, ...], registration: Registration, converters: Mapping[str, Converter]
) -> tuple[PathRule, bool]:
    types: dict[str, PathType] = {**DJANGO_TYPES, LOOKUP: OBJECT, LOOKUPS: OBJECTS}
    types |= {name: each.type for name, each in converters.items()}
    expression = expression_of(registration)
    read = read_expression(expression) if expression is not None else None
    patterns = read[1] if read is not None else {}
    known = path.known
    for found in VARIABLE.finditer(path.text):
        kind = found["type"]
        if kind is None:
            # A group of an expression that includes this one, of which only the name is left.
            known = known and found["name"] in patterns
        elif kind in converters:
            known = known and converters[kind].known
        elif kind not in types:
            types[kind], known = _ANY, False
    branch = path.text.endswith("/") and len(path.text) > 1
    parts = typed_parts(
        path.text.removesuffix("/") if branch else path.text, VARIABLE, types, registration.trigger.location
    )
    kept = tuple(
        fitted(part, patterns[part.name]) if isinstance(part, Variable) and part.name in patterns else part
        for part in parts
    )
    # No text of ours may fit an expression of theirs.
    fit = all(re.fullmatch(part.pattern, part.hits[0]) for part in kept if isinstance(part, Variable))
    return PathRule(path.text, kept, methods, branch), known and fit
